// The passages behind a number of a heat map: listed, and opened in their place.
import { get } from "../base/api.js";
import { h, tag } from "../base/dom.js";
import { number } from "../base/i18n.js";
import { place, problem, waiting } from "../base/parts.js";
import * as source from "../source/source.js";

const AT_ONCE = 50;
const GROUPS = { topic: "topic", side: "side", means: "means" };
const COLUMNS = { jurisdiction: "place", year: "year" };
let turn = 0; // what arrives for an earlier cell comes too late

/** The cell that an address names: what its passages are about, and the values of its column; null for none. */
function cellOf(query) {
  const [group, value] = (query.get("of") ?? "").split(":", 2);
  if (!Object.hasOwn(GROUPS, group) || !value) return null;
  const [by, ...values] = (query.get("in") ?? "").split(":");
  return { group, value, by: Object.hasOwn(COLUMNS, by) ? by : null, values };
}

/** Lists the passages of the cell that the address `asked` names, of the documents that are `chosen`, or nothing. */
export async function passages(room, asked, chosen, back) {
  const cell = cellOf(asked);
  const mine = ++turn;
  if (!room) return;
  if (!cell) {
    room.replaceChildren();
    return;
  }
  const query = new URLSearchParams(chosen);
  if (cell.by) query.delete(cell.by);
  for (const value of cell.by ? cell.values : []) query.append(cell.by, value);
  query.append("of", `${cell.group}:${cell.value}`);
  room.replaceChildren(waiting(5));
  const list = async (offset) => get(`/v1/overview/passages?limit=${AT_ONCE}&offset=${offset}&${query}`);
  let got;
  try {
    got = await list(0);
  } catch (error) {
    if (mine === turn) room.replaceChildren(problem(error, () => passages(room, asked, chosen, back)));
    return;
  }
  if (mine !== turn) return;
  const title = h("h2", { id: "topic-passages-title", tabindex: "-1", t: named(cell, got.total) });
  room.replaceChildren(
    h(
      "section",
      { class: "card topic-passages", "aria-labelledby": "topic-passages-title" },
      h("div", { class: "listhead" }, title, h("a", { class: "button plain", href: back, t: "topicPassagesClose" })),
      ...entries(got, list),
    ),
  );
  title.focus({ preventScroll: true });
  title.scrollIntoView({ block: "center" }); // the bar lies over the top
}

function named({ group, value, by, values }, total) {
  const column = !by ? { t: "heatTotal" } : values.length > 1 ? columnOf(by, values) : { term: [COLUMNS[by], values[0]] };
  const only = by && values[0] === "none" ? { t: "facetNone" } : column;
  return ["topicPassages", { term: [GROUPS[group], value] }, only, number(total)];
}

const columnOf = (by, values) => (by === "year" ? `${values[0]}–${values.at(-1)}` : { t: "heatOthers" });

function entries(got, list) {
  const items = h("ol", { class: "passages" }, got.passages.map(row));
  const more = h("button", { type: "button", class: "plain", hidden: got.next_offset === null, t: "more" });
  let next = got.next_offset;
  more.addEventListener("click", async () => {
    more.disabled = true;
    try {
      const further = await list(next);
      const added = further.passages.map(row);
      items.append(...added);
      next = further.next_offset;
      more.hidden = next === null;
      added[0]?.querySelector("button").focus();
    } catch (error) {
      items.after(problem(error));
    } finally {
      more.disabled = false;
    }
  });
  return [items, more];
}

function row(passage) {
  const open = async (event) => {
    const button = event.currentTarget;
    try {
      await openPassage(passage.passage_id, button);
    } catch (error) {
      button.after(problem(error));
    }
  };
  const about = { ...passage, page_label: undefined };
  return h(
    "li",
    { class: "passage" },
    h(
      "button",
      { type: "button", class: "cardbutton", on: { click: open } },
      h(
        "span",
        { class: "body" },
        h("span", { class: "name", lang: tag(passage.language) }, passage.title),
        place(about),
        h("span", { class: "said", lang: tag(passage.language) }, passage.text),
      ),
    ),
  );
}

/** Opens a passage in its place, beside the overview. */
export async function openPassage(passageId, opener) {
  const passage = await get(`/v1/passages/${encodeURIComponent(passageId)}`);
  delete passage.quote; // of the whole passage
  await source.open([passage], 0, opener);
}
