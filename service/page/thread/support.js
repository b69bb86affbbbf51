// How well an answer is supported: a word, the reasons for it, and the number behind it.
import { h } from "../base/dom.js";
import { percent, tIn } from "../base/i18n.js";

const SURE = 0.8; // of the answers as sure as this, more than four in five are complete

/** "well", "partly" or "weak". */
export function grade(got) {
  if (got.status !== "answered" || got.missing.length) return "partly";
  return got.confidence >= SURE ? "well" : "weak";
}

/** The word, and under it why. */
export function support(got) {
  const word = grade(got);
  const said = (key, ...args) => h("li", { t: [key, ...args] });
  const documents = new Set(got.citations.map(({ doc_id }) => doc_id)).size;
  const parts = got.missing.join(tIn(got.language, "between"));
  const reasons = [
    parts ? said("supportWhy.missing", parts) : said(`supportWhy.${word}`),
    said(documents === 1 ? "supportQuotesOfOne" : "supportQuotes", got.citations.length, documents),
    got.citations.some(({ language }) => language !== got.language) && said("supportForeign"),
    got.citations.some(({ warnings }) => warnings.length) && said("supportDoubts"),
    said("supportNumber", percent(got.confidence)),
    said("generation", got.generation),
  ];
  return h(
    "details",
    { class: "support" },
    h("summary", {}, h("span", { class: `label ${word}`, t: `support.${word}` })),
    h("ul", { class: "small" }, reasons),
  );
}
