// Items of the basket as the server takes them, and the file that it makes of them.
import { file } from "../base/api.js";
import { h } from "../base/dom.js";

const FIELDS = {
  answer: ["kind", "question", "lead", "segments", "citations", "table", "missing", "generated"],
  quote: ["kind", "citation", "remark"],
  claim: ["kind", "claim", "label", "citations"],
  note: ["kind", "text"],
};

const cited = ({ number, doc_id, spans, quote, title }) => ({
  ...(number !== undefined && { number }),
  doc_id,
  spans: spans.map(({ start, end }) => ({ start, end })),
  quote,
  title,
});

/** An item without what only the page needs. */
export function sendable(item) {
  const sent = Object.fromEntries(FIELDS[item.kind].map((field) => [field, item[field]]).filter(([, value]) => value !== undefined));
  if (sent.citations) sent.citations = sent.citations.map(cited);
  if (sent.citation) sent.citation = cited(sent.citation);
  return sent;
}

/** Saves the file that the server makes of a memo: its name, and how many quotes were left out. */
export async function download(memo) {
  const { response, blob, name } = await file("/v1/export", memo);
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return { name, left: Number(response.headers.get("SinkQA-Left-Out")) };
}
