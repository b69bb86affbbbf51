// The choice between collections, where there are several.
import { collection, get } from "../base/api.js";
import { byId, h } from "../base/dom.js";

const choice = byId("collection");
let own = null; // the one that is meant where none is named

/** Finds out what there is to choose from. */
export async function begin() {
  choice.addEventListener("change", () => {
    location.href = `/?collection=${encodeURIComponent(choice.value)}#/library`; // all that is shown is of another library
  });
  addEventListener("hashchange", show);
  try {
    const got = await get("/v1/collections");
    own ??= got.meant;
    const names = got.collections.includes(got.meant) ? got.collections : [...got.collections, got.meant];
    choice.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
    byId("collection-room").hidden = names.length < 2;
    show();
  } catch {
    // the view says what is wrong
  }
}

function show() {
  choice.value = collection() ?? own ?? "";
}
