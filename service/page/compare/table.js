// A comparison as a table: what each cell quotes, or in how many documents it was not found; on small screens as cards.
import { h, tag } from "../base/dom.js";
import { standing } from "../base/standing.js";
import { current, titled } from "../base/titles.js";
import { chip } from "../quotes/statements.js";
import * as source from "../source/source.js";
import { titleOf } from "./taking.js";

const LONG = 60; // characters: a cell of more is made wide, so that it is no tower of single words
const SIGNS = { agrees: "=", differs: "≠", silent: "–" };

/** The table; `open(number, button)` shows a quote in its place. Roles are named: as cards, browsers drop the table's. */
export function compared(got, open) {
  const { corner, columns, rows } = got.table;
  const caption = got.table.caption || titleOf(got);
  const names = [corner, ...columns].map((name) => h(name ? "th" : "td", name ? { scope: "col", role: "columnheader" } : { role: "cell" }, name));
  return h(
    "div",
    { class: "scrolled", role: "region", tabindex: "0", "aria-label": caption, lang: tag(got.language) },
    h(
      "table",
      { class: "tabulated comparison", role: "table" },
      h("caption", {}, h("span", {}, caption)),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, names)),
      h("tbody", { role: "rowgroup" }, rows.map((row, at) => rowOf(row, at, got, open))),
    ),
  );
}

function rowOf({ label, cells }, at, got, open) {
  const { searched } = got.rows[at] ?? {};
  const name = h(
    "th",
    { scope: "row", role: "rowheader" },
    h("span", { class: "rowname" }, label),
    searched !== undefined && h("span", { class: "small searched", t: ["searchedIn", searched] }),
  );
  return h("tr", { role: "row" }, name, cells.map((cell, column) => cellOf(cell, [at, column], got, open)));
}

function cellOf(cell, [row, column], got, open) {
  const beside = got.beside && besideOf(got.beside.table.rows[row].cells[column], got.beside.cells[row][column], got, open);
  const isLong = Math.max(cell.text.length, beside?.length ?? 0) > LONG;
  return h(
    "td",
    { role: "cell", class: isLong && "long" },
    h("span", { class: "incolumn", "aria-hidden": "true", lang: tag(got.language) }, got.table.columns[column]),
    cell.missing === null
      ? said(cell, got, open)
      : h("p", { class: "none", lang: tag(got.language) }, cell.missing),
    beside?.drawn,
  );
}

const said = ({ text, citations }, got, open) => [
  h("p", { lang: tag(languageOf(citations, got)) }, text, chips(citations, got, open)),
  got.by !== "document" && from(citations, got),
  inForce(citations, got),
];

/** That the document is not in force, where it is not, and which one is. */
const inForce = (numbers, { citations }) =>
  citations.filter((each) => numbers.includes(each.number)).map((each) => standing(each.standing, (newer, opener) => source.open([newer], 0, opener)));

/** Which document says it: the rows do not tell. */
function from(numbers, { citations }) {
  const titles = new Map(citations.filter((each) => numbers.includes(each.number)).map((each) => [each.doc_id, current(each)]));
  const named = ({ doc_id, title, language }) => h("span", { lang: tag(language), ...titled(doc_id) }, title);
  return h("p", { class: "small from" }, [...titles.values()].map(named));
}

/** What the other document has in the same place, and how the two stand to each other: in a word, and by a sign. */
function besideOf(own, { relation, citations }, got, open) {
  if (relation === "unsaid") return null;
  const further = citations.filter((number) => !own.citations.includes(number));
  const drawn = h(
    "div",
    { class: `besidecell ${relation}` },
    h("p", { class: "relation" }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[relation] ?? "?"), h("span", { t: `relation.${relation}` })),
    own.missing === null && said(own, got, open),
    further.length > 0 && h("p", { class: "small" }, h("span", { t: "relationBy" }), chips(further, got, open)),
  );
  return { drawn, length: own.text.length };
}

const chips = (numbers, { citations }, open) =>
  citations.filter((each) => numbers.includes(each.number)).map((citation) => h("span", { class: "mark" }, chip(citation, open)));

const languageOf = (numbers, { citations }) => citations.find((each) => numbers.includes(each.number))?.language;
