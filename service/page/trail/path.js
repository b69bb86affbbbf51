// The path of a trail: passages that state a claim, the policies named there, their clauses, and what cites them.
import { h, tag } from "../base/dom.js";
import { place } from "../base/parts.js";
import { current, titled } from "../base/titles.js";
import { chip } from "../quotes/statements.js";
import { findings } from "../quotes/verify.js";
import { isOut, match, official, quotation, stands } from "./told.js";

const OPEN = 6; // policies whose clauses are shown at once

/** All that a trail tells. `acts`: `open(number, button)` shows a quote, `document(about, button)` a document, `passage(quote)` words. */
export function path(got, acts) {
  const quotes = new Map(got.citations.map((each) => [each.number, each]));
  const of = { got, quotes, acts };
  if (got.subject.kind === "document") return [overall(of)];
  return got.claims.map((claim, at) => traced(claim, at, of));
}

const check = (label) => h("span", { class: `label tested ${label}`, t: `check.${label}` });

/** What a document names, and what names it. */
function overall(of) {
  const { policies, cited_by: citing, n_cited_by: total, standing } = of.got;
  return h(
    "article",
    { class: "card traced" },
    standing && h("dl", { class: "facts" }, force(standing, of)),
    h(
      "ol",
      { class: "path" },
      step(["namesThese"], policies.length, policies.length ? list(policies, of) : h("p", { class: "small", t: "stepNamesNone" })),
      step(["namedBy"], total, total ? citers(citing, total, of) : h("p", { class: "small", t: "namedByNone" })),
    ),
  );
}

function traced(claim, at, of) {
  const { claims, language } = of.got;
  const near = claim.stated_by.length > 0 && claim.stated_by.every(({ label }) => label === "near");
  return h(
    "article",
    { class: `card traced end-${claim.end}` },
    claims.length > 1 && h("p", { class: "over", t: ["trailCount", at + 1, claims.length] }),
    h("h2", { class: "claimed" }, claim.claim),
    h("p", { class: "ending" }, check(claim.end), h("span", { lang: tag(language) }, claim.says)),
    h(
      "ol",
      { class: "path" },
      step(
        [near ? "stepNear" : "stepStated"],
        claim.stated_by.length,
        claim.stated_by.length
          ? h("ol", { class: "stating" }, claim.stated_by.map((each) => stating(each, of)))
          : h("p", { class: "small", t: "stepStatedNone" }),
      ),
      step(
        ["stepPolicies"],
        claim.policies.length,
        claim.policies.length ? list(claim.policies, of) : h("p", { class: "small", t: "stepPoliciesNone" }),
        claim.left_out > 0 && h("p", { class: "small", t: ["stepLeftOut", claim.left_out] }),
      ),
    ),
  );
}

const step = (said, count, ...inner) =>
  h("li", { class: "step" }, h("h3", { class: "over" }, h("span", { t: said }), count > 0 && h("span", { class: "count" }, String(count))), ...inner);

function stating({ citation, doc_id, title, label, findings: found }, of) {
  const cited = of.quotes.get(citation);
  return h(
    "li",
    {},
    h("p", { class: "ending" }, check(label), h("span", { class: "name", lang: tag(cited?.language), ...titled(doc_id) }, current({ doc_id, title }).title)),
    quoted(citation, of),
    lacks({ label, findings: found }),
  );
}

/** What the check found; of a clause that is near in other words, that the words differ is known. */
const lacks = ({ label, findings: all }) =>
  findings({ findings: ["supported", "likely"].includes(label) ? all.filter(({ element }) => element !== "words") : all });

/** A quote with its place, and the way to it. */
function quoted(number, { quotes, acts }) {
  const cited = quotes.get(number);
  if (!cited) return null; // withdrawn: a note says so
  return h("div", { class: "quoting" }, quotation(cited.quote, cited.language), h("p", { class: "where" }, chip(cited, acts.open), place(cited)));
}

const list = (policies, of) => {
  const shown = new Set(of.got.subject.kind === "document" ? [] : policies.filter(isFull).slice(0, OPEN));
  return h("ol", { class: "policies" }, policies.map((each) => (isFull(each) ? policy(each, shown.has(each), of) : lean(each, of))));
};

/** Whether there is more to tell of a policy than its name. */
const isFull = ({ citations, nearest, n_cited_by: total, standing }) => citations.length + nearest.length + total > 0 || Boolean(standing);

const titleOf = ({ name, title, resolution }) => title || resolution.title || name;

function policy(told, open, of) {
  const { label, says, citations, nearest, cited_by: citing, n_cited_by: total, standing, doc_id } = told;
  return h(
    "li",
    { class: `policy ${label}` },
    h(
      "details",
      { open },
      h(
        "summary",
        {},
        h("h4", {}, check(label), h("span", { class: "name", ...(doc_id ? titled(doc_id) : {}) }, doc_id ? current({ doc_id, title: titleOf(told) }).title : titleOf(told))),
        standing && isOut(standing) && h("span", { class: "label contradicted", t: stands(standing) }),
      ),
      h(
        "div",
        { class: "told" },
        label !== "named" && h("p", { class: "small", lang: tag(of.got.language) }, says),
        facts(told, of),
        citations.length > 0 && clauses("stepClauses", citations, told, of),
        nearest.length > 0 && clauses("stepNearest", nearest, told, of),
        total > 0 && h("details", { class: "citing" }, h("summary", { class: "small", t: ["stepCitedBy", total] }), citers(citing, total, of)),
      ),
    ),
  );
}

/** A policy of which there is only the name, where it is named, and where it may be had. */
function lean(told, of) {
  const { name, nearness, address, resolution, label } = told;
  const link = official(address ?? resolution.address);
  const parts = [
    name !== titleOf(told) && h("span", {}, h("q", {}, name)),
    nearness !== "document" && h("span", { t: ["namedNear", { t: [`near.${nearness}`] }] }),
    link && h("span", {}, h("span", { t: "addressHead" }), " ", link),
  ].filter(Boolean);
  return h(
    "li",
    { class: `policy ${label}` },
    h("h4", {}, check(label), h("span", { class: "name" }, titleOf(told))),
    h("p", { class: "where" }, marks(told, of), h("span", { class: "place" }, parts)),
  );
}

/** The quotes that name a policy. */
const marks = ({ named_in: numbers }, { quotes, acts }) =>
  numbers.filter((number) => quotes.has(number)).map((number) => chip(quotes.get(number), acts.open));

const clauses = (said, numbers, told, of) =>
  h(
    "section",
    { class: said === "stepNearest" ? "clauses nearest" : "clauses" },
    h("h5", { class: "over", t: said }),
    numbers.map((number) => quoted(number, of)),
    lacks(told),
  );

const row = (said, ...what) => [h("dt", { t: said }), h("dd", {}, ...what)];

/** Where it is named, how it was matched, whether it is in force, and where its original is. */
function facts(told, of) {
  const { name, nearness, resolution, address, original, standing, doc_id, title } = told;
  const { acts } = of;
  const cited = marks(told, of);
  const near = nearness !== "document" && h("span", { class: "small", t: `near.${nearness}` });
  const isSame = name === titleOf(told); // said above already
  const link = official(address ?? resolution.address);
  const showAt = (event) => acts.document({ doc_id, title }, event.currentTarget);
  return h(
    "dl",
    { class: "facts" },
    (!isSame || near || cited.length > 0) && row("named", !isSame && [h("q", {}, name), " "], near, cited),
    row(
      "match",
      match(resolution),
      doc_id && [" ", h("button", { type: "button", class: "link small", label: ["policyOpen", title], t: "trailOpenDocument", on: { click: showAt } })],
    ),
    standing && force(standing, of),
    original && row("digestOf", original),
    link && row("addressHead", link),
  );
}

/** Whether it is in force, with the words that say so. */
function force(standing, { acts }) {
  const { newer, newer_title: title, quotes } = standing;
  return row(
    "standingHead",
    h("span", { class: isOut(standing) && "label contradicted", t: stands(standing) }),
    newer && [
      " ",
      h("button", { type: "button", class: "link small", t: ["standingNewer", title ?? ""], on: { click: (event) => acts.document({ doc_id: newer, title }, event.currentTarget) } }),
    ],
    quotes.length > 0 && [
      " ",
      h("button", { type: "button", class: "link small", t: "standsWhy", on: { click: (event) => acts.words(quotes, event.currentTarget) } }),
    ],
  );
}

function citers(citing, total, { quotes, acts }) {
  return [
    h(
      "ul",
      { class: "citers" },
      citing.map(({ doc_id, title, name, citation }) =>
        h(
          "li",
          {},
          h("span", { class: "name", ...titled(doc_id) }, current({ doc_id, title }).title),
          " ",
          h("span", { class: "small", t: ["citedAs", name] }),
          quotes.has(citation) && chip(quotes.get(citation), acts.open),
        ),
      ),
    ),
    citing.length < total && h("p", { class: "small", t: ["stepCitedFirst", citing.length] }),
  ];
}
