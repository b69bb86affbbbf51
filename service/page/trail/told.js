// What a mention comes to and whether a document is in force, in words.
import { h, outward, tag } from "../base/dom.js";
import { WORDS } from "../base/words.js";
import { TRAIL_WORDS } from "./trail-words.js";

Object.assign(WORDS, TRAIL_WORDS);

const REASONS = [
  [/^it names the year (\d+)$/, "reason.year"],
  [/^its name is that of many$/, "reason.many"],
  [/^it names another edition$/, "reason.edition"],
  [/^its name does not say (.+)$/, "reason.stage"],
];

/** How a mention was matched, as `t` says it: with the reason where it is only probable, or the part that is meant. */
export function matched({ how, reason }) {
  if (!reason) return [how === "part" ? "how.partOnly" : `how.${how}`];
  if (how === "part") return ["how.part", reason];
  if (how !== "probable") return [`how.${how}`];
  for (const [pattern, said] of REASONS) {
    const found = pattern.exec(reason);
    if (found) return ["how.probableWhy", { t: [said, ...found.slice(1)] }];
  }
  return ["how.probableWhy", reason];
}

/** The same as it is shown: only that it is probable is told louder, not why. */
export function match(resolution) {
  if (resolution.how !== "probable") return [h("span", { t: matched(resolution) })];
  const [, reason] = matched(resolution);
  return [h("span", { class: "label partly", t: "how.probable" }), reason && [" ", h("span", { t: reason.t ?? ["asIs", reason] })]];
}

/** A standing in words with its date, in force or not; as `t` says it. */
export function stands({ status, since, until }) {
  const [edge, when] = ["in_force", "not_yet"].includes(status) ? ["since", since] : ["until", until];
  const dated = `stands.${status}.${edge}`;
  return when && WORDS[dated] ? [dated, when] : [`stands.${status}`];
}

/** Whether it is out of force, which is told louder. */
export const isOut = ({ status }) => !["in_force", "unknown"].includes(status);

/** The official address of a document, as a link that says where it leads. */
export function official(address, said) {
  const link = outward(address, { class: "official" });
  link?.append(said ?? new URL(address).host);
  return link;
}

/** A document as the source pane opens one: at its beginning, or at a place of it. */
export const whole = ({ doc_id, title, ...place }) => ({ page_start: 1, page_end: 1, spans: [], ...place, doc_id, title });

/** A quotation in its language. */
export const quotation = (text, language) => h("blockquote", { class: "quotation", lang: tag(language) }, h("p", { class: "said" }, text));
