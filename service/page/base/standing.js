// Whether a document is in force: a badge in words for one that is not, and the way to the one that stands in its place.
import { h } from "./dom.js";

const OUT = ["repealed", "superseded", "expired", "not_yet", "proposed"];

/** The badge of a standing that the API tells; nothing for a document in force. `open(newer, button)` opens the newer one. */
export function standing(known, open) {
  if (!known || !OUT.includes(known.status)) return null;
  const when = known.status === "not_yet" ? known.since : known.until;
  return h(
    "p",
    { class: "standing" },
    h("span", { class: "label contradicted" }, h("span", { t: `standing.${known.status}` }), when && ` · ${when}`),
    known.newer &&
      h("button", {
        type: "button",
        class: "link small",
        t: ["standingNewer", known.newer_title ?? ""],
        on: { click: (event) => open(beginning(known), event.currentTarget) },
      }),
  );
}

/** The newer document, as the source pane opens one: at its beginning. */
const beginning = ({ newer, newer_title: title }) => ({ doc_id: newer, title, page_start: 1, page_end: 1, spans: [] });
