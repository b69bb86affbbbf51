"""References for what documents are: a law is no report, a web page has no pages, a PDF has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sinkqa.ingest.document import Metadata
from sinkqa.service.exporting.references import STYLES, apa, bibtex, gbt7714, ris, work_of
from sinkqa.service.exporting.rereading import printed
from tests.service.exporting.library import FILES

SEEN = date(2026, 11, 30)
PDF = "https://example.org/a.pdf"


@pytest.fixture
def record(engine):
    """A document of the library, known by other things and of another format."""

    def make(title: str, *, type_: str = "markdown", **known):
        metadata = Metadata(title=title, **known)
        return replace(engine.documents()[0], title=title, type=type_, metadata=metadata, doc_id="ab" * 32)

    return make


def work(record, pages=None):
    return work_of(record, pages=pages, seen=SEEN)


@pytest.mark.parametrize(
    ("title", "known", "pages", "gbt", "apa_"),
    [
        ("湿地法", {"issuer": "人大", "year": 2021}, None, "人大. 湿地法[Z]. 2021.", "湿地法 (2021)."),
        (
            "碳排放权交易管理暂行条例", {"issuer": "国务院", "year": 2024, "url": "https://gov.example/1.htm"}, None,
            "国务院. 碳排放权交易管理暂行条例[EB/OL]. 2024[2026-11-30]. https://gov.example/1.htm",
            "国务院. (2024). 碳排放权交易管理暂行条例. https://gov.example/1.htm",
        ),
        (
            "Emissions Gap Report 2024", {"issuer": "UNEP", "year": 2024, "url": PDF}, ("3", "5"),
            f"UNEP. Emissions Gap Report 2024[R/OL]. 2024: 3-5[2026-11-30]. {PDF}",
            f"UNEP. (2024). Emissions Gap Report 2024 (pp. 3–5). {PDF}",
        ),
        (
            "Sinks", {"authors": ("Guan", "Xu"), "year": 2024}, ("iv", "iv"),
            "Guan, Xu. Sinks[Z]. 2024: iv.", "Guan, & Xu. (2024). Sinks (p. iv).",
        ),
        (
            "碳汇", {"authors": ("甲", "乙", "丙", "丁"), "issuer": "某大学", "year": 2024}, None,
            "甲, 乙, 丙, 等. 碳汇[Z]. 某大学, 2024.", "甲, 乙, 丙, & 丁. (2024). 碳汇. 某大学.",
        ),
        ("鉴别标准 GB 34330-2017", {}, None, "鉴别标准 GB 34330-2017[S].", "鉴别标准 GB 34330-2017 (n.d.)."),
        ("Bonn Agreement", {"year": 2015}, ("2", "2"), "Bonn Agreement[Z]. 2015: 2.", "Bonn Agreement (2015) (p. 2)."),
    ],
)  # fmt: skip
def test_references_say_what_is_known_in_each_style(record, title, known, pages, gbt, apa_):
    cited = work(record(title, **known), pages)
    assert (gbt7714(cited), apa(cited)) == (gbt, apa_)


@pytest.mark.parametrize(
    ("title", "entry", "kind"),
    [
        ("湿地保护法", "misc", "STAT"),
        ("自愿减排交易管理办法（试行）", "misc", "LEGAL"),
        ("碳汇计量方法", "misc", "GEN"),
        ("Climate Change Response Act 2002", "misc", "STAT"),
        ("Executive Order 14072", "misc", "LEGAL"),
        ("中国应对气候变化的年度报告", "techreport", "RPRT"),
        ("GB/T 7714-2015", "misc", "STAND"),
    ],
)
def test_reference_managers_hear_what_kind_of_document_it_is(record, title, entry, kind):
    cited = work(record(title, issuer="Somebody", year=2020))
    assert bibtex(cited).startswith(f"@{entry}{{sinkqa-abababab,\n")
    assert ris(cited).startswith(f"TY  - {kind}\n") and ris(cited).endswith("ER  - \n")
    assert ("institution = {Somebody}" in bibtex(cited)) == (entry == "techreport")


def test_pages_are_told_only_of_documents_that_have_some(engine, record):
    (page,) = engine._library.pages(engine.documents()[0].doc_id)
    assert printed(record("A", type_="html"), [page]) is None
    assert printed(record("A", type_="pdf"), [page]) == ("1", "1")
    assert printed(replace(record("A"), n_pages=7), [replace(page, label="iv"), replace(page, number=6)]) == ("iv", "6")
    assert printed(record("A", type_="pdf"), []) is None


def test_an_address_that_may_not_be_followed_is_not_told(record):
    for url in (
        "javascript:alert(1)",
        "https://a.example/ b",
        "https://a.example/\nER  - ",
        'https://a.example/">',
        "",
    ):
        assert work(record("A", url=url)).url is None
    assert work(record("A", url="https://a.example/%E6%B3%95?x=1#y")).url


def test_the_engine_names_a_document_in_every_style(engine):
    for about in engine.documents():
        told = engine.references(about.doc_id[:8], pages=(1, 1))
        assert list(told) == list(STYLES)
        assert ": 1" not in told["gbt7714"] and "(p. 1)" not in told["apa"], "none of them has pages"
    assert len(engine.documents()) == len(FILES)
