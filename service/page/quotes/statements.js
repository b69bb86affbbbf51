// What an answer says: statements under the parts of the question, the table that some of them make, what is missing.
import { trailOf } from "../base/address.js";
import { h, tag } from "../base/dom.js";
import { tIn } from "../base/i18n.js";
import { whereabouts } from "../base/parts.js";
import { current, titled } from "../base/titles.js";

const LONG_LINE = 90; // characters
const NAMED = 80; // characters of a statement, to tell links apart by
const CLAUSE = /(?<=[。！？；][”’」』）]?)(?![”’」』）])|(?<=[.;!?][”’")]? )(?=[\p{Lu}“"(])/u;
const LONG = 60; // characters: a cell of more is made wide, so that it is no tower of single words

/**
 * Statements in their order; the table stands in the place of those that it tells. `open(number, button)` shows a quote.
 * `trails`: each statement leads to what it is based on.
 */
export function statements(got, open, { trails = false } = {}) {
  const shown = [];
  let part = "";
  let table = got.table;
  for (const segment of got.segments) {
    if (segment.part && segment.part !== part) shown.push(h("h3", { class: "part", lang: tag(got.language) }, segment.part));
    part = segment.part;
    if (!got.table || !segment.tabled) shown.push(statement(segment, got, open, trails), translations(segment.citations, got));
    else if (table) {
      const told = got.segments.filter(({ tabled }) => tabled).flatMap(({ citations }) => citations);
      shown.push(tabulated(table, got, open), translations(told, got));
      table = null;
    }
  }
  return shown;
}

/** What was not found, in the asker's language; nothing where all was. */
export function missed({ missing, language }) {
  return (
    missing.length > 0 &&
    h(
      "p",
      { class: "note missing", lang: tag(language) },
      tIn(language, "missing", missing.join(tIn(language, "between"))),
    )
  );
}

function statement(segment, got, open, trails) {
  return h(
    "p",
    { class: "statement", lang: languageOf(segment.citations, got) },
    words(segment.text),
    chips(segment.citations, got, open),
    trails && segment.citations.length > 0 && based(segment, got),
  );
}

/** The way to the policies that a statement rests on. */
function based({ text, citations }, got) {
  const cited = got.citations.find(({ number }) => number === citations[0]);
  const label = ["basedOnSaid", text.replace(/\s+/g, " ").slice(0, NAMED)];
  return h("span", { class: "mark" }, h("a", { class: "based", href: trailOf(text, cited?.passage_id), label }, h("span", { t: "basedOn" })));
}

/** A text letter for letter; where a line of it is long, a small screen sets each sentence or clause on lines of its own. */
const words = (text) => h("span", { class: "words" }, text.split(/(?<=\n)/).map((line) => (line.length > LONG_LINE ? clauses(line) : line)));

const clauses = (line) => line.split(CLAUSE).map((clause) => h("span", { class: "clause" }, clause));

/** What a language model makes of quotes in another language, each said to be that. */
const translations = (numbers, { citations, language }) =>
  citations
    .filter((each) => each.translation && numbers.includes(each.number))
    .map(({ number, translation }) =>
      h(
        "p",
        { class: "translation", lang: tag(language) },
        translation,
        h("span", { class: "small" }, `[${number}] ${tIn(language, "translation")}`),
      ),
    );

/** What a text is written in: a model writes as it was asked, a quote is as its source. */
function languageOf(numbers, got) {
  const cited = got.citations.find((each) => numbers.includes(each.number));
  return tag(got.generated ? got.language : cited?.language);
}

/** What is selected leaves them out. */
const chips = (numbers, { citations }, open) =>
  citations
    .filter((each) => numbers.includes(each.number))
    .map((citation) => h("span", { class: "mark" }, chip(citation, open)));

export function chip(citation, open) {
  return h(
    "button",
    {
      type: "button",
      class: "chip",
      "data-number": citation.number,
      ...titled(citation.doc_id),
      label: ["openCitation", citation.number, current(citation).title, ...whereabouts(citation)],
      on: { click: (event) => open(citation.number, event.currentTarget) },
    },
    String(citation.number),
  );
}

function tabulated({ caption, corner, columns, rows }, got, open) {
  const language = languageOf(rows.flatMap(({ cells }) => cells.flatMap(({ citations }) => citations)), got);
  const names = [corner, ...columns].map((name) => (name ? h("th", { scope: "col" }, name) : h("td")));
  return h(
    "div",
    { class: "scrolled", role: "region", tabindex: "0", lang: language, ...(caption ? { "aria-label": caption } : { label: "table" }) },
    h(
      "table",
      { class: "tabulated" },
      caption && h("caption", {}, h("span", {}, caption)),
      h("thead", {}, h("tr", {}, names)),
      h(
        "tbody",
        {},
        rows.map((row) => rowOf(row, got, open)),
      ),
    ),
  );
}

function rowOf({ label, cells }, got, open) {
  const shared = sharedBy(cells);
  const cell = ({ text, citations, missing }) =>
    missing === null
      ? h("td", { class: text.length > LONG && "long" }, text, shared.length === 0 && chips(citations, got, open))
      : h("td", { class: "none", lang: tag(got.language) }, missing);
  return h("tr", {}, h("th", { scope: "row" }, label, chips(shared, got, open)), cells.map(cell));
}

/** The citations of a row whose cells all have the same: they stand once, at its label. */
function sharedBy(cells) {
  const cited = cells.filter(({ missing }) => missing === null).map(({ citations }) => citations);
  return cited.length > 1 && new Set(cited.map(String)).size === 1 ? cited[0] : [];
}
