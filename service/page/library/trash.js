// What was deleted of late, to be put back, also after a visit elsewhere; and the question before anything is deleted.
import { get, post } from "../base/api.js";
import { announce, byId, h, icon } from "../base/dom.js";
import { t, when } from "../base/i18n.js";
import { problem } from "../base/parts.js";

const room = h("details", { class: "trash", hidden: true });
let keeps = true; // whether the server keeps what is deleted
let heard = () => {};

/** The list; `tell` hears what is back. */
export function list(tell) {
  heard = tell;
  return room;
}

/** Asks the server again. */
export async function renew() {
  try {
    const got = await get("/v1/deleted");
    keeps = got.kept_s > 0;
    draw(got.documents);
  } catch {
    room.hidden = true; // the list of documents says what is wrong
  }
}

function draw(documents) {
  room.hidden = !documents.length;
  room.replaceChildren(
    h("summary", {}, icon("bin"), h("span", { t: ["trash", documents.length] })),
    h("ul", { class: "list" }, documents.map(entry)),
  );
}

function entry(gone) {
  const back = async (event) => {
    event.currentTarget.disabled = true;
    try {
      await post(gone.restore_url, {});
      announce(t("restored", gone.title));
      await Promise.all([renew(), heard(gone)]);
      (room.hidden ? byId("library-title") : room.querySelector("summary")).focus();
    } catch (error) {
      item.append(problem(error, renew));
    }
  };
  const item = h(
    "li",
    { class: "entry" },
    h(
      "div",
      {},
      h("p", { class: "name" }, gone.title),
      h("p", { class: "small file" }, gone.name),
      h(
        "p",
        { class: "place" },
        h("span", { t: ["deletedAt", when(gone.deleted_at)] }),
        h("span", { t: ["keptUntil", when(gone.restorable_until)] }),
      ),
    ),
    h(
      "button",
      { type: "button", class: "plain", label: ["putBackOf", gone.title], on: { click: back } },
      h("span", { t: "putBack" }),
    ),
  );
  return item;
}

/** Asks whether a document shall go; true where it shall. */
export function confirmed(about) {
  const dialog = byId("delete-dialog");
  dialog.returnValue = "";
  const close = (value) => () => dialog.close(value);
  const keep = h("button", { type: "button", class: "plain", t: "deleteKeep", on: { click: close("") } });
  dialog.replaceChildren(
    h("h2", { id: "delete-title", t: "deleteTitle" }),
    h("p", { class: "name" }, about.title),
    h("p", { class: "small", t: keeps ? "deleteHelp" : "deleteHelpForever" }),
    h(
      "div",
      { class: "row end" },
      keep,
      h("button", { type: "button", class: "main danger", t: "deleteDo", on: { click: close("delete") } }),
    ),
  );
  dialog.showModal();
  keep.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "delete"), { once: true });
  });
}
