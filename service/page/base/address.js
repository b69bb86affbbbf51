// Where answers are found again: the fragment that names questions, their filters, the collection and the library version.
import { collection } from "./api.js";
import * as filters from "../library/filters.js";

/** The address of one answer: its question, its filters, the library and its generation. */
export const permalink = (question, chosen, generation, from) =>
  threadlink([{ question, filters: chosen }], generation, from);

/** The address of a thread; filters stand behind the question that they were asked with. */
export function threadlink(turns, generation, from = collection()) {
  const query = new URLSearchParams();
  for (const turn of turns) {
    query.append("q", turn.question);
    for (const [name, value] of filters.asQuery(turn.filters)) query.append(name, value);
  }
  if (generation) query.set("g", generation);
  if (from) query.set("collection", from);
  return `#/ask?${query}`;
}

/** The turns that an address names; filters before the first question are the first one's. */
export function turnsOf(query) {
  const turns = [];
  const led = new URLSearchParams();
  for (const [name, value] of query) {
    if (name === "q" && value.trim()) turns.push({ question: value.trim(), query: new URLSearchParams() });
    else if (!["q", "g", "collection"].includes(name)) (turns.at(-1)?.query ?? led).append(name, value);
  }
  for (const [name, value] of led) turns[0]?.query.append(name, value);
  return turns.map(({ question, query: named }) => ({ question, filters: filters.ofQuery(named) }));
}

/** The address of a quote: its original at the page where that is a PDF on the web, else this server's page. */
export function quotelink({ url, boxes, page_start, passage_id, spans }) {
  if (URL.canParse(url ?? "") && /^https?:$/.test(new URL(url).protocol))
    return boxes.length ? `${url.replace(/#.*/s, "")}#page=${page_start}` : url;
  const words = spans.map(({ start, end }) => `${start}-${end}`).join(",");
  const of = collection() ? `&collection=${encodeURIComponent(collection())}` : "";
  return `${location.origin}/#/p/${encodeURIComponent(passage_id)}?q=${words}${of}`;
}
