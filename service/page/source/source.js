// The source pane: a quote where it stands, as text or on the image of its page, and the rest of its document.
import { get, Problem } from "../base/api.js";
import { announce, byId, h, icon, isWide, outward, tag } from "../base/dom.js";
import { percent, t } from "../base/i18n.js";
import { offerCitation } from "../quotes/cite.js";
import { outline, overview, passages } from "./document.js";
import { find } from "./find.js";
import { corrections, offerEdit } from "../library/edit.js";
import { keepQuote } from "./keeping.js";
import { bring, imagePages, spansOf, textPages } from "./pages.js";
import { doubts, isPaged, place, problem, waiting, why } from "../base/parts.js";
import { standing } from "../base/standing.js";
import { current } from "../base/titles.js";
import { besideLink, saveButton } from "./taking.js";
import { trailLink } from "./trailing.js";

const pane = byId("source");
const shown = { evidence: [], at: 0, pages: [1, 1], mode: null, opener: null, about: null };
let preferred = null; // the mode chosen last, where the document has it
const ZOOMS = [1, 1.5, 2, 3];
let zoom = 1; // of page images
let turn = 0; // what arrives for an earlier turn comes too late

export function begin() {
  pane.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  matchMedia("(min-width: 62rem)").addEventListener("change", cover);
  document.addEventListener("edited", ({ detail }) => renew(detail));
}

/**
 * Opens one of several pieces of evidence: citations, passages, or a document by `{doc_id, title, page_start, page_end,
 * spans: []}`. Focus goes to the pane where somebody opened it, and back to the opener when it is closed.
 */
export async function open(evidence, at, opener) {
  Object.assign(shown, { evidence: evidence.map(current), at, opener: opener ?? shown.opener });
  mark(shown.evidence[at]);
  await turnTo(shown.evidence[at]);
  if (opener) byId("source-title")?.focus({ preventScroll: isWide() });
}

/** Opens the passage that an address names; `words` are its spans to mark, `start-end,…` in code points, or none. */
export async function openById(passageId, words, opener = byId("main")) {
  placehold();
  try {
    const passage = await get(`/v1/passages/${passageId}`); // as it stands in the address: escaped
    if (words) passage.spans = await spansOf(passage, words);
    delete passage.quote; // of the whole passage
    await open([passage], 0, opener);
  } catch (error) {
    pane.replaceChildren(problem(error, () => openById(passageId, words, opener)));
  }
}

/** Takes the pane's place before there is anything to show. */
export function placehold() {
  turn += 1;
  reveal();
  pane.replaceChildren(h("div", { class: "sheet coming" }, h("p", { class: "small", t: "sourceEmpty" }), waiting(9)));
}

export function close({ returns = true } = {}) {
  turn += 1;
  release();
  pane.hidden = true;
  byId("desk").classList.remove("split");
  cover();
  mark(null);
  if (returns) (shown.opener?.isConnected ? shown.opener : byId("main")).focus();
  shown.opener = null;
}

function reveal() {
  release();
  pane.hidden = false;
  byId("desk").classList.add("split");
  cover();
}

/** On a small screen the pane lies over the rest, which must then not be reached. */
function cover() {
  const covers = !pane.hidden && !isWide();
  byId("main").inert = covers;
  document.querySelector(".bar").inert = covers;
  document.body.classList.toggle("covered", covers);
}

/** Shows by its new name a document that is open. */
async function renew(about) {
  if (pane.hidden) return;
  for (const each of shown.evidence.filter(({ doc_id }) => doc_id === about.doc_id))
    Object.assign(each, { title: about.title, url: about.metadata.url });
  const evidence = shown.evidence[shown.at];
  if (evidence?.doc_id !== about.doc_id) return;
  await turnTo(evidence);
  byId("source-title")?.focus({ preventScroll: isWide() });
}

/** Shows which chip is open: each turn of a thread counts its own quotes. */
function mark(evidence) {
  for (const chip of document.querySelectorAll(".chip")) {
    const turn = chip.closest("[data-turn]")?.dataset.turn;
    const isOpen = evidence && Number(chip.dataset.number) === evidence.number && turn === evidence.turn;
    if (isOpen) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
}

async function turnTo(evidence) {
  const mine = ++turn;
  reveal();
  pane.replaceChildren(...head(evidence, null), h("div", { class: "sheet" }, waiting(8)));
  try {
    const about = await get(`/v1/documents/${evidence.doc_id}`);
    if (mine !== turn) return;
    if (!isPaged(about)) evidence.page_label = null;
    const modes = [...(about.type === "pdf" ? ["image"] : []), "text", "overview", "outline", "passages", "references", "find"];
    const first = evidence.mode ?? (["image", "text"].includes(preferred) ? preferred : modes[0]);
    Object.assign(shown, { about, modes, mode: modes.includes(first) ? first : modes[0] });
    shown.pages = [evidence.page_start, Math.min(evidence.page_end, evidence.page_start + 3)];
    pane.replaceChildren(
      ...head(evidence, about),
      toolbar(),
      h("div", { class: "sheet", id: "sheet", tabindex: "0", role: "region", label: "source" }),
    );
    if (!evidence.standing) tellStanding(evidence.doc_id, byId("source-standing"));
    await fill(evidence);
  } catch (error) {
    if (mine === turn)
      pane.replaceChildren(
        ...head(evidence, null),
        problem(error, () => turnTo(evidence)),
      );
  }
}

/** Shows in the head whether the document is in force today, as soon as that is known; nothing where it cannot be told. */
async function tellStanding(docId, place) {
  const known = await get(`/v1/documents/${docId}/standing`).catch(() => null);
  place.replaceChildren(standing(known?.standing, openNewer) ?? "");
}

function head(evidence, about) {
  const several = shown.evidence.length > 1;
  const address = outward(evidence.url ?? about?.metadata.url, { class: "quiet button" });
  address?.append(icon("out"), h("span", { t: "original" }));
  return [
    several
      ? h(
          "div",
          { class: "panebar" },
          step(-1, "left", "evidencePrevious"),
          h("span", { class: "small", t: [shownAs(evidence), shown.at + 1, shown.evidence.length] }),
          step(1, "right", "evidenceNext"),
        )
      : "",
    h(
      "button",
      { type: "button", class: "quiet square shut", label: "close", on: { click: () => close() } },
      icon("close"),
    ),
    h(
      "div",
      { class: "panehead" },
      h("h2", { id: "source-title", tabindex: "-1", lang: tag(evidence.language) }, evidence.title),
      place(evidence),
      h("div", { id: "source-standing" }, standing(evidence.standing, openNewer)),
      doubts(evidence),
      about && corrections(about),
      evidence.original && h("p", { class: "small", t: [evidence.page_label === null ? "digestWhole" : "digest", evidence.original] }),
      h(
        "div",
        { class: "row" },
        h(
          "button",
          { type: "button", class: "quiet", on: { click: () => offerCitation(evidence) } },
          icon("quote"),
          h("span", { t: "cite" }),
        ),
        keepQuote(evidence),
        about && trailLink(evidence),
        address,
        about &&
          h(
            "button",
            { type: "button", class: "quiet act", label: "edit", on: { click: () => offerEdit(about) } },
            icon("pen"),
            h("span", { class: "word", t: "edit" }),
          ),
        about && saveButton(about),
        about && besideLink(evidence, shown.evidence),
        evidence.why && why(evidence.why.why, evidence.why.score),
      ),
    ),
  ];
}

const openNewer = (newer) => open([newer], 0, byId("main"));

const shownAs = ({ found }) => (found ? "foundPlace" : "evidence");

function step(by, sign, label) {
  const to = shown.at + by;
  const go = async () => {
    shown.at = to;
    mark(shown.evidence[to]);
    await turnTo(shown.evidence[to]);
    const again = pane.querySelector(`[data-step="${by}"]`);
    (again?.disabled ? byId("source-title") : again)?.focus(); // the button was drawn anew
    announce(t(shownAs(shown.evidence[to]), to + 1, shown.evidence.length));
  };
  return h(
    "button",
    { type: "button", class: "quiet square", "data-step": by, label, disabled: !shown.evidence[to], on: { click: go } },
    icon(sign),
  );
}

function toolbar() {
  const names = {
    image: "modeImage",
    text: "modeText",
    overview: "modeOverview",
    outline: "modeOutline",
    passages: "modePassages",
    references: "modeReferences",
    find: "modeFind",
  };
  const choose = (mode) => {
    shown.mode = preferred = mode;
    for (const each of pane.querySelectorAll("[data-mode]"))
      each.setAttribute("aria-pressed", String(each.dataset.mode === mode));
    fill(shown.evidence[shown.at]);
  };
  const button = (mode) =>
    h("button", {
      type: "button",
      "data-mode": mode,
      "aria-pressed": String(mode === shown.mode),
      t: names[mode],
      on: { click: () => choose(mode) },
    });
  return h("div", { class: "modes", role: "group", label: "modes" }, shown.modes.map(button));
}

/** How large the image of a page is. */
function zoomer() {
  const at = ZOOMS.indexOf(zoom);
  const button = (to, said, label) => {
    const click = () => {
      zoom = ZOOMS[to];
      fill(shown.evidence[shown.at]).then(() => pane.querySelector(`[data-zoom="${said}"]:enabled`)?.focus());
      announce(t("zoomAt", percent(ZOOMS[to])));
    };
    const props = { type: "button", class: "plain square", "data-zoom": said, label, disabled: !ZOOMS[to] };
    return h("button", { ...props, on: { click } }, said);
  };
  return h(
    "div",
    { class: "zoom", role: "group", label: "zoom" },
    button(at - 1, "−", "zoomOut"),
    h("span", { class: "small" }, percent(zoom)),
    button(at + 1, "+", "zoomIn"),
  );
}

/** Draws what the mode says into the sheet. */
async function fill(evidence) {
  const mine = ++turn;
  const sheet = byId("sheet");
  const view = {
    about: shown.about,
    evidence,
    pages: shown.pages,
    width: sheet.clientWidth,
    zoom,
    isCurrent: () => mine === turn,
  };
  release();
  sheet.setAttribute("aria-busy", "true");
  if (!sheet.hasChildNodes()) sheet.append(waiting(8));
  try {
    const drawn = { text: textPages, image: imagePages, overview: told, outline: outlined, passages: listed, references: named, find: sought };
    const made = await drawn[shown.mode](view);
    if (mine !== turn) return;
    const paged = ["text", "image"].includes(shown.mode);
    const above = shown.mode === "image" ? [zoomer()] : [];
    sheet.replaceChildren(...(paged ? [...above, pager("top"), ...made, pager("bottom")] : made));
    bring(sheet);
  } catch (error) {
    if (error instanceof Problem) sheet.replaceChildren(problem(error, () => fill(evidence)));
    else throw error;
  } finally {
    if (mine === turn) sheet.setAttribute("aria-busy", "false");
  }
}

function pager(where) {
  const [first, last] = shown.pages;
  const total = shown.about.n_pages;
  if (total === 1) return "";
  const go = (to) => () => {
    shown.pages = [to, to];
    fill(shown.evidence[shown.at]).then(() => {
      byId("sheet").focus({ preventScroll: true });
      announce(t("pageOf", to, total));
    });
  };
  const button = (to, sign, label) =>
    h(
      "button",
      { type: "button", class: "quiet square", label, disabled: to < 1 || to > total, on: { click: go(to) } },
      icon(sign),
    );
  const said = first === last ? first : `${first}–${last}`;
  return h(
    "div",
    { class: `pager ${where}` },
    button(first - 1, "left", "pagePrevious"),
    h("span", { class: "small", t: ["pageOf", said, total] }),
    button(last + 1, "right", "pageNext"),
  );
}

const outlined = ({ about }) => outline(about, (heading) => leap({ spans: heading.spans, page: heading.page }));
const listed = ({ about, evidence }) =>
  passages(
    about,
    ({ passage_id, spans, page_start, page_end }) => leap({ passage_id, spans, page: page_start, last: page_end }),
    evidence,
  );
const told = ({ about }) => overview(about, (parts, at) => open(parts, at, shown.opener ?? byId("main")));
const named = async ({ about }) => (await import("./mentions.js")).mentions(about, (evidence) => open([evidence], 0, shown.opener ?? byId("main")));
const sought = ({ about, evidence }) =>
  find(about, (places, at) => open(places.map((each) => ({ ...base(evidence), ...each })), at, shown.opener ?? byId("main")));

/** What is known of the document that is open, whatever of it is shown. */
const base = ({ title, doc_id, url, language, original }) => ({ title, doc_id, url, language, original });

/** To a place of the document that is open, in the text. */
function leap({ passage_id, spans, page, last = page }) {
  const evidence = { ...base(shown.evidence[shown.at]), passage_id, spans, page_start: page, page_end: last, mode: "text" };
  open([evidence], 0, shown.opener ?? byId("main"));
}

function release() {
  for (const image of pane.querySelectorAll("img[src^='blob:']")) URL.revokeObjectURL(image.src);
}
