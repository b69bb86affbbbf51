// Views that are fetched when they are first shown: the first load is spared them.
import { Problem } from "./api.js";
import { byId, h } from "./dom.js";
import { t } from "./i18n.js";
import { problem } from "./parts.js";

/** A view whose module `load` fetches, and which has a style sheet at `styles`. It is shown in `#NAME`. */
export function later(name, load, styles) {
  let view = null;
  const fetched = () => Promise.all([load(), dressed(styles)]).then(([module]) => (module.begin(), module));
  async function show(args) {
    const asked = location.hash;
    let module;
    try {
      module = await (view ??= fetched());
    } catch {
      view = null;
      byId(name).replaceChildren(problem(new Problem("unreachable", t("unreachable")), () => show(args)));
      return;
    }
    if (location.hash === asked) await module.show(args); // else somebody has gone on meanwhile
  }
  return { begin() {}, show };
}

function dressed(styles) {
  const sheet = h("link", { rel: "stylesheet", href: styles });
  const there = new Promise((resolve) => ["load", "error"].forEach((end) => sheet.addEventListener(end, resolve)));
  document.head.append(sheet);
  return there;
}
