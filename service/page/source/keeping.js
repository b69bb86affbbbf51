// Keeps a quote from the source pane: the one that is open, or the words that are selected in it.
import { get } from "../base/api.js";
import { keeper, made, slim } from "../basket/basket.js";
import { selected } from "./selecting.js";

/** The button for a piece of evidence; it is hidden where there is nothing to keep. */
export function keepQuote(evidence) {
  const { doc_id, title, language, url, original, page_label } = evidence;
  let last = null; // the selection, which a press on the button may take away
  const chosen = () => last && made("quote", { citation: slim({ doc_id, title, language, url, original, page_label, ...last }), remark: "" });
  const whole = () => evidence.quote && made("quote", { citation: slim(evidence), remark: "" });
  const button = keeper(async () => chosen() || whole() || (await passage(evidence)), {
    label: () => (last ? "keepSelection" : "keepQuote"),
    known: () => chosen() || whole(),
  });
  const follow = () => {
    if (!button.isConnected) {
      document.removeEventListener("selectionchange", follow);
      return;
    }
    const now = selected();
    if ((!now && document.activeElement === button) || (!now && !last)) return; // pressed: what was selected is meant
    last = now;
    tell();
  };
  const tell = () => {
    button.hidden = !last && !evidence.quote && !evidence.passage_id;
    button.dispatchEvent(new Event("retell"));
  };
  button.addEventListener("mousedown", (event) => event.preventDefault()); // which would take the selection away
  setTimeout(() => document.addEventListener("selectionchange", follow));
  tell();
  return button;
}

/** A passage has its words from the server: what is shown of it is its reading form. */
async function passage({ passage_id, url }) {
  if (!passage_id) return null;
  const { quote, spans, ...about } = await get(`/v1/passages/${passage_id}`);
  return made("quote", { citation: slim({ ...about, url, quote, spans }), remark: "" });
}
