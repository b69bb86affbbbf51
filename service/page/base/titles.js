// Titles of documents wherever they are shown: one that is corrected is corrected there too, also from another tab.
import { collection } from "./api.js";
import { translate } from "./i18n.js";

const corrected = new Map(); // what is known now, by the document's id
const channel = new BroadcastChannel(`sinkqa.edited.${collection() ?? ""}`); // one file may be in two collections
channel.addEventListener("message", ({ data }) => take(data));
document.addEventListener("edited", ({ detail }) => {
  take(detail);
  channel.postMessage({ doc_id: detail.doc_id, title: detail.title, metadata: { url: detail.metadata.url } });
});

/** What cites a document, with the title and the address that it has now. */
export function current(cited) {
  const about = corrected.get(cited.doc_id);
  return about ? { ...cited, title: about.title, url: about.metadata.url } : cited;
}

/** Attributes of an element that is, or is labelled by, the title of a document. */
export const titled = (docId) => ({ "data-titled": docId });

/** Takes in what is known of a document now. */
export function take(about) {
  if (typeof about?.doc_id !== "string" || typeof about.title !== "string") return;
  corrected.set(about.doc_id, about);
  for (const element of document.querySelectorAll(`[data-titled="${CSS.escape(about.doc_id)}"]`)) {
    const label = element.dataset.label && JSON.parse(element.dataset.label);
    if (label) element.dataset.label = JSON.stringify(label.with(2, about.title)); // number, title, page
    else element.textContent = about.title;
    translate(element);
  }
}
