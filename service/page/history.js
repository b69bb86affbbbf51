// Questions asked in this browser; they are kept nowhere else.
import { permalink } from "./address.js";
import { announce, byId, h, icon } from "./dom.js";
import { t, when } from "./i18n.js";
import { keep, recall } from "./store.js";

const MOST = 100;
const room = byId("history");

const kept = () => {
  const entries = recall("history", []);
  return Array.isArray(entries) ? entries.filter((each) => typeof each?.question === "string") : [];
};

/** Puts a question first; asked before with the same filters, it moves up. */
export function add(entry) {
  const same = (other) =>
    other.question === entry.question && JSON.stringify(other.filters) === JSON.stringify(entry.filters);
  keep(
    "history",
    [{ ...entry, at: new Date().toISOString() }, ...kept().filter((other) => !same(other))].slice(0, MOST),
  );
}

export function begin() {
  document.addEventListener("spoken", () => byId("view-history").hidden || show());
}

export function show() {
  const entries = kept();
  if (!entries.length) {
    room.replaceChildren(h("p", { class: "empty", t: "historyEmpty" }));
    return;
  }
  const clear = () => {
    keep("history", null);
    show();
    byId("history-title").focus();
    announce(t("historyCleared"));
  };
  room.replaceChildren(
    h("ul", { class: "list" }, entries.map(row)),
    h("button", { type: "button", class: "plain", t: "historyClear", on: { click: clear } }),
  );
}

function row(entry, at) {
  const forget = () => {
    keep(
      "history",
      kept().filter((_, other) => other !== at),
    );
    show();
    byId("history-title").focus();
  };
  return h(
    "li",
    { class: "entry" },
    h(
      "div",
      {},
      h(
        "a",
        { class: "name", href: permalink(entry.question, entry.filters, entry.generation, entry.collection) },
        entry.question,
      ),
      h(
        "p",
        { class: "place" },
        h("span", { t: { term: ["status", entry.status] } }),
        h("span", {}, Number.isNaN(Date.parse(entry.at)) ? "" : when(entry.at)),
        entry.filters && h("span", { t: "filters" }),
      ),
    ),
    h(
      "button",
      { type: "button", class: "quiet square", label: ["forget", entry.question], on: { click: forget } },
      icon("bin"),
    ),
  );
}
