// The view that compares. What is compared stands in the address; every cell of the table is quoted from the library.
import { collection, get, post } from "../base/api.js";
import { announce, byId, h, icon, tag } from "../base/dom.js";
import { language, t, term } from "../base/i18n.js";
import { problem, waiting } from "../base/parts.js";
import { WORDS } from "../base/words.js";
import * as facets from "../library/facets.js";
import { sources } from "../quotes/sources.js";
import * as source from "../source/source.js";
import { chipField } from "./chips.js";
import { COMPARE_WORDS } from "./compare-words.js";
import { compared } from "./table.js";
import { foot } from "./taking.js";

Object.assign(WORDS, COMPARE_WORDS);

const BYS = ["country", "document", "market"];
const MOST_DOCUMENTS = 1000; // that a comparison may be narrowed to
const PAUSE_MS = 250; // between a key and the search
const SUGGESTED = {
  country: ["measure", "instrument", "finance", "target", "penalty", "monitoring", "forest", "wetland"],
  document: ["scope", "authority", "measure", "penalty", "prohibition", "effect"],
  market: ["limit", "projects", "coverage", "penalty", "monitoring"],
};
const EXAMPLES = { country: ["measure", "finance", "target"], document: ["scope", "authority", "penalty"], market: ["limit", "projects"] };
const NO_COUNTRY = ["none", "UN"];
const COMMA = /[,，;；、\n]/;

let wanted = { by: "country", on: [], rows: [], asOf: "", beside: "", filters: new URLSearchParams() };
let held = { countries: [], titles: [], markets: [] }; // what the library has to set side by side
let shown = null; // the address whose table is there
let running = null;

const result = h("div", { id: "compared", "aria-busy": "false" });
const on = chipField("compare-on", "compareOn", {
  hint: "compareOnHint",
  between: COMMA,
  suggest: () => SUGGESTED[wanted.by].map((each) => ({ value: () => t(`on.${each}`), said: { t: `on.${each}` } })),
});
const rows = chipField("compare-rows", "compareRows", {
  hint: "compareRowsHint",
  suggest: () => [
    ...(wanted.by === "country" ? held.countries.map((code) => ({ value: () => term("place", code), said: { t: { term: ["place", code] } } })) : []),
    ...(wanted.by === "market" ? held.markets.map((name) => ({ value: () => name, said: { t: { term: ["market", name] } } })) : []),
  ],
  look: (text) => wanted.by === "document" && suggestTitles(text),
});
const bys = h("div", { class: "choices", role: "group", label: "compareBy" });
const asOf = h("input", { type: "date", id: "compare-as-of", min: "1900-01-01", max: "2100-12-31" });
const beside = h("select", { id: "compare-beside" });
const narrowed = h("details", { class: "facets narrowed" });

export function begin() {
  const field = (said, input) => h("div", { class: "field" }, h("label", { for: input.id, class: "over", t: said }), input);
  const form = h(
    "form",
    { class: "card compareform", id: "compare-form", on: { submit } },
    h("div", { class: "chipfield whole" }, h("span", { class: "over", "aria-hidden": "true", t: "compareBy" }), bys),
    on.element,
    rows.element,
    h(
      "div",
      { class: "further" },
      h("div", { class: "fields" }, field("compareAsOf", asOf), field("compareBeside", beside)),
      narrowed,
      h("button", { type: "submit", class: "main", id: "compare-do", t: "compareDo" }),
    ),
  );
  byId("compare").append(form, result);
  addEventListener("beforeprint", () => result.querySelector(".sources")?.setAttribute("open", ""));
  document.addEventListener("spoken", () => [on, rows].forEach((each) => each.draw()));
  document.addEventListener("edited", () => (shown = null)); // titles may be others now
}

export async function show({ query }) {
  wanted = read(query);
  fill();
  learn();
  if (!wanted.on.length) rest();
  else if (shown !== location.hash) await run();
}

function read(query) {
  const given = (name) => [...new Set(query.getAll(name).map((each) => each.trim()).filter(Boolean))];
  return {
    by: BYS.includes(query.get("by")) ? query.get("by") : "country",
    on: [...new Set(given("on").flatMap((each) => each.split(COMMA)).map((each) => each.trim()).filter(Boolean))],
    rows: given("rows"),
    asOf: /^\d{4}-\d{2}-\d{2}$/.test(query.get("as_of") ?? "") ? query.get("as_of") : "",
    beside: /^[0-9a-f]{6,64}$/.test(query.get("beside") ?? "") ? query.get("beside") : "",
    filters: facets.chosen(query),
  };
}

/** The address of a comparison: all that it is made of. */
function addressOf({ by, on: columns, rows: names, asOf: date, beside: other, filters }) {
  const query = new URLSearchParams({ by });
  for (const each of columns) query.append("on", each);
  for (const each of names) query.append("rows", each);
  if (date) query.set("as_of", date);
  if (other) query.set("beside", other);
  for (const [name, value] of filters) query.append(name, value);
  if (collection()) query.set("collection", collection());
  return `#/compare?${query}`;
}

/** The controls as the address has them. */
function fill() {
  bys.replaceChildren(...BYS.map(choice));
  on.set(wanted.on);
  rows.set(wanted.rows);
  asOf.value = wanted.asOf;
  besides();
  narrow(null);
}

const choice = (by) => {
  const click = () => {
    wanted = { ...gathered(), by, rows: [] };
    fill();
    learn();
    bys.querySelector(`[data-by="${by}"]`).focus();
  };
  return h("button", { type: "button", class: "choice", "data-by": by, "aria-pressed": String(by === wanted.by), on: { click } }, h("span", { t: `by.${by}` }));
};

function besides() {
  const known = held.titles.some(({ doc_id }) => doc_id === wanted.beside);
  const options = held.titles.map(({ doc_id, title, metadata }) => h("option", { value: doc_id, lang: tag(metadata.language) }, title));
  if (wanted.beside && !known) options.unshift(h("option", { value: wanted.beside }, wanted.beside.slice(0, 12)));
  beside.replaceChildren(h("option", { value: "", t: "compareBesideNone" }), ...options);
  beside.value = wanted.beside;
}

let turn = 0; // what arrives for an earlier choice comes too late

/** Asks what the library holds of what is chosen. Nothing that is said of it here keeps from comparing. */
async function learn() {
  const mine = ++turn;
  const got = await get(`/v1/documents?limit=${MOST_DOCUMENTS}&${wanted.filters}`).catch(() => null);
  if (!got || mine !== turn) return;
  held = { ...held, countries: got.facets.jurisdiction.map(({ value }) => value).filter((value) => !NO_COUNTRY.includes(value)), titles: got.documents };
  rows.draw();
  besides();
  narrow(got.facets);
  if (!got.total && !String(wanted.filters)) nothing();
  if (wanted.by === "document") rows.list(held.titles.map(({ title }) => title));
  else rows.list([]);
}

/** The library is empty: how that is mended. */
function nothing() {
  const going = running;
  running = null; // what it still brings is that there are no rows
  going?.abort();
  result.setAttribute("aria-busy", "false");
  result.replaceChildren(h("p", { class: "empty" }, h("a", { href: "#/library", t: "libraryEmpty" })));
}

let typing = null;

function suggestTitles(text) {
  clearTimeout(typing);
  if (held.titles.length < MOST_DOCUMENTS) return; // all are listed already
  typing = setTimeout(async () => {
    const got = await get(`/v1/documents?limit=50&words=${encodeURIComponent(text.slice(0, 200))}`).catch(() => null);
    if (got) rows.list(got.documents.map(({ title }) => title));
  }, PAUSE_MS);
}

/** The filters of the library, with how many documents each choice has. */
function narrow(counts) {
  const count = facets.count(wanted.filters);
  const go = (filters, pressed) => {
    wanted = { ...gathered(), filters: facets.chosen(filters) };
    fill();
    learn().then(() => pressed && narrowed.querySelector(`[data-choice="${CSS.escape(pressed)}"]`)?.focus());
  };
  const drawn = counts ? facets.buttons(counts, wanted.filters, go) : [...narrowed.children].slice(1);
  narrowed.replaceChildren(h("summary", { t: count ? ["facetsOn", count] : "compareFilters" }), ...drawn);
  narrowed.hidden = narrowed.children.length < 2;
}

/** What the controls say now. */
const gathered = () => ({ ...wanted, on: on.values(), rows: rows.values(), asOf: asOf.value, beside: beside.value });

function submit(event) {
  event.preventDefault();
  wanted = gathered();
  if (!wanted.on.length) {
    result.replaceChildren(h("p", { class: "note", role: "alert", t: "compareEmpty" }));
    on.focus();
    return;
  }
  const address = addressOf(wanted);
  shown = null;
  if (address === location.hash) run();
  else location.hash = address;
}

/** Before anything is compared: what could be. */
function rest() {
  running?.abort();
  shown = null;
  const example = (by) => {
    const said = () => EXAMPLES[by].map((each) => t(`on.${each}`));
    const click = () => (location.hash = addressOf({ by, on: said(), rows: [], asOf: "", beside: "", filters: new URLSearchParams() }));
    const name = h("span", {}, h("span", { t: `by.${by}` }), ": ", EXAMPLES[by].flatMap((each, at) => [at > 0 && ", ", h("span", { t: `on.${each}` })]));
    return h("li", {}, h("button", { type: "button", class: "example", on: { click } }, name));
  };
  result.replaceChildren(h("section", { class: "offer" }, h("h2", { class: "over", t: "compareTry" }), h("ul", { class: "examples" }, BYS.map(example))));
}

async function run() {
  running?.abort();
  const mine = (running = new AbortController());
  const address = location.hash;
  const stop = h("button", { type: "button", class: "plain", t: "stop", on: { click: () => mine.abort() } });
  const going = h("div", { class: "row" }, h("p", { role: "status", t: "comparing" }), h("span", { class: "spring" }), stop);
  result.setAttribute("aria-busy", "true");
  result.replaceChildren(h("div", { class: "card going" }, going, h("progress", { label: "comparing" }), waiting(6)));
  source.close({ returns: false });
  if (result.getBoundingClientRect().top > innerHeight / 2) result.scrollIntoView(); // else it would seem that nothing happens
  try {
    const got = await post("/v1/compare", await asked(mine.signal), mine.signal);
    if (running !== mine) return;
    shown = address;
    draw(got, address);
  } catch (error) {
    if (running !== mine) return;
    if (error.name === "AbortError") result.replaceChildren(h("p", { class: "empty", t: "stopped" }));
    else result.replaceChildren(problem(error, run));
  } finally {
    if (running === mine) result.setAttribute("aria-busy", "false");
  }
}

/** The comparison as the API takes it. */
async function asked(signal) {
  const { by, on: columns, rows: names, asOf: date, beside: other, filters } = wanted;
  const body = { by, on: columns };
  if (names.length) body.rows = names;
  if (date) body.as_of = date;
  if (other) body.beside = other;
  if (String(filters)) {
    const got = await get(`/v1/documents?limit=${MOST_DOCUMENTS}&${filters}`, signal);
    if (got.total > MOST_DOCUMENTS) throw new Error(t("compareTooMany", got.total, MOST_DOCUMENTS));
    body.filters = { doc_ids: got.documents.map(({ doc_id }) => doc_id) };
  }
  return body;
}

function draw(got, address) {
  const evidence = got.citations;
  const open = (number, opener) =>
    source.open(
      evidence,
      evidence.findIndex((each) => each.number === number),
      opener,
    );
  const listed = evidence.length > 0 && sources(evidence, open, got.table.rows.flatMap(({ cells }) => cells.map(({ text }) => text)));
  if (listed) listed.open = false; // the table has the words already
  const { beside: other, rows: compares } = got;
  if (got.by === "market" && !wanted.rows.length) held.markets = compares.map(({ label }) => label);
  rows.draw();
  result.replaceChildren(
    ...[
      wanted.asOf && h("p", { class: "small", t: ["comparedOn", wanted.asOf] }),
      other && h("p", { class: "note plainly", t: ["besideCounts", other.title, other.counts.agrees, other.counts.differs, other.counts.silent] }),
      compared(got, open),
      foot(got, address),
      listed,
    ].filter(Boolean),
  );
  announce(t("compareDone", compares.length, got.columns.length, evidence.length));
}
