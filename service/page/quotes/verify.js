// The view that verifies: each statement of a text with what the documents say of it.
import { trailOf } from "../base/address.js";
import { post } from "../base/api.js";
import { keeper, ofClaim } from "../basket/basket.js";
import { announce, byId, h, icon } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { chip } from "./statements.js";
import { problem, waiting } from "../base/parts.js";
import * as source from "../source/source.js";

const room = byId("verified");
const field = byId("verify-text");

export function begin() {
  byId("verify-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) run(field.value);
    else field.focus();
  });
}

export function show() {}

async function run(text) {
  const button = byId("verify-button");
  button.disabled = true;
  room.setAttribute("aria-busy", "true");
  room.replaceChildren(h("div", { class: "card" }, h("p", { class: "over", t: "verifying" }), waiting(5)));
  announce(t("verifying"));
  try {
    const report = await post("/v1/verify", { text });
    source.close({ returns: false });
    room.replaceChildren(
      counts(report),
      h(
        "ol",
        { class: "claims" },
        report.claims.map((claim) => row(claim, report.citations)),
      ),
    );
    announce(t("verified", report.claims.length));
  } catch (error) {
    room.replaceChildren(problem(error, () => run(text)));
  } finally {
    button.disabled = false;
    room.setAttribute("aria-busy", "false");
  }
}

function counts(report) {
  const some = Object.entries(report.counts).filter(([, count]) => count);
  return h(
    "ul",
    { class: "counts" },
    some.map(([label, count]) =>
      h("li", { class: `label ${label}` }, h("b", {}, String(count)), " ", h("span", { t: `claim.${label}` })),
    ),
  );
}

function row(claim, citations) {
  const on = citations.filter((each) => claim.citations.includes(each.number));
  const open = (number, opener) =>
    source.open(
      on,
      on.findIndex((each) => each.number === number),
      opener,
    );
  return h(
    "li",
    { class: `claim ${claim.label}` },
    h(
      "div",
      { class: "row" },
      h("span", { class: `label ${claim.label}`, t: `claim.${claim.label}` }),
      h("span", { class: "spring" }),
      h(
        "a",
        { class: "quiet button", href: trailOf(claim.claim, on[0]?.passage_id), label: ["basedOnSaid", claim.claim.slice(0, 80)] },
        icon("path"),
        h("span", { t: "basedOn" }),
      ),
      keeper(() => ofClaim(claim, on)),
    ),
    h(
      "p",
      { class: "statement" },
      claim.claim,
      on.map((citation) => ["\u2060", chip(citation, open)]),
    ),
    findings(claim),
  );
}

/** What the check of a claim found, in words; mere words only where it found nothing else. */
export function findings({ findings: all }) {
  const weighty = all.filter(({ element }) => element !== "words");
  const told = weighty.length ? weighty : all.slice(0, 2);
  return told.length > 0 && h("ul", { class: "findings" }, told.map(finding));
}

function finding({ element, said, found }) {
  const name = { term: ["element", element] };
  if (!said) return h("li", { t: ["findingAdds", name, found] });
  return h("li", { t: found ? ["findingSays", name, said, found] : ["findingSilent", name, said] });
}
