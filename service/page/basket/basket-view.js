// The view of the basket: its items in their order, and the memo that is made of them.
import { file, get } from "../base/api.js";
import { items, made, put, tell } from "./basket.js";
import { drawn, numbered } from "./basket-items.js";
import { download, sendable } from "./sending.js";
import { announce, byId, h, icon } from "../base/dom.js";
import { language, t, translate } from "../base/i18n.js";
import { problem } from "../base/parts.js";
import { keep, recall } from "../base/store.js";
import { take } from "../base/titles.js";

const FORMATS = ["docx", "html", "markdown", "xlsx", "csv", "bibtex", "ris"];
const STYLES = ["gbt7714", "apa"];
const PLACINGS = ["footnotes", "list"];
const room = byId("basket");
const list = h("ol", { class: "kept", id: "basket-items" });
const told = h("div", { id: "basket-told" });
const held = h("h2", { class: "over" });
let shown = false;
let turn = 0; // what arrives for an earlier drawing comes too late

export function begin() {
  tell();
  document.addEventListener("spoken", () => shown && !byId("view-basket").hidden && show());
  addEventListener("storage", ({ key }) => {
    if (key && !key.startsWith("sinkqa.basket")) return;
    if (!byId("view-basket").hidden) keepingPlace(show); // another tab has kept something
  });
}

/** Draws anew without taking away what somebody is writing in. */
function keepingPlace(draw) {
  const field = document.activeElement?.closest("#basket-items textarea");
  const id = field?.closest("[data-item]").dataset.item;
  const [from, to] = [field?.selectionStart, field?.selectionEnd];
  draw();
  const again = id && list.querySelector(`[data-item="${CSS.escape(id)}"] textarea`);
  again?.focus({ preventScroll: true });
  again?.setSelectionRange(from, to);
}

export function show() {
  shown = true;
  const all = items();
  told.replaceChildren();
  if (!all.length) {
    room.replaceChildren(h("p", { class: "empty", t: "basketEmpty" }), adder());
    return;
  }
  list.replaceChildren(...all.map((item, at) => drawn(item, at, acts)));
  room.replaceChildren(h("p", { class: "printed memo-name" }, settings().title || t("memoTitleHint")), tools(), told, held, list, below());
  recount();
  lookAgain(all);
}

/** Numbers follow the order; what was taken out has none. */
function recount() {
  const rows = [...list.querySelectorAll("[data-item]")];
  rows.forEach((row, at) => numbered(row, at, rows.length, acts));
  held.dataset.t = JSON.stringify(["basketHolds", rows.length]);
  translate(held);
}

/** Says of each item whose document is gone that it is, and shows titles as they are now. The export reads all again. */
async function lookAgain(all) {
  const mine = ++turn;
  const ids = new Set(all.flatMap(({ citation, citations }) => (citation ? [citation] : (citations ?? []))).map(({ doc_id }) => doc_id));
  for (const id of ids) {
    try {
      const about = await get(`/v1/documents/${id}`);
      if (mine !== turn) return;
      take(about);
    } catch (error) {
      if (mine !== turn) return;
      if (error.code !== "document-not-found") return; // the export says what is wrong
      lost(id, all);
    }
  }
}

function lost(docId, all) {
  for (const item of all) {
    const count = [item.citation, ...(item.citations ?? [])].filter((each) => each?.doc_id === docId).length;
    const row = count && list.querySelector(`[data-item="${CSS.escape(item.id)}"]`);
    if (row) row.querySelector(".keptbar").after(h("p", { class: "small doubt", t: ["itemLost", count] }));
  }
}

/** How the memo is to be made, as it was chosen last. */
export const settings = () => {
  const kept = recall("memo", {});
  const one = (value, among, other) => (among.includes(value) ? value : other);
  return {
    title: typeof kept?.title === "string" ? kept.title : "",
    format: one(kept?.format, FORMATS, FORMATS[0]),
    style: one(kept?.style, STYLES, language() === "zh" ? "gbt7714" : "apa"),
    placing: one(kept?.placing, PLACINGS, PLACINGS[0]),
  };
};

const set = (name, value) => keep("memo", { ...recall("memo", {}), [name]: value });

/** The title heads what is printed, too. */
function entitle(title) {
  set("title", title);
  room.querySelector(".memo-name").textContent = title || t("memoTitleHint");
}

/** What each item can do with itself: change, move, leave and come back. */
const acts = {
  recount: () => recount(),
  change(id, what) {
    store(items().map((each) => (each.id === id ? { ...each, ...what } : each)));
  },
  move(id, by, focused = `[data-move="${by}"]`) {
    const rows = [...list.querySelectorAll("[data-item]")];
    const from = rows.findIndex((each) => each.dataset.item === id);
    const to = Math.max(0, Math.min(rows.length - 1, from + by));
    if (from < 0 || to === from) return;
    const row = rows[from];
    if (to < from) rows[to].before(row);
    else rows[to].after(row);
    acts.settle(row, focused);
  },
  /** Keeps the order in which the rows stand. */
  settle(row, focused) {
    const rows = [...list.querySelectorAll("[data-item]")];
    const place = new Map(rows.map((each, at) => [each.dataset.item, at]));
    const last = rows.length; // another tab may have kept more
    store(items().sort((a, b) => (place.get(a.id) ?? last) - (place.get(b.id) ?? last)));
    recount();
    const again = [focused, "[data-move]:not(:disabled)", "[data-grip]"].map((each) => row.querySelector(each));
    again.find((each) => each && !each.disabled).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    announce(t("itemMoved", rows.indexOf(row) + 1, rows.length));
  },
  remove(id, row) {
    const all = items();
    const at = all.findIndex((each) => each.id === id);
    if (at < 0) return;
    const [gone] = all.splice(at, 1);
    store(all);
    const back = () => {
      const again = drawn(gone, 0, acts);
      left.replaceWith(again); // where it was, whatever was moved meanwhile
      const before = [...list.querySelectorAll("[data-item]")].indexOf(again);
      const now = items();
      now.splice(Math.min(before, now.length), 0, gone);
      store(now);
      recount();
      again.querySelector("[data-out]").focus();
      announce(t("itemHere", before + 1));
    };
    const undo = h("button", { type: "button", class: "plain", label: ["itemBack", at + 1], on: { click: back } }, h("span", { t: "undo" }));
    const left = h("li", { class: "keptitem gone row" }, h("span", { t: "itemGone" }), h("span", { class: "spring" }), undo);
    row.replaceWith(left);
    recount();
    undo.focus();
    announce(t("itemGone"));
  },
};

/** Keeps them all, and says so where that cannot be done. */
function store(all) {
  if (put(all)) return;
  told.replaceChildren(h("p", { class: "problem", role: "alert", t: "keepFailed" }));
}

function tools() {
  const { title, ...chosen } = settings();
  const choice = (name, label, values) => {
    const options = values.map((value) => h("option", { value, t: `${name}.${value}` }));
    const select = h("select", { id: `memo-${name}`, on: { change: (event) => set(name, event.target.value) } }, options);
    select.value = chosen[name];
    return h("div", { class: "field" }, h("label", { for: `memo-${name}`, t: label }), select);
  };
  const field = h("input", {
    type: "text",
    id: "memo-title",
    maxlength: "300",
    placeholder: "memoTitleHint",
    value: title,
    on: { input: (event) => entitle(event.target.value) },
  });
  return h(
    "form",
    { class: "card memo", on: { submit: save } },
    h("div", { class: "field long" }, h("label", { for: "memo-title", t: "memoTitle" }), field),
    choice("format", "memoFormat", FORMATS),
    choice("style", "memoStyle", STYLES),
    choice("placing", "memoPlacing", PLACINGS),
    h(
      "div",
      { class: "row long" },
      h("button", { type: "submit", class: "main", id: "export", t: "exportDo" }),
      h("button", { type: "button", class: "plain", t: "copyBasket", on: { click: copy } }),
      h("button", { type: "button", class: "plain", t: "print", on: { click: () => print() } }),
    ),
  );
}

function below() {
  return h("div", { class: "row controls" }, adder(), h("span", { class: "spring" }), h("button", { type: "button", class: "quiet", t: "basketClear", on: { click: clear } }));
}

function adder() {
  const add = () => {
    const note = made("note", { text: "" });
    store([...items(), note]);
    show();
    list.querySelector(`[data-item="${CSS.escape(note.id)}"] textarea`)?.focus();
  };
  return h("button", { type: "button", class: "plain add", on: { click: add } }, icon("pen"), h("span", { t: "noteAdd" }));
}

/** Empties it, and leaves the way back. */
function clear() {
  const had = items();
  store([]);
  const back = () => {
    store([...had, ...items()]);
    show();
    byId("basket-title").focus();
    announce(t("basketRestored"));
  };
  const undo = h("button", { type: "button", class: "plain", t: "undo", on: { click: back } });
  show();
  room.prepend(h("p", { class: "note row" }, h("span", { t: "basketCleared" }), h("span", { class: "spring" }), undo));
  undo.focus();
  announce(t("basketCleared"));
}

/** The memo as the server takes it. */
function memo(format) {
  const { title, style, placing } = settings();
  const written = items().filter((item) => item.kind !== "note" || item.text.trim());
  return { format, title, style, placing, language: language(), items: written.map(sendable) };
}

async function save(event) {
  event.preventDefault();
  const button = byId("export");
  button.disabled = true;
  told.replaceChildren(h("p", { class: "note plainly", t: "exporting" }));
  announce(t("exporting"));
  try {
    const { name, left } = await download(memo(settings().format));
    told.replaceChildren(
      h("p", { class: "note plainly", t: ["exported", name] }),
      ...(left ? [h("p", { class: "note", role: "alert", t: ["leftOut", left] })] : []),
    );
    announce(t("exported", name));
  } catch (error) {
    told.replaceChildren(problem(error, () => byId("basket").querySelector("form").requestSubmit()));
  } finally {
    button.disabled = false;
    button.focus({ preventScroll: true });
  }
}

/** For a word processor as a page, for all else as Markdown: both with notes. */
async function copy() {
  const text = (format) => file("/v1/export", memo(format)).then(({ blob }) => blob.text());
  const body = (page) => page.match(/<main>[^]*<\/main>/)?.[0] ?? page; // what it is pasted into has its own styles
  const as = (type, format) => [type, text(format).then((made) => new Blob([body(made)], { type }))];
  const parts = Object.fromEntries([as("text/html", "html"), as("text/plain", "markdown")]);
  try {
    await navigator.clipboard.write([new ClipboardItem(parts)]);
    told.replaceChildren(h("p", { class: "note plainly", t: "basketCopied" }));
    announce(t("basketCopied"));
  } catch (error) {
    const made = await Promise.all(Object.values(parts)).catch((failed) => failed);
    if (Array.isArray(made)) told.replaceChildren(h("p", { class: "note", role: "alert", t: "basketCopyFailed" }));
    else told.replaceChildren(problem(made, copy));
  }
}
