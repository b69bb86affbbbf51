// Takes files in: chosen or dropped, sent with their progress, and followed until each has landed.
import { get, remove, upload } from "./api.js";
import { announce, h, icon } from "./dom.js";
import { percent, t } from "./i18n.js";
import { problem } from "./parts.js";

const PAUSE_MS = 700;
const jobs = h("div", { class: "jobs" });
const followed = new Set();
let changed = () => {};

/** The box to drop files on; `tell` hears whenever the library has changed. */
export function box(tell) {
  changed = tell;
  const input = h("input", {
    type: "file",
    multiple: true,
    class: "unseen",
    id: "upload-files",
    on: { change: () => begin([...input.files], () => (input.value = "")) },
  });
  const dropped = h(
    "div",
    { class: "drop" },
    icon("up"),
    h("p", {}, h("strong", { t: "drop" }), h("br"), h("span", { class: "small", t: "dropTypes" })),
    input,
    h("label", { for: "upload-files", class: "button plain", t: "choose" }),
  );
  const over = (on) => (event) => {
    event.preventDefault();
    dropped.classList.toggle("over-it", on);
  };
  dropped.addEventListener("dragover", over(true));
  dropped.addEventListener("dragleave", over(false));
  dropped.addEventListener("drop", (event) => {
    over(false)(event);
    begin([...event.dataTransfer.files]);
  });
  for (const missed of ["dragover", "drop"]) addEventListener(missed, (event) => event.preventDefault()); // beside the box a file would replace the page
  return h("div", {}, dropped, jobs);
}

/** Follows what an earlier visit has begun. */
export async function resume() {
  try {
    const { jobs: known } = await get("/v1/jobs");
    for (const job of known) {
      if (!followed.has(job.job_id) && ["queued", "running"].includes(job.state)) {
        const shown = card();
        follow(job, shown).catch(shown.fail);
      }
    }
  } catch {
    // the list of documents says what is wrong
  }
}

async function begin(files, then = () => {}) {
  if (!files.length) return;
  const shown = card();
  const stopping = new AbortController();
  shown.cancel.onclick = () => stopping.abort();
  shown.say(t("sending", percent(0)), 0);
  try {
    const job = await upload(files, (share) => shown.say(t("sending", percent(share)), share / 2), stopping.signal);
    await follow(job, shown);
  } catch (error) {
    if (error.name === "AbortError") shown.end(t("job.cancelled"));
    else shown.fail(error);
  } finally {
    then();
  }
}

/** Asks for a job until it has ended. */
async function follow(job, shown) {
  followed.add(job.job_id);
  shown.cancel.onclick = () => remove(`/v1/jobs/${job.job_id}`).catch(shown.fail);
  while (["queued", "running"].includes(job.state)) {
    const at = Math.min(job.n_done + 1, job.n_files);
    shown.say(
      job.state === "queued" ? t("job.queued") : t("reading", at, job.n_files),
      0.5 + job.n_done / job.n_files / 2,
    );
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    job = await get(`/v1/jobs/${job.job_id}`);
  }
  shown.end(job.message ?? t(`job.${job.state}`), job.files);
  await changed();
}

function card() {
  const said = h("p", { class: "name" });
  const progress = h("progress", { max: 1, label: "library" });
  const cancel = h("button", { type: "button", class: "plain", t: "cancel" });
  const files = h("ul", { class: "small" });
  const room = h(
    "div",
    { class: "card job" },
    h("div", { class: "row" }, said, h("span", { class: "spring" }), cancel),
    progress,
    files,
  );
  jobs.prepend(room);
  const ended = () => {
    progress.remove();
    cancel.replaceWith(
      h(
        "button",
        { type: "button", class: "quiet square", label: "dismiss", on: { click: () => room.remove() } },
        icon("close"),
      ),
    );
  };
  return {
    room,
    cancel,
    say(text, share) {
      said.textContent = text;
      progress.value = share;
    },
    end(text, landed = []) {
      said.textContent = text;
      files.replaceChildren(...landed.map(file));
      ended();
      announce(text);
    },
    fail(error) {
      ended();
      said.replaceWith(problem(error));
    },
  };
}

function file(each) {
  return h(
    "li",
    { class: each.state },
    h("span", { class: "file" }, each.name),
    " ",
    h("span", { t: [`file.${each.state}`, each.n_passages ?? 0] }),
    each.replaced && [", ", h("span", { t: "replacesOlder" })],
    each.message && h("span", { class: "block" }, each.message),
    each.warnings.map((warning) => h("span", { class: "block" }, warning)),
  );
}
