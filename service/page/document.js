// What a document consists of: its headings and its passages, each of which opens in its place.
import { get } from "./api.js";
import { h, tag } from "./dom.js";
import { place } from "./parts.js";

/** The headings as a list; `go(heading)` opens one. */
export async function outline(about, go) {
  const { headings } = await get(`/v1/documents/${about.doc_id}/outline`);
  if (!headings.length) return [h("p", { class: "empty", t: "noOutline" })];
  const entry = (heading) => {
    const button = h(
      "button",
      { type: "button", class: "heading", on: { click: () => go(heading) } },
      h("span", { lang: tag(about.metadata.language) }, heading.text),
      h("span", { class: "small", t: ["page", heading.page] }),
    );
    button.style.paddingInlineStart = `${0.5 + 1.1 * (heading.level - 1)}rem`;
    return h("li", {}, button);
  };
  return [h("ol", { class: "outline" }, headings.map(entry))];
}

/** The passages in reading order, a hundred at a time. */
export async function passages(about, go) {
  const list = h("ol", { class: "passages" });
  const more = h("button", { type: "button", class: "plain", t: "more" });
  let offset = 0;
  const load = async () => {
    const got = await get(`/v1/documents/${about.doc_id}/passages?limit=100&offset=${offset}`);
    list.append(...got.passages.map((passage) => entry(passage, go)));
    offset = got.next_offset;
    more.hidden = offset === null;
  };
  more.addEventListener("click", load);
  await load();
  return [list, more];
}

function entry(passage, go) {
  return h(
    "li",
    { class: "passage" },
    h(
      "button",
      { type: "button", class: "cardbutton", on: { click: () => go(passage) } },
      h(
        "span",
        { class: "body" },
        place(passage),
        h("span", { class: "said", lang: tag(passage.language) }, passage.text),
      ),
    ),
  );
}
