// Pages of a document, as text with the quote marked exactly, or as images with it boxed.
import { get, picture } from "./api.js";
import { h, icon, tag } from "./dom.js";
import { problem } from "./parts.js";
import { settle } from "./selecting.js";

const between = ([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
const pagePath = (about, number) => `/v1/documents/${about.doc_id}/pages/${number}?format=json`;

/** The pages as text. Where all of the quote is on them, it says whether what is marked is the quote. */
export async function textPages({ about, evidence, pages }) {
  const got = await Promise.all(between(pages).map((number) => get(pagePath(about, number))));
  const sheets = got.map((page) => sheet(page, evidence));
  const marked = sheets.flatMap((each) => [...each.querySelectorAll("mark")].map((mark) => mark.textContent));
  return evidence.quote && marked.length ? [checked(got, evidence), ...sheets] : sheets;
}

function sheet(page, evidence) {
  const text = h("div", { class: "source-text", lang: tag(evidence.language) });
  settle(text, page, 0, page.text.length);
  let at = 0;
  for (const [start, end] of placed(page, evidence.spans)) {
    text.append(page.text.slice(at, start), h("mark", {}, page.text.slice(start, end)));
    at = end;
  }
  text.append(page.text.slice(at));
  return h(
    "section",
    { class: "leaf", label: ["page", page.number] },
    leafHead(page),
    page.text.trim() ? text : h("p", { class: "empty", t: "noText" }),
  );
}

function leafHead(page) {
  return h(
    "p",
    { class: "leafhead" },
    h("span", { t: ["page", page.number] }),
    page.label && page.label !== String(page.number) && h("span", { t: ["printed", page.label] }),
  );
}

/** The spans on a page, in the UTF-16 units of its text, in order. */
function placed(page, spans) {
  const { start_utf16: first, end_utf16: last } = page.place;
  return spans
    .map((span) => [Math.max(span.start_utf16, first) - first, Math.min(span.end_utf16, last) - first])
    .filter(([start, end]) => start < end)
    .sort(([one], [other]) => one - other);
}

/** Compares what the pages hold under the spans with the quote. */
function checked(pages, evidence) {
  const under = (span) =>
    pages
      .map((page) =>
        placed(page, [span])
          .map(([start, end]) => page.text.slice(start, end))
          .join(""),
      )
      .join("");
  const held = evidence.spans.map(under).join(" … ");
  const whole = evidence.page_end - evidence.page_start < pages.length;
  if (whole && held !== evidence.quote)
    return h("p", { class: "exactness wrong" }, icon("alert"), h("span", { t: "inexact" }));
  return whole ? h("p", { class: "exactness" }, icon("check"), h("span", { t: "exact" })) : "";
}

/** The pages as images. Their places are there at once, so that nothing moves when they come. */
export async function imagePages({ about, evidence, pages, width, isCurrent }) {
  const marks = evidence.spans
    .slice(0, 100)
    .map((span) => `&highlight=${span.start}-${span.end}`)
    .join("");
  const pixels = Math.min(2000, Math.max(600, Math.round(width * devicePixelRatio)));
  const got = await Promise.all(between(pages).map((number) => get(pagePath(about, number) + marks)));
  return got.map((page) => {
    const image = h("img", { class: "page-image", label: ["imageOf", page.number] });
    image.style.aspectRatio = `${page.width} / ${page.height}`;
    if (page.boxes.length) image.dataset.marked = page.boxes[0].y0 / page.height;
    const path = `/v1/documents/${about.doc_id}/pages/${page.number}?format=png&width=${pixels}${marks}`;
    picture(path).then(
      (address) => (isCurrent() ? (image.src = address) : URL.revokeObjectURL(address)),
      (error) => image.replaceWith(problem(error)),
    );
    return h("section", { class: "leaf image", label: ["page", page.number] }, leafHead(page), image);
  });
}
