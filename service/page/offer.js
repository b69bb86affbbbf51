// Questions that the library answers, offered to whoever has none or asks too little.
import { permalink } from "./address.js";
import { h, tag } from "./dom.js";
import { tIn } from "./i18n.js";

/** Links that ask, under a heading of this level; nothing where there are none. */
export const offer = (questions, language, heading = "h3") =>
  questions.length > 0 &&
  h(
    "section",
    { class: "offer", lang: tag(language) },
    h(heading, { class: "over" }, tIn(language, "offer")),
    h(
      "ul",
      { class: "examples" },
      questions.map((question) =>
        h("li", {}, h("a", { class: "button example", href: permalink(question, null) }, question)),
      ),
    ),
  );
