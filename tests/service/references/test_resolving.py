"""A mention comes to the document that it means, or is called missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sinkqa.index.library import Library
from sinkqa.index.references.mention import Mention
from sinkqa.index.references.mentions import mentions
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.references.listing import references_of
from sinkqa.service.references.resolving import Resolver

DOCUMENTS = {
    "tideland.md": ("中华人民共和国滩涂保护法", "CN", 2031, None, "第一条 为了保护滩涂，制定本法。"),
    "tideland-rules.md": (
        "中华人民共和国滩涂保护法实施条例",
        "CN",
        2032,
        None,
        "根据《滩涂保护法》制定本条例。",
    ),
    "trading-2030.md": ("滩涂碳汇交易管理办法（试行）", "CN", 2030, None, "第一条 为规范交易，制定本办法。"),
    "jiangsu.md": ("江苏省滩涂碳汇管理办法", "CN", 2031, "江苏省", "依照《滩涂保护法》和国家有关规定制定。"),
    "tidal-ja.md": ("森林法", "JP", 1951, None, "この法律は、森林を保護する。"),
    "peat.md": ("Peat Carbon Act 2027", "NZ", 2027, None, "This Act is the Peat Carbon Act 2027."),
    "order.md": (
        "Executive Order 20301: Restoring the Nation's Fens",
        "US",
        2031,
        None,
        "By the authority of law.",
    ),
    "order-factsheet.md": ("Fact Sheet: Executive Order 20301 Restores Fens", "US", 2031, None, "It restores fens."),
    "ndc.md": ("United States Nationally Determined Contribution", "US", 2031, None, "The target is 61 percent."),
    "review.md": (
        "Fens of the world",
        None,
        2033,
        None,
        "The Peat Carbon Act 2027 is strict. Executive Order 20301 restores fens. The Peat Carbon Act taxes peat, as "
        "does the Mere Carbon Act 2027. 《滩涂保护法》（2031）也是如此，见 https://example.org/ndc 。",
    ),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        for name, (title, country, year, place, text) in DOCUMENTS.items():
            document = read_bytes(f"# {title}\n\n{text}\n".encode(), name)
            url = "https://www.example.org/ndc/" if name == "ndc.md" else None
            about = Metadata(title=title, jurisdiction=country, year=year, place=place, url=url, language="zh")
            document = replace(document, metadata=about)
            opened.add(document, split(document), source=name)
        yield opened


@pytest.fixture(scope="module")
def ids(library):
    return {each.name: each.doc_id for each in library.documents()}


@pytest.fixture(scope="module")
def resolver(library):
    return Resolver(library)


def only(text: str) -> Mention:
    (found,) = mentions(text)
    return found


@pytest.mark.parametrize(
    ("text", "within", "how", "files"),
    [
        ("《滩涂保护法》", "", "exact", ["tideland.md"]),
        ("《中华人民共和国滩涂保护法》（2031）", "review.md", "exact", ["tideland.md"]),
        ("《滩涂保护法》", "tideland.md", "itself", ["tideland.md"]),
        ("《滩涂保护法实施条例》", "", "exact", ["tideland-rules.md"]),
        ("《滩涂碳汇交易管理办法》", "", "exact", ["trading-2030.md"]),
        ("《江苏省滩涂碳汇管理办法》", "", "exact", ["jiangsu.md"]),
        ("the Peat Carbon Act 2027 says", "", "exact", ["peat.md"]),
        ("the Peat Carbon Act of", "", "exact", ["peat.md"]),
        ("under Executive Order 20301 of", "review.md", "exact", ["order.md"]),
        ("《美国国家自主贡献》（2031）", "", "alias", ["ndc.md"]),
        ("见 https://example.org/ndc 。", "", "exact", ["ndc.md"]),
        ("《滩涂碳汇交易管理办法》（2025）", "", "probable", ["trading-2030.md"]),
    ],
)
def test_what_the_library_has_is_found(resolver, ids, text, within, how, files):
    found = resolver.resolve(only(text), doc_id=ids.get(within, ""))
    assert (found.how, [*found.doc_ids]) == (how, [ids[file] for file in files])
    assert found.title and (found.how != "probable" or found.reason)


@pytest.mark.parametrize(
    "text",
    [
        "《湖泊保护法》",
        "《滩涂碳汇交易管理暂行办法》",
        "《关于修改〈中华人民共和国滩涂保护法〉的决定》",
        "《浙江省滩涂碳汇管理办法》",
        "the Mere Carbon Act 2027 says",
        "the Peat Carbon Act 2019 says",
        "the Peat Carbon Amendment Act 2029 says",
        "under Executive Order 20302 of",
        "《美国国家自主贡献》（2024）",
        "（张三等，2031）",
    ],
)
def test_what_the_library_lacks_is_missing(resolver, text):
    found = resolver.resolve(only(text))
    assert (found.how, found.doc_ids) == ("missing", ()), found


def test_a_law_of_another_country_is_not_meant(resolver, ids):
    assert resolver.resolve(only("《森林法》"), doc_id=ids["tideland.md"]).how == "missing"
    assert resolver.resolve(only("《森林法》"), doc_id=ids["tidal-ja.md"]).how == "itself"


def test_a_missing_document_comes_with_its_address(resolver):
    found = resolver.resolve(only("《2030年前碳达峰行动方案》"))
    assert found.how == "missing" and found.title == "2030年前碳达峰行动方案"
    assert found.address and found.address.startswith("https://www.gov.cn/")


def test_what_cites_a_document_is_found_and_confirmed(resolver, ids):
    citing = [(other, mention.name) for other, mention in resolver.cited_by(ids["peat.md"])]
    assert citing == [(ids["review.md"], "Peat Carbon Act 2027"), (ids["review.md"], "Peat Carbon Act")]
    assert {other for other, _ in resolver.cited_by(ids["tideland.md"])} == {
        ids["tideland-rules.md"],
        ids["jiangsu.md"],
        ids["review.md"],
    }
    assert [*resolver.cited_by(ids["jiangsu.md"])] == []


def test_each_distinct_mention_is_listed_once_and_page_by_page(library, resolver, ids):
    whole = references_of(library, resolver, ids["review.md"], offset=0, limit=None)
    names = ["Peat Carbon Act 2027", "Executive Order 20301", "Peat Carbon Act"]
    assert [each.name for each in whole.mentions][:3] == names
    assert whole.total == len(whole.mentions) == 6 and whole.next_offset is None and whole.cited_by == ()
    text = library.text(ids["review.md"])
    assert all(each.name in text[each.places[0].start : each.places[0].end] for each in whole.mentions)
    part = references_of(library, resolver, ids["review.md"][:12], offset=2, limit=2)
    assert part.mentions == whole.mentions[2:4] and part.next_offset == 4


def test_a_change_of_the_library_is_followed(library, tmp_path):
    with Library.open(tmp_path / "other", create=True) as other:
        resolver, mention = Resolver(other), only("the Mere Carbon Act 2027 says")
        assert resolver.resolve(mention).how == "missing"
        document = read_bytes(b"# Mere Carbon Act 2027\n\nMeres are kept.\n", "mere.md")
        other.add(document, split(document))
        assert resolver.resolve(mention).how == "exact"
