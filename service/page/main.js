// Starts the page: which view the address means, and the switches of language and theme.
import { announce, byId, icon } from "./base/dom.js";
import { t, language, speak, translateAll } from "./base/i18n.js";
import { use } from "./base/api.js";
import * as ask from "./thread/ask.js";
import * as basket from "./basket/basket-view.js";
import * as beside from "./source/beside.js";
import * as collections from "./library/collections.js";
import * as history from "./thread/history.js";
import { later } from "./base/later.js";
import * as library from "./library/library.js";
import * as source from "./source/source.js";
import * as verify from "./quotes/verify.js";
import { keep, recall } from "./base/store.js";

const compare = later("compare", () => import("./compare/compare.js"), "/page/compare/compare.css");
const overview = later("overview", () => import("./overview/overview.js"), "/page/overview/overview.css");
const trail = later("trail", () => import("./trail/trail.js"), "/page/trail/trail.css");
const VIEWS = { ask, library, overview, beside, compare, verify, trail, basket, history };
const PARTS = { overview: "library", trail: "verify" }; // views without a link of their own in the bar
let shown = null;

/** The view, what follows it and its parameters: `#/ask?q=…`, `#/p/PASSAGE?q=start-end`. */
function address() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const [view, rest] = path.split("/", 2);
  return { view, rest: rest, query: new URLSearchParams(query) };
}

function route() {
  const { view, rest, query } = address();
  if (query.get("collection")) use(query.get("collection"));
  const name = VIEWS[view] ? view : "ask";
  const moved = shown !== null && shown !== name;
  if (shown !== name) source.close({ returns: false });
  shown = name;
  for (const each of Object.keys(VIEWS)) byId(`view-${each}`).hidden = each !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === (PARTS[name] ?? name)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const current = document.querySelector("nav a[aria-current]");
  if (current) current.parentElement.scrollLeft = current.offsetLeft - current.offsetWidth; // small screens: it is seen
  retitle();
  if (moved) byId(`${name}-title`).focus({ preventScroll: true });
  if (moved) scrollTo(0, 0);
  document.querySelector("nav a[data-view=ask]").href = name === "ask" ? "#/ask" : ask.last(); // back, or a new question
  if (view !== "p") VIEWS[name].show({ query });
  else ask.show({ query: new URLSearchParams() });
  if (view === "p" && rest) source.openById(rest, query.get("q"));
}

function retitle() {
  document.title = !shown || shown === "ask" ? t("title") : `${t(shown)} · SinkQA`;
}

function dress(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const button = byId("theme");
  button.dataset.theme = theme;
  button.replaceChildren(icon(theme));
  button.setAttribute("aria-label", t("theme", t(`theme.${theme}`)));
}

byId("theme").addEventListener("click", () => {
  const order = ["auto", "light", "dark"];
  const next = order[(order.indexOf(byId("theme").dataset.theme) + 1) % order.length];
  keep("theme", next);
  dress(next);
  announce(byId("theme").getAttribute("aria-label"));
});
byId("language").addEventListener("click", () => speak(language() === "zh" ? "en" : "zh"));
byId("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address after # names the view
  byId("main").focus();
});
byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("key-dialog").close("use");
});
byId("key-cancel").addEventListener("click", () => byId("key-dialog").close(""));
document.addEventListener("spoken", () => {
  retitle();
  dress(byId("theme").dataset.theme);
});
addEventListener("hashchange", route);

const theme = recall("theme", "auto");
byId("theme").dataset.theme = ["light", "dark"].includes(theme) ? theme : "auto";
translateAll();
for (const view of [ask, library, beside, verify, basket, history, source, collections]) view.begin();
route();
document.body.classList.add("ready");
