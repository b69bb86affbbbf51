// Threads that this browser keeps, and nobody else: what was asked, not what was answered, which the library tells anew.
import { threadlink } from "../base/address.js";
import { keep, recall } from "../base/store.js";

export const MOST_TURNS = 30;
const MOST = 60;
const MOST_CHARS = 400_000; // as stored: a tenth of what a browser lends a site

/** All of them, the one asked last first. What storage holds is not trusted. */
export function all() {
  const stored = recall("threads", null) ?? recall("history", []).map?.(single);
  return Array.isArray(stored) ? stored.map(checked).filter(Boolean) : [];
}

/** A question of the list that was kept before there were threads. */
const single = (entry) => ({
  ...entry,
  turns: [{ question: entry?.question, filters: entry?.filters, status: entry?.status }],
});

function checked(thread, at) {
  const turns = Array.isArray(thread?.turns) ? thread.turns.filter((turn) => typeof turn?.question === "string") : [];
  if (!turns.length) return null;
  const text = (value) => (typeof value === "string" && value ? value : null);
  return {
    id: text(thread.id) ?? `old${at}`,
    name: text(thread.name),
    turns: turns.map(({ question, filters, status }) => ({ question, filters: filters ?? null, status: text(status) })),
    generation: Number(thread.generation) || null,
    collection: text(thread.collection),
    at: text(thread.at),
  };
}

/** What a thread is called: as it was named, else by its first question that is one. */
export const nameOf = ({ name, turns }) =>
  name ?? (turns.find(({ status }) => status !== "reply") ?? turns[0]).question;

export const linkOf = ({ turns, generation, collection }) => threadlink(turns, generation, collection);

/** The thread that has exactly these turns, if one is kept. */
export function find(turns, collection) {
  const address = threadlink(turns, null, collection);
  return all().find((each) => threadlink(each.turns, null, each.collection) === address);
}

/** Keeps a thread, as the first. */
export function save(thread) {
  const others = all().filter(({ id }) => id !== thread.id);
  const { id, name, turns, generation, collection } = thread;
  const kept = {
    id,
    name,
    turns: turns.map(({ question, filters, status }) => ({ question, filters, status })),
    generation,
    collection,
    at: new Date().toISOString(),
  };
  write([kept, ...others]);
}

export const rename = (id, name) => write(all().map((each) => (each.id === id ? { ...each, name } : each)));
export const remove = (id) => write(all().filter((each) => each.id !== id));
export const clear = () => write([]);

function write(threads) {
  const kept = threads.slice(0, MOST);
  while (kept.length > 1 && JSON.stringify(kept).length > MOST_CHARS) kept.pop();
  keep("threads", kept.length ? kept : null);
  keep("history", null);
}

/** A name that no other thread has; the browser's own maker of such names wants HTTPS. */
export const newId = () => Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
