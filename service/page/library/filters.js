// Which documents may answer: chosen from what the library holds.
import { get } from "../base/api.js";
import { byId, h, tag } from "../base/dom.js";
import { learn as called, number, t } from "../base/i18n.js";
import { problem } from "../base/parts.js";

const LISTS = { doc_ids: "doc", languages: "lang", jurisdictions: "place", types: "type", topics: "topic", kinds: "kind" };
const YEARS = { year_from: "from", year_to: "to" };
const none = () => Object.fromEntries(Object.keys(LISTS).map((name) => [name, []]));
const TITLES = 200; // of documents that are listed at once
const PAUSE_MS = 250; // between a key and the search
const known = new Map(); // documents that were seen, by their ids
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
  known.clear();
  fold();
}

async function draw() {
  drawn = true;
  let got;
  try {
    got = await get(`/v1/documents?limit=${TITLES}`);
    await Promise.all(picked.doc_ids.filter((id) => !known.has(id)).map(learn));
  } catch (error) {
    drawn = false;
    panel.replaceChildren(problem(error, draw));
    return;
  }
  const { facets } = got;
  const parts = [
    boxes("facet.topic", "topics", "topic", facets.topic),
    boxes("facet.kind", "kinds", "kind", facets.kind),
    boxes("filterLanguage", "languages", "lang", facets.language),
    boxes("filterJurisdiction", "jurisdictions", "place", facets.jurisdiction),
    boxes("filterType", "types", "type", facets.type),
    years(),
    titles(got),
    h("button", {
      type: "button",
      class: "plain",
      t: "clearFilters",
      on: { click: () => take(new URLSearchParams()) },
    }),
  ];
  panel.replaceChildren(...parts.filter(Boolean));
}

/** A document that an address names: its title, or its number where it is gone. */
async function learn(id) {
  const about = await get(`/v1/documents/${id}`).catch(() => ({ doc_id: id, title: id.slice(0, 12), metadata: {} }));
  known.set(id, about);
}

function box(name, value, ...said) {
  const toggle = (event) => {
    picked[name] = event.target.checked ? [...picked[name], value] : picked[name].filter((each) => each !== value);
    retell();
  };
  const input = h("input", { type: "checkbox", checked: picked[name].includes(value), on: { change: toggle } });
  return h("label", { class: "check" }, input, ...said);
}

/** What the library holds, with how many documents each, and what is picked beside. */
function boxes(title, name, kind, counts) {
  for (const { value, subject } of counts) if (subject) called(kind, value, [subject.name, subject.zh]);
  const held = counts.filter(({ value }) => value !== "none");
  const gone = picked[name].filter((value) => !held.some((each) => each.value === value));
  const all = [...held, ...gone.map((value) => ({ value, count: 0 }))];
  if (!all.length) return null;
  return h(
    "fieldset",
    {},
    h("legend", { t: title }),
    all.map(({ value, count }) =>
      box(name, value, h("span", { t: { term: [kind, value] } }), h("span", { class: "small" }, number(count))),
    ),
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

/** The first titles, or those in which the words stand that are looked for; what is picked stays in front. */
function titles({ documents, total }) {
  const row = (each) => {
    known.set(each.doc_id, each);
    return box("doc_ids", each.doc_id, h("span", { lang: tag(each.metadata.language) }, each.title));
  };
  const list = h("div", { class: "titles", tabindex: "0", role: "group", label: "filterDocuments" });
  const fill = (found, all) => {
    const first = picked.doc_ids.map((id) => known.get(id)).filter(Boolean);
    const rest = found.filter(({ doc_id }) => !picked.doc_ids.includes(doc_id));
    const more = all - found.length;
    list.replaceChildren(
      ...[...first, ...rest].map(row),
      ...(more > 0 ? [h("p", { class: "small", t: ["filterMore", number(more)] })] : []),
      ...(found.length || first.length ? [] : [h("p", { class: "small", t: "nothingFound" })]),
    );
  };
  fill(documents, total);
  let typing, turn = 0;
  const find = ({ target }) => {
    clearTimeout(typing);
    typing = setTimeout(async () => {
      const mine = ++turn;
      const words = encodeURIComponent(target.value.trim().slice(0, 200));
      try {
        const got = await get(`/v1/documents?limit=${TITLES}&words=${words}`);
        if (mine === turn) fill(got.documents, got.total);
      } catch (error) {
        if (mine === turn) list.replaceChildren(problem(error, () => find({ target })));
      }
    }, PAUSE_MS);
  };
  return h(
    "fieldset",
    { class: "wide" },
    h("legend", { t: "filterDocuments" }),
    h("input", { type: "search", label: "filterFind", placeholder: "filterFind", on: { input: find } }),
    list,
  );
}
