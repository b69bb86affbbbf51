// The view that asks: the question, its filters, and the address that leads back to the answer.
import { permalink } from "./address.js";
import { get } from "./api.js";
import { byId, h } from "./dom.js";
import { language } from "./i18n.js";
import * as answer from "./answer.js";
import * as filters from "./filters.js";
import { offer } from "./offer.js";
import * as source from "./source.js";

const field = byId("question");
let asked = null; // the address last asked for

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
  byId("ask-stop").addEventListener("click", answer.stop);
  filters.begin();
}

/** Shows the view; a question in the address is asked. */
export function show({ query }) {
  const question = query.get("q")?.trim();
  if (!question) {
    rest();
    return;
  }
  const address = location.hash;
  if (asked === address) return;
  asked = address;
  field.value = question;
  filters.take(query);
  fit();
  run(question, Number(query.get("g")) || null);
}

/** Asks anew, and leaves an address that does so too. */
export function submit(question) {
  const text = question.trim();
  if (!text) {
    field.focus();
    return;
  }
  const address = permalink(text, filters.chosen());
  asked = null;
  if (location.hash === address) show({ query: new URLSearchParams(address.split("?")[1]) });
  else location.hash = address;
}

/** The address of the last answer. */
export const last = () => asked ?? "#/ask";

async function run(question, generation) {
  byId("view-ask").classList.add("asked");
  byId("at-rest").replaceChildren();
  const chosen = filters.chosen();
  await answer.ask(question, chosen, {
    generation,
    settled(now) {
      asked = permalink(question, chosen, now);
      history.replaceState(null, "", asked);
    },
    again: () => run(question, generation),
    widen() {
      filters.take(new URLSearchParams());
      submit(question);
    },
  });
}

function rest() {
  asked = null;
  answer.clear();
  byId("view-ask").classList.remove("asked");
  source.close({ returns: false });
  welcome();
}

/** What could be asked, and how much there is: all at once, so that nothing moves. */
async function welcome() {
  const room = byId("at-rest");
  const spoken = language();
  room.replaceChildren();
  const told = [get(`/v1/opening?language=${spoken}`), get("/v1/documents?limit=1")];
  const [opening, documents] = await Promise.all(told).catch(() => []); // the question will tell what is wrong
  if (!documents || asked || spoken !== language()) return;
  const { total } = documents;
  const holds = h("a", { href: "#/library", t: total ? ["holds", total] : "libraryEmpty" });
  room.replaceChildren(
    ...[offer(opening.suggestions, spoken, "h2"), h("p", { class: "small holds" }, holds)].filter(Boolean),
  );
}

/** As tall as what is written. */
function fit() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 240)}px`;
}

document.addEventListener("spoken", () => {
  filters.retell();
  if (byId("at-rest").childElementCount) welcome();
});
