// Which documents a document names, and which name it: each opens, or leads to where it is published.
import { traillink } from "../base/address.js";
import { get } from "../base/api.js";
import { h, tag } from "../base/dom.js";
import { isPaged } from "../base/parts.js";
import { current, titled } from "../base/titles.js";
import { match, official, whole } from "../trail/told.js";
import { spansOf } from "./pages.js";

const AT_ONCE = 500;

/** Two lists that fold; `open(evidence)` shows a place. */
export async function mentions(about, open) {
  const path = `/v1/documents/${about.doc_id}/mentions?limit=${AT_ONCE}`;
  const got = await get(path);
  const names = h("ul", { class: "mentions" }, ordered(got.mentions).map((each) => named(each, about, open)));
  return [
    h("p", { class: "row" }, h("a", { class: "button plain", href: traillink({ document: about.doc_id }), t: "namesTrail" })),
    fold("namesThese", got.total, got.total ? [names, more(path, got, names, about, open)] : h("p", { class: "small", t: "namesNone" })),
    fold(
      "namedBy",
      got.cited_by.length,
      got.cited_by.length ? h("ul", { class: "mentions" }, got.cited_by.map((each) => citing(each, open))) : h("p", { class: "small", t: "namedByNone" }),
    ),
  ];
}

/** What the library has comes first. */
const ordered = (all) => all.toSorted((one, other) => (one.resolution.how === "missing") - (other.resolution.how === "missing"));

const fold = (said, count, inner) =>
  h("details", { class: "fold", open: true }, h("summary", {}, h("h3", { class: "over" }, h("span", { t: said }), h("span", { class: "count" }, String(count)))), inner);

function more(path, got, names, about, open) {
  let next = got.next_offset;
  const button = h("button", { type: "button", class: "plain", hidden: next === null, t: "more" });
  button.addEventListener("click", async () => {
    button.disabled = true;
    const further = await get(`${path}&offset=${next}`).catch(() => null);
    button.disabled = false;
    if (!further) return;
    const added = ordered(further.mentions).map((each) => named(each, about, open));
    names.append(...added);
    next = further.next_offset;
    button.hidden = next === null;
    added[0]?.querySelector("button, a")?.focus();
  });
  return button;
}

function named({ name, year, code, times, places: [first], resolution }, about, open) {
  const { how, doc_ids: [doc], title, address } = resolution;
  const isHere = how !== "missing";
  const link = official(address);
  const language = tag(about.metadata.language);
  const said = [name || code, year && !name.includes(String(year)) ? ` (${year})` : ""].join("");
  return h(
    "li",
    {},
    isHere && doc && how !== "itself"
      ? h("button", { type: "button", class: "link name", ...titled(doc), on: { click: () => open(whole({ doc_id: doc, title })) } }, current({ doc_id: doc, title }).title)
      : h("span", { class: "name", lang: language }, title || said),
    h(
      "p",
      { class: "place" },
      (isHere || (title && title !== said)) && h("span", {}, h("q", { lang: language }, said)),
      h("span", {}, match(resolution)),
      times > 1 && h("span", { t: ["namesTimes", times] }),
      first && inPlace(said, first, about, open),
      link && h("span", {}, link),
    ),
  );
}

/** The way to where a document is named. */
function inPlace(said, place, about, open) {
  const show = () => opened({ doc_id: about.doc_id, title: about.title, language: about.metadata.language, url: about.metadata.url }, place, open);
  return h(
    "span",
    {},
    h("button", { type: "button", class: "link", label: ["namesPlace", said, place.page], on: { click: show } }, h("span", { t: isPaged(about) ? ["page", place.page] : "namesHere" })),
  );
}

async function opened(about, { start, end, page }, open) {
  const at = { doc_id: about.doc_id, page_start: page, page_end: page };
  open({ ...about, ...at, spans: await spansOf(at, `${start}-${end}`), mode: "text" });
}

const citing = ({ doc_id, title, name, times, first }, open) =>
  h(
    "li",
    {},
    h("button", { type: "button", class: "link name", ...titled(doc_id), on: { click: () => opened({ doc_id, title }, first, open) } }, current({ doc_id, title }).title),
    h("p", { class: "place" }, h("span", {}, h("q", {}, name)), times > 1 && h("span", { t: ["namesTimes", times] })),
  );
