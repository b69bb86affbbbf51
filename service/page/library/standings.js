// Says in the list which documents are not in force: each is looked up when it comes into sight, one at a time.
import { get } from "../base/api.js";
import { standing } from "../base/standing.js";
import * as source from "../source/source.js";

const waiting = [];
let running = false;

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    waiting.push(target);
  }
  next();
});

/** Fills the place with the badge of the document, if it is known to be out of force. */
export function tell(place, docId) {
  place.dataset.standing = docId;
  seen.observe(place);
  return place;
}

async function next() {
  if (running) return;
  running = true;
  while (waiting.length) {
    const place = waiting.shift();
    if (!place.isConnected) continue; // the list was drawn anew
    const known = await get(`/v1/documents/${place.dataset.standing}/standing`).catch(() => null); // the list does without
    place.replaceChildren(standing(known?.standing, (newer, opener) => source.open([newer], 0, opener)) ?? "");
  }
  running = false;
}
