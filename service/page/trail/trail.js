// The view that follows a claim, a passage or a document to the policies that it rests on. The address says which.
import { traillink } from "../base/address.js";
import { get } from "../base/api.js";
import { announce, byId, h, tag } from "../base/dom.js";
import { language, t } from "../base/i18n.js";
import { problem, waiting } from "../base/parts.js";
import { current, titled } from "../base/titles.js";
import * as source from "../source/source.js";
import { path } from "./path.js";
import { foot } from "./taking.js";
import { whole } from "./told.js";

const SUBJECTS = ["claim", "passage", "document"];
const LONGEST = 4000; // characters that the server takes

let wanted = { kind: null, subject: "", asOf: "" };
let shown = null; // the address whose trail is there
let running = null;

const field = h("textarea", { id: "trail-claim", rows: 2, maxlength: LONGEST, placeholder: "trailClaimHint" });
const asOf = h("input", { type: "date", id: "trail-as-of", min: "1900-01-01", max: "2100-12-31" });
const result = h("div", { id: "traced", "aria-busy": "false" });

export function begin() {
  const form = h(
    "form",
    { class: "askbox", id: "trail-form", on: { submit } },
    h("label", { class: "unseen", for: field.id, t: "trailClaim" }),
    field,
    h(
      "div",
      { class: "askrow" },
      h("label", { class: "small", for: asOf.id, t: "trailAsOf" }),
      asOf,
      h("span", { class: "spring" }),
      h("button", { type: "submit", class: "main", id: "trail-do", t: "trailDo" }),
    ),
  );
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // composing: Enter picks a character
    event.preventDefault();
    form.requestSubmit();
  });
  byId("trail").append(form, result);
  document.addEventListener("spoken", () => shown && !byId("view-trail").hidden && run()); // the server's words too
}

export async function show({ query }) {
  const kind = SUBJECTS.find((name) => query.get(name)?.trim()) ?? null;
  const date = query.get("as_of") ?? "";
  wanted = { kind, subject: kind ? query.get(kind).trim() : "", asOf: /^\d{4}-\d{2}-\d{2}$/.test(date) ? date : "" };
  if (kind && shown === location.hash) return;
  asOf.value = wanted.asOf;
  field.value = kind === "claim" ? wanted.subject : "";
  if (kind) await run();
  else rest();
}

/** Before anything is followed. */
function rest() {
  running?.abort();
  shown = null;
  result.replaceChildren(h("p", { class: "empty", t: "trailEmpty" }));
}

function submit(event) {
  event.preventDefault();
  const claim = field.value.trim();
  const isSame = wanted.kind && wanted.kind !== "claim" && claim === field.dataset.of;
  if (!claim && !isSame) {
    field.focus();
    return;
  }
  const subject = isSame ? { [wanted.kind]: wanted.subject } : { claim };
  const address = traillink({ ...subject, ...(asOf.value && { as_of: asOf.value }) });
  if (address === location.hash) run();
  else location.hash = address;
}

async function run() {
  running?.abort();
  const mine = (running = new AbortController());
  const address = location.hash;
  const { kind, subject, asOf: date } = wanted;
  if (shown !== address) {
    shown = null;
    delete field.dataset.of;
    result.replaceChildren(going(mine));
    source.close({ returns: false });
  }
  result.setAttribute("aria-busy", "true");
  try {
    const query = new URLSearchParams({ [kind]: subject, language: language(), ...(date && { as_of: date }) });
    const got = await get(`/v1/trail?${query}`, mine.signal);
    if (running !== mine) return;
    const isAgain = shown === address;
    shown = address;
    draw(got, address);
    if (!isAgain) announce(t("trailDone", policiesOf(got).length, got.citations.length));
  } catch (error) {
    if (running !== mine) return;
    shown = null;
    if (error.name === "AbortError") result.replaceChildren(h("p", { class: "empty", t: "stopped" }));
    else result.replaceChildren(problem(error, run));
  } finally {
    if (running === mine) result.setAttribute("aria-busy", "false");
  }
}

function going(mine) {
  const stop = h("button", { type: "button", class: "plain", t: "stop", on: { click: () => mine.abort() } });
  const head = h("div", { class: "row" }, h("p", { role: "status", t: "trailGoing" }), h("span", { class: "spring" }), stop);
  return h("div", { class: "card going" }, head, waiting(6));
}

const policiesOf = ({ claims, policies }) => [...claims.flatMap((claim) => claim.policies), ...policies];

function draw(got, address) {
  const { kind, text } = got.subject;
  if (kind === "passage" && field.value !== text) field.value = text.slice(0, LONGEST);
  if (kind !== "claim") field.dataset.of = field.value.trim();
  const evidence = got.citations;
  const open = (number, opener) =>
    source.open(
      evidence,
      evidence.findIndex((each) => each.number === number),
      opener,
    );
  const openDocument = (about, opener) => source.open([whole(about)], 0, opener);
  result.replaceChildren(
    ...[
      about(got, openDocument),
      ...path(got, { open, document: openDocument, words }),
      got.notes.map((note) => h("p", { class: "note", lang: tag(got.language) }, note)),
      foot(got, address),
    ]
      .flat()
      .filter(Boolean),
  );
}

/** Shows the words that tell a standing, each in its place. */
async function words(quotes, opener) {
  try {
    const passages = await Promise.all(quotes.map(({ passage_id: id }) => get(`/v1/passages/${encodeURIComponent(id)}`)));
    const evidence = passages.map((passage, at) => ({ ...passage, quote: quotes[at].quote, spans: quotes[at].spans }));
    await source.open(evidence, 0, opener);
  } catch (error) {
    opener.closest("dl").after(problem(error));
  }
}

/** Which passage or document it begins with. */
function about({ subject: { kind, doc_id, title, passage_id: id } }, openDocument) {
  if (kind === "claim") return null;
  const show = (event) => (id ? source.openById(id, null, event.currentTarget) : openDocument({ doc_id, title }, event.currentTarget));
  const button = { type: "button", class: "link small", t: id ? "trailOpenPassage" : "trailOpenDocument", on: { click: show } };
  return h(
    "div",
    { class: "subject" },
    h("p", { class: "over", t: id ? "trailOfPassage" : "trailOfDocument" }),
    h(id ? "p" : "h2", { class: "name", ...titled(doc_id) }, current({ doc_id, title }).title),
    h("p", {}, h("button", button)),
  );
}
