// The view that verifies: each statement of a text with what the documents say of it.
import { post } from "../base/api.js";
import { keeper, ofClaim } from "../basket/basket.js";
import { announce, byId, h } from "../base/dom.js";
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
  const weighty = claim.findings.filter((finding) => finding.element !== "words");
  const findings = weighty.length ? weighty : claim.findings.slice(0, 2);
  return h(
    "li",
    { class: `claim ${claim.label}` },
    h(
      "div",
      { class: "row" },
      h("span", { class: `label ${claim.label}`, t: `claim.${claim.label}` }),
      h("span", { class: "spring" }),
      keeper(() => ofClaim(claim, on)),
    ),
    h(
      "p",
      { class: "statement" },
      claim.claim,
      on.map((citation) => ["\u2060", chip(citation, open)]),
    ),
    findings.length > 0 && h("ul", { class: "findings" }, findings.map(finding)),
  );
}

function finding({ element, said, found }) {
  const name = { term: ["element", element] };
  if (!said) return h("li", { t: ["findingAdds", name, found] });
  return h("li", { t: found ? ["findingSays", name, said, found] : ["findingSilent", name, said] });
}
