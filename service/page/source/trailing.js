// The way from a source to what it rests on: of the words that are selected, else of the passage or document that is open.
import { traillink, trailOf } from "../base/address.js";
import { h, icon } from "../base/dom.js";
import { translate } from "../base/i18n.js";
import { selected } from "./selecting.js";

export function trailLink(evidence) {
  const { doc_id, passage_id: passage } = evidence;
  const link = h("a", { class: "quiet button act" }, icon("path"), h("span", { class: "word", t: "basedOn" }));
  let last = null; // the selection, which a press on the link may take away
  const tell = () => {
    link.href = last ? trailOf(last.quote) : traillink(passage ? { passage } : { document: doc_id });
    link.dataset.label = JSON.stringify([last ? "basedOnSelection" : passage ? "basedOnPassage" : "basedOnDocument"]);
    translate(link);
  };
  const follow = () => {
    if (!link.isConnected) {
      document.removeEventListener("selectionchange", follow);
      return;
    }
    const now = selected();
    if (!now && (!last || document.activeElement === link)) return; // pressed: what was selected is meant
    last = now;
    tell();
  };
  link.addEventListener("mousedown", (event) => event.preventDefault()); // which would take the selection away
  setTimeout(() => document.addEventListener("selectionchange", follow));
  tell();
  return link;
}
