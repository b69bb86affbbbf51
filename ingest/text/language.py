"""Detects the language of a text by its script and its commonest words."""

from __future__ import annotations

from sinkqa.ingest.text.patterns import late

_SAMPLE = 20_000  # characters looked at: the rest of a long text does not change the verdict
_HAN = late("[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u2e80-\u2fdf\U00020000-\U0003ffff]+")
_KANA = late("[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d]+")
_LATIN_WORD = late("[a-z\u00c0-\u024f]+")  # in small letters
_OTHER_SCRIPTS = (
    ("ko", late("[\uac00-\ud7af\u1100-\u11ff]")),
    ("ru", late("[\u0400-\u04ff]")),
    ("ar", late("[\u0600-\u06ff]")),
    ("el", late("[\u0370-\u03ff]")),
    ("hi", late("[\u0900-\u097f]")),
    ("th", late("[\u0e00-\u0e7f]")),
    ("he", late("[\u0590-\u05ff]")),
)
_COMMON_WORDS = {
    "en": "the of and to in is that for it with as was on be by are this from or an which not at",
    "fr": "le la les de des du et est un une dans pour que qui sur par pas au aux ce cette",
    "es": "el la los las de del y es un una en para que por con se al lo como",
    "de": "der die das und ist von den dem zu mit ein eine im für auf nicht des sich",
    "pt": "o a os as de do da dos das e um uma em para que por com não no na ao",
    "it": "il lo la gli le di del della e un una in per che con non è sono da",
}
_STOP_WORDS = {tag: frozenset(words.split()) for tag, words in _COMMON_WORDS.items()}
_LETTERS_PER_HAN = 3  # a Chinese character says about what three Latin letters say
_WORDS_PER_STOP_WORD = 6  # English prose has one in three, other languages share one or two in twenty
_KANA_SHARE = 0.05  # Japanese prose has 40-60 % kana; statutes with many Han words still over 15 %


def detect(text: str) -> str:
    """Detects the dominant language as a BCP 47 primary tag.

    "zh" (simplified or traditional), "en" and "ja" are reliable from one sentence on. Other languages are found as far
    as script and stop words show them. Latin script without a known stop word counts as "en". "und": no letters.
    """
    sample = _sample(text).lower()
    words = _LATIN_WORD.findall(sample)
    if sample.isascii():
        return _latin_language(words) if words else "und"
    han, kana = sum(map(len, _HAN.findall(sample))), sum(map(len, _KANA.findall(sample)))
    latin, cjk = sum(map(len, words)), _LETTERS_PER_HAN * (han + kana)
    if 2 * max(latin, cjk) <= len(sample):  # else no third script can outweigh them
        weights = {tag: 2 * len(script.findall(sample)) for tag, script in _OTHER_SCRIPTS}
        other = max(weights, key=lambda tag: weights[tag])
        if weights[other] > max(latin, cjk):
            return other
    if cjk >= latin:
        return "und" if not cjk else "ja" if kana > _KANA_SHARE * (han + kana) else "zh"
    return _latin_language(words)


def _sample(text: str) -> str:
    """Beginning, middle and end: a document's front matter is often in another language than its body."""
    if len(text) <= _SAMPLE:
        return text
    third, middle = _SAMPLE // 3, len(text) // 2
    return text[:third] + text[middle : middle + third] + text[-third:]


def _latin_language(words: list[str]) -> str:
    if sum(map(_STOP_WORDS["en"].__contains__, words)) * _WORDS_PER_STOP_WORD >= len(words):
        return "en"
    counts = {tag: sum(map(stop.__contains__, words)) for tag, stop in _STOP_WORDS.items()}
    top = max(counts, key=lambda tag: counts[tag])  # a tie goes to the first, English
    return top if counts[top] > 1 else "en"  # one word decides nothing: "et al."
