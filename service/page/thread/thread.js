// The thread that is shown: its turns one under another, asked in their order, kept, shared, copied and printed.
import { permalink, threadlink } from "../base/address.js";
import { collection, Problem } from "../base/api.js";
import { copied } from "../quotes/cite.js";
import { markdown, take } from "../quotes/copying.js";
import { announce, byId, h, icon, isWide } from "../base/dom.js";
import { t } from "../base/i18n.js";
import * as threads from "./threads.js";
import * as turns from "./turn.js";

const room = byId("answer");
let thread = null;
let running = null;
let scrolled = true; // by hand, since a question was asked

/** What is shown: its turns, and whether it is somebody else's. */
export const current = () => thread;

/** Where it is found again. */
export const address = () => (thread ? threadlink(thread.turns, thread.now, thread.collection) : null);

export function stop() {
  running?.abort();
}

/** Leaves the room empty, whatever may still come. */
export function clear() {
  stop();
  running = thread = null;
  room.setAttribute("aria-busy", "false");
  room.replaceChildren();
}

/**
 * Shows a thread and asks all that it asks. Of the view, `moved()` hears when its address has changed, `submit(question)`
 * asks as if it had been written there, `unfilter()` takes its filters away.
 */
export async function open({ id, name = null, turns: asked, generation, shared = false }, view) {
  stop();
  thread = { id: id ?? threads.newId(), name, turns: [], before: generation, now: generation, shared, view };
  thread.collection = collection();
  thread.list = h("ol", { class: "turns" });
  thread.bar = h("div", { class: "threadbar" });
  thread.notes = h("div", { class: "notes" });
  room.replaceChildren(thread.bar, thread.notes, thread.list);
  for (const turn of asked) append(turn);
  tellBar();
  scrolled = shared;
  if (document.activeElement === byId("question")) lead(thread.turns.at(-1));
  await run(0);
}

/** Asks one more question, after those that are still asked. */
export function add(question, filters) {
  const turn = append({ question, filters });
  tellBar();
  lead(turn);
  top(turn);
  return running ? null : run(thread.turns.length - 1);
}

/** On a small screen from the field to the question: the keys on the screen would hide the answer. */
function lead(turn) {
  if (!isWide()) turn.heading.focus({ preventScroll: true });
}

/** To the top of the screen; again when its answer is there and nobody has scrolled: the column may be wider then. */
function top(turn) {
  scrolled = false;
  turn.element.scrollIntoView({ block: "start" });
}

/** Makes somebody else's thread one's own. */
function adopt() {
  thread.shared = false;
  for (const { pen } of thread.turns) pen.hidden = false;
  thread.before = null;
  keep();
  thread.view.moved();
  tellBar();
  byId("question").focus();
  announce(t("continued"));
}

function append(turn) {
  const of = thread;
  const number = of.turns.length + 1;
  const after = () => of.turns.length - number;
  const placed = turns.placed(turn, number, { change: (text) => change(number, text), after, readOnly: of.shared });
  of.turns.push(placed);
  of.list.append(placed.element);
  return placed;
}

/** Asks a turn in other words; those after it leaned on the old ones and go. */
function change(number, question) {
  stop();
  running = null;
  const { filters } = thread.turns[number - 1];
  for (const gone of thread.turns.splice(number - 1)) gone.element.remove();
  return add(question, filters);
}

/** Asks the turns from one on, each when the one before is answered. */
async function run(first) {
  stop();
  const mine = (running = new AbortController());
  const of = thread;
  announce(t("searching"));
  room.setAttribute("aria-busy", "true");
  byId("ask-stop").hidden = false;
  try {
    for (let at = first; at < of.turns.length; at += 1) await one(of, at, mine.signal);
    const last = of.turns.length - 1;
    if (mine === running) turns.offerNext(of.turns[last], acts(of, last));
  } catch (error) {
    if (mine === running) for (const turn of of.turns.filter(({ body }) => !body.hasChildNodes())) skip(of, turn);
    if (!(error instanceof Problem || error.name === "AbortError")) throw error;
  } finally {
    if (mine === running) {
      running = null;
      room.setAttribute("aria-busy", "false");
      byId("ask-stop").hidden = true;
    }
  }
}

const skip = (of, turn) => turns.skip(turn, () => thread === of && run(of.turns.indexOf(turn)));

async function one(of, at, signal) {
  const turn = of.turns[at];
  for (const before of of.turns.slice(0, at)) fold(before);
  await turns.ask(turn, {
    history: of.turns.slice(Math.max(0, at - 8), at).map(({ question }) => question),
    signal,
    settled: (generation) => thread === of && settle(generation),
    acts: acts(of, at),
    again: () => thread === of && run(of.turns.indexOf(turn)),
    shows: at === of.turns.length - 1,
  });
  if (thread !== of) return;
  if (!of.shared) keep();
  if (at > 0 && turn === of.turns.at(-1) && !scrolled) top(turn);
}

/** What the answer of a turn can set off. */
const acts = (of, at) => ({
  filters: of.turns[at].filters,
  ask(question) {
    if (thread === of && !of.shared) of.view.submit(question);
    else location.hash = permalink(question, null);
  },
  widen() {
    if (thread !== of) return;
    of.turns[at].filters = null;
    of.view.unfilter();
    run(at);
  },
});

/** An earlier answer's sources are closed: the thread stays short. */
function fold(turn) {
  turn.body.querySelector(".sources")?.removeAttribute("open");
  turn.body.querySelector(".retrieved")?.removeAttribute("open");
  turn.body.querySelector(":scope > .offer")?.remove();
}

function settle(generation) {
  thread.now = generation;
  if (thread.before && thread.before !== generation)
    thread.notes.replaceChildren(h("p", { class: "note", t: ["changed", thread.before, generation] }));
  thread.view.moved();
}

function keep() {
  const isAsked = thread.turns.some(({ status }) => status && status !== "reply");
  if (isAsked) threads.save({ ...thread, generation: thread.now }); // a greeting is nothing to come back to
}

function tellBar() {
  const { shared, name, turns: all } = thread;
  const button = (said, sign, click) =>
    h("button", { type: "button", class: "quiet square", label: said, title: t(said), on: { click } }, icon(sign));
  thread.bar.replaceChildren(
    h(
      "p",
      { class: "name" },
      shared && h("span", { class: "label", t: "sharedLabel" }),
      name ?? h("span", { t: ["threadOf", all.length] }),
      shared && thread.before && h("span", { class: "small", t: ["sharedAt", thread.before] }),
    ),
    h(
      "div",
      { class: "acts", role: "group", label: "threadActs" },
      !shared && button("renameThread", "pen", renaming),
      button("copyThread", "copy", () => take(markdown(thread.turns.filter(({ got }) => got)))),
      button("shareThread", "link", share),
      button("printThread", "print", () => print()),
      h("a", { class: "plain button", href: "#/ask" }, icon("plus"), h("span", { t: "newThread" })),
    ),
  );
  byId("ask-form").hidden = shared || all.length >= threads.MOST_TURNS;
  byId("thread-end").replaceChildren(...ending());
}

/** In the place of the question box, where no more is to be asked here. */
function ending() {
  if (thread.shared)
    return [
      h("p", { t: "sharedThread" }),
      h("button", { type: "button", class: "main", t: "continueThread", on: { click: adopt } }),
    ];
  return thread.turns.length >= threads.MOST_TURNS ? [h("p", { t: "threadFull" })] : [];
}

async function share() {
  const { turns: all, now, collection: from, name, shared } = thread;
  const link = shared ? location.href : new URL(threadlink(all, now, from, { name }), location.href).href;
  if (await copied(link)) announce(t("linkCopied"));
  else take(link);
}

function renaming() {
  const field = h("input", { type: "text", label: "threadName", maxlength: 120, value: threads.nameOf(thread) });
  const done = (name) => {
    if (name !== null) {
      thread.name = name || null;
      keep();
    }
    tellBar();
    thread.bar.querySelector("button").focus();
    if (name) announce(t("renamed", name));
  };
  const form = h("form", { class: "renaming" }, field, h("button", { type: "submit", class: "main", t: "save" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    done(field.value.trim());
  });
  field.addEventListener("keydown", (event) => event.key === "Escape" && done(null));
  thread.bar.replaceChildren(form);
  field.select();
}

for (const by of ["wheel", "touchmove", "pointerdown"]) addEventListener(by, () => (scrolled = true), { passive: true });
addEventListener("keydown", ({ key }) => (scrolled ||= /^(Page|Arrow|Home|End)/.test(key)));

addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll("#answer .sources:not([open])")) each.open = each.dataset.printed = true;
});
addEventListener("afterprint", () => {
  for (const each of document.querySelectorAll("#answer .sources[data-printed]")) {
    each.open = false;
    delete each.dataset.printed;
  }
});

document.addEventListener("spoken", () => thread && !thread.bar.querySelector("form") && tellBar());
