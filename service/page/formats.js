// A passage as a reference: GB/T 7714-2015, APA 7, BibTeX. Only what is known is said; nothing is made up.

const CHINESE = /\p{Script=Han}/u;

/** All three, as `[name, text]`. `about` is the API's, `citation` has pages and, perhaps, the original's title. */
export function references(about, citation, today = new Date()) {
  const { authors, issuer, year, url } = about.metadata;
  const pages =
    citation.page_end > citation.page_start ? `${citation.page_start}-${citation.page_end}` : `${citation.page_start}`;
  const work = {
    authors,
    issuer,
    year,
    url,
    title: citation.original ?? about.title,
    pages: about.n_pages > 1 ? pages : null,
    today,
    id: about.doc_id,
  };
  return [
    ["GB/T 7714", chinese(work)],
    ["APA", apa(work)],
    ["BibTeX", bibtex(work)],
  ];
}

const day = (date) => date.toISOString().slice(0, 10);

function chinese({ authors, issuer, year, url, title, pages, today }) {
  const most = CHINESE.test(authors[0] ?? title) ? "等" : "et al";
  const by = authors.length > 3 ? [...authors.slice(0, 3), most] : authors.length ? authors : issuer ? [issuer] : [];
  const issued = [authors.length ? issuer : null, year].filter(Boolean).join(", ");
  const where = [issued, pages].filter(Boolean).join(": ");
  const parts = [by.join(", "), `${title}[${url ? "EB/OL" : "Z"}]`, where + (url ? `[${day(today)}]` : ""), url];
  return `${parts.filter(Boolean).join(". ")}.`;
}

function apa({ authors, issuer, year, url, title, pages }) {
  const last = authors.at(-1);
  const by = authors.length > 1 ? `${authors.slice(0, -1).join(", ")}, & ${last}` : (last ?? issuer);
  const dated = `(${year ?? (CHINESE.test(title) && !by ? "无日期" : "n.d.")})`;
  const titled = title + (pages ? ` (${pages.includes("-") ? "pp." : "p."} ${pages.replace("-", "–")})` : "");
  const parts = by ? [`${by} ${dated}`, titled] : [`${titled} ${dated}`];
  return [...parts, authors.length ? issuer : null].filter(Boolean).join(". ") + (url ? `. ${url}` : ".");
}

function bibtex({ authors, issuer, year, url, title, pages, id }) {
  const plain = (text) =>
    text
      .replace(/[\\{}]/g, "")
      .replace(/[&%$#_]/g, "\\$&")
      .replace(/[~^]/g, "\\$&{}");
  const fields = {
    title: `{${plain(title)}}`,
    author: authors.length ? authors.map((each) => `{${plain(each)}}`).join(" and ") : issuer && `{${plain(issuer)}}`,
    publisher: authors.length && issuer ? plain(issuer) : null,
    year,
    pages: pages?.replace("-", "--"),
    url: url?.replace(/[{}\\]/g, ""),
  };
  const lines = Object.entries(fields)
    .filter(([, value]) => value)
    .map(([name, value]) => `  ${name} = {${value}}`);
  return `@misc{sinkqa-${id.slice(0, 8)},\n${lines.join(",\n")}\n}`;
}
