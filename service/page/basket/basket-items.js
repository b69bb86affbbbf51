// One item of the basket, as it is read, changed and moved.
import { announce, h, icon, tag } from "../base/dom.js";
import { t, translate } from "../base/i18n.js";
import { place } from "../base/parts.js";
import { current, titled } from "../base/titles.js";
import * as source from "../source/source.js";
import { chip, statements } from "../quotes/statements.js";

/** The item as number `at` + 1; `acts` are what it can do. */
export function drawn(item, at, acts) {
  const row = h("li", { class: `keptitem card kept-${item.kind}`, "data-item": item.id });
  const kinds = { answer, quote, claim, note };
  row.append(head(item, at, acts, row), ...kinds[item.kind](item, at, acts).filter(Boolean));
  row.addEventListener("keydown", (event) => {
    const by = STEPS[event.key];
    if (!by || !(event.altKey || event.target.closest("[data-grip]"))) return;
    event.preventDefault();
    acts.move(item.id, by, event.target.closest("[data-grip]") ? "[data-grip]" : undefined);
  });
  return row;
}

const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

function head(item, at, acts, row) {
  const mover = (by, sign, label) =>
    h(
      "button",
      { type: "button", class: "quiet square", "data-move": by, label: [label, at + 1], on: { click: () => acts.move(item.id, by) } },
      icon(sign),
    );
  const grip = h("button", { type: "button", class: "quiet square grip", "data-grip": "", label: ["itemGrip", at + 1] }, icon("grip"));
  dragging(grip, row, acts);
  return h(
    "div",
    { class: "row keptbar" },
    grip,
    h("span", { class: "over" }, h("span", { class: "nth" }, String(at + 1)), " · ", h("span", { t: `item.${item.kind}` })),
    h("span", { class: "spring" }),
    mover(-1, "rise", "itemUp"),
    mover(1, "fall", "itemDown"),
    h(
      "button",
      { type: "button", class: "quiet square", "data-out": "", label: ["itemOut", at + 1], on: { click: () => acts.remove(item.id, row) } },
      icon("bin"),
    ),
  );
}

/** Tells an item that is drawn which one of how many it is now. */
export function numbered(row, at, count) {
  row.querySelector(".nth").textContent = String(at + 1);
  for (const each of row.querySelectorAll("[data-label]")) {
    const [key, ...args] = JSON.parse(each.dataset.label);
    if (!NUMBERED.includes(key)) continue;
    each.dataset.label = JSON.stringify([key, at + 1, ...args.slice(1)]);
    translate(each);
  }
  row.querySelector('[data-move="-1"]').disabled = at === 0;
  row.querySelector('[data-move="1"]').disabled = at === count - 1;
}
const NUMBERED = ["itemGrip", "itemUp", "itemDown", "itemOut", "itemHeading", "itemRemark", "itemNote"];

/** Has a row stand before another, or last, by moving those between: one that moves itself loses its pointer. */
function passTo(row, next) {
  const all = [...row.parentElement.children];
  const from = all.indexOf(row);
  const to = next ? all.indexOf(next) : all.length;
  if (to > from + 1) row.before(...all.slice(from + 1, to));
  else if (to < from) row.after(...all.slice(to, from));
}

const EDGE = 64; // pixels from the edge of the screen where it scrolls

/** Has a row follow the pointer among its neighbours, finger or mouse; Escape puts it back. */
function dragging(grip, row, acts) {
  let before = null; // what it stood before, while it is dragged
  let at = 0; // where the pointer is, down the screen
  const follow = () => {
    if (!row.classList.contains("dragged") || !row.isConnected) return; // another tab may have drawn all anew
    const by = at < EDGE ? -12 : at > innerHeight - EDGE ? 12 : 0;
    if (by) scrollBy(0, by);
    const others = [...row.parentElement.children].filter((each) => each !== row);
    const next = others.find((each) => {
      const { top, height } = each.getBoundingClientRect();
      return at < top + height / 2;
    });
    passTo(row, next ?? null);
    requestAnimationFrame(follow);
  };
  const end = (event) => {
    if (!row.classList.contains("dragged")) return;
    row.classList.remove("dragged");
    if (!row.isConnected) return;
    if (event.type === "pointerup") acts.settle(row, "[data-grip]");
    else passTo(row, before);
  };
  grip.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    grip.setPointerCapture(event.pointerId);
    before = row.nextElementSibling;
    at = event.clientY;
    row.classList.add("dragged");
    requestAnimationFrame(follow);
  });
  grip.addEventListener("pointermove", (event) => (at = event.clientY));
  grip.addEventListener("pointerup", end);
  grip.addEventListener("pointercancel", end);
  grip.addEventListener("keydown", (event) => event.key === "Escape" && end(event));
}

function answer(item, at, acts) {
  const heading = writing(item.question, ["itemHeading", at + 1], null, (question) => acts.change(item.id, { question }));
  heading.classList.add("heading-field");
  return [
    heading,
    item.lead && h("p", { lang: tag(item.language) }, item.lead),
    h("div", { class: "said-parts" }, parts(item).map((part, place, all) => said(item, part, all, acts))),
    quotes(item.citations),
  ];
}

/** Segments that a table tells belong together; all others stand alone. */
function parts(item) {
  const tabled = item.table ? item.segments.filter((each) => each.tabled) : [];
  const alone = [];
  for (const segment of item.segments) {
    if (!tabled.includes(segment)) alone.push([segment]);
    else if (segment === tabled[0]) alone.push(tabled);
  }
  return alone;
}

function said(item, part, all, acts) {
  const box = h("div", { class: "said-part" }, h("div", {}, statements({ ...item, segments: part }, opening(item.citations))));
  if (all.length > 1) {
    const out = () => {
      const segments = item.segments.filter((each) => !part.includes(each));
      const numbers = new Set(segments.flatMap(({ citations }) => citations));
      const table = segments.some(({ tabled }) => tabled) ? item.table : null;
      const citations = item.citations.filter(({ number }) => numbers.has(number));
      Object.assign(item, { segments, table, citations });
      acts.change(item.id, { segments, table, citations });
      const row = box.closest(".keptitem");
      const now = drawn(item, 0, acts);
      row.replaceWith(now);
      acts.recount();
      now.querySelector("[data-out]").focus();
      announce(t("partGone"));
    };
    box.append(h("button", { type: "button", class: "quiet square", label: "partOut", on: { click: out } }, icon("close")));
  }
  return box;
}

function claim(item) {
  const open = opening(item.citations);
  return [
    h("span", { class: `label ${item.label}`, t: { term: ["claim", item.label] } }),
    h("p", { class: "statement" }, item.claim, item.citations.map((each) => ["\u2060", chip(each, open)])),
    quotes(item.citations),
  ];
}

function quote({ id, citation, remark }, at, acts) {
  const show = (event) => source.open([citation], 0, event.currentTarget);
  return [
    writing(remark ?? "", ["itemRemark", at + 1], "itemRemarkHint", (text) => acts.change(id, { remark: text })),
    h("blockquote", { class: "statement", lang: tag(citation.language) }, citation.quote),
    h("button", { type: "button", class: "link place", on: { click: show } }, h("span", { lang: tag(citation.language), ...titled(citation.doc_id) }, current(citation).title), where(citation)),
  ];
}

const note = ({ id, text }, at, acts) => [
  writing(text, ["itemNote", at + 1], "itemNoteHint", (written) => acts.change(id, { text: written })),
];

/** The sources of an item, each place once with its numbers; printed, they have their quotes. */
function quotes(citations) {
  const together = new Map();
  for (const each of citations) {
    const key = JSON.stringify([each.doc_id, each.section, each.table, each.page_start, each.page_end]);
    together.set(key, [...(together.get(key) ?? []), each]);
  }
  const entry = (cited) => {
    const [first] = cited;
    return h(
      "li",
      {},
      `${cited.map(({ number }) => `[${number}]`).join(" ")} `,
      h("span", { lang: tag(first.language), ...titled(first.doc_id) }, current(first).title),
      " · ",
      where(first),
      first.url && h("span", { class: "printed" }, first.url),
      cited.map((each) => h("q", { class: "printed", lang: tag(each.language) }, each.quote)),
    );
  };
  return together.size > 0 && h("ol", { class: "small kept-sources" }, [...together.values()].map(entry));
}

const where = (citation) => place({ section: [], table: null, ...citation });

const opening = (citations) => (number, opener) =>
  source.open(
    citations,
    citations.findIndex((each) => each.number === number),
    opener,
  );

/** A field as tall as what is written in it. */
function writing(text, label, hint, changed) {
  const field = h("textarea", { rows: "1", label, value: text, ...(hint && { placeholder: hint }), maxlength: "20000" });
  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };
  field.addEventListener("input", () => {
    changed(field.value);
    fit();
  });
  requestAnimationFrame(fit);
  return field;
}
