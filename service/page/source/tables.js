// Tables of a document drawn as tables, with what is quoted marked in its cells.
import { h, tag } from "../base/dom.js";

/** The spans of something as places on a page, in the UTF-16 units of its text, in order; nothing of what is elsewhere. */
export function placed(page, spans) {
  const { start_utf16: first, end_utf16: last } = page.place;
  return spans
    .map((span) => [Math.max(span.start_utf16, first) - first, Math.min(span.end_utf16, last) - first])
    .filter(([start, end]) => start < end)
    .sort(([one], [other]) => one - other);
}

const common = ([start, end], [first, last]) => [Math.max(start, first), Math.min(end, last)];
const letters = (text) => text.replace(/\s/g, "").length;

/**
 * A table as far as it is on a page, drawn; `marks` are the quoted places on the page. Tells whether all of them that
 * lie in the table's text are marked in its cells.
 */
export function drawn(table, page, marks, language) {
  const [region] = placed(page, [table.place]);
  const wanted = marks.map((mark) => common(mark, region)).filter(([start, end]) => start < end);
  let marked = 0;
  const cell = (name, { text, spans }, more) => {
    const own = placed(page, spans);
    const quoted = own.flatMap((place) => wanted.map((mark) => common(place, mark)).filter(([a, b]) => a < b));
    for (const [start, end] of quoted) marked += letters(page.text.slice(start, end));
    const said = quoted.length ? own.flatMap((place, at) => [at ? " " : "", ...slices(page.text, place, quoted)]) : text;
    const props = { class: [more.class, quoted.length && "cited"].filter(Boolean).join(" ") || null };
    return h(name, { ...more, ...props }, said);
  };
  const rows = table.rows
    .filter((row) => [row.label, ...row.cells].some(({ spans }) => placed(page, spans).length))
    .map((row) =>
      h(
        "tr",
        {},
        cell(row.label.text ? "th" : "td", row.label, row.label.text ? { scope: "row" } : {}),
        row.cells.map((each) => cell("td", each, each.text.length > 60 ? { class: "long" } : {})),
      ),
    );
  const caption = table.caption || table.label;
  const room = h(
    "div",
    { class: "scrolled", tabindex: "0", role: "region", label: ["tableOf", caption ?? ""], lang: tag(language) },
    h(
      "table",
      { class: "tabulated" },
      caption && h("caption", {}, h("span", {}, caption)),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          table.corner ? h("th", { scope: "col" }, table.corner) : h("td"),
          table.columns.map((name) => (name ? h("th", { scope: "col" }, name) : h("td"))),
        ),
      ),
      h("tbody", {}, rows),
    ),
  );
  const sought = wanted.reduce((sum, [start, end]) => sum + letters(page.text.slice(start, end)), 0);
  return { room, rows: rows.length, isWhole: marked >= sought };
}

/** A stretch of text with the places in it marked. */
export function slices(text, [first, last], places) {
  const parts = [];
  let at = first;
  for (const [start, end] of places) {
    if (end <= at || start >= last) continue;
    parts.push(text.slice(at, Math.max(at, start)), h("mark", {}, text.slice(Math.max(at, start), Math.min(end, last))));
    at = Math.min(end, last);
  }
  parts.push(text.slice(at, last));
  return parts.filter((part) => part !== "");
}
