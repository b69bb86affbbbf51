// The interface in English and Chinese. Elements remember what they say, so that a switch needs no drawing anew.
import { keep } from "./store.js";
import { WORDS } from "./words.js";

export const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");

/**
 * What the interface says; `{0}` stands for the first argument, `{0:page|pages}` for it with the noun that fits, `{0?, }` for it
 * behind a comma, or for nothing where it is not there.
 */
export const t = (key, ...args) => tIn(language(), key, ...args);

/** The same in a language that is not the interface's: what belongs to an answer speaks as it does. */
export function tIn(spoken, key, ...args) {
  const said = WORDS[key]?.[spoken === "zh" ? 1 : 0] ?? key;
  return said.replace(/\{(\d)(?:\?([^}]*)|:([^|}]*)\|([^}]*))?\}/g, (_, n, before, one, many) => {
    const arg = args[n] ?? "";
    if (before !== undefined) return args[n] === undefined ? "" : `${before}${arg}`;
    return one === undefined ? arg : `${arg} ${String(arg) === "1" ? one : many}`;
  });
}

/** Whether the interface has words for it. */
export const knows = (key) => Object.hasOwn(WORDS, key);

/** A term of the API in words, or as it is where it is new to the page. */
export const term = (kind, value) =>
  WORDS[`${kind}.${value}`] ? t(`${kind}.${value}`) : (NAMED[kind] && named(NAMED[kind], value)) || String(value);

/** Takes in what a view says that is fetched when it is first shown. */
export const teach = (words) => Object.assign(WORDS, words);

/** Takes in what a term of the API is called, where the API says it: in English and in Chinese. */
export const learn = (kind, value, said) => (WORDS[`${kind}.${value}`] ??= said);

const NAMED = { place: "region", lang: "language" }; // what browsers have names for

function named(type, value) {
  try {
    return new Intl.DisplayNames([language()], { type, fallback: "none" }).of(value);
  } catch {
    return null; // no code
  }
}

const say = (json) => t(...JSON.parse(json).map((each) => (each?.term ? term(...each.term) : each?.t ? t(...each.t) : each)));

/** Puts an element's words in the language that is on. */
export function translate(element) {
  const { t: text, label, placeholder } = element.dataset;
  if (text) element.textContent = say(text);
  if (label) element.setAttribute("aria-label", say(label));
  if (placeholder) element.placeholder = say(placeholder);
}

/** Switches, and keeps the choice. */
export function speak(chosen) {
  document.documentElement.lang = chosen === "zh" ? "zh-Hans" : "en";
  keep("language", chosen);
  translateAll();
}

export function translateAll() {
  for (const element of document.querySelectorAll("[data-t], [data-label], [data-placeholder]")) translate(element);
  document.dispatchEvent(new Event("spoken"));
}

/** A count or a share as the reader's language writes it. */
export const number = (value, options) => new Intl.NumberFormat(language(), options).format(value);
/** A size in the unit that fits it. */
export function bytes(size) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(size, 1)) / 10));
  const options = { style: "unit", unit: units[step], unitDisplay: step ? "short" : "long", maximumFractionDigits: step > 1 ? 1 : 0 };
  return number(size / 1024 ** step, options);
}
export const percent = (value) => number(value, { style: "percent", maximumFractionDigits: 0 });
export const when = (iso) =>
  new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
