// Which documents may answer: chosen from what the library holds.
import { get } from "../base/api.js";
import { byId, h, tag } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { problem } from "../base/parts.js";

const LISTS = { doc_ids: "doc", languages: "lang", jurisdictions: "place", types: "type" };
const YEARS = { year_from: "from", year_to: "to" };
const none = () => ({ doc_ids: [], languages: [], jurisdictions: [], types: [] });
let picked = none();
let drawn = false;

const button = byId("filters-button");
const panel = byId("filters");

export function begin() {
  button.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden && !drawn) draw();
  });
  retell();
}

/** The filters as the API takes them, null where there are none. */
export const chosen = () => given(picked);

/** The filters that an address names, as the API takes them. */
export const ofQuery = (query) => given(read(query));

function given(from) {
  const some = Object.entries(from).filter(([, value]) => (Array.isArray(value) ? value.length : value));
  return some.length ? Object.fromEntries(some) : null;
}

export function asQuery(filters) {
  const query = new URLSearchParams();
  for (const [name, short] of Object.entries(LISTS))
    for (const each of [filters?.[name] ?? []].flat()) query.append(short, each);
  for (const [name, short] of Object.entries(YEARS)) if (filters?.[name]) query.set(short, filters[name]);
  return query;
}

function read(query) {
  const named = none();
  for (const [name, short] of Object.entries(LISTS)) named[name] = query.getAll(short);
  for (const [name, short] of Object.entries(YEARS))
    if (query.get(short)) named[name] = Number(query.get(short)) || undefined;
  return named;
}

/** Takes over the filters of an address. */
export function take(query) {
  picked = read(query);
  retell();
  if (drawn) draw();
}

/** Says on the button how many there are. */
export function retell() {
  const count = Object.values(picked).flat().filter(Boolean).length;
  byId("filters-said").textContent = count ? t("filtersOn", count) : t("filters");
  button.classList.toggle("on", count > 0);
}

/** Out of the way of the answer. */
export function fold() {
  panel.hidden = true;
  button.setAttribute("aria-expanded", "false");
}

/** The library has changed: what may be chosen is asked for anew. */
export function forget() {
  drawn = false;
  fold();
}

async function draw() {
  drawn = true;
  let documents, facets;
  try {
    ({ documents, facets } = await get("/v1/documents?limit=1000"));
  } catch (error) {
    drawn = false;
    panel.replaceChildren(problem(error, draw));
    return;
  }
  const of = (read) => [...new Set(documents.map(read).filter(Boolean))].sort();
  panel.replaceChildren(
    boxes("filterLanguage", "languages", ["zh", "en", "ja"], "lang"),
    boxes(
      "filterJurisdiction",
      "jurisdictions",
      of((each) => each.metadata.jurisdiction),
      "place",
      facets.jurisdiction,
    ),
    boxes(
      "filterType",
      "types",
      of((each) => each.type),
      "type",
      facets.type,
    ),
    years(),
    titles(documents),
    h("button", {
      type: "button",
      class: "plain",
      t: "clearFilters",
      on: { click: () => take(new URLSearchParams()) },
    }),
  );
}

function box(name, value, ...said) {
  const toggle = (event) => {
    picked[name] = event.target.checked ? [...picked[name], value] : picked[name].filter((each) => each !== value);
    retell();
  };
  const input = h("input", { type: "checkbox", checked: picked[name].includes(value), on: { change: toggle } });
  return h("label", { class: "check" }, input, ...said);
}

function boxes(title, name, values, kind, counts = []) {
  const count = (value) => counts.find((each) => each.value === value)?.count;
  const said = (value) => [
    h("span", { t: { term: [kind, value] } }),
    count(value) && h("span", { class: "small" }, String(count(value))),
  ];
  return h(
    "fieldset",
    {},
    h("legend", { t: title }),
    values.map((value) => box(name, value, said(value))),
  );
}

function years() {
  const field = (name, said) => {
    const set = (event) => {
      picked[name] = event.target.value ? Number(event.target.value) : undefined;
      retell();
    };
    const input = h("input", {
      type: "number",
      min: 1900,
      max: 2100,
      step: 1,
      inputmode: "numeric",
      value: picked[name] ?? "",
      on: { change: set },
    });
    return h("label", { class: "year" }, h("span", { t: said }), input);
  };
  return h(
    "fieldset",
    {},
    h("legend", { t: "filterYears" }),
    field("year_from", "yearFrom"),
    field("year_to", "yearTo"),
  );
}

function titles(documents) {
  const rows = documents.map((each) =>
    box("doc_ids", each.doc_id, h("span", { lang: tag(each.metadata.language) }, each.title)),
  );
  const find = (event) => {
    const words = event.target.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(words);
  };
  return h(
    "fieldset",
    { class: "wide" },
    h("legend", { t: "filterDocuments" }),
    h("input", { type: "search", label: "filterFind", placeholder: "filterFind", on: { input: find } }),
    h("div", { class: "titles", tabindex: "0", role: "group", label: "filterDocuments" }, rows),
  );
}
