// Elements from data. Text only ever becomes text nodes: nothing that a document holds can turn into markup.
import { translate } from "./i18n.js";

// Controls that turn the direction of text: a quote could be shown backwards.
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * An element with children (strings, elements, or nothing). Properties beside attributes:
 * `t`: its translated text, `label`: its translated aria-label, `on`: listeners. false and null leave one out.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (name === "t" || name === "label" || name === "placeholder")
      element.dataset[name] = JSON.stringify([value].flat());
    else if (name === "value" || name === "checked" || name === "disabled") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children
      .flat(Infinity)
      .filter((child) => child !== null && child !== undefined && child !== false)
      .map((child) => (typeof child === "string" ? child.replace(TURNING, "\ufffd") : child)),
  );
  translate(element);
  return element;
}

/** A link to another site, or its text alone where the address is none that may be followed. */
export function outward(address, ...props) {
  const url = URL.canParse(address ?? "") ? new URL(address) : null;
  if (!url || !["http:", "https:"].includes(url.protocol)) return null;
  return h("a", { href: url.href, rel: "noopener noreferrer", target: "_blank", ...props[0] });
}

export const byId = (id) => document.getElementById(id);

/** The language tag of a text, so that the right glyphs and voice are used. */
export const tag = (language) => ({ zh: "zh-Hans", ja: "ja", en: "en" })[language] ?? null;

/** Tells those who do not see the screen. */
export function announce(text) {
  byId("live").textContent = text;
}

/** An icon drawn with the page's own strokes, which readers of the screen skip. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export const isWide = () => matchMedia("(min-width: 62rem)").matches;
