// The view of the library: what is in it, opened, deleted and put back.
import { get, post, remove } from "./api.js";
import { announce, byId, h, icon, tag } from "./dom.js";
import { number, t } from "./i18n.js";
import { corrections, offerEdit } from "./edit.js";
import * as filters from "./filters.js";
import { problem, waiting } from "./parts.js";
import * as source from "./source.js";
import * as upload from "./upload.js";

const room = byId("library");
const rows = h("div", { id: "documents" });

export function begin() {
  room.append(upload.box(changed), rows);
  document.addEventListener("edited", ({ detail }) => renew(detail));
}

/** A row says what was corrected at once; its place in the list is found anew at the next visit. */
function renew(about) {
  filters.forget();
  const old = rows.querySelector(`[data-document="${about.doc_id}"]`);
  if (!old) return;
  const had = old.contains(document.activeElement) || document.activeElement === document.body;
  const now = row(about);
  old.replaceWith(now);
  if (had) now.querySelector("[data-edit]").focus();
}

export function show() {
  upload.resume();
  if (!rows.hasChildNodes()) rows.append(waiting(8));
  return list();
}

function changed() {
  filters.forget();
  return list();
}

async function list() {
  let got;
  try {
    got = await get("/v1/documents?limit=1000");
  } catch (error) {
    rows.replaceChildren(problem(error, list));
    return;
  }
  if (!got.documents.length) {
    rows.replaceChildren(h("p", { class: "empty", t: "libraryEmpty" }));
    return;
  }
  const items = got.documents.map(row);
  const none = h("p", { class: "empty", hidden: true, t: "nothingFound" });
  const find = (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/);
    for (const item of items) item.hidden = !words.every((word) => item.textContent.toLowerCase().includes(word));
    none.hidden = items.some((item) => !item.hidden);
  };
  rows.replaceChildren(
    h(
      "div",
      { class: "listhead" },
      h("h2", { class: "over", t: ["holds", got.total] }),
      h("input", { type: "search", label: "findDocument", placeholder: "findDocument", on: { input: find } }),
    ),
    got.next_offset === null ? "" : h("p", { class: "note", t: ["libraryMore", got.documents.length, got.total] }),
    h("ul", { class: "list" }, items),
    none,
  );
}

function row(about) {
  const { metadata } = about;
  const open = (event) => {
    const { doc_id, title } = about;
    source.open(
      [
        {
          doc_id,
          title,
          language: metadata.language,
          url: metadata.url,
          original: metadata.digest_of,
          section: [],
          page_start: 1,
          page_end: 1,
          spans: [],
        },
      ],
      0,
      event.currentTarget,
    );
  };
  const facts = [
    h("span", { t: { term: ["type", about.type] } }),
    metadata.jurisdiction && h("span", { t: { term: ["place", metadata.jurisdiction] } }),
    metadata.year && h("span", {}, String(metadata.year)),
    metadata.language && h("span", { t: { term: ["lang", metadata.language] } }),
    about.n_pages > 1 && h("span", { t: ["pages", number(about.n_pages)] }),
    h("span", { t: ["passagesCount", number(about.n_passages)] }),
  ];
  const item = h(
    "li",
    { class: "entry", "data-document": about.doc_id },
    h(
      "div",
      {},
      h(
        "button",
        { type: "button", class: "name link", lang: tag(metadata.language), on: { click: open } },
        about.title,
      ),
      h("p", { class: "place" }, facts),
      h("p", { class: "small file" }, about.name),
      corrections(about),
      about.warnings.length > 0 &&
        h(
          "details",
          { class: "small" },
          h("summary", { t: ["warnings", about.warnings.length] }),
          h(
            "ul",
            {},
            about.warnings.map((each) => h("li", {}, each)),
          ),
        ),
    ),
    h(
      "div",
      { class: "acts" },
      h(
        "button",
        {
          type: "button",
          class: "quiet square",
          "data-edit": "",
          label: ["editDocument", about.title],
          on: { click: () => offerEdit(about) },
        },
        icon("pen"),
      ),
      h(
        "button",
        {
          type: "button",
          class: "quiet square",
          label: ["deleteDocument", about.title],
          on: { click: () => discard(about, item) },
        },
        icon("bin"),
      ),
    ),
  );
  return item;
}

/** Deletes, and leaves in the same place the way back. */
async function discard(about, item) {
  try {
    const gone = await remove(`/v1/documents/${about.doc_id}`);
    filters.forget();
    source.close({ returns: false });
    const undo = h(
      "button",
      { type: "button", class: "plain", label: ["undoDelete", about.title], on: { click: () => restore(gone, left) } },
      h("span", { t: "undo" }),
    );
    const left = h(
      "li",
      { class: "entry gone" },
      h("div", {}, h("p", { class: "name" }, about.title), h("p", { class: "place" }, h("span", { t: "deleted" }))),
      gone.restore_url && undo,
    );
    item.replaceWith(left);
    if (gone.restore_url) undo.focus();
    announce(t("deletedGone", about.title));
  } catch (error) {
    item.append(problem(error));
  }
}

async function restore(gone, left) {
  try {
    const back = row(await post(gone.restore_url, {}));
    left.replaceWith(back);
    back.querySelector("button").focus();
    filters.forget();
    announce(t("restored", gone.title));
  } catch (error) {
    left.append(problem(error));
  }
}
