// The words of a question as it was written: the search knows them by stems and pairs of characters.
const HAN = /\p{Script=Han}/u;
const PLAIN = /\p{Script=Han}+|[\p{L}\p{N}][\p{L}\p{N}.,'’-]*/gu;
const ASKING = new Set(
  (
    "about does have much many more most what which when where whose with would could should shall must from that this " +
    "these those there their they them than then into onto over under between been were will also each some such tell " +
    "什么 多少 哪些 哪个 如何 怎么 怎样 是否 为什么 为何 关于 规定 请问 可以 应当 有关 分别 根据 以及 或者 没有 " +
    "哪里 哪儿 何时 何地 多久 几个 几年"
  ).split(" "),
);

/** `[text, start]` of each word; Chinese by the browser's dictionary where it has one. */
function wordsOf(question) {
  if (!Intl.Segmenter) return [...question.matchAll(PLAIN)].map((found) => [found[0], found.index]);
  const language = HAN.test(question) ? "zh" : "en";
  const parts = [...new Intl.Segmenter(language, { granularity: "word" }).segment(question)];
  return parts.filter(({ isWordLike }) => isWordLike).map(({ segment, index }) => [segment, index]);
}

/** Words that stand side by side are shown as one, where they are Chinese or have capitals. */
function joined(words) {
  const runs = [];
  const capital = (text) => /^\p{Lu}/u.test(text);
  for (const [text, start] of words) {
    const last = runs.at(-1);
    const end = last && last[1] + last[0].length;
    if (last && end === start && HAN.test(text) && HAN.test(last[0])) last[0] += text;
    else if (last && end + 1 === start && capital(text) && capital(last[0])) last[0] += ` ${text}`;
    else runs.push([text, start]);
  }
  return [...new Set(runs.map(([text]) => text))];
}

/** Whether a stem is of a word: the stemmer may change the last letter (policy, polici). */
function stems(word, stem) {
  let same = 0;
  while (same < stem.length && word[same] === stem[same]) same += 1;
  return same >= Math.max(2, stem.length - 1) && (same > 2 || same === stem.length);
}

/**
 * The words of the question that these terms of the search stand for, but for those that say nothing; the terms
 * themselves where none is told.
 */
export function written(question, terms) {
  const covered = new Set();
  for (const term of terms)
    for (let at = question.indexOf(term); HAN.test(term) && at >= 0; at = question.indexOf(term, at + 1))
      for (let of = at; of < at + term.length; of += 1) covered.add(of);
  const latin = terms.filter((term) => !HAN.test(term));
  const told = wordsOf(question).filter(([text, start]) =>
    HAN.test(text)
      ? [...Array(text.length).keys()].every((of) => covered.has(start + of))
      : latin.some((stem) => stems(text.toLowerCase(), stem)),
  );
  return told.length ? joined(told.filter(([text]) => !ASKING.has(text.toLowerCase()) && !/^\p{Ll}{1,3}$/u.test(text))) : terms;
}

/** The words of the question that stand in none of the texts. Words that only ask do not count. */
export function unheard(question, texts) {
  const read = texts.join("\n").normalize("NFKC").toLowerCase();
  const missing = wordsOf(question).filter(([text]) => {
    const word = text.normalize("NFKC").toLowerCase();
    const tells = HAN.test(word) ? word.length > 1 : word.length > 3 || /\d/.test(word) || /^\p{Lu}{2}/u.test(text);
    const stem = HAN.test(word) || word.length < 6 || /\d/.test(word) ? word : word.slice(0, -2);
    return tells && !ASKING.has(word) && !read.includes(stem);
  });
  return joined(missing);
}
