// What the list of the library can be chosen by: topics, kind, country, format, year and more with counts, words, order.
// All of it stands in the address.
import { h } from "../base/dom.js";
import { learn, t, term } from "../base/i18n.js";

const FACETS = {
  topic: "topic",
  side: "side",
  means: "means",
  kind: "kind",
  subject: "subject",
  jurisdiction: "place",
  type: "type",
  year: "year",
  language: "lang",
};
const ORDERS = ["title", "-year", "year", "-added", "added", "-size", "size"];
const SHOWN = 5; // values of a facet, in a line; the rest behind “more”: the documents are what matters

/** What an address chooses, as the API takes it; all else in it is left out. */
export function chosen(query) {
  const kept = new URLSearchParams();
  for (const name of Object.keys(FACETS)) for (const value of query.getAll(name)) kept.append(name, value);
  if (query.get("words")) kept.set("words", query.get("words").slice(0, 200));
  if (ORDERS.includes(query.get("order")) && query.get("order") !== "title") kept.set("order", query.get("order"));
  return kept;
}

/** How many values are chosen. */
export const count = (query) => Object.keys(FACETS).flatMap((name) => query.getAll(name)).length;

/** Buttons for each facet, those pressed that the address has; `go(query)` goes to another choice. */
export function buttons(facets, query, go) {
  for (const [name, kind] of Object.entries(FACETS))
    for (const { value, subject } of facets[name]) if (subject) learn(kind, value, [subject.name, subject.zh]);
  const groups = Object.entries(FACETS).map(([name, kind]) => group(name, kind, facets[name], query, go));
  const clear = () => {
    const rest = new URLSearchParams(query);
    for (const name of Object.keys(FACETS)) rest.delete(name);
    go(rest, null);
  };
  const button = h("button", { type: "button", class: "plain", t: "facetsClear", on: { click: clear } });
  return [...groups, count(query) > 0 && button].filter(Boolean);
}

function group(name, kind, counts, query, go) {
  const on = query.getAll(name);
  const gone = on.filter((value) => !counts.some((each) => each.value === value)).map((value) => ({ value, count: 0 }));
  const all = [...counts, ...gone];
  if (all.length < 2 && !on.length) return null;
  const shown = all.filter((each, at) => at < SHOWN || on.includes(each.value));
  const rest = all.filter((each) => !shown.includes(each));
  const button = (each) => choice(name, kind, each, query, go);
  return h(
    "div",
    { class: "facet", role: "group", label: `facet.${name}` },
    h("span", { class: "over", "aria-hidden": "true", t: `facet.${name}` }),
    h("div", { class: "choices" }, shown.map(button), rest.length > 0 && more(rest.map(button))),
  );
}

function choice(name, kind, { value, count: n }, query, go) {
  const isOn = query.getAll(name).includes(value);
  const turn = () => {
    const next = new URLSearchParams(query);
    const kept = query.getAll(name).filter((each) => each !== value);
    next.delete(name);
    for (const each of isOn ? kept : [...kept, value]) next.append(name, each);
    go(next, `${name}:${value}`);
  };
  const said = value === "none" ? { t: "facetNone" } : { t: { term: [kind, value] } };
  return h(
    "button",
    {
      type: "button",
      class: "choice",
      "aria-pressed": String(isOn),
      "data-choice": `${name}:${value}`,
      on: { click: turn },
    },
    h("span", said),
    h("span", { class: "count" }, String(n)),
  );
}

function more(buttons) {
  const room = h("div", { class: "choices", hidden: true }, buttons);
  const button = h("button", { type: "button", class: "quiet", t: ["facetsMore", buttons.length] });
  button.addEventListener("click", () => {
    room.hidden = false;
    button.remove();
    buttons[0].focus();
  });
  return [button, room];
}

/** The choice of the order. */
export function orders(change) {
  const options = ORDERS.map((order) => h("option", { value: order, t: `order.${order}` }));
  return h("select", { id: "order", label: "order", on: { change: (event) => change(event.target.value) } }, options);
}

/** What is chosen in words, for those who hear it. */
export const told = (query, total) =>
  [t("holds", total), ...Object.entries(FACETS).flatMap(([name, kind]) => query.getAll(name).map((v) => term(kind, v)))]
    .join(", ");
