// Offers a passage as a reference to copy.
import { get } from "../base/api.js";
import { announce, byId, h, icon, tag } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { problem, waiting } from "../base/parts.js";

const STYLES = { gbt7714: "GB/T 7714", apa: "APA", bibtex: "BibTeX", ris: "RIS" };
const dialog = byId("cite-dialog");

/** Opens the dialogue for a citation, a passage or a document. */
export async function offerCitation(citation) {
  const frame = (...inner) =>
    dialog.replaceChildren(
      h(
        "div",
        { class: "panebar" },
        h("h2", { id: "cite-title", t: "citeTitle" }),
        h("span", { class: "spring" }),
        h(
          "button",
          { type: "button", class: "quiet square", label: "close", on: { click: () => dialog.close() } },
          icon("close"),
        ),
      ),
      ...inner,
      h("p", { class: "small", id: "cite-told", role: "status" }),
    );
  frame(waiting(6));
  dialog.showModal();
  try {
    const { doc_id, page_start, page_end } = citation;
    const told = await get(`/v1/documents/${doc_id}/references?first_page=${page_start}&last_page=${page_end}`);
    const quote = citation.quote ? [["citeQuote", citation.quote]] : [];
    const named = Object.entries(STYLES).map(([style, name]) => [name, told[style]]);
    frame(...[...named, ...quote].map(([name, text]) => block(name, text, citation.language)));
    dialog.querySelector(".copyable button")?.focus();
  } catch (error) {
    frame(problem(error, () => offerCitation(citation)));
  }
}

function block(name, text, language) {
  const shown = h("pre", { tabindex: "0", lang: tag(language) }, text);
  const copy = async () => {
    const done = await copied(text);
    if (!done) getSelection().selectAllChildren(shown);
    byId("cite-told").textContent = t(done ? "copied" : "copyFailed");
    if (done) announce(t("copied"));
  };
  const said = h("h3", { class: "over", t: name });
  return h(
    "section",
    { class: "copyable" },
    said,
    shown,
    h(
      "button",
      { type: "button", class: "plain", label: ["copyAs", said.textContent], on: { click: copy } },
      h("span", { t: "copy" }),
    ),
  );
}

/** Whether the text is on the clipboard now: over plain HTTP from elsewhere, browsers do not allow it. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
