// Questions that the library answers, offered to whoever has none or asks too little.
import { permalink } from "../base/address.js";
import { h, tag } from "../base/dom.js";
import { tIn } from "../base/i18n.js";

/** Links that ask, under a heading of this level; nothing where there are none. `ask(question)` asks in place. */
export const offer = (questions, language, { heading = "h3", said = "offer", ask } = {}) =>
  questions.length > 0 &&
  h(
    "section",
    { class: "offer", lang: tag(language) },
    h(heading, { class: "over" }, tIn(language, said)),
    h(
      "ul",
      { class: "examples" },
      questions.map((question) => h("li", {}, example(question, ask))),
    ),
  );

function example(question, ask) {
  const click = (event) => {
    if (!ask || event.ctrlKey || event.metaKey || event.shiftKey) return; // asked in a tab of its own
    event.preventDefault();
    ask(question);
  };
  return h("a", { class: "button example", href: permalink(question, null), on: { click } }, question);
}
