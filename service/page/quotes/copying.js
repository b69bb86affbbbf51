// Answers as text to take along: Markdown with footnotes and links, or plain text with its sources below.
import { quotelink } from "../base/address.js";
import { announce, byId, h, icon } from "../base/dom.js";
import { t, tIn } from "../base/i18n.js";
import { current } from "../base/titles.js";
import { copied } from "./cite.js";

const ADDRESS = /((?:(?:https?|ftp):\/\/|(?<![\w.])www\.)[!-_a-~]+)/i;
const HAN = /\p{Script=Han}/u;

/** Answers, each with its question, as one Markdown text; `turns` are `{question, got}`. */
export function markdown(turns) {
  const marked = (turn) => (turns.length > 1 ? (number) => `[^${turn + 1}-${number}]` : (number) => `[^${number}]`);
  const blocks = turns.flatMap(({ question, got }, at) => [`## ${inert(line(question))}`, ...body(got, marked(at), MARKDOWN)]);
  const notes = turns.flatMap(({ got }, at) => got.citations.map((each) => `${marked(at)(each.number)}: ${footnote(each)}`));
  return `${[...blocks, notes.join("\n")].filter(Boolean).join("\n\n")}\n`;
}

/** The same as plain text. */
export function plain(turns) {
  const blocks = turns.flatMap(({ question, got }) => [
    line(question),
    ...body(got, (number) => `[${number}]`, PLAIN),
    got.citations.map((each) => `[${each.number}] ${where(each)}\n    ${quoted(each)}\n    ${quotelink(each)}`).join("\n"),
  ]);
  return `${blocks.filter(Boolean).join("\n\n")}\n`;
}

const MARKDOWN = { said: (text) => inert(text), part: (text) => `**${inert(text)}**`, note: (text) => `*${inert(text)}*`, table: drawn };
const PLAIN = { said: (text) => text, part: (text) => text, note: (text) => text, table: listed };

/** Blocks of an answer: the words of an abstention, statements under their parts, the table, and what is missing. */
function body(got, mark, form) {
  const blocks = got.status === "abstained" && got.text ? [form.said(got.text)] : [];
  let [part, table] = ["", got.table];
  for (const { text, citations, part: of, tabled } of got.segments) {
    if (of && of !== part) blocks.push(form.part(line(of)));
    part = of;
    if (!got.table || !tabled) blocks.push(`${paragraphs(text).map(form.said).join("\n\n")}${citations.map(mark).join("")}`);
    else if (table) {
      blocks.push(form.table(table, mark));
      table = null;
    }
  }
  const { missing, language } = got;
  if (missing.length) blocks.push(form.note(tIn(language, "missing", missing.join(tIn(language, "between")))));
  return blocks;
}

function drawn({ caption, corner, columns, rows }, mark) {
  const cell = (text) => inert(line(text)).replaceAll("|", "\\|");
  const cells = ({ cells: all }) =>
    all.map(({ text, citations, missing }) => (missing === null ? cell(text) + citations.map(mark).join("") : `*${cell(missing)}*`));
  const table = [
    [corner, ...columns].map(cell),
    Array(1 + columns.length).fill("---"),
    ...rows.map((row) => [cell(row.label), ...cells(row)]),
  ];
  return (caption ? `**${inert(line(caption))}**\n\n` : "") + table.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** A table that a sheet takes in: cells with tabs between them. */
function listed({ caption, corner, columns, rows }, mark) {
  const cells = ({ cells: all }) =>
    all.map(({ text, citations, missing }) => line(missing ?? text) + (missing === null ? citations.map(mark).join("") : ""));
  const table = [[corner, ...columns], ...rows.map((row) => [row.label, ...cells(row)])];
  return (caption ? `${line(caption)}\n` : "") + table.map((row) => row.map(line).join("\t")).join("\n");
}

function where(citation) {
  const { title, section, table, page_start, page_end, page_label, paragraph, language } = current(citation);
  const zh = language === "zh";
  const pages = page_end > page_start ? `${page_start}–${page_end}` : page_label;
  const page = page_label !== null && (zh ? `第${pages}页` : `${page_end > page_start ? "pp." : "p."} ${pages}`);
  const part = paragraph && (zh ? `第${paragraph}段` : `para. ${paragraph}`);
  return [title, section.at(-1), table, page, part].filter(Boolean).map(line).join(zh ? "，" : ", ");
}

const quoted = ({ quote }) => (HAN.test(quote) ? `“${line(quote)}”` : `"${line(quote)}"`);

/** A citation as the text of a footnote: where it stands, its words, and the address of the place. */
export const footnote = (each) => `${inert(where(each))}. ${inert(quoted(each))} <${quotelink(each).replace(/[<>\s]/g, encodeURI)}>`;

/** One line; between two Chinese characters a break was none. */
export const line = (text) => text.replace(/(?<=\p{Script=Han})\s*\n\s*(?=\p{Script=Han})/gu, "").replace(/\s+/g, " ").trim();
const paragraphs = (text) => text.split("\n").map((each) => each.trim()).filter(Boolean);

/** Text that a Markdown viewer shows as it stands; addresses as code, which no viewer makes a link of. */
export const inert = (text) =>
  text
    .split(ADDRESS)
    .map((part, at) => (at % 2 ? `\`${part}\`` : escaped(part)))
    .join("");

const escaped = (text) =>
  text
    .replace(/[\\`*_[\]<>~$]/g, "\\$&")
    .replace(/^(\s*)([#+-])/gm, "$1\\$2")
    .replace(/^(\s*\d+)([.)])/gm, "$1\\$2")
    .replace(/&(?=#?\w+;)/g, "\\&");

/** Puts a text on the clipboard, or shows it to be copied by hand where the browser does not allow that. */
export async function take(text, said) {
  if (await copied(text)) {
    announce(t("copied"));
    said?.();
    return;
  }
  const dialog = byId("cite-dialog");
  const shown = h("pre", { tabindex: "0" }, text);
  const close = { type: "button", class: "quiet square", label: "close", on: { click: () => dialog.close() } };
  const head = [h("h2", { id: "cite-title", t: "copy" }), h("span", { class: "spring" }), h("button", close, icon("close"))];
  dialog.replaceChildren(
    h("div", { class: "panebar" }, head),
    h("p", { class: "small", role: "status", t: "copyFailed" }),
    h("div", { class: "copyable" }, shown),
  );
  dialog.showModal();
  getSelection().selectAllChildren(shown);
}
