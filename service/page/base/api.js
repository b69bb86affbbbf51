// The server's API: JSON, events and uploads; a key is asked for when it wants one.
import { byId } from "./dom.js";
import { t } from "./i18n.js";

let meant = new URLSearchParams(location.search).get("collection");

/** The library that is meant; null for the server's own choice. */
export const collection = () => meant;

/** Means another one from now on. */
export function use(name) {
  meant = name;
}

/** A refusal of the server; `code` is stable, `message` says what to do, after `wait` seconds where those are known. */
export class Problem extends Error {
  constructor(code, detail, status = 0, wait = null) {
    super(detail);
    Object.assign(this, { code, status, wait });
  }
}

let key = null; // gone with the tab: whoever uses the browser next has to know it
try {
  key = sessionStorage.getItem("sinkqa.key");
} catch {
  // blocked: it is asked for again after a reload
}

function headers() {
  return {
    ...(key && { Authorization: `Bearer ${key}` }),
    ...(meant && { "X-SinkQA-Collection": encodeURIComponent(meant) }),
  };
}

async function problemOf(response) {
  const told = await response.json().catch(() => ({}));
  return new Problem(
    told.code ?? "failed",
    told.detail ?? `${response.status} ${response.statusText}`,
    response.status,
    Number(response.headers.get("Retry-After")) || null,
  );
}

async function send(path, options = {}) {
  for (;;) {
    const used = key;
    let response;
    try {
      response = await fetch(path, { ...options, headers: { ...options.headers, ...headers() } });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Problem("unreachable", t("unreachable"));
    }
    if (response.status === 401) await newKey(used);
    else if (response.ok) return response;
    else throw await problemOf(response);
  }
}

let asking = null; // requests that fail together ask once

/** Waits until another key than the one that was refused is there. */
function newKey(refused) {
  if (key !== refused) return Promise.resolve();
  asking ??= askForKey(refused !== null).finally(() => (asking = null));
  return asking;
}

function askForKey(wasWrong) {
  const dialog = byId("key-dialog");
  const field = byId("key-field");
  byId("key-wrong").hidden = !wasWrong;
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve, reject) => {
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "use" || !field.value.trim()) {
          reject(new Problem("unauthorized", t("keyNeeded"), 401));
          return;
        }
        key = field.value.trim();
        try {
          sessionStorage.setItem("sinkqa.key", key);
        } catch {
          // kept for as long as the page is open
        }
        resolve();
      },
      { once: true },
    );
  });
}

const sent = (method, body, signal) => ({
  method,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
  signal,
});

export const get = async (path, signal) => (await send(path, { signal })).json();
export const text = async (path, signal) => (await send(path, { signal })).text();
export const post = async (path, body, signal) => (await send(path, sent("POST", body, signal))).json();
export const patch = async (path, body) => (await send(path, sent("PATCH", body))).json();
export const remove = async (path) => (await send(path, { method: "DELETE" })).json();

/** A file that is made of `body`: the answer, its blob and the name that it has. */
export async function file(path, body) {
  const response = await send(path, sent("POST", body));
  const named = response.headers.get("Content-Disposition")?.match(/filename\*=UTF-8''([^;]+)/);
  return { response, blob: await response.blob(), name: decodeURIComponent(named?.[1] ?? "memo") };
}

/** A picture as an address of this page's own; to be revoked when it is shown no more. */
export const picture = async (path, signal) => URL.createObjectURL(await (await send(path, { signal })).blob());

/** What is read no further: stopped here, or the connection is gone. */
function cut(error) {
  throw error.name === "AbortError" ? error : new Problem("broken-off", t("problem.broken-off"));
}

/** The events of an answer, each as `[name, data]`, as they come. Throws where the server says that it failed. */
export async function* ask(body, signal) {
  const response = await send("/v1/answer", sent("POST", { ...body, stream: true }, signal));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch(cut);
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const field = (name) => block.match(new RegExp(`^${name}: ?(.*)$`, "m"))?.[1];
      if (!field("data")) continue;
      const [event, data] = [field("event"), JSON.parse(field("data"))];
      if (event === "problem") throw new Problem(data.code, data.detail);
      yield [event, data];
    }
  }
}

/** Sends files; `tell` hears how many bytes of how many have left. Gives the job that takes them in. */
export async function upload(files, tell, signal) {
  for (;;) {
    const used = key;
    const [status, told] = await uploadOnce(files, tell, signal);
    if (status === 401) await newKey(used);
    else if (status === 202) return told;
    else throw new Problem(told?.code ?? "failed", told?.detail ?? t("unreachable"), status);
  }
}

/** By XMLHttpRequest: fetch does not tell how much has left. */
function uploadOnce(files, tell, signal) {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", "/v1/documents");
  for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => event.lengthComputable && tell(event.loaded, event.total));
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve, reject) => {
    request.addEventListener("load", () => resolve([request.status, request.response]));
    request.addEventListener("error", () => reject(new Problem("unreachable", t("unreachable"))));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    request.send(form);
  });
}
