"""The bundled starter corpus: complete front matter, every fact of the paper, not a sentence of it."""

from __future__ import annotations

import calendar
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
STARTER = ROOT / "service" / "starter"
PAGES = sorted(STARTER.rglob("*.md"))
POLICIES = {path.stem: path for path in (STARTER / "policies").glob("*.md")}

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the reference documents (../shared) are not here")

JURISDICTIONS = {"CN", "US", "EU", "JP", "NZ", "UN", None}
# The same Measures are listed twice in the manifest, as two renderings of one document: one page.
MERGED = {"cn-ccer-trading-measures-2023-md": "cn-ccer-trading-measures-2023"}
# A number, its unit, as the paper prints them once white space is gone.
FIGURE = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?)"
    r"(%|°C|TgC|亿吨|亿株|万公顷|万余元|余种|个项目|个方法学|元/株/年|个县|个村|户|年|月|日)"
)
# Figures of the paper told in words.
IN_WORDS = {
    "三分之二": "two-thirds",
    "五分之一": "one-fifth",
    "三分之一": "one-third",
    "十大行动": "ten major actions",
    "九大项": "nine priority actions",
    "十年": "ten years",
    "四项": "first four",
    "八个领域": "eight fields",
    "几千万家": "tens of millions",
}
EN_UNIT = {"亿吨": "tonnes", "亿株": "trees", "万公顷": "hectares", "万余元": "yuan"}


def squeeze(text: str) -> str:
    """Text without white space, full-width forms folded."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def parts(path: Path) -> tuple[dict[str, Any], str]:
    """Front matter and body of a page."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    meta = yaml.safe_load(head)
    assert isinstance(meta, dict)
    return meta, body


def shared_json(name: str) -> Any:
    return json.loads((SHARED / name).read_text(encoding="utf-8"))


def cited() -> list[dict[str, Any]]:
    return [entry for entry in shared_json("policy/manifest.json") if entry["kind"] == "cited"]


def paper_text() -> str:
    return (SHARED / "paper" / "guan-xu-carbon-sinks.txt").read_bytes().decode("utf-8")


def table_rows(body: str, label: str) -> list[list[str]]:
    """Rows, without header, of all tables captioned ``label`` ("表1", "续表1", "Table 1 (continued)")."""
    rows: list[list[str]] = []
    for match in re.finditer(rf"^{label}\b[^\n]*\n\n((?:\|[^\n]*\n)+)", body, re.M):
        lines = match[1].splitlines()[2:]
        rows += [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return rows


def leaves(value: Any) -> list[str]:
    """The texts of a cell of the reference tables, which holds one item or a list of them."""
    items = value if isinstance(value, list) else [value]
    return [item["text"] for item in items]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_page_has_complete_front_matter(path: Path) -> None:
    meta, _ = parts(path)
    required = {"title", "digest_of", "issuer", "language"}
    if path.parent.name == "policies":
        required |= {"cited_in"}
    assert all(isinstance(meta.get(key), str) and meta[key] for key in required), meta
    assert meta["language"] in {"zh", "en"}
    assert meta.get("jurisdiction") in JURISDICTIONS
    assert " / " in meta["title"]
    assert isinstance(meta.get("year", 2000), int)
    assert re.match(r"https?://\S+$", meta.get("url", "https://none"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_first_paragraph_says_that_the_page_is_a_digest(path: Path) -> None:
    _, body = parts(path)
    heading, first = body.strip().split("\n\n")[:2]
    assert heading.startswith("# ")
    assert "digest" in first
    assert re.search(r"check (any )?quotation|核对", first)


@pytest.mark.parametrize("path", sorted(POLICIES.values()), ids=lambda path: path.stem)
def test_policy_pages_speak_both_languages(path: Path) -> None:
    _, body = parts(path)
    headings = re.findall(r"^## (中文|English)", body, re.M)
    assert sorted(headings) == ["English", "中文"]


@needs_shared
def test_every_cited_document_has_a_page_with_its_official_address() -> None:
    for entry in cited():
        slug = MERGED.get(entry["slug"], entry["slug"])
        meta, body = parts(POLICIES[slug])
        address = (entry["official_url"] or "").split(" ")[0]
        assert address in body, slug
        assert bool(address) == ("url" in meta), slug
        if entry["year"] != "n/a":  # a mechanism, no single document
            assert str(meta["year"]) in entry["year"], slug
        if entry["file"] is None:
            assert "全文没有收入" in body, slug


@needs_shared
def test_there_is_no_page_without_a_cited_document() -> None:
    known = {entry["slug"] for entry in shared_json("policy/manifest.json")}
    assert known >= POLICIES.keys()


@needs_shared
def test_every_figure_of_the_paper_stands_in_the_chinese_digest() -> None:
    digest = squeeze(parts(STARTER / "paper.zh.md")[1])
    text = squeeze(paper_text())
    figures = {match[0] for match in FIGURE.finditer(text)} | IN_WORDS.keys()
    figures |= set(re.findall(r"\d+(?:\.\d+)?", text))  # whatever the unit
    assert len(figures) > 130
    assert not {figure for figure in figures if not stands(figure, digest)}


def stands(figure: str, digest: str) -> bool:
    return re.search(rf"(?<![\d.]){re.escape(figure)}", digest) is not None


@needs_shared
def test_every_figure_of_the_paper_stands_converted_in_the_english_digest() -> None:
    body = parts(STARTER / "paper.en.md")[1].replace(",", "")
    text = squeeze(paper_text())
    assert not [m[0] for m in FIGURE.finditer(text) if not any(stands(form, body) for form in english(m[1], m[2]))]
    assert not [word for word, form in IN_WORDS.items() if form not in body]


def english(number: str, unit: str) -> list[str]:
    """The forms in which the English digest may give a figure of the paper."""
    if unit[0] in "亿万":
        scale = {"亿": 10**8, "万": 10**4}[unit[0]]
        value = float(number) * scale
        forms = [f"{value / by:g}{word}" for by, word in ((10**9, " billion"), (10**6, " million"), (1, ""))]
        forms.append(f"{value:.0f}")
        return [f"{form} {EN_UNIT[unit]}" for form in forms]
    if unit == "月":
        return [calendar.month_name[int(number)]]
    return [number]


@needs_shared
@pytest.mark.parametrize("number", range(1, 6))
def test_every_cell_of_the_tables_stands_on_its_row(number: int) -> None:
    table = shared_json("gold/TABLES.json")[number - 1]
    label_column = table["columns"][0]
    rows = table_rows(parts(STARTER / "paper.zh.md")[1], f"续?表{number}")
    assert [squeeze(row[0]) for row in rows] == [squeeze(row[label_column]["text"]) for row in table["rows"]]
    for ours, theirs in zip(rows, table["rows"], strict=True):
        for cell, column in zip(ours[1:], table["columns"][1:], strict=True):
            assert bool(cell) == bool(theirs[column]), (number, theirs[label_column], column)
            for text in leaves(theirs[column]):
                assert covered(text, cell), (number, text, cell)


def covered(text: str, cell: str) -> bool:
    """All figures and Latin names, and two thirds of the character pairs, of the reference cell stand in ours."""
    exact = re.findall(r"\d+%?|[A-Za-z]{2,}", text)
    reference, ours = (re.sub(r"[\W_]+", "", squeeze(part)) for part in (text, cell))
    words = [reference[i : i + 2] for i in range(len(reference) - 1)] or [reference]
    share = sum(word in ours for word in words) / len(words)
    return all(piece in cell for piece in exact) and share >= 2 / 3


@needs_shared
@pytest.mark.parametrize("number", range(1, 6))
def test_the_english_tables_have_the_same_rows_columns_and_figures(number: int) -> None:
    table = shared_json("gold/TABLES.json")[number - 1]
    rows = table_rows(parts(STARTER / "paper.en.md")[1], f"Table {number}")
    assert len(rows) == len(table["rows"])
    for ours, theirs in zip(rows, table["rows"], strict=True):
        for cell, column in zip(ours[1:], table["columns"][1:], strict=True):
            assert bool(cell) == bool(theirs[column]), (number, ours[0], column)
            text = " ".join(leaves(theirs[column]))
            assert set(re.findall(r"\d+%?|[A-Z]{2,}s?", text)) <= set(re.findall(r"\d+%?|[A-Z]{2,}s?", cell)), cell


@needs_shared
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_section_page_source_and_footnote_of_the_paper_is_named(language: str) -> None:
    body = parts(STARTER / f"paper.{language}.md")[1]
    structure = shared_json("gold/STRUCTURE.json")
    assert [int(n) for n in re.findall(r"^<!-- page: (\d+) -->$", body, re.M)] == list(range(1, 14))
    headings = "".join(re.findall(r"^#+ .*$", body, re.M))
    titles = [entry["title"] for entry in structure["outline"] if re.match(r"[一二三四（]", entry["title"])]
    assert len(titles) == 11
    assert all(title in headings for title in titles)
    for source in structure["citations"]:
        name = re.sub(r"(等| et al\.)$", "", source["author"])
        assert all(part in body for part in re.split("[、&]", name) if part.strip()), name
        assert str(source["year"]) in body
    for note in structure["footnotes"]:
        url = re.search(r"https://[^。]+", note["text"])
        assert url
        assert url[0] in body


@needs_shared
def test_sections_stand_on_the_pages_of_the_original() -> None:
    body = parts(STARTER / "paper.zh.md")[1]
    for entry in shared_json("gold/STRUCTURE.json")["outline"]:
        if not re.match(r"[一二三四（]", entry["title"]):
            continue
        before = body[: re.search(rf"^#+ {re.escape(entry['title'])}$", body, re.M).start()]  # type: ignore[union-attr]
        assert int(re.findall(r"<!-- page: (\d+) -->", before)[-1]) == entry["page"], entry["title"]


@needs_shared
def test_no_page_copies_a_run_of_a_reference_document(tmp_path: Path) -> None:
    for path in PAGES:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "add", "."], check=True)
    tool = SHARED / "tools" / "copied_text.py"
    done = subprocess.run([sys.executable, tool, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
