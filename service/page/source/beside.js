// Two documents side by side, each with its pages and what is quoted of it marked; all of it stands in the address.
import { get, Problem } from "../base/api.js";
import { announce, byId, h, icon, tag } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { bring, imagePages, spansOf, textPages } from "./pages.js";
import { problem, waiting } from "../base/parts.js";

const room = byId("beside");
const sides = ["left", "right"].map((name) => side(name));
let documents = null; // all that may be chosen

export function begin() {
  room.append(...sides.map(({ element }) => element));
  document.addEventListener("edited", forget);
}

export function forget() {
  documents = null;
}

export async function show({ query }) {
  try {
    documents ??= await all();
  } catch (error) {
    sides[0].fail(problem(error, () => show({ query })));
    return;
  }
  for (const each of sides) each.take(query);
}

async function all() {
  const found = [];
  for (let next = 0; next !== null; ) {
    const got = await get(`/v1/documents?limit=1000&offset=${next}`);
    found.push(...got.documents);
    next = got.next_offset;
  }
  return found;
}

/** The address of two documents, each with a page, the spans to mark and how it is shown. */
export function besideAddress(places) {
  const query = new URLSearchParams();
  for (const [name, place] of Object.entries(places)) {
    if (!place) continue;
    query.set(name, place.doc_id);
    query.set(`${name}page`, place.page);
    const words = place.words ?? place.spans?.map(({ start, end }) => `${start}-${end}`).join(",");
    if (words) query.set(`${name}q`, words);
    if (place.mode) query.set(`${name}as`, place.mode);
  }
  return `#/beside?${query}`;
}

function remember() {
  const places = Object.fromEntries(sides.map(({ name, state }) => [name, state.about && placeOf(state)]));
  history.replaceState(null, "", besideAddress(places));
}

const placeOf = ({ about, page, words, mode }) => ({ doc_id: about.doc_id, page, words, mode: about.type === "pdf" ? mode : null });

function side(name) {
  const state = { about: null, page: 1, words: "", mode: null, turn: 0 };
  const choice = h("select", { id: `${name}-document`, label: ["besideDocument", name === "left" ? 1 : 2] });
  const sections = h("select", { id: `${name}-section`, label: "besideSection", hidden: true });
  const bar = h("div", { class: "row pagebar" });
  const sheet = h("div", { class: "sheet", tabindex: "0", role: "region", label: ["besideText", name === "left" ? 1 : 2] });
  const element = h("section", { class: "side" }, h("div", { class: "sidehead" }, choice, sections, bar), sheet);

  async function draw() {
    const mine = ++state.turn;
    release(sheet);
    const { about } = state;
    bar.replaceChildren(...(about ? controls() : []));
    if (!about) {
      sheet.replaceChildren(h("p", { class: "empty", t: "besideEmpty" }));
      return;
    }
    const here = { doc_id: about.doc_id, page_start: state.page, page_end: state.page };
    sheet.setAttribute("aria-busy", "true");
    try {
      const spans = state.words ? await spansOf(here, state.words) : [];
      const evidence = { ...here, spans, language: about.metadata.language };
      const pages = [state.page, state.page];
      const view = { about, evidence, pages, width: sheet.clientWidth, isCurrent: () => mine === state.turn };
      const made = await (state.mode === "image" ? imagePages : textPages)(view);
      if (mine !== state.turn) return;
      sheet.replaceChildren(...made);
      bring(sheet);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (mine === state.turn) sheet.replaceChildren(problem(error, draw));
    } finally {
      if (mine === state.turn) sheet.setAttribute("aria-busy", "false");
    }
  }

  function controls() {
    const { about, page } = state;
    const turnTo = (to) => () => {
      state.page = to;
      remember();
      draw().then(() => bar.querySelector(`[data-to="${to > page ? "next" : "previous"}"]:enabled`)?.focus());
      announce(t("pageOf", to, about.n_pages));
    };
    const step = (to, sign, label, which) =>
      h(
        "button",
        {
          type: "button",
          class: "quiet square",
          "data-to": which,
          label,
          disabled: to < 1 || to > about.n_pages,
          on: { click: turnTo(to) },
        },
        icon(sign),
      );
    const other = state.mode === "image" ? "text" : "image";
    const swap = () => {
      state.mode = other;
      remember();
      draw().then(() => bar.querySelector("[data-swap]").focus());
    };
    return [
      about.n_pages > 1 && step(page - 1, "left", "pagePrevious", "previous"),
      about.n_pages > 1 && h("span", { class: "small", t: ["pageOf", page, about.n_pages] }),
      about.n_pages > 1 && step(page + 1, "right", "pageNext", "next"),
      about.type === "pdf" &&
        h("button", {
          type: "button",
          class: "plain",
          "data-swap": "",
          t: other === "image" ? "modeImage" : "modeText",
          on: { click: swap },
        }),
    ].filter(Boolean);
  }

  async function open(about, page, { words = "", mode = null } = {}) {
    const isNew = state.about?.doc_id !== about?.doc_id;
    Object.assign(state, { about, page: Math.min(Math.max(page, 1), about?.n_pages ?? 1), words });
    if (isNew || mode) state.mode = about?.type !== "pdf" || mode === "text" ? "text" : "image";
    choice.replaceChildren(
      h("option", { value: "", t: "besideChoose" }),
      ...documents.map((each) => h("option", { value: each.doc_id, lang: tag(each.metadata.language) }, each.title)),
    );
    choice.value = about?.doc_id ?? "";
    if (isNew || !about) sheet.replaceChildren(waiting(8));
    const drawing = draw();
    if (isNew) await list(about);
    await drawing;
  }

  /** The headings to go to. */
  async function list(about) {
    sections.hidden = true;
    if (!about) return;
    const { headings } = await get(`/v1/documents/${about.doc_id}/outline`).catch(() => ({ headings: [] }));
    if (state.about !== about || !headings.length) return;
    const indent = (level) => "\u2003".repeat(Math.min(level - 1, 4));
    sections.replaceChildren(
      h("option", { value: "", t: "besideSection" }),
      ...headings.map(({ text, level }, at) => h("option", { value: at }, indent(level) + text)),
    );
    sections.onchange = () => goTo(headings[Number(sections.value)]);
    sections.hidden = false;
  }

  async function goTo(heading) {
    if (!heading) return;
    Object.assign(state, { page: heading.page, mode: "text", words: "" });
    remember();
    await draw();
    const found = [...sheet.querySelectorAll(".inhead")].find((each) => each.textContent.trim() === heading.text.trim());
    if (found) sheet.scrollTop += found.getBoundingClientRect().top - sheet.getBoundingClientRect().top - 16;
  }

  choice.addEventListener("change", () => {
    open(documents.find(({ doc_id }) => doc_id === choice.value) ?? null, 1);
    remember(); // at once: whoever copies the address need not wait for the text
  });
  return {
    name,
    state,
    element,
    fail: (shown) => sheet.replaceChildren(shown),
    take(query) {
      const wanted = query.get(name) ?? "";
      const about = documents.find(({ doc_id }) => wanted.length >= 6 && doc_id.startsWith(wanted)) ?? null;
      const words = /^\d{1,9}-\d{1,9}(,\d{1,9}-\d{1,9})*$/.exec(query.get(`${name}q`) ?? "")?.[0];
      return open(about, Number(query.get(`${name}page`)) || 1, { words, mode: query.get(`${name}as`) });
    },
  };
}

function release(sheet) {
  for (const image of sheet.querySelectorAll("img[src^='blob:']")) URL.revokeObjectURL(image.src);
}
