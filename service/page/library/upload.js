// Takes documents in: files chosen or dropped, sent with their progress, or an address; followed until each has landed.
import { get, patch, post, remove, upload } from "../base/api.js";
import { announce, h, icon } from "../base/dom.js";
import { bytes, percent, t } from "../base/i18n.js";
import { problem } from "../base/parts.js";

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
  return h("div", { class: "uploads" }, dropped, byAddress, jobs);
}

const address = h("input", {
  type: "text",
  inputmode: "url",
  id: "add-address",
  autocomplete: "off",
  spellcheck: "false",
  placeholder: "addressHint",
});
const byAddress = h(
  "form",
  { class: "by-address", hidden: true, on: { submit: (event) => take(event) } },
  h("label", { for: "add-address", class: "small", t: "addressLabel" }),
  h("div", { class: "row" }, address, h("button", { type: "submit", class: "plain", t: "addressAdd" })),
);

/** Takes in what is at an address, and notes it where the document itself names none. */
async function take(event) {
  event.preventDefault();
  const from = address.value.trim();
  if (!from) {
    address.focus();
    return;
  }
  const shown = card();
  const stopping = new AbortController();
  shown.cancel.onclick = () => stopping.abort();
  shown.say(t("fetching"));
  shown.list([{ name: from, state: "waiting" }]);
  try {
    const job = await post("/v1/documents/by-address", { address: from }, stopping.signal);
    address.value = "";
    const { files } = await follow(job, shown);
    for (const { doc_id, state } of files) {
      if (state !== "added") continue;
      const about = await get(`/v1/documents/${doc_id}`);
      if (!about.metadata.url) await patch(`/v1/documents/${doc_id}`, { url: from });
    }
  } catch (error) {
    if (error.name === "AbortError") shown.end(t("job.cancelled"));
    else shown.fail(error);
  }
}

/** Follows what an earlier visit has begun; offers addresses where the server takes them. */
export async function resume() {
  try {
    const [{ jobs: known }, { by_address: allowed }] = await Promise.all([get("/v1/jobs"), get("/v1/quota")]);
    byAddress.hidden = !allowed;
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
  const told = teller(files, shown);
  told(0, 1);
  try {
    const job = await upload(files, told, stopping.signal);
    await follow(job, shown);
  } catch (error) {
    if (error.name === "AbortError") shown.end(t("job.cancelled"));
    else shown.fail(error);
  } finally {
    then();
  }
}

/** Says how many bytes of how many have left, and which file is on its way; the frame around the files counts as theirs. */
function teller(files, shown) {
  const size = files.reduce((sum, { size: one }) => sum + one, 0);
  return (left, whole) => {
    const sent = whole ? Math.round((size * left) / whole) : 0;
    let before = 0;
    const listed = files.map((file) => {
      const state = sent >= before + file.size && left > 0 ? "sent" : sent > before ? "leaving" : "unsent";
      before += file.size;
      return { name: file.name, n_bytes: file.size, state };
    });
    shown.say(t("sendingBytes", bytes(sent), bytes(size), percent(whole ? left / whole : 0)), left / (whole || 1) / 2);
    shown.list(listed);
  };
}

/** Asks for a job until it has ended; gives it as it ended. */
async function follow(job, shown) {
  followed.add(job.job_id);
  shown.cancel.onclick = () => remove(`/v1/jobs/${job.job_id}`).catch(shown.fail);
  while (["queued", "running"].includes(job.state)) {
    const at = Math.min(job.n_done + 1, job.n_files);
    shown.say(
      job.state === "queued" ? t("job.queued") : t("reading", at, job.n_files),
      0.5 + job.n_done / job.n_files / 2,
    );
    shown.list(job.files);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    job = await get(`/v1/jobs/${job.job_id}`);
  }
  shown.end(job.message ?? t(`job.${job.state}`), job.files);
  await changed();
  return job;
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
  const list = (all) => files.replaceChildren(...all.map(file));
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
    list,
    say(text, share) {
      said.textContent = text;
      if (share === undefined) progress.removeAttribute("value");
      else progress.value = share;
    },
    end(text, landed = []) {
      said.textContent = text;
      if (landed.length) list(landed);
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
    each.n_bytes !== undefined && [h("span", {}, bytes(each.n_bytes)), " · "],
    h("span", { t: [`file.${each.state}`, each.n_passages ?? 0] }),
    each.replaced && [", ", h("span", { t: "replacesOlder" })],
    each.message && h("span", { class: "block" }, each.message),
    (each.warnings ?? []).map((warning) => h("span", { class: "block" }, warning)),
  );
}
