// The view of what the library holds: counts, topics by country and year, a timeline, and who names whom.
import { get } from "../base/api.js";
import { byId, h, tag } from "../base/dom.js";
import { number, teach } from "../base/i18n.js";
import { problem, waiting } from "../base/parts.js";
import * as facets from "../library/facets.js";
import * as source from "../source/source.js";
import { heat } from "./heat.js";
import { referenceMap } from "./map.js";
import { OVERVIEW_WORDS } from "./overview-words.js";
import { openPassage, passages } from "./passages.js";

const AT_ONCE = 200; // documents of the timeline
const room = byId("overview");
let query = new URLSearchParams(); // what is chosen, as facets have it
let turn = 0; // what arrives for an earlier choice comes too late
let drawn = ""; // the choice that is on the page
let wasPressed = null; // the button to go back to when all are drawn anew

export function begin() {
  teach(OVERVIEW_WORDS);
}

/** An address of this view: what is chosen, and the cell whose passages are listed, where there is one. */
const addressOf = (chosen, cell = "") => {
  const said = [String(chosen), cell].filter(Boolean).join("&");
  return said ? `#/overview?${said}` : "#/overview";
};

function go(next, pressed) {
  wasPressed = pressed;
  location.hash = addressOf(facets.chosen(next));
}

export async function show({ query: asked }) {
  query = facets.chosen(asked);
  query.delete("words");
  query.delete("order");
  if (drawn !== String(query) || !room.querySelector("[data-part]")) await draw();
  await passages(byId("topic-passages"), asked, query, addressOf(query));
}

async function draw() {
  const mine = ++turn;
  if (!room.hasChildNodes()) room.append(waiting(8));
  let got;
  try {
    got = await get(`/v1/overview?references=false&${query}`);
  } catch (error) {
    if (mine === turn) room.replaceChildren(problem(error, draw));
    return;
  }
  if (mine !== turn) return;
  drawn = String(query);
  if (!got.documents && !facets.count(query)) room.replaceChildren(h("p", { class: "empty", t: "libraryEmpty" }));
  else room.replaceChildren(...parts(got));
  if (wasPressed) room.querySelector(`[data-choice="${CSS.escape(wasPressed)}"]`)?.focus();
  wasPressed = null;
}

/** The overview, part by part; without documents only the choices, so that others can be made. */
function parts(got) {
  const counts = [got.documents, got.passages, got.topical].map((each) => number(each));
  const choices = facets.buttons(got.facets, query, go); // learns what topics and kinds are called
  const all = [
    h(
      "div",
      { class: "overview-head", "data-part": "counts" },
      h("p", { id: "overview-counted", t: got.documents ? ["overviewCounted", ...counts] : "overviewNothing" }),
      h("p", { class: "small", t: "overviewRule" }),
      h("a", { href: String(query) ? `#/library?${query}` : "#/library", t: "overviewList" }),
    ),
    h("div", { id: "topic-passages" }),
    h("details", { class: "facets card", open: !got.documents || matchMedia("(min-width: 48rem)").matches }, h("summary", { t: "facets" }), choices),
  ];
  if (!got.documents) return all;
  const link = (cell) => addressOf(query, cell);
  return [
    ...all,
    heat(got.by_country, "heatCountry", link),
    heat(got.by_year, "heatYear", link),
    timeline(got.timeline),
    referenceMap(new URLSearchParams(query), openPassage),
  ];
}

/** The documents by year, a part at a time. */
function timeline(documents) {
  const years = h("ol", { class: "timeline" });
  const more = h("button", { type: "button", class: "plain", t: "more" });
  let shown = 0;
  const add = () => {
    const part = Map.groupBy(documents.slice(shown, shown + AT_ONCE), ({ year }) => year);
    const added = [...part].map(([year, of]) => inYear(year, of));
    years.append(...added);
    shown += AT_ONCE;
    more.hidden = shown >= documents.length;
    return added;
  };
  add();
  more.addEventListener("click", () => add()[0].querySelector("button").focus());
  return h(
    "section",
    { "data-part": "timeline", "aria-labelledby": "timeline-title" },
    h("h2", { id: "timeline-title", t: "timeline" }),
    years,
    more,
  );
}

const inYear = (year, documents) =>
  h("li", {}, h("h3", {}, year === null ? h("span", { t: "facetNone" }) : String(year)), h("ul", {}, documents.map(dated)));

function dated(about) {
  const whole = { ...about, section: [], page_start: 1, page_end: 1, spans: [] };
  const open = (event) => source.open([whole], 0, event.currentTarget);
  const standing = about.standing?.status;
  const says = (kind, value) => h("span", { t: { term: [kind, value] } });
  return h(
    "li",
    {},
    h("button", { type: "button", class: "name link", lang: tag(about.language), on: { click: open } }, about.title),
    h(
      "span",
      { class: "place" },
      about.jurisdiction && says("place", about.jurisdiction),
      about.kinds.map((kind) => says("kind", kind)),
      about.topics.map((topic) => says("topic", topic)),
      standing && standing !== "unknown" && h("span", { class: `label ${standing}` }, says("standing", standing)),
    ),
  );
}
