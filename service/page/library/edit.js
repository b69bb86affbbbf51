// Corrects what is known of a document, in a dialogue that shows what was read beside what is set.
import { patch } from "../base/api.js";
import { announce, byId, h, icon, tag } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { problem } from "../base/parts.js";

const FIELDS = {
  title: {},
  issuer: {},
  jurisdiction: { placeholder: "example.jurisdiction" },
  place: {},
  year: { placeholder: "example.year", inputmode: "numeric" },
  language: { placeholder: "example.language" },
  url: { placeholder: "example.url", inputmode: "url" },
};
const LONG = ["title", "issuer", "url"];
const dialog = byId("edit-dialog");

/** Opens the dialogue for a document; whoever shows one hears `edited` with what is known of it then. */
export function offerEdit(about) {
  const told = h("div", { id: "edit-told" });
  const inputs = Object.keys(FIELDS).map((name) => field(name, about));
  const save = async (event) => {
    event.preventDefault();
    try {
      const after = await patch(`/v1/documents/${about.doc_id}`, changes(about));
      dialog.close();
      document.dispatchEvent(new CustomEvent("edited", { detail: after }));
      announce(t("editSaved", after.title));
    } catch (error) {
      told.replaceChildren(problem(error));
    }
  };
  dialog.replaceChildren(
    h(
      "form",
      { on: { submit: save } },
      h(
        "div",
        { class: "panebar" },
        h("h2", { id: "edit-title", t: "editTitle" }),
        h("span", { class: "spring" }),
        h(
          "button",
          { type: "button", class: "quiet square", label: "close", on: { click: () => dialog.close() } },
          icon("close"),
        ),
      ),
      h("p", { class: "small", t: "editHelp" }),
      h("div", { class: "fields" }, inputs),
      told,
      h(
        "div",
        { class: "row end" },
        h("button", { type: "button", class: "plain", t: "cancel", on: { click: () => dialog.close() } }),
        h("button", { type: "submit", class: "main", t: "editSave" }),
      ),
    ),
  );
  dialog.showModal();
  byId("edit-field-title").focus();
}

function field(name, about) {
  const read = about.edited[name];
  const value = valueOf(about, name);
  return h(
    "div",
    { class: LONG.includes(name) ? "field long" : "field" },
    h("label", { for: `edit-field-${name}`, t: `field.${name}` }),
    h("input", {
      id: `edit-field-${name}`,
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      lang: ["title", "issuer", "place"].includes(name) ? tag(about.metadata.language) : null,
      "aria-describedby": read ? `edit-read-${name}` : null,
      ...FIELDS[name],
      value,
    }),
    read &&
      h(
        "p",
        { class: "small row", id: `edit-read-${name}` },
        h("span", { t: readAs(read) }),
        h("button", {
          type: "button",
          class: "link",
          label: ["editBackOf", { term: ["field", name] }],
          t: "editBack",
          on: { click: () => takeBack(name, read) },
        }),
      ),
  );
}

function takeBack(name, { read }) {
  const input = byId(`edit-field-${name}`);
  input.value = String(read ?? "");
  input.focus();
}

/** Only what differs; an empty field, and one that says what was read, goes back to that. */
function changes(about) {
  const given = {};
  for (const name of Object.keys(FIELDS)) {
    const value = byId(`edit-field-${name}`).value.trim();
    if (value === valueOf(about, name)) continue;
    if (about.edited[name] && value === String(about.edited[name].read ?? "")) given[name] = null;
    else given[name] = name === "year" && /^\d+$/.test(value) ? Number(value) : value || null;
  }
  return given;
}

const valueOf = (about, name) => String(about.metadata[name] ?? "");
const readAs = ({ read }) => (read === null ? "readNothing" : ["readAs", read]);

/** The marks of what was corrected, each with what was read there; nothing where nothing was. */
export function corrections(about) {
  const names = Object.keys(about.edited);
  if (!names.length) return null;
  return h(
    "details",
    { class: "small" },
    h("summary", { t: ["corrections", names.length] }),
    h(
      "ul",
      {},
      names.map((name) =>
        h("li", {}, h("span", { t: `field.${name}` }), ": ", h("span", { t: readAs(about.edited[name]) })),
      ),
    ),
  );
}
