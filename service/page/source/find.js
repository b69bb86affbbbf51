// Words found in the document that is open, each place with what is around it.
import { get } from "../base/api.js";
import { announce, h, tag } from "../base/dom.js";
import { number, t } from "../base/i18n.js";
import { isPaged, problem, waiting } from "../base/parts.js";

const kept = { doc_id: null, words: "" }; // of the last search: whoever comes back finds it again

/** A field to search with and the places found; `go(places, at)` opens one. */
export async function find(about, go) {
  if (kept.doc_id !== about.doc_id) Object.assign(kept, { doc_id: about.doc_id, words: "" });
  const field = h("input", {
    type: "search",
    id: "find-words",
    label: "findWords",
    placeholder: "findWords",
    maxlength: 200,
    value: kept.words,
  });
  const room = h("div", { class: "found" });
  const submit = (event) => {
    event.preventDefault();
    kept.words = field.value.trim();
    return search(about, kept.words, room, go);
  };
  if (kept.words) await search(about, kept.words, room, go);
  queueMicrotask(() => setTimeout(() => field.focus({ preventScroll: true })));
  return [
    h(
      "form",
      { class: "row findbox", role: "search", on: { submit } },
      field,
      h("button", { type: "submit", class: "main", t: "findDo" }),
    ),
    room,
  ];
}

async function search(about, words, room, go) {
  if (!words) {
    room.replaceChildren();
    return;
  }
  room.replaceChildren(waiting(4));
  try {
    const got = await get(`/v1/documents/${about.doc_id}/find?words=${encodeURIComponent(words)}`);
    const said = !got.total
      ? ["foundNone", words]
      : got.total > got.places.length
        ? ["foundFirst", number(got.total), got.places.length]
        : ["found", number(got.total)];
    announce(t(...said));
    const places = got.places.map((place) => ({ ...place, page_start: place.page, page_end: place.page, found: true }));
    room.replaceChildren(
      h("p", { class: "small", t: said }),
      h("ol", { class: "passages" }, places.map((place, at) => entry(about, place, () => go(places, at)))),
    );
  } catch (error) {
    room.replaceChildren(problem(error, () => search(about, words, room, go)));
  }
}

const entry = (about, place, open) =>
  h(
    "li",
    { class: "passage" },
    h(
      "button",
      { type: "button", class: "cardbutton", on: { click: open } },
      h(
        "span",
        { class: "body" },
        isPaged(about) && h("span", { class: "place", t: ["page", place.page] }),
        h(
          "span",
          { class: "said", lang: tag(about.metadata.language) },
          place.before && `… ${place.before}`,
          gap(place.before, place.text),
          h("strong", {}, place.text),
          gap(place.text, place.after),
          place.after && `${place.after} …`,
        ),
      ),
    ),
  );

/** Letters of two words are parted, Chinese and signs are not. */
const gap = (one, other) => (/[\w,;:.)]$/.test(one) && /^[\w(]/.test(other) ? " " : "");
