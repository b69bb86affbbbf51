// An answer as it comes: evidence first, then citations and segments; or why there is none, and what came near.
import { ask as stream, collection, Problem } from "./api.js";
import { announce, byId, h, icon, isWide, tag } from "./dom.js";
import { percent, t } from "./i18n.js";
import { keeper, ofAnswer } from "./basket.js";
import { copied, offerCitation } from "./cite.js";
import * as history from "./history.js";
import { offer } from "./offer.js";
import { doubts, passageList, place, problem, terms, waiting } from "./parts.js";
import * as source from "./source.js";
import { chip, missed, statements } from "./statements.js";

const room = byId("answer");
let running = null;

export function stop() {
  running?.abort();
}

/** Leaves the room empty, whatever may still come. */
export function clear() {
  stop();
  running = null;
  rest();
  room.replaceChildren();
}

/** Asks and shows the answer. `settled(generation)` hears of the library that answers. */
export async function ask(question, filters, { generation, settled, again, widen }) {
  stop();
  const mine = (running = new AbortController());
  const said = begin(question);
  try {
    const got = { citations: [], segments: [], question };
    for await (const [event, data] of stream({ question, filters }, mine.signal)) {
      if (event === "segment") got.segments.push(data);
      else Object.assign(got, data);
      if (event === "evidence") {
        settled(got.generation);
        said.append(...noteOf(generation, got.generation));
      }
    }
    if (!got.status) throw new Problem("broken-off", t("brokenOff"));
    if (mine !== running) return;
    finish(said, got, { filters, widen });
    if (got.abstain_reason === "no_question") return; // nothing to come back to
    history.add({
      question,
      filters,
      collection: collection(),
      generation: got.generation,
      status: got.abstain_reason === "premise_contradicted" ? "corrected" : got.status,
    });
  } catch (error) {
    if (mine !== running) return; // another question has the room
    if (error.name === "AbortError") room.replaceChildren(h("p", { class: "empty", t: "stopped" }));
    else room.replaceChildren(problem(error, again));
    source.close({ returns: false });
  } finally {
    if (mine === running) rest();
  }
}

function begin() {
  announce(t("searching"));
  room.setAttribute("aria-busy", "true");
  byId("ask-stop").hidden = false;
  const said = h("div", { class: "notes" });
  room.replaceChildren(
    said,
    h("article", { class: "card answer" }, h("p", { class: "over", t: "searching" }), waiting(4)),
  );
  if (isWide())
    source.placehold(); // the place of the source is taken before there is one: nothing jumps
  else source.close({ returns: false });
  return said;
}

function rest() {
  room.setAttribute("aria-busy", "false");
  byId("ask-stop").hidden = true;
}

function noteOf(before, now) {
  return before && before !== now ? [h("p", { class: "note", t: ["changed", before, now] })] : [];
}

function finish(notes, got, { filters, widen }) {
  const by = new Map(got.passages.map((passage) => [passage.passage_id, passage]));
  const evidence = got.citations.map((citation) => ({ ...citation, why: by.get(citation.passage_id) }));
  const open = (number, opener) =>
    source.open(
      evidence,
      evidence.findIndex((each) => each.number === number),
      opener,
    );
  if (got.abstain_reason === "no_question") {
    room.replaceChildren(notes, reply(got));
    source.close({ returns: false });
    announce(got.text);
    return;
  }
  const refuses = got.status === "abstained" && got.abstain_reason !== "premise_contradicted";
  const card = refuses ? abstention(got, filters, widen) : answered(got, open);
  room.replaceChildren(
    notes,
    card,
    ...(evidence.length ? [sources(evidence, open)] : []),
    retrieved(got.passages, refuses),
  );
  announce(refuses ? `${t(`abstain.${got.abstain_reason}`)}. ${got.text ?? ""}` : t("answeredWith", evidence.length));
  if (evidence.length && isWide() && !byId("view-ask").hidden) source.open(evidence, 0, null);
}

/** To a greeting: what the library holds, and what could be asked. */
function reply(got) {
  return h(
    "article",
    { class: "card answer reply" },
    h("h2", { class: "over" }, "SinkQA"),
    got.text.split("\n").map((line) => h("p", { lang: tag(got.language) }, line)),
    offer(got.suggestions, got.language),
    foot(got),
  );
}

function answered(got, open) {
  const corrects = got.status === "abstained";
  const lead = corrects
    ? [
        h("h2", { class: "verdict", t: "abstain.premise_contradicted" }),
        h("p", {}, got.text),
        h("h3", { class: "over", t: "correction" }),
      ]
    : [h("h2", { class: "over", t: "answer" })];
  return h(
    "article",
    { class: corrects ? "card answer corrected" : "card answer" },
    lead,
    got.status === "partial" && !got.missing.length && h("p", { class: "note", t: "partialNote" }),
    statements(got, open),
    missed(got),
    offer(got.suggestions, got.language),
    foot(got),
  );
}

function foot(got) {
  const copy = () => copied(location.href).then((done) => announce(t(done ? "linkCopied" : "copyFailed")));
  return h(
    "footer",
    { class: "foot" },
    got.status !== "abstained" && h("span", { t: ["confidence", percent(got.confidence)] }),
    h("span", { t: ["generation", got.generation] }),
    got.generated && h("span", { t: "generated" }),
    got.removed.length > 0 && h("span", { t: ["removed", got.removed.length] }),
    got.notes.map((note) => h("span", {}, note)),
    got.segments.length > 0 && keeper(() => ofAnswer(got)),
    h("button", { type: "button", class: "quiet", on: { click: copy } }, icon("link"), h("span", { t: "copyLink" })),
  );
}

function abstention(got, filters, widen) {
  const found = [...new Set(got.passages.flatMap((passage) => passage.why.matched_terms))].slice(0, 16);
  const row = (name, ...what) => [h("dt", { t: name }), h("dd", {}, ...what)];
  return h(
    "article",
    { class: "card answer abstained" },
    h("h2", { class: "verdict", t: `abstain.${got.abstain_reason}` }),
    h("p", { lang: tag(got.language) }, got.text),
    missed(got),
    offer(got.suggestions, got.language),
    h("h3", { class: "over", t: "lookedFor" }),
    h(
      "dl",
      { class: "looked" },
      row("lookedTerms", found.length ? terms(found) : h("span", { t: "lookedNoTerms" })),
      row("lookedIn", h("span", { t: filters ? "lookedFiltered" : "lookedAll" })),
      row("lookedSure", percent(got.confidence)),
    ),
    filters && h("button", { type: "button", class: "plain", t: "widen", on: { click: widen } }),
    foot(got),
  );
}

function sources(evidence, open) {
  const entry = (cited) => {
    const [first] = cited;
    const also = new Set(cited.flatMap((each) => each.also_supported_by)).size;
    const terms = [...new Map(cited.flatMap((each) => each.glosses).map((pair) => [pair.term, pair])).values()];
    return h(
      "li",
      { class: "entry" },
      h(
        "div",
        { class: "chips" },
        cited.map((citation) => chip(citation, open)),
      ),
      h(
        "div",
        {},
        h("p", { class: "name", lang: tag(first.language) }, first.title),
        place(first),
        doubts({ warnings: [...new Set(cited.flatMap((each) => each.warnings))] }),
        also > 0 && h("p", { class: "small", t: ["alsoSays", also] }),
      ),
      h(
        "button",
        { type: "button", class: "quiet", on: { click: () => offerCitation(first) } },
        icon("quote"),
        h("span", { t: "cite" }),
      ),
      terms.length > 0 && glosses(terms),
    );
  };
  return h(
    "section",
    { class: "sources" },
    h("h2", { class: "over", t: "sources" }),
    h("ol", {}, together(evidence).map(entry)),
  );
}

/** Rows of one table on the same page make one entry; every other citation has its own. */
function together(evidence) {
  const groups = new Map();
  for (const each of evidence) {
    const { doc_id, section, table, page_start, page_end } = each;
    const key = table ? JSON.stringify([doc_id, section, table, page_start, page_end]) : each.number;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

function glosses(pairs) {
  return h(
    "p",
    { class: "small glosses" },
    h("span", { t: "terms" }),
    pairs.map(({ term, rendering }) => h("span", { class: "term" }, `${term} = ${rendering}`)),
  );
}

function retrieved(passages, near) {
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
    h(
      "summary",
      {},
      h(
        "h2",
        { class: "over" },
        h("span", { t: near ? "nearMisses" : "passages" }),
        h("span", { class: "count" }, String(listed.length)),
      ),
    ),
    !near && h("p", { class: "small", t: "passagesHelp" }),
    passageList(listed, open),
  );
}
