// The view of the library: what is in it, chosen from, opened, corrected, deleted and put back.
import { get, post, remove } from "../base/api.js";
import { announce, byId, h, icon, tag } from "../base/dom.js";
import { bytes, number, t } from "../base/i18n.js";
import { corrections, offerEdit } from "./edit.js";
import * as facets from "./facets.js";
import * as filters from "./filters.js";
import { problem, waiting } from "../base/parts.js";
import * as source from "../source/source.js";
import * as standings from "./standings.js";
import * as trash from "./trash.js";
import * as upload from "./upload.js";

const AT_ONCE = 200;
const PAUSE_MS = 250; // between a key and the search
const room = byId("library");
const rows = h("div", { id: "documents" });
const counted = h("h2", { class: "over" });
const choices = h("details", { class: "facets card", open: matchMedia("(min-width: 48rem)").matches });
const words = h("input", { type: "search", id: "find-document", label: "findDocument", placeholder: "findDocument" });
const order = facets.orders((value) => go(changedTo("order", value)));
const head = h("div", { class: "listhead" }, counted, words, order);
let query = new URLSearchParams();
let turn = 0; // what arrives for an earlier choice comes too late

export function begin() {
  room.append(upload.box(changed), head, choices, rows, trash.list(changed));
  let typing = null;
  words.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      query = changedTo("words", words.value.trim());
      history.replaceState(null, "", addressOf(query));
      list();
    }, PAUSE_MS);
  });
  document.addEventListener("edited", ({ detail }) => renew(detail));
}

const addressOf = (next) => (String(next) ? `#/library?${next}` : "#/library");

function changedTo(name, value) {
  const next = new URLSearchParams(query);
  next.set(name, value);
  return facets.chosen(next);
}

/** To another choice, which the browser's “back” leaves again. */
function go(next, pressed) {
  wasPressed = pressed;
  location.hash = addressOf(facets.chosen(next));
}
let wasPressed = null; // the button to go back to when all are drawn anew

/** A row says what was corrected at once; its place in the list is found anew at the next visit. */
function renew(about) {
  filters.forget();
  const old = rows.querySelector(`[data-document="${about.doc_id}"]`);
  if (!old) return;
  const had = old.contains(document.activeElement) || document.activeElement === document.body;
  const now = row(about);
  old.replaceWith(now);
  if (had) now.querySelector("[data-edit]").focus();
}

export function show({ query: asked }) {
  query = facets.chosen(asked);
  if (document.activeElement !== words) words.value = query.get("words") ?? "";
  order.value = query.get("order") ?? "title";
  upload.resume();
  trash.renew();
  if (!rows.hasChildNodes()) rows.append(waiting(8));
  return list();
}

function changed() {
  filters.forget();
  trash.renew();
  return list();
}

async function list() {
  const mine = ++turn;
  let got;
  try {
    got = await get(`/v1/documents?limit=${AT_ONCE}&${query}`);
  } catch (error) {
    if (mine === turn) rows.replaceChildren(problem(error, list));
    return;
  }
  if (mine !== turn) return;
  const isChosen = Boolean(facets.count(query) || query.get("words"));
  head.hidden = choices.hidden = !got.total && !isChosen;
  counted.dataset.t = JSON.stringify([isChosen ? "holdsChosen" : "holds", number(got.total)]);
  counted.textContent = t(...JSON.parse(counted.dataset.t));
  drawChoices(got.facets);
  if (got.total) rows.replaceChildren(entries(got));
  else rows.replaceChildren(h("p", { class: "empty", t: isChosen ? "nothingFound" : "libraryEmpty" }), isChosen ? all() : "");
  if (wasPressed !== null || document.activeElement === words) announce(facets.told(query, number(got.total)));
  wasPressed = null;
}

function drawChoices(counts) {
  const on = facets.count(query);
  const buttons = facets.buttons(counts, query, go);
  choices.replaceChildren(h("summary", { t: on ? ["facetsOn", on] : "facets" }), ...buttons);
  choices.hidden ||= !buttons.length;
  if (wasPressed) choices.querySelector(`[data-choice="${CSS.escape(wasPressed)}"]`)?.focus();
}

/** The way out of a choice that nothing fits. */
const all = () =>
  h(
    "p",
    { class: "row middle" },
    h("a", { class: "button plain", href: "#/library", t: "facetsClear", on: { click: () => (words.value = "") } }),
  );

/** The documents, and the way to more of them. */
function entries(got) {
  const items = h("ul", { class: "list" }, got.documents.map(row));
  let next = got.next_offset;
  const more = h("button", { type: "button", class: "plain", hidden: next === null, t: "more" });
  more.addEventListener("click", async () => {
    more.disabled = true;
    try {
      const further = await get(`/v1/documents?limit=${AT_ONCE}&offset=${next}&${query}`);
      const added = further.documents.map(row);
      items.append(...added);
      next = further.next_offset;
      more.hidden = next === null;
      added[0]?.querySelector("button").focus();
    } catch (error) {
      items.after(problem(error));
    } finally {
      more.disabled = false;
    }
  });
  return h("div", {}, items, more);
}

/** A document as evidence of itself, for the pane. */
const whole = ({ doc_id, title, metadata }) => ({
  doc_id,
  title,
  language: metadata.language,
  url: metadata.url,
  original: metadata.digest_of,
  section: [],
  page_start: 1,
  page_end: 1,
  spans: [],
});

function row(about) {
  const { metadata } = about;
  const open = (event) => source.open([whole(about)], 0, event.currentTarget);
  const item = h(
    "li",
    { class: "entry", "data-document": about.doc_id },
    h(
      "div",
      {},
      h(
        "button",
        { type: "button", class: "name link", lang: tag(metadata.language), on: { click: open } },
        about.title,
      ),
      h("p", { class: "place" }, facts(about)),
      h("p", { class: "small file" }, about.name),
      standings.tell(h("div"), about.doc_id),
      corrections(about),
      about.warnings.length > 0 &&
        h(
          "details",
          { class: "small" },
          h("summary", { t: ["warnings", about.warnings.length] }),
          h(
            "ul",
            {},
            about.warnings.map((each) => h("li", {}, each)),
          ),
        ),
    ),
    h(
      "div",
      { class: "acts" },
      act("pen", "edit", ["editDocument", about.title], () => offerEdit(about), { "data-edit": "" }),
      act("bin", "delete", ["deleteDocument", about.title], () => discard(about, item)),
    ),
  );
  return item;
}

function facts(about) {
  const { metadata } = about;
  return [
    metadata.issuer && h("span", { lang: tag(metadata.language) }, metadata.issuer),
    metadata.jurisdiction && h("span", { t: { term: ["place", metadata.jurisdiction] } }),
    metadata.year && h("span", {}, String(metadata.year)),
    h("span", { t: { term: ["type", about.type] } }),
    metadata.language && h("span", { t: { term: ["lang", metadata.language] } }),
    about.n_pages > 1 && h("span", { t: ["pages", number(about.n_pages)] }),
    h("span", { t: ["passagesCount", number(about.n_passages)] }),
    h("span", {}, bytes(about.n_bytes)),
  ];
}

/** A button that is an icon where room is short, and a word where there is room. */
const act = (sign, said, label, click, more = {}) =>
  h(
    "button",
    { type: "button", class: "quiet act", label, on: { click }, ...more },
    icon(sign),
    h("span", { class: "word", t: said }),
  );

/** Deletes where that is confirmed, and leaves in the same place the way back. */
async function discard(about, item) {
  if (!(await trash.confirmed(about))) return;
  turn += 1; // a list that is on its way knows nothing of it, and would take the entry away meanwhile
  try {
    const gone = await remove(`/v1/documents/${about.doc_id}`);
    turn += 1;
    filters.forget();
    source.close({ returns: false });
    const undo = h(
      "button",
      { type: "button", class: "plain", label: ["undoDelete", about.title], on: { click: () => restore(gone, left) } },
      h("span", { t: "undo" }),
    );
    const left = h(
      "li",
      { class: "entry gone", tabindex: "-1" },
      h("div", {}, h("p", { class: "name" }, about.title), h("p", { class: "place" }, h("span", { t: "deleted" }))),
      gone.restore_url && undo,
    );
    const shown = rows.querySelector(`[data-document="${about.doc_id}"]`); // drawn anew while it was asked for
    (shown ?? item).replaceWith(left);
    (gone.restore_url ? undo : left).focus();
    announce(t("deletedGone", about.title));
    await trash.renew();
  } catch (error) {
    item.append(problem(error));
  }
}

async function restore(gone, left) {
  try {
    const back = row(await post(gone.restore_url, {}));
    left.replaceWith(back);
    back.querySelector("button").focus();
    filters.forget();
    announce(t("restored", gone.title));
    await trash.renew();
  } catch (error) {
    left.append(problem(error));
  }
}
