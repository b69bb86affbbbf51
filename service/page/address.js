// Where an answer is found again: the fragment that names its question, filters, collection and library version.
import { collection } from "./api.js";
import * as filters from "./filters.js";

/** The address of an answer: its question, its filters, the library and its generation. */
export function permalink(question, chosen, generation, from = collection()) {
  const query = filters.asQuery(chosen);
  query.set("q", question);
  if (generation) query.set("g", generation);
  if (from) query.set("collection", from);
  return `#/ask?${query}`;
}
