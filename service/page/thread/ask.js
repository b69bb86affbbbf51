// The view that asks: the question, its filters, and the address that leads back to the thread.
import { permalink, turnsOf } from "../base/address.js";
import { collection, get } from "../base/api.js";
import { byId, h } from "../base/dom.js";
import { language, translate } from "../base/i18n.js";
import * as filters from "../library/filters.js";
import { offer } from "./offer.js";
import { problem } from "../base/parts.js";
import * as source from "../source/source.js";
import * as thread from "./thread.js";
import * as threads from "./threads.js";

const field = byId("question");
const RECENT = 3;
const LONGEST_NAME = 120;
let asked = null; // the address that is shown
let resting = false; // whether what could be asked is shown, or still comes

export function begin() {
  byId("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(field.value);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // composing: Enter picks a character
    event.preventDefault();
    submit(field.value);
  });
  field.addEventListener("input", fit);
  byId("ask-stop").addEventListener("click", thread.stop);
  filters.begin();
}

/** Shows the view; the questions in the address are asked. What is shared, or more than one not kept here, is another's. */
export function show({ query }) {
  const turns = turnsOf(query).slice(0, threads.MOST_TURNS);
  if (!turns.length) {
    rest();
    return;
  }
  if (asked === location.hash) return;
  asked = location.hash;
  const own = threads.find(turns, query.get("collection") ?? collection());
  const shared = !own && (query.has("shared") || turns.length > 1);
  const name = own?.name ?? ((shared && query.get("shared")?.slice(0, LONGEST_NAME)) || null);
  const generation = Number(query.get("g")) || own?.generation || null;
  began(turns.at(-1).filters);
  thread.open({ ...own, name, turns, generation, shared }, { moved, submit, unfilter });
}

/** Asks: in the thread that is shown, else in a new one. */
export function submit(question) {
  const text = question.trim();
  if (!text) {
    field.focus();
    return;
  }
  field.value = "";
  fit();
  filters.fold();
  if (thread.current()) thread.add(text, filters.chosen());
  else location.hash = permalink(text, filters.chosen());
}

/** The address of the thread that was shown last. */
export const last = () => asked ?? "#/ask";

function began(chosen) {
  resting = false;
  byId("view-ask").classList.add("asked");
  byId("at-rest").replaceChildren();
  field.dataset.placeholder = '["followHint"]';
  field.value = "";
  filters.take(filters.asQuery(chosen));
  fit();
  translate(field);
}

function moved() {
  if (thread.current()?.shared) return; // its address goes on telling what was shared
  asked = thread.address();
  // An address of another view may be set already, and not shown yet.
  const leaving = location.hash && !location.hash.startsWith("#/ask");
  if (!byId("view-ask").hidden && !leaving) history.replaceState(null, "", asked);
}

const unfilter = () => filters.take(new URLSearchParams());

function rest() {
  asked = null;
  resting = true;
  thread.clear();
  byId("view-ask").classList.remove("asked");
  byId("ask-form").hidden = false;
  byId("thread-end").replaceChildren();
  field.dataset.placeholder = '["questionHint"]';
  translate(field);
  source.close({ returns: false });
  welcome();
}

/** What could be asked, what was, and how much there is: all at once, so that nothing moves. */
async function welcome() {
  const room = byId("at-rest");
  const spoken = language();
  room.replaceChildren();
  const told = [get(`/v1/opening?language=${spoken}`), get("/v1/documents?limit=1")];
  let opening, documents;
  try {
    [opening, documents] = await Promise.all(told);
  } catch (error) {
    if (!asked) room.replaceChildren(problem(error, welcome));
    return;
  }
  if (asked) return;
  if (spoken !== language()) {
    await welcome(); // the language was switched meanwhile
    return;
  }
  const { total } = documents;
  const holds = h("a", { href: "#/library", t: total ? ["holds", total] : "libraryEmpty" });
  room.replaceChildren(
    ...[
      offer(opening.suggestions, spoken, { heading: "h2" }),
      recent(),
      h("p", { class: "small holds" }, holds),
    ].filter(Boolean),
  );
}

/** The threads that were asked last, to go on with. */
function recent() {
  const kept = threads.all().slice(0, RECENT);
  return (
    kept.length > 0 &&
    h(
      "section",
      { class: "recent" },
      h("h2", { class: "over", t: "threadsKept" }),
      h(
        "ul",
        {},
        kept.map((each) => h("li", {}, h("a", { href: threads.linkOf(each) }, threads.nameOf(each)))),
      ),
      h("p", { class: "small" }, h("a", { href: "#/history", t: "allThreads" })),
    )
  );
}

/** As tall as what is written. */
function fit() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 240)}px`;
}

document.addEventListener("spoken", () => {
  filters.retell();
  if (resting) welcome();
});
