// The map of references: the server's drawing, taken over element by element, so that nothing in it can act.
import { get, text } from "../base/api.js";
import { h } from "../base/dom.js";
import { language, number } from "../base/i18n.js";
import { problem, waiting } from "../base/parts.js";

const SVG = "http://www.w3.org/2000/svg";
const ELEMENTS = ["svg", "g", "a", "text", "path", "circle", "rect", "title", "desc"];
const ATTRIBUTES = [
  "class", "viewBox", "width", "height", "x", "y", "cx", "cy", "r", "d", "stroke-width", "lang", "id", "role",
  "aria-labelledby", "data-source", "data-target", "data-document",
]; // prettier-ignore
const PASSAGE = /#\/p\/([\w-]+)/;

/** The map with a list of the same references below; `open(passageId, opener)` opens a document at its beginning. */
export function referenceMap(query, open) {
  const room = h("div", { class: "map-room" }, waiting(6));
  fill(room, query, open);
  return h(
    "section",
    { "data-part": "map", "aria-labelledby": "map-heading" },
    h("h2", { id: "map-heading", t: "mapTitle" }),
    room,
  );
}

/** The references are asked for after all else: in a great library they take the most time. */
async function fill(room, query, open) {
  let references;
  try {
    ({ references } = await get(`/v1/overview?${query}`));
  } catch (error) {
    room.replaceChildren(problem(error, () => fill(room, query, open)));
    return;
  }
  const { nodes, edges, alone } = references;
  if (!edges.length) {
    room.replaceChildren(h("p", { class: "small", t: "mapNone" }));
    return;
  }
  const counts = [nodes.length, edges.length, alone].map((each) => number(each));
  const picture = h("div", { class: "scrolled picture", tabindex: "0", role: "region", "aria-labelledby": "map-heading" });
  room.replaceChildren(h("p", { class: "small", t: ["mapCounted", ...counts] }), picture, list(nodes, edges));
  draw(picture, query, open);
  const anew = () => (picture.isConnected ? draw(picture, query, open) : document.removeEventListener("spoken", anew));
  document.addEventListener("spoken", anew); // the picture speaks the reader's language
}

async function draw(picture, query, open) {
  const asked = language();
  if (!picture.hasChildNodes()) picture.append(waiting(6));
  try {
    const written = await text(`/v1/overview/references.svg?words=${asked}&${query}`);
    const bare = written.replace(/<style>.*?<\/style>/s, ""); // the page has its own, in its own colours
    const drawn = new DOMParser().parseFromString(bare, "image/svg+xml");
    if (asked === language()) picture.replaceChildren(copied(drawn.documentElement, open));
  } catch (error) {
    picture.replaceChildren(problem(error, () => draw(picture, query, open)));
  }
}

/** A copy of known elements with known attributes. A link opens its document in the pane. */
function copied(element, open) {
  const copy = document.createElementNS(SVG, element.localName);
  for (const name of ATTRIBUTES) if (element.hasAttribute(name)) copy.setAttribute(name, element.getAttribute(name));
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.textContent);
    else if (ELEMENTS.includes(child.localName)) copy.append(copied(child, open));
  }
  const passage = element.localName === "a" && PASSAGE.exec(element.getAttribute("href") ?? "");
  if (passage) link(copy, passage, open);
  return copy;
}

function link(copy, [hash, passageId], open) {
  copy.setAttribute("href", hash);
  copy.addEventListener("click", (event) => {
    event.preventDefault();
    open(passageId, copy);
  });
  for (const [event, is] of Object.entries({ mouseenter: true, focus: true, mouseleave: false, blur: false }))
    copy.addEventListener(event, () => point(copy, is));
}

/** Makes the arcs of one document stand out while it is pointed at. */
function point(copy, is) {
  const map = copy.closest("svg");
  const of = copy.dataset.document;
  map.classList.toggle("pointed", is);
  for (const arc of map.querySelectorAll(".reference"))
    arc.classList.toggle("on", is && [arc.dataset.source, arc.dataset.target].includes(of));
}

function list(nodes, edges) {
  const titles = new Map(nodes.map(({ doc_id, title }) => [doc_id, title]));
  const said = ({ source, target, kind, mentions }) => [
    { cites: "mapCites", part: "mapPart", repeals: "mapRepeals" }[kind],
    titles.get(source),
    titles.get(target),
    number(mentions),
  ];
  return h(
    "details",
    { class: "small" },
    h("summary", { t: "mapListed" }),
    h("ul", { class: "edges" }, edges.map((edge) => h("li", {}, h("span", { t: said(edge) })))),
  );
}
