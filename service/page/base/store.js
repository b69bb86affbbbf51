// What this browser remembers, and nobody else: settings and history.

/** What was kept under a name, or the fallback. */
export function recall(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(`sinkqa.${name}`)) ?? fallback;
  } catch {
    return fallback; // storage is blocked or was written by something else: the page works without
  }
}

/** The same as it is stored; null where nothing is, or storage is blocked. */
export function raw(name) {
  try {
    return localStorage.getItem(`sinkqa.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a value, null forgets it; whether that could be done. */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(`sinkqa.${name}`);
    else localStorage.setItem(`sinkqa.${name}`, JSON.stringify(value));
    return true;
  } catch {
    return false; // full or blocked: what is not kept is only missed next time
  }
}
