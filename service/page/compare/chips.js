// A field for several words: each becomes a chip that can be taken out again; words that fit are suggested.
import { announce, h, icon } from "../base/dom.js";
import { t } from "../base/i18n.js";

const SHOWN = 8; // suggestions at once

/**
 * A field labelled `label`. `suggest()` gives what is suggested as `{value(), said}`, `said` for `h`; `between` is what
 * separates words that are typed or pasted; `look(text)` hears what is typed.
 */
export function chipField(id, label, { hint, suggest, between = null, look = () => {} }) {
  let values = [];
  const input = h("input", { type: "text", id, list: `${id}-list`, autocomplete: "off", maxlength: "300", placeholder: hint });
  const list = h("datalist", { id: `${id}-list` });
  const box = h("ul", { class: "picked" });
  const offered = h("div", { class: "choices offered" });
  const element = h(
    "div",
    { class: "chipfield" },
    h("label", { for: id, class: "over", t: label }),
    h("div", { class: "chipbox", on: { click: ({ target }) => target === box && input.focus() } }, box, input, list),
    offered,
  );

  const split = (text) => (between ? text.split(between) : [text]).map((each) => each.replace(/\s+/g, " ").trim()).filter(Boolean);

  function add(text) {
    const fresh = split(text).filter((each, at, all) => all.indexOf(each) === at && !values.includes(each));
    values = [...values, ...fresh];
    draw();
    if (fresh.length) announce(t("chipAdded", fresh.join(t("between"))));
  }

  function take(value) {
    const at = values.indexOf(value);
    values = values.filter((each) => each !== value);
    draw();
    announce(t("chipGone", value));
    (box.querySelectorAll("button")[at] ?? input).focus();
  }

  const chip = (value) =>
    h(
      "li",
      { class: "pick" },
      h("span", {}, value),
      h("button", { type: "button", class: "quiet", label: ["chipOut", value], on: { click: () => take(value) } }, icon("close")),
    );

  const offer = ({ value, said }) => {
    const click = () => {
      add(value());
      (offered.querySelector("button") ?? input).focus();
    };
    return h("button", { type: "button", class: "choice", on: { click } }, icon("plus"), h("span", said));
  };

  function draw() {
    box.replaceChildren(...values.map(chip));
    const rest = suggest().filter(({ value }) => !values.includes(value()));
    offered.replaceChildren(...rest.slice(0, SHOWN).map(offer));
  }

  function settle() {
    if (!input.value.trim()) return;
    const text = input.value;
    input.value = "";
    add(text);
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && input.value.trim()) {
      event.preventDefault(); // without words, Enter compares
      settle();
    } else if (event.key === "Backspace" && !input.value && values.length) take(values.at(-1));
  });
  input.addEventListener("input", (event) => {
    look(input.value.trim());
    if (between?.test(input.value) && !event.isComposing) settle();
    else if (event.inputType === "insertReplacementText" || !event.inputType) settle(); // chosen from the list
  });
  input.addEventListener("compositionend", () => between?.test(input.value) && settle());
  return {
    element,
    draw,
    values: () => (settle(), values),
    set(given) {
      values = given;
      input.value = "";
      draw();
    },
    list: (options) => list.replaceChildren(...options.map((value) => h("option", { value }))),
    focus: () => input.focus(),
  };
}
