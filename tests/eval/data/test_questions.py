from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sinkqa.ingest.document import Document
from sinkqa.ingest.readers import read

ROOT = Path(__file__).parents[3]
QUESTIONS = ROOT / "eval" / "questions"
STARTER = ROOT / "service" / "starter"
SHARED = ROOT.parent / "shared"
PAPER = SHARED / "paper" / "guan-xu-carbon-sinks.txt"
SILENT = {"unanswerable"}
TYPES = {
    "causal", "comparison", "cross-lingual", "definition", "factoid", "false-premise", "list", "multi-hop", "numeric",
    "policy-recommendation", "table", "unanswerable",
}  # fmt: skip
RUN = 36  # letters in a row that make a copy of a source ...
LATIN_RUN = 90  # ... and where the script is Latin

needs_paper = pytest.mark.skipif(not PAPER.exists(), reason="shared documents are not beside this checkout")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (QUESTIONS / name).read_text(encoding="utf-8").splitlines()]


OURS, CARRIED = rows("starter.jsonl"), rows("paper.dev.jsonl")
BOTH = [*OURS, *CARRIED]
ANSWERED = [row for row in OURS if row["type"] not in SILENT]


@cache
def starter_page(name: str) -> Document:
    (path,) = STARTER.rglob(name)
    return read(path)


def evidence_text(place: dict[str, Any]) -> str:
    return starter_page(place["document"]).text[place["start"] : place["end"]]


def bare(text: str) -> str:
    return "".join(text.split())


def language(text: str) -> str:
    letters = re.findall(r"[^\W\d_]", text)
    return "zh" if sum(c > "\u2e7f" for c in letters) > 0.3 * len(letters) else "en"


def says(text: str, variant: str, lang: str) -> bool:
    """The gold matcher's rules: numbers and short words stand whole, longer Latin words are stems."""
    text, variant = (_plain(each, lang) for each in (text, variant))
    pattern = re.escape(variant)
    if variant[0].isascii() and variant[0].isalnum():
        pattern = (r"(?<![\d.])" if variant[0].isdigit() else r"(?<![A-Za-z])") + pattern
    if variant[-1].isdigit():
        pattern += r"(?!\d|\.\d)"
    elif variant.isascii() and variant.isalpha() and len(variant) <= 3:
        pattern += r"s?(?![A-Za-z])"
    acronym = variant.isascii() and variant.isalpha() and variant.isupper() and len(variant) <= 4
    return re.search(pattern, text, 0 if acronym else re.IGNORECASE) is not None


def _plain(text: str, lang: str) -> str:
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text.replace("’", "'").replace("％", "%"))
    return " ".join(re.sub(r"[\u2010-\u2015-]", " ", text).split()) if lang == "en" else bare(text)


def says_point(text: str, point: dict[str, list[str]], lang: str) -> bool:
    return any(says(text, variant, lang) for variant in point[lang])


def by_hop(row: dict[str, Any]) -> list[list[str]]:
    hops: dict[int, list[str]] = defaultdict(list)
    for place in row["evidence"]:
        hops[place["hop"]].append(evidence_text(place))
    assert sorted(hops) == list(range(1, len(hops) + 1)), row["id"]
    return list(hops.values())


@pytest.mark.parametrize("row", ANSWERED, ids=lambda row: row["id"])
def test_every_span_holds_what_it_must(row: dict[str, Any]) -> None:
    assert row["evidence"]
    for place in row["evidence"]:
        assert starter_page(place["document"]).text_sha256 == place["text_sha256"], place["document"]
        said = bare(evidence_text(place))
        assert place["must_contain"]
        assert [must for must in place["must_contain"] if bare(must) not in said] == []


@pytest.mark.parametrize("row", ANSWERED, ids=lambda row: row["id"])
def test_every_point_stands_in_all_alternatives_of_some_hop(row: dict[str, Any]) -> None:
    assert row["answer_points"]
    hops = by_hop(row)
    missed = [
        point
        for point in row["answer_points"]
        if not any(all(says_point(text, point, language(text)) for text in alternatives) for alternatives in hops)
    ]
    assert missed == []


@pytest.mark.parametrize("row", ANSWERED, ids=lambda row: row["id"])
def test_the_reference_answer_makes_every_point(row: dict[str, Any]) -> None:
    missed = [point for point in row["answer_points"] if not says_point(row["answer"], point, row["lang"])]
    assert missed == []


def test_cross_lingual_questions_have_no_evidence_in_their_own_language() -> None:
    for row in OURS:
        spoken = {language(evidence_text(place)) for place in row["evidence"]}
        if row["type"] == "cross-lingual":
            assert spoken == {"zh", "en"} - {row["lang"]}, row["id"]


def test_what_the_library_does_not_say_has_no_evidence_and_no_points() -> None:
    for row in BOTH:
        assert (row["type"] in SILENT) == (not row["evidence"]) == (not row["answer_points"]), row["id"]


def test_the_counts_are_those_the_readme_gives() -> None:
    told = (QUESTIONS / "README.md").read_text(encoding="utf-8")
    for name, questions in (("paper.dev", CARRIED), ("starter", OURS)):
        lines = Counter((row["type"], row["lang"]) for row in questions)
        total = Counter(row["lang"] for row in questions)
        for kind in sorted({row["type"] for row in questions}):
            cells = f"| {name} | {kind} | {lines[kind, 'zh']} | {lines[kind, 'en']} |"
            assert cells in told, cells
        assert f"| {name} | all | {total['zh']} | {total['en']} |" in told


def test_the_starter_set_is_balanced() -> None:
    languages = Counter(row["lang"] for row in OURS)
    assert languages["zh"] == languages["en"] >= 40
    assert {row["type"] for row in OURS} == TYPES
    assert {row["style"] for row in OURS} == {"natural", "paraphrase", "keyword"}
    for lang, count in languages.items():
        assert sum(row["type"] in SILENT and row["lang"] == lang for row in OURS) >= count // 5


def test_every_kind_of_page_is_asked_about() -> None:
    asked = {place["document"] for row in OURS for place in row["evidence"]}
    assert {"paper.zh.md", "paper.en.md"} <= asked
    families = {path.name.split("-")[0] for path in (STARTER / "policies").glob("*.md")}
    assert {name.split("-")[0] for name in asked} >= families


def test_no_question_is_asked_twice() -> None:
    asked = Counter("".join(re.findall(r"\w", row["question"])).lower() for row in BOTH)
    assert [question for question, n in asked.items() if n > 1] == []
    assert len({row["id"] for row in BOTH}) == len(BOTH)


def test_every_row_has_the_same_fields() -> None:
    assert len({tuple(row) for row in BOTH}) == 1
    assert {tuple(place) for row in BOTH for place in row["evidence"]} == {tuple(OURS[0]["evidence"][0])}


@needs_paper
def test_the_carried_spans_hold_what_they_must() -> None:
    document = read(PAPER)
    for row in CARRIED:
        for place in row["evidence"]:
            assert (place["document"], place["text_sha256"]) == (PAPER.name, document.text_sha256)
            said = bare(document.text[place["start"] : place["end"]])
            assert [must for must in place["must_contain"] if bare(must) not in said] == [], row["id"]


@needs_paper
def test_the_carried_questions_are_those_of_the_gold_set() -> None:
    gold = [json.loads(line) for line in (SHARED / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    for ours, theirs in zip(CARRIED, gold, strict=True):
        for key in ours.keys() - {"evidence"}:
            assert ours[key] == theirs[key], (ours["id"], key)
        for place, gold_place in zip(ours["evidence"], theirs["evidence"], strict=True):
            assert {key: place[key] for key in ("start", "end", "hop")}.items() <= gold_place.items()


def _letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", text)).lower()


@needs_paper
def test_no_long_run_of_a_source_stands_in_the_questions() -> None:
    ours: dict[int, dict[str, str]] = {RUN: {}, LATIN_RUN: {}}
    for row in BOTH:
        words = _letters(json.dumps([row["question"], row["answer"], row["evidence"]], ensure_ascii=False))
        for size, pieces in ours.items():
            pieces.update((words[i : i + size], row["id"]) for i in range(len(words) - size + 1))
    copied = set()
    for path in [PAPER, *(p for p in (SHARED / "policy" / "docs").iterdir() if p.suffix in {".txt", ".md"})]:
        source = _letters(path.read_text(encoding="utf-8", errors="ignore"))
        for size, pieces in ours.items():
            shared = (source[i : i + size] for i in range(len(source) - size + 1))
            copied |= {pieces[s] for s in shared if s in pieces and (size > RUN or sum(c > "\u2e7f" for c in s) >= 20)}
    assert copied == set()
