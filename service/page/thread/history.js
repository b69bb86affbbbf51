// Threads kept in this browser: gone back to, renamed, deleted.
import { announce, byId, h, icon } from "../base/dom.js";
import { t, when } from "../base/i18n.js";
import * as threads from "./threads.js";

const room = byId("history");

export function begin() {
  document.addEventListener("spoken", () => byId("view-history").hidden || show());
}

export function show() {
  const kept = threads.all();
  if (!kept.length) {
    room.replaceChildren(h("p", { class: "empty", t: "historyEmpty" }));
    return;
  }
  const clear = () => {
    threads.clear();
    show();
    byId("history-title").focus();
    announce(t("historyCleared"));
  };
  room.replaceChildren(
    h("ul", { class: "list" }, kept.map(row)),
    h("button", { type: "button", class: "plain", t: "historyClear", on: { click: clear } }),
  );
}

function row(thread) {
  const name = threads.nameOf(thread);
  const forget = () => {
    threads.remove(thread.id);
    show();
    byId("history-title").focus();
    announce(t("forgotten", name));
  };
  const button = (said, sign, click) =>
    h("button", { type: "button", class: "quiet square", label: [said, name], on: { click } }, icon(sign));
  const pen = button("rename", "pen", () => renaming(thread, title, pen));
  const title = h("div", {}, h("a", { class: "name", href: threads.linkOf(thread) }, name), facts(thread));
  return h(
    "li",
    { class: "entry", "data-thread": thread.id },
    title,
    h("div", { class: "acts" }, pen, button("forget", "bin", forget)),
  );
}

const facts = ({ turns, at }) =>
  h(
    "p",
    { class: "place" },
    h("span", { t: ["threadOf", turns.length] }),
    turns.length === 1 && turns[0].status && h("span", { t: { term: ["status", turns[0].status] } }),
    at && !Number.isNaN(Date.parse(at)) && h("span", {}, when(at)),
    turns.some(({ filters }) => filters) && h("span", { t: "filters" }),
  );

function renaming(thread, title, pen) {
  const field = h("input", { type: "text", label: "threadName", maxlength: 120, value: threads.nameOf(thread) });
  const form = h("form", { class: "renaming" }, field, h("button", { type: "submit", class: "main", t: "save" }));
  const done = () => {
    show();
    room.querySelector(`[data-thread="${CSS.escape(thread.id)}"] .acts button`)?.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = field.value.trim();
    threads.rename(thread.id, name || null);
    done();
    if (name) announce(t("renamed", name));
  });
  field.addEventListener("keydown", (event) => event.key === "Escape" && done());
  title.replaceChildren(form);
  pen.hidden = true;
  field.select();
}
