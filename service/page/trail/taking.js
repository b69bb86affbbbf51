// A trail taken along: its quotes into the basket, as Markdown, as a link.
import { keeper, made, slim } from "../basket/basket.js";
import { h, icon } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { footnote, inert, line, take } from "../quotes/copying.js";
import { matched, stands } from "./told.js";

/** What stands under a trail: its date, and the ways to take it along. */
export function foot(got, address) {
  const act = (sign, said, click) => h("button", { type: "button", class: "quiet", on: { click } }, icon(sign), h("span", { t: said }));
  const kept = quotes(got);
  return h(
    "footer",
    { class: "foot" },
    h("span", { t: ["trailOn", got.as_of] }),
    h(
      "div",
      { class: "row takes" },
      kept.length > 0 && keeper(() => kept, { label: () => ["trailKeep", kept.length] }),
      act("copy", "copyMarkdown", () => take(markdown(got))),
      act("link", "trailLink", () => take(new URL(address, location.href).href)),
    ),
  );
}

/** Each quote of a trail as an item of the basket; the remark says what it is for. */
function quotes(got) {
  const remarks = new Map();
  const remark = (number, words) => remarks.has(number) || remarks.set(number, words);
  for (const { claim, stated_by: stating, policies } of got.claims) {
    for (const { policy, number } of policies.flatMap((each) => each.citations.map((at) => ({ policy: each, number: at }))))
      remark(number, `${t(`check.${policy.label}`)}: ${claim}`);
    for (const number of policies.flatMap(({ nearest }) => nearest)) remark(number, `${t("stepNearest")} ${claim}`);
    for (const { citation, label } of stating) remark(citation, `${t(`check.${label}`)}: ${claim}`);
  }
  return got.citations.map((citation) => made("quote", { citation: slim(citation), remark: remarks.get(citation.number) ?? "" }));
}

const words = ([key, ...args]) => t(key, ...args.map((each) => (each?.t ? t(...each.t) : each)));

/** The trail as nested lists, its quotes as footnotes. */
export function markdown(got) {
  const cited = new Map(got.citations.map((each) => [each.number, each]));
  const said = (text) => inert(line(text));
  const mark = (numbers) => numbers.filter((number) => cited.has(number)).map((number) => `[^${number}]`).join("");
  const quoting = (number) => cited.has(number) && `“${said(cited.get(number).quote)}”${mark([number])}`;
  const items = (depth, texts) => texts.filter(Boolean).map((text) => `${"    ".repeat(depth)}- ${text}`);
  const citing = ({ cited_by: by, n_cited_by: total }) =>
    total > 0 && `${t("stepCitedBy", total)}: ${by.map(({ title, citation }) => said(title) + mark([citation])).join("; ")}`;
  const policy = (each) => [
    `- **${t(`check.${each.label}`)}** · ${said(each.title || each.resolution.title || each.name)}`,
    ...items(1, [
      said(each.says),
      `${t("named")} “${said(each.name)}”, ${t(`near.${each.nearness}`)}${mark(each.named_in)}`,
      each.resolution.how !== "missing" && `${t("match")}: ${said(words(matched(each.resolution)))}`,
      each.standing && `${t("standingHead")}: ${words(stands(each.standing))}`,
      (each.address ?? each.resolution.address) && `${t("addressHead")}: ${inert(line(each.address ?? each.resolution.address))}`,
      ...each.citations.map(quoting),
      ...each.nearest.map((number) => cited.has(number) && `${t("stepNearest")} ${quoting(number)}`),
      citing(each),
    ]),
  ];
  const claims = got.claims.flatMap((claim) => [
    `## ${said(claim.claim)}`,
    `**${t(`check.${claim.end}`)}** · ${said(claim.says)}`,
    `### ${t("stepStated")}`,
    claim.stated_by.map(({ citation, label, title }) => `- **${t(`check.${label}`)}** · ${said(title)}: ${quoting(citation) || ""}`).join("\n") || t("stepStatedNone"),
    `### ${t("stepPolicies")}`,
    claim.policies.flatMap(policy).join("\n") || t("stepPoliciesNone"),
  ]);
  const named = got.subject.kind === "document" && [
    `## ${said(got.subject.title ?? "")}`,
    `### ${t("namesThese")}`,
    got.policies.flatMap(policy).join("\n") || t("stepNamesNone"),
    citing(got),
  ];
  const notes = got.citations.map((each) => `[^${each.number}]: ${footnote(each)}`).join("\n");
  return `${[...claims, ...(named || []), ...got.notes.map(said), t("trailOn", got.as_of), notes].filter(Boolean).join("\n\n")}\n`;
}
