"""A question's words lead to the documents that they name, and to none where they name nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import product
from time import perf_counter
from zlib import crc32

import pytest

from sinkqa.index.models.encoder import Encoder
from sinkqa.index.naming.front import Front
from sinkqa.index.store.documents.serialization import unpack_known
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.answering.understanding.naming import Meant, Names
from tests.service.answering.fronts import library_of

OPENINGS = {
    "marsh-law": "2033年1月2日 第十五届全国人民代表大会常务委员会第九次会议通过\n第一条 为了保护沼泽，制定本法。",
    "delta-old": "（该文件于2021年1月15日以某府令第97号公布）\n第一条 为了管理滩涂。",
    "delta-new": "（2021年1月15日以某府令第97号公布，根据2032年5月12日某府令第275号修改）\n第一条 为了管理滩涂。",
    "peat-act": "Peat Carbon Act 2027\n1 Title\nThis Act is the Peat Carbon Act 2027.",
    "order": "Executive Order 20301 of March 1, 2031\nHarvest of Fallen Timber\nBy the authority vested in me",
    "report": "Report of the Conference of the Parties\nContents\n1/CP.40\tAdoption of the Lisbon Agreement\t2",
    "kelp-1": "AR-AM7714 / Version 01.0.0\nI. Source\n• AR-AM7799 was a model",
    "kelp-2": "AR-AM7714\nVersion 02.0.0\nSectoral scope 14",
    "tideland": "Regulation (EU) 2031/77 of the European Parliament",
}


def record(key: str, title: str, jurisdiction: str | None, year: int | None, name: str = "", **fields: str) -> Front:
    about = Metadata(title=title, year=year, jurisdiction=jurisdiction, **fields)  # type: ignore[arg-type]
    return Front(key, name or f"{crc32(key.encode())}.pdf", title, "text", about, OPENINGS.get(key, ""), ())


RECORDS = [
    record("marsh-law", "中华人民共和国沼泽保护法", "CN", 2033),
    record("marsh-rules", "中华人民共和国沼泽保护法实施条例", "CN", 2034, issuer="国务院"),
    record("trade", "林业碳票交易管理暂行条例", "CN", 2035, issuer="国务院"),
    record("delta-old", "江苏省滩涂管理试行办法", "CN", 2021, place="江苏省"),
    record("delta-new", "江苏省滩涂管理试行办法", "CN", 2032, place="江苏省"),
    record("plan", "江苏省人民政府关于印发《江苏省2031年度滩涂修复工作方案》的通知", "CN", 2031, place="江苏省"),
    record("peat-act", "Peat Carbon Act 2027", "NZ", 2027),
    record("parks", "森林公園法", "JP", 1999),
    record("order", "Harvest of Fallen Timber", "US", 2031),
    record(
        "order-facts", "FACT SHEET: The President Signs an Order on Fallen Timber", "US", 2031, "eo-20301-factsheet.md"
    ),
    record("ndc-us", "The United States of America Nationally Determined Contribution", "US", 2031),
    record("ndc-eu", "Update of the NDC of the European Union and its Member States", "EU", 2033),
    record("report", "Report of the Conference of the Parties on its fortieth session", "UN", 2035),
    record("kelp-1", "Afforestation of kelp beds: methodology AR-AM7714", "UN", 2030),
    record("kelp-2", "Large-scale Methodology Afforestation of kelp beds", "UN", 2034),
    record("tideland", "Proposal for a Regulation of the European Parliament on tideland restoration", "EU", 2030),
    record("essay", "海带养殖与沿岸居民生计的关系研究", None, None),
]


Called = Callable[[Sequence[Front]], Names]


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Called]:
    """The names of a new library that holds documents with these fronts."""
    with ExitStack() as opened:

        def made(fronts: Sequence[Front]) -> Names:
            folder = tmp_path_factory.mktemp("library")
            return Names(opened.enter_context(library_of(fronts, folder, encoder)))

        yield made


@pytest.fixture(scope="module")
def names(called: Called) -> Names:
    return called(RECORDS)


def meant(names: Names, question: str) -> Meant:
    return names.meant(question)


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("《沼泽保护法》第十条规定了什么？", "marsh-law"),
        ("违反沼泽保护法怎么罚", "marsh-law"),
        ("沼泽法什么时候施行", "marsh-law"),
        ("中国2033年的沼泽保护法适用于哪里", "marsh-law"),
        ("《沼泽保护法》和别的法律有何不同", "marsh-law"),
        ("沼泽保护法实施条例第三条", "marsh-rules"),
        ("碳票交易条例里什么是碳票", "trade"),
        ("江苏滩涂办法", "delta-new"),
        ("江苏省2031年度滩涂修复工作方案有哪些任务", "plan"),
        ("section 4 of the Peat Carbon Act", "peat-act"),
        ("New Zealand's peat act", "peat-act"),
        ("泥炭碳法第四条", "peat-act"),
        ("日本森林公园法第二条", "parks"),
        ("What does Article 3 of Japan's Forest Parks Act forbid?", "parks"),
        ("What does EO 20301 order?", "order"),
        ("20301号行政令", "order"),
        ("Executive Order No. 20301 fact sheet", "order-facts"),
        ("美国2031年NDC的目标", "ndc-us"),
        ("the updated NDC of the EU", "ndc-eu"),
        ("Article 9 of the Lisbon Agreement", "report"),
        ("decision 1/CP.40", "report"),
        ("AR-AM7714 v02.0", "kelp-2"),
        ("Is litter counted in AR-AM7714 version 1?", "kelp-1"),
        ("Regulation (EU) 2031/77", "tideland"),
        ("the Commission's tideland proposal", "tideland"),
        ("海带养殖与沿岸居民生计的关系研究的结论", "essay"),
        ("eo-20301-factsheet.md", "order-facts"),
        ("请看eo-20301-factsheet第二段", "order-facts"),
    ],
)
def test_a_name_in_any_usual_form_leads_to_its_document(names, question, document):
    found = meant(names, question)
    assert found.sure
    assert found.documents[0] == document


@pytest.mark.parametrize(
    "question",
    [
        "沼泽保护",
        "该办法第三条",
        "the regulations",
        "What does the law say about marshes?",
        "有什么办法可以修复滩涂",
        "违法排放怎么处罚",
        "第二十一条",
        "How does kelp store carbon?",
        "we plan to act on climate",
        "",
    ],
)
def test_a_topic_and_a_mere_word_for_a_kind_name_nothing(names, question):
    found = meant(names, question)
    assert not found.sure
    assert not found.absent


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("《草原法》第三条", "草原法"),
        ("草原法第三条怎么规定", "草原法"),
        ("日本的沼泽保护法", "沼泽保护法"),
        ("浙江省滩涂管理试行办法", "浙江省滩涂管理试行办法"),
        ("江苏省2039年度滩涂修复工作方案", "江苏省2039年度滩涂修复工作方案"),
        ("the UK Climate Change Act 2008", "UK Climate Change Act"),
        ("methodology AR-AM9999", "AR-AM9999"),
        ("EO 13990", "EO 13990"),
        ("Brazil's NDC for 2035", "Brazil's NDC"),
    ],
)
def test_a_named_document_that_is_not_there_is_told(names, question, absent):
    found = meant(names, question)
    assert (found.sure, found.absent) == (False, absent)


def test_versions_of_one_title_stand_together_the_one_asked_for_first(names):
    assert meant(names, "江苏省滩涂管理试行办法").documents == ("delta-new", "delta-old")
    assert meant(names, "2021年的江苏滩涂管理办法").documents == ("delta-old", "delta-new")
    assert meant(names, "AR-AM7714").documents == ("kelp-2", "kelp-1")
    assert meant(names, "AR-AM7714 version 1 and version 2").documents == ("kelp-2", "kelp-1")


def test_places_joined_in_one_name_lead_to_a_document_of_each(names):
    assert set(meant(names, "美国和欧盟的NDC有什么区别").documents) == {"ndc-us", "ndc-eu"}
    assert set(meant(names, "沼泽保护法和碳票交易条例").documents) == {"marsh-law", "trade"}


def test_an_absent_law_is_told_beside_the_one_that_it_is_joined_to(names):
    found = meant(names, "草原法和沼泽保护法哪个更严")
    assert (found.documents, found.absent) == (("marsh-law",), "草原法")
    found = meant(names, "EO 20301 and EO 13990 on timber")
    assert (found.documents, found.absent) == (("order",), "EO 13990")
    assert not meant(names, "按草原法的精神理解，违反沼泽保护法怎么罚").absent


def test_attributes_and_the_topic_of_the_question_single_a_document_out(names):
    assert meant(names, "林业碳票要登记吗？按国务院的条例会怎么罚").documents == ("trade",)
    assert not meant(names, "国务院的条例怎么说").sure


def test_a_document_of_the_whole_country_is_meant_where_no_part_is_named(called):
    names = called([record("a", "海南省红树林条例", "CN", 2030, place="海南省"), record("b", "红树林条例", "CN", 2029)])
    assert names.meant("红树林条例第二条").documents[0] == "b"
    assert names.meant("Hainan's mangrove regulations").documents == ("a",)


def with_headings(*headings: str) -> list[Front]:
    """The documents, one of them with these headings."""
    return [replace(each, headings=headings) if each.doc_id == "peat-act" else each for each in RECORDS]


def test_a_law_in_a_schedule_is_found_by_the_heading(names, called):
    schedule = "Schedule 2A Oslo Protocol to the Peat Convention on Marsh Fires"
    held = called(with_headings("Part 1 Purpose", schedule))
    for question in (
        "Article 3 of the Oslo Protocol",
        "Article 3, Oslo Protocol to the Peat Convention on Marsh Fires",
    ):
        found = held.meant(question)
        assert (found.documents, found.within) == (("peat-act",), {"peat-act": schedule})
    assert held.meant("section 4 of the Peat Carbon Act").within == {}
    assert held.meant("Article 3 of the Oslo Protocol and section 4 of the Peat Carbon Act").within == {}
    assert meant(names, "Article 3 of the Oslo Protocol").documents == ()


def test_of_a_convention_and_a_protocol_to_it_the_one_is_meant_that_is_said_in_full(called):
    headings = (
        "Schedule 1 World Framework Convention on Marsh Fires",
        "Schedule 2 Oslo Protocol to the World Framework Convention on Marsh Fires",
    )
    held = called(with_headings(*headings))
    full = held.meant("Article 3 of the Oslo Protocol to the World Framework Convention on Marsh Fires")
    assert full.within == {"peat-act": headings[1]}
    assert held.meant("Article 3 of the World Framework Convention on Marsh Fires").within == {"peat-act": headings[0]}
    short = held.meant("Article 3 of the WFCMF")
    assert short.within == {"peat-act": headings[0]} and not short.sure


def test_a_law_of_a_collection_is_found_by_its_number_under_its_heading(called):
    both = ("marsh law regulation 2031 19", "marsh law explained")
    names = called([replace(record("all", "marsh collection", "EU", None), type="json", headings=both)])
    assert names.meant("Regulation (EU) 2031/19 article 3").within == {"all": both[0]}


def test_japanese_characters_and_particles_do_not_hide_a_name(called):
    names = called([record("ja", "湿原の保全の実施に関する対策法", "JP", 2030)])
    assert names.meant("日本湿原保全实施对策法第三条").documents == ("ja",)


def test_the_letters_of_a_number_are_no_part_of_a_name(names):
    assert meant(names, "Section 191D Peat Carbon Act").sure


def test_countries_and_their_parts_are_told_whether_or_not_a_document_is_named(names):
    assert meant(names, "广东和深圳的配额怎么分").places == ("广东省", "深圳市")
    assert meant(names, "How do Guangdong and the EU allocate?").jurisdictions == ("CN", "EU")
    assert meant(names, "我国的规定").jurisdictions == ("CN",)
    assert meant(names, "What does federal law in the US say?").jurisdictions == ("US",)
    assert meant(names, "what is a carbon sink").jurisdictions == ()


@pytest.mark.parametrize(
    "text", ["《草原法》和沼泽保护法、碳票条例规定，" * 300, "a" * 20_000, "法" * 9_000, "2031年" * 3_000]
)
def test_a_text_of_any_length_is_read_in_no_time(names, text):
    started = perf_counter()
    meant(names, text)
    assert perf_counter() - started < 0.5


WHERE = ["河北", "山西", "辽宁", "吉林", "浙江", "安徽", "福建", "江西", "山东", "河南"]
WHAT = ["森林", "湿地", "草原", "渔业", "种子", "节能", "滩涂", "泥炭", "海带", "红树林"]


def test_a_question_looks_at_few_of_thousands_of_documents(called):
    kinds, years = ("条例", "管理办法", "实施方案"), range(2021, 2031)
    laws = [
        record(f"{where}{what}{kind}{year}", f"{where}省{what}{kind}", "CN", year, place=f"{where}省")
        for where, what, kind, year in product(WHERE, WHAT, kinds, years)
    ]
    names = called(laws)
    for question, documents in (
        ("浙江省湿地条例第三条", {f"浙江湿地条例{year}" for year in years}),
        ("2025年河南省草原管理办法怎么规定", {f"河南草原管理办法{year}" for year in years}),
    ):
        unpack_known.cache_clear()
        found = names.meant(question)
        assert found.sure and found.documents[0] in documents and set(found.documents) <= documents
        assert 0 < unpack_known.cache_info().misses <= 40
    unpack_known.cache_clear()
    for question in ("条例", "省的办法", "各省的条例和管理办法有何不同", "What does the law say about fines?"):
        assert not names.meant(question).sure
    assert unpack_known.cache_info().misses <= 100


def test_a_name_is_known_at_once_when_it_is_corrected_and_not_when_its_document_is_gone(tmp_path, encoder):
    with library_of(RECORDS, tmp_path / "library", encoder) as library:
        names = Names(library)
        otter = "Otter Act 2027"
        document = read_bytes(b"# Fen Act 2030\n\nA fen is wet.\n", "fen.md")
        fen = library.add(document, split(document)).doc_id
        assert names.meant("the Fen Act 2030").documents == (fen,)
        library.edit(fen, {"title": otter})
        assert names.meant(otter).documents == (fen,) and names.meant("the Fen Act 2030").documents == ()
        library.remove(fen)
        assert names.meant(otter).documents == ()
