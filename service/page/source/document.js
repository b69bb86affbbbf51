// What a document consists of: its headings, its passages and an overview, each of which opens in its place.
import { get } from "../base/api.js";
import { h, tag } from "../base/dom.js";
import { language } from "../base/i18n.js";
import { isPaged, place, problem } from "../base/parts.js";

/** The headings as a list; `go(heading)` opens one. */
export async function outline(about, go) {
  const { headings } = await get(`/v1/documents/${about.doc_id}/outline`);
  if (!headings.length) return [h("p", { class: "empty", t: "noOutline" })];
  const entry = (heading) => {
    const button = h(
      "button",
      { type: "button", class: "heading", on: { click: () => go(heading) } },
      h("span", { lang: tag(about.metadata.language) }, heading.text),
      isPaged(about) && h("span", { class: "small", t: ["page", heading.page] }),
    );
    button.style.paddingInlineStart = `${0.5 + 1.1 * (heading.level - 1)}rem`;
    return h("li", {}, button);
  };
  return [h("ol", { class: "outline" }, headings.map(entry))];
}

/** The sections, each by its first sentence; `go(parts, at)` opens one in its place. */
export async function overview(about, go) {
  const { parts, notes } = await get(`/v1/documents/${about.doc_id}/overview?language=${language()}`);
  const citations = parts.map(({ citation: { number: _, ...citation } }) => citation); // numbers are those of an answer
  const spoken = tag(about.metadata.language);
  return [
    notes.map((note) => h("p", { class: "small" }, note)),
    parts.map(({ heading, text }, at) =>
      h(
        "section",
        { class: "part-of" },
        heading && h("h3", { lang: spoken }, heading),
        h(
          "p",
          { class: "statement", lang: spoken },
          text,
          h("button", {
            type: "button",
            class: "chip",
            label: ["openPart", heading || at + 1],
            t: isPaged(about) ? ["pageShort", citations[at].page_start] : "inPlace",
            on: { click: () => go(citations, at) },
          }),
        ),
      ),
    ),
  ].flat();
}

/**
 * The passages in reading order, a hundred at a time, around the one that `evidence` is of: by its id, else by where its
 * words stand.
 */
export async function passages(about, go, { passage_id: id, spans }) {
  const list = h("ol", { class: "passages" });
  const path = `/v1/documents/${about.doc_id}/passages?limit=100`;
  const here = id ? `&around=${encodeURIComponent(id)}` : spans.length ? `&at=${spans[0].start}` : "";
  const first = await get(path + here);
  const isHere = (passage) => (id ? passage.passage_id === id : passage.spans.some((span) => holds(span, spans[0])));
  const items = (got) => got.passages.map((passage) => entry(about, passage, go, isHere(passage)));
  list.append(...items(first));
  let [before, after] = [first.offset, first.next_offset];
  const earlier = further("earlier", before > 0, async () => {
    const from = Math.max(0, before - 100);
    const got = await get(`${path.replace("100", before - from)}&offset=${from}`);
    const [top] = list.children;
    list.prepend(...items(got));
    top.scrollIntoView({ block: "center" });
    before = from;
    return before > 0;
  });
  const later = further("more", after !== null, async () => {
    const got = await get(`${path}&offset=${after}`);
    list.append(...items(got));
    after = got.next_offset;
    return after !== null;
  });
  return [earlier, list, later];
}

const holds = (span, part) => Boolean(part) && span.start <= part.start && part.start < span.end;

function further(said, there, load) {
  const button = h("button", { type: "button", class: "plain", t: said, hidden: !there });
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      button.hidden = !(await load());
    } catch (error) {
      button.after(problem(error));
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

function entry(about, passage, go, isHere) {
  return h(
    "li",
    { class: "passage", "data-here": isHere },
    h(
      "button",
      { type: "button", class: "cardbutton", "aria-current": isHere && "true", on: { click: () => go(passage) } },
      h(
        "span",
        { class: "body" },
        place(isPaged(about) ? passage : { ...passage, page_label: null }),
        h("span", { class: "said", lang: tag(passage.language) }, passage.text),
      ),
    ),
  );
}
