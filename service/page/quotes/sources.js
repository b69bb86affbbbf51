// What an answer stands on: each document once, under it the places quoted; and all that was read.
import { quotelink, traillink } from "../base/address.js";
import { offerCitation } from "./cite.js";
import { h, icon, tag } from "../base/dom.js";
import { doubts, passageList, place } from "../base/parts.js";
import { standing } from "../base/standing.js";
import { current, titled } from "../base/titles.js";
import * as source from "../source/source.js";
import { chip } from "./statements.js";

const MANY = 8; // quotes of one document: more are told by their places alone

const FEW = 6; // terms that are shown at once

const letters = (text) => text.replace(/\s+/g, "");

/** The documents quoted, with the quotes that are not just what `said` has. `open(number, button)` shows one in its place. */
export function sources(evidence, open, said = []) {
  const known = new Set(said.map(letters));
  const documents = [...Map.groupBy(evidence, ({ doc_id }) => doc_id).values()];
  return h(
    "details",
    { class: "sources", open: true },
    summary("sources", documents.length),
    h(
      "ol",
      {},
      documents.map((cited) => entry(cited, open, known)),
    ),
  );
}

function entry(cited, open, known) {
  const [first] = cited;
  const terms = [...new Map(cited.flatMap((each) => each.glosses).map((pair) => [pair.term, pair])).values()];
  return h(
    "li",
    { class: "entry" },
    h("p", { class: "name", lang: tag(first.language), ...titled(first.doc_id) }, current(first).title),
    standing(first.standing, (newer, opener) => source.open([newer], 0, opener)),
    h(
      "ul",
      { class: "places" },
      together(cited).map((each) => quoted(each, open, known)),
    ),
    terms.length > 0 && glosses(terms),
    h("p", { class: "address small" }, quotelink(first)),
  );
}

/** One place of a document: the numbers that quote it, where it is, and its words where they are one quote. */
function quoted(cited, open, known) {
  const [first] = cited;
  const also = new Set(cited.flatMap((each) => each.also_supported_by)).size;
  return h(
    "li",
    {},
    h(
      "div",
      { class: "chips" },
      cited.map((citation) => chip(citation, open)),
    ),
    h(
      "div",
      {},
      place(first),
      cited.length === 1 && !known.has(letters(first.quote)) && h("p", { class: "said", lang: tag(first.language) }, first.quote),
      doubts({ warnings: [...new Set(cited.flatMap((each) => each.warnings))] }),
      also > 0 && h("p", { class: "small", t: ["alsoSays", also] }),
    ),
    h(
      "div",
      { class: "placeacts" },
      h(
        "button",
        { type: "button", class: "quiet", on: { click: () => offerCitation(first) } },
        icon("quote"),
        h("span", { t: "cite" }),
      ),
      first.passage_id &&
        h(
          "a",
          { class: "quiet button", href: traillink({ passage: first.passage_id }), label: "basedOnPassage" },
          icon("path"),
          h("span", { t: "basedOn" }),
        ),
    ),
  );
}

/** Rows of one table on the same page make one place; every other citation has its own, unless there are many. */
function together(cited) {
  const key = ({ section, table, page_start, page_end, number }) =>
    table || cited.length > MANY ? JSON.stringify([section, table, page_start, page_end]) : number;
  return [...Map.groupBy(cited, key).values()];
}

/** Key terms of quotes in the other language; many are told of by their number. */
function glosses(pairs) {
  const listed = pairs.map(({ term, rendering }) => h("span", { class: "term" }, `${term} = ${rendering}`));
  const said = h("span", { t: "terms" });
  if (pairs.length <= FEW) return h("p", { class: "small glosses" }, said, listed);
  const count = h("span", { class: "count" }, String(pairs.length));
  return h("details", { class: "small" }, h("summary", {}, said, count), h("p", { class: "glosses" }, listed));
}

/** All that was read, best first; `near`: the first three, shown, where there is no answer. */
export function retrieved(passages, near) {
  const open = (at, opener) =>
    source.open(
      passages.map((passage) => ({ ...passage, why: passage })),
      at,
      opener,
    );
  const listed = near ? passages.slice(0, 3) : passages;
  return h(
    "details",
    { class: "retrieved", open: near },
    summary(near ? "nearMisses" : "passages", listed.length),
    !near && h("p", { class: "small", t: "passagesHelp" }),
    passageList(listed, open),
  );
}

const summary = (said, count) =>
  h(
    "summary",
    {},
    h("h3", { class: "over" }, h("span", { t: said }), h("span", { class: "count" }, String(count))),
  );
