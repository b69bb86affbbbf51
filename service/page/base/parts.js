// Pieces that several views show: problems, waiting, where a passage stands, why it was chosen.
import { h, icon, tag } from "./dom.js";
import { knows, number } from "./i18n.js";
import { current, titled } from "./titles.js";

/** A failure in the reader's language, else in the server's words, and the way to try again where there is one. */
export function problem(error, again) {
  const known = `problem.${error.code}`;
  const wait = error.wait ? [{ t: ["seconds", error.wait] }] : [];
  const said = knows(known) ? h("span", { t: [known, ...wait] }) : error.message;
  return h(
    "div",
    { class: "problem", role: "alert" },
    icon("alert"),
    h("p", {}, h("strong", { t: "failed" }), h("br"), said),
    again && h("button", { type: "button", class: "plain", t: "retry", on: { click: again } }),
  );
}

/** Grey lines in the place of what is to come, so that nothing jumps. */
export const waiting = (lines) =>
  h(
    "div",
    { class: "waiting", "aria-hidden": "true" },
    Array.from({ length: lines }, () => h("span")),
  );

/** Whether a document has pages that one could turn to. */
export const isPaged = ({ type, n_pages }) => type === "pdf" || n_pages > 1;

/** The page, or where a document has none and no section tells the place, the paragraph; as `t` says it. */
function pageOf({ page_label: label, paragraph, page_start: first, page_end: last }) {
  if (label === null) return paragraph ? ["paragraph", paragraph] : null;
  return ["page", last > first ? `${first}–${last}` : first];
}

/** “Section › subsection · Table 4 · Page 9”. */
export function place(of) {
  const section = (of.section ?? []).slice(-2).join(" › ");
  const page = pageOf(of);
  return h(
    "span",
    { class: "place" },
    [section, of.table].filter(Boolean).map((each) => h("span", { lang: tag(of.language) }, each)),
    page && h("span", { t: page }),
    of.flags?.includes("instruction") && h("span", { class: "label contradicted", t: "flagInstruction" }),
    of.flags?.includes("direction") && h("span", { class: "label contradicted", t: "flagDirection" }),
  );
}

/** Why the words may not be what the page says, one line each. */
export const doubts = (of) =>
  (of.warnings ?? []).map((each) => h("span", { class: "doubt" }, icon("alert"), h("span", {}, each)));

/** In words what made a passage's place in the list; below, the ranks and scores. */
export function why(reasons, score) {
  const { lexical_rank: byWords, dense_rank: byMeaning } = reasons;
  const found = reasons.words ?? reasons.matched_terms; // as the question has them, where it is known
  const way = byWords && byMeaning ? "Both" : byWords ? "Words" : byMeaning ? "Meaning" : "Place";
  return h(
    "details",
    { class: "why" },
    h("summary", { t: "why" }),
    h("p", { t: [`whySaid${way}`, byWords ?? byMeaning, byMeaning] }),
    found.length > 0 && h("p", {}, h("span", { t: "whyTerms" }), " ", terms(found)),
    h("details", { class: "figures" }, h("summary", { class: "small", t: "whyFigures" }), figures(reasons, score)),
  );
}

function figures(reasons, score) {
  const leg = (name, value, rank) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", t: name }),
      h("td", {}, bar(value)),
      h("td", { class: "figure" }, number(value, { maximumFractionDigits: 2, minimumFractionDigits: 2 })),
      h("td", rank === undefined ? {} : { t: rank === null ? "whyNone" : ["whyRank", rank] }),
    );
  return h(
    "table",
    {},
    h(
      "tbody",
      {},
      leg("whyWords", reasons.lexical, reasons.lexical_rank),
      leg("whyMeaning", reasons.dense, reasons.dense_rank),
      leg("whyDetail", reasons.late),
      reasons.rerank !== null && leg("whyRerank", reasons.rerank),
      h("tr", {}, h("th", { scope: "row", t: "whyTotal" }), h("td"), h("td", { class: "figure" }, number(score))),
    ),
  );
}

export const terms = (words) =>
  h(
    "span",
    { class: "terms" },
    words.map((word) => h("span", { class: "term" }, word)),
  );

function bar(share) {
  const filled = h("span");
  filled.style.inlineSize = `${Math.round(100 * Math.min(1, Math.max(0, share)))}%`;
  return h("span", { class: "share", "aria-hidden": "true" }, filled);
}

/** Ranked passages as cards; `open(index, button)` shows one in its place. */
export function passageList(passages, open) {
  if (!passages.length) return h("p", { class: "empty", t: "noPassages" });
  return h(
    "ol",
    { class: "passages" },
    passages.map((passage, at) =>
      h(
        "li",
        { class: "passage" },
        h(
          "button",
          {
            type: "button",
            class: "cardbutton",
            ...titled(passage.doc_id),
            label: ["openPassage", at + 1, current(passage).title, ...whereabouts(passage)],
            on: { click: (event) => open(at, event.currentTarget) },
          },
          h("span", { class: "rank", "aria-hidden": "true" }, String(at + 1)),
          h(
            "span",
            { class: "body" },
            h("span", { class: "name", lang: tag(passage.language), ...titled(passage.doc_id) }, current(passage).title),
            place(passage),
            h("span", { class: "said", lang: tag(passage.language) }, passage.text),
            doubts(passage),
          ),
        ),
        why(passage.why, passage.score),
      ),
    ),
  );
}

/** Where it is, as the last argument of what `t` says; none where nothing but the document is known. */
export function whereabouts(of) {
  const page = pageOf(of);
  return page ? [{ t: page }] : [of.table ?? of.section?.at(-1)].filter(Boolean);
}
