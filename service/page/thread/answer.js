// An answer as a card: what it says and how well that is supported; or why there is none, and what to try next.
import { h, icon, tag } from "../base/dom.js";
import { percent, tIn } from "../base/i18n.js";
import { keeper, ofAnswer } from "../basket/basket.js";
import { markdown, plain, take } from "../quotes/copying.js";
import { offer } from "./offer.js";
import { terms } from "../base/parts.js";
import { retrieved, sources } from "../quotes/sources.js";
import * as source from "../source/source.js";
import { missed, statements } from "../quotes/statements.js";
import { support } from "./support.js";
import { unheard, written } from "../quotes/wording.js";

const NEAR = [
  ["nearClose", 0.45],
  ["nearSome", 0.25],
  ["nearFar", 0],
];

/** Whether it withholds an answer, and does not correct the question or reply to a greeting. */
export const refuses = (got) =>
  got.status === "abstained" && !["premise_contradicted", "no_question"].includes(got.abstain_reason);

/** Citations and passages as they are shown: with the turn that they are of, and the question's own words. */
export function evidenceOf(got, turn) {
  for (const passage of got.passages)
    passage.why = { ...passage.why, words: written(got.question, passage.why.matched_terms) };
  const by = new Map(got.passages.map((passage) => [passage.passage_id, passage]));
  return got.citations.map((citation) => ({ ...citation, turn, why: by.get(citation.passage_id) }));
}

/**
 * All that is shown for an answer that is complete. `acts`: `ask(question)` asks next in the thread, `widen` asks again
 * without filters, `filters` are those that it was asked with.
 */
export function whole(got, evidence, acts) {
  if (got.abstain_reason === "no_question") return [reply(got, acts)];
  const open = opening(evidence);
  return [
    refuses(got) ? abstention(got, acts) : answered(got, open, acts),
    ...(evidence.length ? [sources(evidence, open, got.segments.map(({ text }) => text))] : []),
    ...(got.passages.length ? [retrieved(got.passages, refuses(got))] : []),
  ];
}

/** What there is of an answer that still comes. */
export const begun = (got, evidence) =>
  h("article", { class: "card answer" }, heading(), statements({ table: null, ...got }, opening(evidence)));

const opening = (evidence) => (number, opener) =>
  source.open(
    evidence,
    evidence.findIndex((each) => each.number === number),
    opener,
  );

const heading = () => h("h3", { class: "over", t: "answer" });

/** To a greeting: what the library holds, and what could be asked; to a turn that nobody can tell, what is missing. */
function reply(got, { ask }) {
  return h(
    "article",
    { class: "card answer reply" },
    h("h3", { class: "over" }, "SinkQA"),
    got.text.split("\n").map((line) => h("p", { lang: tag(got.language) }, line)),
    offer(got.suggestions, got.language, { heading: "h4", ask }),
    foot(got),
  );
}

function answered(got, open, { ask }) {
  const corrects = got.status === "abstained";
  const spoken = { lang: tag(got.language) };
  const lead = corrects
    ? [
        h("h3", { class: "verdict", ...spoken }, tIn(got.language, "abstain.premise_contradicted")),
        h("p", spoken, got.text),
        h("h4", { class: "over", t: "correction" }),
      ]
    : [heading()];
  return h(
    "article",
    { class: corrects ? "card answer corrected" : "card answer" },
    lead,
    got.status === "partial" && !got.missing.length && h("p", { class: "note", t: "partialNote" }),
    statements(got, open, { trails: true }),
    missed(got),
    offer(got.suggestions, got.language, { heading: "h4", ask }),
    foot(got),
  );
}

function foot(got) {
  const copy = (form, said) =>
    h("button", {
      type: "button",
      class: "quiet",
      t: said,
      label: `${said}Answer`,
      on: { click: () => take(form([{ question: got.question, got }])) },
    });
  return h(
    "footer",
    { class: "foot" },
    got.status !== "abstained" && support(got),
    got.generated && h("span", { class: "generated", t: "generated" }),
    got.removed.length > 0 && h("span", { t: ["removed", got.removed.length] }),
    got.notes.map((note) => h("span", {}, note)),
    got.segments.length > 0 && keeper(() => ofAnswer(got)),
    got.abstain_reason !== "no_question" &&
      h("span", { class: "copies" }, icon("copy"), copy(plain, "copyText"), copy(markdown, "copyMarkdown")),
  );
}

function abstention(got, acts) {
  const spoken = got.language;
  const found = written(got.question, [...new Set(got.passages.flatMap(({ why }) => why.matched_terms))]).slice(0, 16);
  const row = (name, ...what) => [h("dt", { t: name }), h("dd", {}, ...what)];
  return h(
    "article",
    { class: "card answer abstained" },
    h("h3", { class: "verdict", lang: tag(spoken) }, tIn(spoken, `abstain.${got.abstain_reason}`)),
    h("p", { lang: tag(spoken) }, got.text),
    missed(got),
    next(got, acts),
    offer(got.suggestions, spoken, { heading: "h4", ask: acts.ask }),
    h("h4", { class: "over", t: "lookedFor" }),
    h(
      "dl",
      { class: "looked" },
      row("lookedTerms", found.length ? terms(found) : h("span", { t: "lookedNoTerms" })),
      row("lookedIn", h("span", { t: acts.filters ? "lookedFiltered" : "lookedAll" })),
      row("lookedSure", h("span", { t: [NEAR.find(([, least]) => got.confidence >= least)[0], percent(got.confidence)] })),
    ),
    foot(got),
  );
}

/** What to try where there is no answer, in an order of how likely it helps. */
function next(got, { filters, widen }) {
  const silent = unheard(
    got.question,
    got.passages.flatMap(({ title, section, text }) => [title, ...section, text]),
  ).slice(0, 6);
  const nearest = got.passages[0];
  const read = (event) =>
    source.open(
      got.passages.map((passage) => ({ ...passage, why: passage })),
      0,
      event.currentTarget,
    );
  const button = (said, click) =>
    h("button", { type: "button", class: "plain", t: said, on: { click } });
  return h(
    "section",
    { class: "try" },
    h("h4", { class: "over", t: "tryNext" }),
    h(
      "ul",
      {},
      filters && h("li", {}, h("span", { t: "tryWiden" }), button("widen", widen)),
      silent.length > 0 && h("li", {}, h("span", { t: "tryOtherWords" }), terms(silent)),
      nearest && h("li", {}, h("span", { t: ["tryNearest", nearest.title] }), button("tryRead", read)),
      h("li", {}, h("span", { t: "tryAdd" }), h("a", { href: "#/library", t: "tryLibrary" })),
    ),
  );
}
