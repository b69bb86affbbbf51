// What can be done with a document that is open: its file saved, another document put beside it.
import { picture } from "../base/api.js";
import { besideAddress } from "./beside.js";
import { announce, h, icon } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { problem } from "../base/parts.js";

const KEPT_MS = 60_000; // for which the browser may read a file that it saves

/** Saves the file as it came. */
export function saveButton(about) {
  const button = h(
    "button",
    { type: "button", class: "quiet act", label: ["saveOf", about.name], on: { click: () => save(about, button) } },
    icon("down"),
    h("span", { class: "word", t: "saveFile" }),
  );
  return button;
}

async function save(about, button) {
  button.disabled = true;
  try {
    const address = await picture(`/v1/documents/${about.doc_id}/original`);
    h("a", { href: address, download: about.name }).click();
    setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
    announce(t("saved", about.name));
  } catch (error) {
    button.closest(".panehead").append(problem(error));
  } finally {
    button.disabled = false;
  }
}

/** Leads to what is open beside the next of `all` the evidence that is of another document, if there is one. */
export function besideLink(evidence, all) {
  const other = all.find(({ doc_id }) => doc_id !== evidence.doc_id);
  const at = ({ doc_id, page_start, spans, table }) => ({ doc_id, page: page_start, spans, mode: table ? "text" : null });
  return h(
    "a",
    { class: "quiet button act", label: "beside", href: besideAddress({ left: at(evidence), right: other && at(other) }) },
    icon("beside"),
    h("span", { class: "word", t: "beside" }),
  );
}
