// One turn of a thread: its question, which can be changed, and its answer as it comes.
import { digest } from "../base/address.js";
import { ask as stream, post, Problem } from "../base/api.js";
import * as answer from "./answer.js";
import { announce, byId, h, icon, isWide } from "../base/dom.js";
import { knows, t } from "../base/i18n.js";
import { offer } from "./offer.js";
import { problem, waiting } from "../base/parts.js";
import * as source from "../source/source.js";

const STEPS = ["searching", "judging", "checking"];
const OFFERED = 6; // passages beside which more is to be asked

/** The place of a turn: `number` from 1; `change(question)` asks it anew, `after()` counts the turns behind it. */
export function placed(turn, number, { change, after, readOnly }) {
  const heading = h("h2", { class: "question", tabindex: "-1" }, turn.question);
  const body = h("div", { class: "body" });
  const said = h("div", { class: "said-of" });
  const edit = () => {
    head.replaceChildren(editing(turn.question, after(), (text) => (text ? change(text) : back())));
    head.querySelector("textarea").focus();
  };
  const back = () => {
    head.replaceChildren(heading, pen);
    pen.focus();
  };
  const pen = h(
    "button",
    { type: "button", class: "quiet square pen", label: ["editQuestion", turn.question], on: { click: edit } },
    icon("pen"),
  );
  pen.hidden = readOnly;
  const head = h("div", { class: "head" }, heading, pen);
  const element = h("li", { class: "turn", "data-turn": String(number) }, head, said, body);
  return Object.assign(turn, { element, heading, said, body, pen, number });
}

/** The question in a field; `done("")` where it stays as it was. */
function editing(question, dropped, done) {
  const field = h("textarea", { label: "editField", maxlength: 4000, rows: 2, value: question });
  const key = (event) => {
    if (event.key === "Escape") done("");
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    done(field.value.trim());
  };
  field.addEventListener("keydown", key);
  const form = h(
    "form",
    { class: "editing" },
    field,
    dropped > 0 && h("p", { class: "small", t: ["editDrops", dropped] }),
    h(
      "div",
      { class: "row end" },
      h("button", { type: "button", class: "plain", t: "cancel", on: { click: () => done("") } }),
      h("button", { type: "submit", class: "main", t: "editAsk" }),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    done(field.value.trim());
  });
  return form;
}

/**
 * Asks, and shows the answer as it comes. `history`: the questions before; `settled(generation)` hears of the library
 * that answers; `shows`: whether its first quote is opened beside it.
 *
 * Throws what went wrong, after it has been told in the turn's place.
 */
export async function ask(turn, { history, signal, settled, acts, again, shows }) {
  wait(turn, shows);
  try {
    const got = await received(turn, { history, signal, settled });
    turn.got = got;
    turn.status = got.abstain_reason === "premise_contradicted" ? "corrected" : got.status;
    if (got.abstain_reason === "no_question") turn.status = "reply";
    finish(turn, acts, shows);
  } catch (error) {
    if (error.name === "AbortError") turn.body.replaceChildren(stopped(again));
    else turn.body.replaceChildren(problem(error, again));
    if (shows) source.close({ returns: false });
    throw error;
  }
}

const stopped = (again) =>
  h(
    "p",
    { class: "empty" },
    h("span", { t: "stopped" }),
    " ",
    h("button", { type: "button", class: "link", t: "retry", on: { click: again } }),
  );

/** What stands in the place of a turn that was not reached again. */
export const skip = (turn, again) =>
  turn.body.replaceChildren(
    h(
      "p",
      { class: "empty" },
      h("span", { t: "notAsked" }),
      " ",
      h("button", { type: "button", class: "link", t: "retry", on: { click: again } }),
    ),
  );

function wait(turn, shows) {
  const card = h("article", { class: "card answer" }, steps("searching"), waiting(4));
  turn.said.replaceChildren();
  turn.body.replaceChildren(card);
  if (!shows) return;
  if (!isWide()) source.close({ returns: false });
  else if (byId("source").hidden) source.placehold(); // the source's place is taken before there is one: nothing jumps
}

/** What is being done, among what is done for each answer; what is done only for some is told when it begins. */
function steps(now) {
  const all = STEPS.includes(now) ? STEPS : [...STEPS, now];
  const step = (each) => h("li", { "aria-current": each === now && "step", t: `step.${each}` });
  return h("ol", { class: "over steps", label: "steps" }, all.map(step));
}

async function received(turn, { history, signal, settled }) {
  const { question, filters } = turn;
  const got = { citations: [], segments: [] };
  let evidence = [];
  for await (const [event, data] of stream({ question, filters, history }, signal)) {
    if (event === "segment") got.segments.push(data);
    else if (event !== "progress") Object.assign(got, data);
    else if (knows(`step.${data.step}`)) turn.body.querySelector(".steps")?.replaceWith(steps(data.step));
    if (event === "evidence") {
      settled(got.generation);
      if (got.question !== question) turn.said.replaceChildren(understood(got.question));
      turn.body.querySelector(".steps")?.replaceWith(h("p", { class: "over", t: ["readingPassages", got.passages.length] }));
    }
    if (event === "citations") evidence = answer.evidenceOf(got, String(turn.number));
    if (event === "segment") draw(turn, answer.begun(got, evidence));
  }
  if (!got.status) throw new Problem("broken-off", t("problem.broken-off"));
  turn.evidence = evidence;
  return got;
}

const understood = (question) => h("p", { class: "understood small", t: ["understood", question] });

/** At most once for each picture of the screen. */
function draw(turn, card) {
  turn.drawn ??= requestAnimationFrame(() => {
    if (turn.coming) turn.body.replaceChildren(turn.coming);
    turn.drawn = turn.coming = null;
  });
  turn.coming = card;
}

function finish(turn, acts, shows) {
  const { got, evidence } = turn;
  turn.coming = null;
  const differs = turn.digest && turn.digest !== digest(got) && h("p", { class: "note differs", t: "sharedDiffers" });
  turn.body.replaceChildren(...[differs, ...answer.whole(got, evidence, acts)].filter(Boolean));
  if (got.abstain_reason === "no_question") {
    if (shows) source.close({ returns: false });
    announce(got.text);
    return;
  }
  const withheld = answer.refuses(got);
  announce(withheld ? `${t(`abstain.${got.abstain_reason}`)}. ${got.text ?? ""}` : t("answeredWith", evidence.length));
  if (!shows) return;
  if (evidence.length && isWide() && !byId("view-ask").hidden) source.open(evidence, 0, null);
  else if (!evidence.length) source.close({ returns: false });
}

/** Offers what to ask next below the turn; nothing where the library has nothing beside it. */
export async function offerNext(turn, acts) {
  const { got, evidence, body, element } = turn;
  if (got.suggestions.length || got.abstain_reason === "no_question") return;
  const near = [...evidence, ...got.passages].map(({ passage_id }) => passage_id);
  const asked = { question: got.question, passage_ids: [...new Set(near)].slice(0, OFFERED), filters: turn.filters };
  const { suggestions } = await post("/v1/next", asked).catch(() => ({ suggestions: [] })); // it is only an offer
  const offered = offer(suggestions, got.language, { said: "askNext", ask: acts.ask });
  const isLast = !element.nextElementSibling && element.isConnected;
  if (offered && isLast && turn.got === got) body.append(offered);
}
