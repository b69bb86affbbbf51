// Words selected in a source: their place in the document, in code points and in UTF-16 units.

const places = new WeakMap();
const points = (text) => [...text].length;

/** Says what an element shows: the text of a page, `[first, last)` in UTF-16 units of it, letter for letter. */
export function settle(element, page, first, last) {
  places.set(element, { page, first, last });
  return element;
}

/** The texts that a selection reaches into, each as its page and what is selected of it, in UTF-16 units. */
function parts(selection) {
  if (!selection?.rangeCount || selection.isCollapsed) return [];
  const range = selection.getRangeAt(0);
  return [...document.querySelectorAll("#sheet .source-text")]
    .filter((element) => places.has(element) && range.intersectsNode(element))
    .map((element) => {
      const { page, first } = places.get(element);
      const inside = document.createRange();
      inside.selectNodeContents(element);
      const before = inside.cloneRange();
      if (inside.compareBoundaryPoints(Range.START_TO_START, range) < 0) {
        inside.setStart(range.startContainer, range.startOffset);
      }
      if (inside.compareBoundaryPoints(Range.END_TO_END, range) > 0) inside.setEnd(range.endContainer, range.endOffset);
      before.setEnd(inside.startContainer, inside.startOffset);
      const start = first + before.toString().length;
      return [page, start, start + inside.toString().length];
    });
}

/** The selected words as a quote with its spans and pages; null where none of a source are selected. */
export function selected() {
  const spans = [];
  const words = [];
  const pages = [];
  for (const [page, first, last] of parts(getSelection())) {
    const raw = page.text.slice(first, last); // what is shown may stand for a sign that cannot be shown
    const text = raw.trim();
    if (!text) continue;
    const from = first + raw.indexOf(text);
    const start = page.place.start + points(page.text.slice(0, from));
    const start_utf16 = page.place.start_utf16 + from;
    spans.push({ start, end: start + points(text), start_utf16, end_utf16: start_utf16 + text.length });
    words.push(text);
    pages.push(page.number);
  }
  if (!spans.length) return null;
  return { spans, quote: words.join(" … "), page_start: pages[0], page_end: pages.at(-1) };
}
