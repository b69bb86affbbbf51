// Pages of a document, as text with the quote marked exactly, or as images with it boxed.
import { get, picture } from "../base/api.js";
import { h, icon, tag } from "../base/dom.js";
import { isPaged, problem } from "../base/parts.js";
import { settle } from "./selecting.js";
import { drawn, placed, slices } from "./tables.js";

const MOST_PIXELS = 4096;
const MOST_MARKS = 100; // that the server takes at once
const between = ([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
const pagePath = (about, number) => `/v1/documents/${about.doc_id}/pages/${number}?format=json`;

/** The pages as text. Where all of the quote is on them, it says whether what is marked is the quote. */
export async function textPages({ about, evidence, pages }) {
  const numbers = between(pages);
  const [got, headings, tables] = await Promise.all([
    Promise.all(numbers.map((number) => get(pagePath(about, number)))),
    structure(`/v1/documents/${about.doc_id}/outline`, "headings"),
    Promise.all(numbers.map((number) => structure(`/v1/documents/${about.doc_id}/tables?page=${number}`, "tables"))),
  ]);
  const sheets = got.map((page, at) => sheet(page, evidence, headings, tables[at], isPaged(about)));
  const marked = sheets.flatMap((each) => [...each.querySelectorAll("mark")]);
  return evidence.quote && marked.length ? [checked(got, evidence), ...sheets] : sheets;
}

/** Headings or tables; a page is shown without them where they do not come. */
const structure = (path, name) =>
  get(path).then(
    (got) => got[name],
    () => [],
  );

function sheet(page, evidence, headings, tables, isNumbered) {
  const marks = placed(page, evidence.spans);
  const heads = headings.flatMap(({ spans, level }) => placed(page, spans).map(([start, end]) => ({ start, end, level })));
  const parts = [];
  let at = 0;
  const text = (to) => {
    const place = trimmed(page.text, [at, to]);
    const words = styled(place, page.text, marks, heads);
    if (page.text.slice(at, to).trim())
      parts.push(settle(h("div", { class: "source-text", lang: tag(evidence.language) }, words), page, ...place));
    at = to;
  };
  for (const table of tables) {
    const [region] = placed(page, [table.place]);
    if (!region || region[0] < at) continue;
    const { room, rows, isWhole } = drawn(table, page, marks, evidence.language);
    if (!rows) continue;
    if (!table.is_alone) {
      if (room.querySelector(".cited")) parts.push(unmarked(room)); // beside its text, in which the quote is marked
      continue;
    }
    text(region[0]);
    if (!isWhole) unmarked(room);
    parts.push(room, raw(page, region, isWhole ? [] : marks, evidence.language));
    at = region[1];
  }
  text(page.text.length);
  return h(
    "section",
    { class: "leaf", label: isNumbered ? ["page", page.number] : "wholeText" },
    isNumbered && leafHead(page),
    parts.length ? parts : h("p", { class: "empty", t: "noText" }),
  );
}

/** What a table is drawn from; open where the quote is not all in its cells. */
const raw = (page, region, marks, language) =>
  h(
    "details",
    { class: "raw small", open: marks.length > 0 },
    h("summary", { t: "tableRaw" }),
    settle(h("div", { class: "source-text", lang: tag(language) }, slices(page.text, region, marks)), page, ...region),
  );

function unmarked(room) {
  for (const mark of room.querySelectorAll("mark")) mark.replaceWith(...mark.childNodes);
  return room;
}

/** Without the line breaks at the edges of a table, which the table itself makes. */
function trimmed(text, [first, last]) {
  while (first && first < last && text[first] === "\n") first += 1;
  while (last < text.length && last > first && text[last - 1] === "\n") last -= 1;
  return [first, last];
}

/** A stretch of text with marks, its headings set as such. */
function styled([first, last], text, marks, heads) {
  const parts = [];
  let at = first;
  for (const { start, end, level } of heads) {
    if (start < at || end > last) continue;
    parts.push(...slices(text, [at, start], marks));
    const of = { class: `inhead level${Math.min(level, 3)}`, role: "heading", "aria-level": String(Math.min(level + 2, 6)) };
    parts.push(h("span", of, slices(text, [start, end], marks)));
    at = end;
  }
  return [...parts, ...slices(text, [at, last], marks)];
}

function leafHead(page) {
  return h(
    "p",
    { class: "leafhead" },
    h("span", { t: ["page", page.number] }),
    page.label && page.label !== String(page.number) && h("span", { t: ["printed", page.label] }),
  );
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

/** The pages as images, `zoom` times as wide as the room. Their places are there at once, so that nothing moves when they come. */
export async function imagePages({ about, evidence, pages, width, zoom = 1, isCurrent }) {
  const marks = evidence.spans
    .slice(0, MOST_MARKS)
    .map((span) => `&highlight=${span.start}-${span.end}`)
    .join("");
  const pixels = Math.min(MOST_PIXELS, Math.max(600, Math.round(width * zoom * devicePixelRatio)));
  const got = await Promise.all(between(pages).map((number) => get(pagePath(about, number) + marks)));
  return got.map((page) => {
    const image = h("img", { class: "page-image", label: ["imageOf", page.number] });
    image.style.aspectRatio = `${page.width} / ${page.height}`;
    image.style.inlineSize = image.style.maxInlineSize = `${100 * zoom}%`;
    if (page.boxes.length) image.dataset.marked = page.boxes[0].y0 / page.height;
    const path = `/v1/documents/${about.doc_id}/pages/${page.number}?format=png&width=${pixels}${marks}`;
    picture(path).then(
      (address) => (isCurrent() ? (image.src = address) : URL.revokeObjectURL(address)),
      (error) => image.replaceWith(problem(error)),
    );
    return h("section", { class: "leaf image", label: ["page", page.number] }, leafHead(page), image);
  });
}

/** The spans that an address names by code points, `start-end,…`: the server knows how many UTF-16 units lie before each. */
export async function spansOf({ doc_id, page_start, page_end }, words) {
  const marks = words
    .split(",", MOST_MARKS)
    .map((span) => `&highlight=${encodeURIComponent(span)}`)
    .join("");
  const numbers = between([page_start, page_end]);
  const got = await Promise.all(numbers.map((page) => get(`/v1/documents/${doc_id}/pages/${page}?format=json${marks}`)));
  return got.flatMap((page) => page.highlights);
}

/** The quote into sight, without moving the page around it. */
export function bring(sheet) {
  const first = sheet.querySelector(".cited, mark, [data-marked], [data-here]");
  sheet.scrollTop = 0;
  if (!first) return;
  const box = first.closest(".scrolled");
  if (box && first.cellIndex) box.scrollLeft = first.offsetLeft - box.clientWidth / 3;
  const within = first.getBoundingClientRect().top - sheet.getBoundingClientRect().top;
  const into = Number(first.dataset.marked ?? 0) * first.clientHeight;
  sheet.scrollTop = within + into - sheet.clientHeight / 4;
}
