// A heat map as a table: every cell says its numbers, and its shade only repeats them.
import { h } from "../base/dom.js";
import { learn, number } from "../base/i18n.js";

const SHADES = 5;
const KINDS = { jurisdiction: "place", year: "year" };

/** The table; `link(query)` is the address that lists the passages of a cell. */
export function heat(map, title, link) {
  for (const { facet, value, named } of map.rows) learn(facet, value, [named.name, named.zh]);
  const most = Math.max(1, ...map.rows.flatMap(({ cells }) => cells.map(({ passages }) => passages)));
  const head = h("tr", {}, h("th", { scope: "col", t: "heatTopic" }), map.columns.map(column(map)), h("th", { scope: "col", t: "heatTotal" }));
  return h(
    "section",
    { "data-part": map.by, "aria-labelledby": `heat-${map.by}` },
    h("h2", { id: `heat-${map.by}`, t: title }),
    h("p", { class: "small", t: "heatCells" }),
    h(
      "div",
      { class: "scrolled", tabindex: "0", role: "region", "aria-labelledby": `heat-${map.by}` },
      h("table", { class: "heat" }, h("thead", {}, head), h("tbody", {}, map.rows.map((row) => line(map, row, most, link)))),
    ),
  );
}

const column = (map) => (of) => h("th", { scope: "col" }, h("span", { t: [said(map, of)] }));

/** What a column is called, as `t` takes it. */
function said({ by }, { label, values }) {
  if (label === "none") return "facetNone";
  if (values.length > 1) return by === "year" ? label : "heatOthers";
  return { term: [KINDS[by], label] };
}

function line(map, row, most, link) {
  const of = `${row.facet}:${row.value}`;
  const name = { term: [row.facet, row.value] };
  const cells = row.cells.map((each, at) => {
    const { values } = map.columns[at];
    const query = new URLSearchParams({ of, in: [map.by, ...values].join(":") });
    return cell(each, [name, argument(said(map, map.columns[at]))], link(query), shade(each.passages, most));
  });
  const whole = cell(row.total, [name, { t: "heatTotal" }], link(new URLSearchParams({ of })), null);
  return h("tr", { class: `of-${row.facet}` }, h("th", { scope: "row", t: name }), cells, whole);
}

/** A column's name as an argument: a key of the page's words, a term, or the years themselves. */
const argument = (name) => (typeof name !== "string" ? name : /^\d/.test(name) ? name : { t: name });

function cell({ passages, documents }, names, href, of) {
  if (!passages) return h("td", { class: "none" });
  const label = ["heatCell", ...names, number(passages), number(documents)];
  return h("td", { "data-shade": of }, h("a", { href, label }, number(passages), h("span", {}, ` (${number(documents)})`)));
}

/** By the logarithm, so that small numbers differ too. */
const shade = (passages, most) => String(Math.ceil((SHADES * Math.log1p(passages)) / Math.log1p(most)));
