// A comparison taken along: into the basket, as Markdown, as a link, as a file, on paper.
import { keeper, made, slim } from "../basket/basket.js";
import { download, sendable } from "../basket/sending.js";
import { settings } from "../basket/basket-view.js";
import { announce, h, icon } from "../base/dom.js";
import { language, number, t, tIn } from "../base/i18n.js";
import { problem } from "../base/parts.js";
import { markdown, take } from "../quotes/copying.js";

const FORMATS = ["docx", "xlsx", "csv", "html", "markdown"];

/** What stands under the table: how much was searched, and the ways to take it along. */
export function foot(got, address) {
  const documents = new Set(got.rows.flatMap(({ doc_ids }) => doc_ids)).size;
  const seconds = Object.values(got.timings_ms).reduce((sum, each) => Math.max(sum, each), 0) / 1000;
  const told = h("div", { class: "told" });
  const act = (sign, said, click) => h("button", { type: "button", class: "quiet", on: { click } }, icon(sign), h("span", { t: said }));
  return h(
    "footer",
    { class: "foot" },
    h("span", { t: ["compareSpan", documents] }),
    seconds >= 0.05 && h("span", { t: ["compareTime", number(seconds, { maximumFractionDigits: 1 })] }),
    got.notes.map((note) => h("span", {}, note)),
    h(
      "div",
      { class: "row takes" },
      keeper(() => kept(got, address)),
      act("copy", "copyMarkdown", () => take(markdown([{ question: titleOf(got), got: answered(got) }]))),
      act("link", "compareLink", () => take(new URL(address, location.href).href)),
      saver(got, address, told),
      act("print", "print", () => print()),
    ),
    told,
  );
}

function saver(got, address, told) {
  const save = async ({ target }) => {
    const format = target.value;
    if (!format) return;
    target.value = "";
    try {
      const { style, placing } = settings();
      const items = [{ ...sendable(kept(got, address)), question: "" }];
      const { name, left } = await download({ format, title: titleOf(got), style, placing, language: language(), items });
      told.replaceChildren(...(left ? [h("p", { class: "note", role: "alert", t: ["leftOut", left] })] : []));
      announce(t("exported", name));
    } catch (error) {
      told.replaceChildren(problem(error));
    }
  };
  const options = FORMATS.map((format) => h("option", { value: format, t: `format.${format}` }));
  return h("select", { id: "compare-save", label: "compareSave", on: { change: save } }, h("option", { value: "", t: "compareSave" }), options);
}

/** What it is called, in the language of its columns. */
export const titleOf = ({ by, columns, language: spoken }) =>
  tIn(spoken, "compareTitleOf", tIn(spoken, `byOne.${by}`), columns.join(spoken === "zh" ? "、" : ", "));

/** The comparison as an item of the basket. */
function kept(got, address) {
  const { table, segments, citations } = answered(got);
  return made("answer", {
    question: titleOf(got),
    asked: address,
    language: got.language,
    segments,
    citations: citations.map(slim),
    table,
    lead: "",
    missing: [],
    generated: false,
  });
}

/** The comparison in the form of an answer, whose segments the table tells. */
function answered(got) {
  const table = got.beside ? widened(got) : got.table;
  const segments = table.rows.flatMap(({ label, cells }) =>
    cells.flatMap(({ text, citations, missing }, at) =>
      missing === null ? [{ text: `${label} — ${table.columns[at]}: ${text}`, citations, part: "", tabled: true }] : [],
    ),
  );
  return { status: "answered", text: "", segments, table, citations: got.citations, missing: [], language: got.language };
}

/** The table with a column behind each of its own for what the other document has there. */
function widened({ table, beside, language: spoken }) {
  const cells = (row, at) =>
    row.cells.flatMap((cell, column) => {
      const own = beside.table.rows[at].cells[column];
      const { relation, citations } = beside.cells[at][column];
      const isSaid = relation !== "unsaid" && own.missing === null;
      const text = isSaid ? tIn(spoken, "relationSaid", tIn(spoken, `relation.${relation}`), own.text) : "";
      const numbers = [...new Set([...own.citations, ...citations])];
      return [cell, isSaid ? { text, citations: numbers, missing: null } : { text, citations: [], missing: own.missing ?? "" }];
    });
  return {
    ...table,
    columns: table.columns.flatMap((column) => [column, `${column} · ${beside.title}`]),
    rows: table.rows.map((row, at) => ({ ...row, cells: cells(row, at) })),
  };
}
