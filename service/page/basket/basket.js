// What is kept for a memo: answers, quotes, verified statements and notes. It stays in this browser.
import { collection } from "../base/api.js";
import { announce, byId, h, icon } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { keep, raw, recall } from "../base/store.js";
import { current } from "../base/titles.js";

const KINDS = ["answer", "quote", "claim", "note"];
const name = () => (collection() ? `basket.${collection()}` : "basket");

/** The items in their order; what storage holds otherwise is none. */
export function items() {
  const now = raw(name());
  if (now === null || now !== read.raw) {
    const kept = recall(name(), []);
    read = { raw: now, items: Array.isArray(kept) ? kept.filter(sound) : [] };
  }
  return [...read.items];
}
let read = { raw: null, items: [] }; // as it was last: two hundred answers take a while to read

addEventListener("storage", ({ key }) => {
  if (!key || key.startsWith("sinkqa.basket")) tell(); // another tab has kept something
});

/** Puts these in the place of all; whether the browser could keep them. */
export function put(all) {
  const done = keep(name(), all.length ? all : null);
  tell();
  return done;
}

/** The count in the bar, and whoever shows what is kept. */
export function tell() {
  const count = items().length;
  byId("basket-count").textContent = count ? String(count) : "";
  document.dispatchEvent(new Event("basket"));
}

/** A new item; its key tells whether the same is kept already. */
export const made = (kind, what) => ({ id: crypto.randomUUID?.() ?? String(Math.random()), kind, ...what });

const placeOf = ({ doc_id, spans }) => [doc_id, spans.map(({ start, end }) => [start, end])];
const keys = new WeakMap();
const keyOf = (item) => {
  if (!keys.has(item)) keys.set(item, keyed(item));
  return keys.get(item);
};
const keyed = (item) =>
  JSON.stringify(
    item.kind === "answer"
      ? [item.kind, item.asked, item.segments.map(({ text }) => text)]
      : item.kind === "quote"
        ? [item.kind, placeOf(item.citation)]
        : [item.kind, item.claim ?? item.id],
  );

const had = (item) => items().find((each) => keyOf(each) === keyOf(item));

/** Keeps an item, or several, or takes out those that are the same where all are kept. */
export function toggle(given) {
  const all = [given].flat();
  const same = all.map(had).filter(Boolean);
  const out = new Set(same.length === all.length ? same.map(({ id }) => id) : []);
  const done = put(out.size ? items().filter(({ id }) => !out.has(id)) : [...items(), ...all.filter((each) => !had(each))]);
  announce(!done ? t("keepFailed") : out.size ? t("keptNoMore") : t("keptNow", items().length));
  return done;
}

/**
 * A button that keeps what `make` gives, or comes to give: an item or several; it says whether they are kept. `label()` is
 * what it says else; `known()` is what can be told of the item before it is made. The event `retell` has it look again.
 */
export function keeper(make, { label = () => "keep", known = make } = {}) {
  const button = h("button", { type: "button", class: "quiet keeper" });
  const tellIt = () => {
    const item = known();
    const is = Boolean(item) && [item].flat().every(had);
    button.setAttribute("aria-pressed", String(is));
    button.replaceChildren(icon(is ? "check" : "plus"), h("span", { t: is ? "kept" : label() }));
  };
  button.addEventListener("click", async () => {
    const item = await make();
    const done = !item || toggle(item);
    button.parentElement?.querySelector(".unkept")?.remove();
    if (!done) button.after(h("p", { class: "small doubt unkept", role: "alert", t: "keepFailed" }));
  });
  const follow = () => {
    if (button.isConnected) tellIt();
    else document.removeEventListener("basket", follow);
  };
  setTimeout(() => document.addEventListener("basket", follow)); // by then it stands in the page
  button.addEventListener("retell", tellIt);
  tellIt();
  return button;
}

/** A citation with what is needed to show, open and check it, and nothing else. */
export const slim = (citation) =>
  Object.fromEntries(
    ["number", "passage_id", "doc_id", "title", "original", "section", "table", "page_start", "page_end", "page_label", "paragraph", "quote", "spans", "language", "url", "translation"]
      .map((field) => [field, current(citation)[field]])
      .filter(([field, value]) => value !== undefined && (value !== null || field === "page_label")), // null: no pages
  );

/** Of an answer, all that it says. */
export const ofAnswer = (got) =>
  made("answer", {
    question: got.question,
    asked: got.question,
    language: got.language,
    segments: got.segments,
    citations: got.citations.map(slim),
    table: got.table ?? null,
    lead: got.status === "abstained" ? (got.text ?? "") : "",
    missing: got.missing,
    generated: got.generated,
  });

/** Of a verified text, one statement with what it was held against. */
export const ofClaim = ({ claim, label }, citations) => made("claim", { claim, label, citations: citations.map(slim) });

const isText = (value) => typeof value === "string";
const isCited = (each) =>
  isText(each?.doc_id) && isText(each.quote) && Array.isArray(each.spans) && each.spans.every((span) => Number.isInteger(span?.start));

/** Whether an item is one that this page made: storage may hold anything. */
function sound(item) {
  if (!KINDS.includes(item?.kind) || !isText(item.id)) return false;
  if (item.kind === "note") return isText(item.text);
  if (item.kind === "quote") return isCited(item.citation);
  if (!Array.isArray(item.citations) || !item.citations.every(isCited)) return false;
  if (item.kind === "claim") return isText(item.claim) && isText(item.label);
  const said = Array.isArray(item.segments) && item.segments.every((each) => isText(each?.text) && Array.isArray(each.citations));
  const table = !item.table || (Array.isArray(item.table.columns) && Array.isArray(item.table.rows) && item.table.rows.every((row) => Array.isArray(row?.cells)));
  return said && table && isText(item.question) && Array.isArray(item.missing);
}
