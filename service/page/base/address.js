// Where answers are found again: the fragment that names questions, their filters, the collection and the library version.
import { collection } from "./api.js";
import * as filters from "../library/filters.js";

/** The address of one answer: its question, its filters, the library and its generation. */
export const permalink = (question, chosen, generation, from) =>
  threadlink([{ question, filters: chosen }], generation, from);

/**
 * The address of a thread; filters stand behind the question that they were asked with. `shared`: for others to read,
 * with what it is called and a digest of each answer.
 */
export function threadlink(turns, generation, from = collection(), shared = null) {
  const query = new URLSearchParams();
  if (shared) query.set("shared", shared.name ?? "");
  for (const turn of turns) {
    query.append("q", turn.question);
    if (shared && turn.got) query.append("d", digest(turn.got));
    for (const [name, value] of filters.asQuery(turn.filters)) query.append(name, value);
  }
  if (generation) query.set("g", generation);
  if (from) query.set("collection", from);
  return `#/ask?${query}`;
}

/** The address of the trail of a claim, a passage or a document: `{claim}`, `{passage}` or `{document}`. */
export function traillink(subject) {
  const query = new URLSearchParams(subject);
  if (collection()) query.set("collection", collection());
  return `#/trail?${query}`;
}

const LONGEST_CLAIM = 600; // characters: what is longer is followed as the passage that it quotes

/** The trail of a statement that quotes a passage. */
export const trailOf = (text, passageId) =>
  traillink(text.length > LONGEST_CLAIM && passageId ? { passage: passageId } : { claim: text.slice(0, LONGEST_CLAIM) });

/** A few letters that tell whether an answer says the same again: of its words and what they quote, by FNV-1a. */
export function digest({ status, segments, citations }) {
  const said = JSON.stringify([status, segments.map(({ text }) => text), citations.map(({ quote }) => quote)]);
  let sum = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(said)) sum = Math.imul(sum ^ byte, 0x01000193);
  return (sum >>> 0).toString(36);
}

const OWN = ["q", "g", "collection", "shared", "d"]; // that are no filters

/** The turns that an address names; filters before the first question are the first one's. */
export function turnsOf(query) {
  const turns = [];
  const led = new URLSearchParams();
  for (const [name, value] of query) {
    if (name === "q" && value.trim()) turns.push({ question: value.trim(), query: new URLSearchParams() });
    else if (name === "d" && turns.length) turns.at(-1).digest = value;
    else if (!OWN.includes(name)) (turns.at(-1)?.query ?? led).append(name, value);
  }
  for (const [name, value] of led) turns[0]?.query.append(name, value);
  return turns.map(({ query: named, ...turn }) => ({ ...turn, filters: filters.ofQuery(named) }));
}

/** The address of a quote: its original at the page where that is a PDF on the web, else this server's page. */
export function quotelink({ url, boxes, page_start, passage_id, spans }) {
  if (URL.canParse(url ?? "") && /^https?:$/.test(new URL(url).protocol))
    return boxes.length ? `${url.replace(/#.*/s, "")}#page=${page_start}` : url;
  const words = spans.map(({ start, end }) => `${start}-${end}`).join(",");
  const of = collection() ? `&collection=${encodeURIComponent(collection())}` : "";
  return `${location.origin}/#/p/${encodeURIComponent(passage_id)}?q=${words}${of}`;
}
