"""A greeting is answered by what the library holds, with questions made from its own outlines."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from sinkqa.index.hit import Hit
from sinkqa.index.store.documents.catalogue import Census, DocumentRecord
from sinkqa.ingest.document import Metadata
from sinkqa.service.answering.dialogue.opening import QUESTIONS, Openings, suggestions
from tests.service.answering.outlines import passage

LAW, ACT, NOTE = "林场碳汇条例", "Woodland Carbon Act 2031", "Peat and people"


class Shelf:
    """A library of lists that counts what is read of it."""

    def __init__(self, documents):
        self.held, self.generation, self.read = documents, 1, 0

    def census(self):
        about = [each.metadata for each in self.documents()]
        homes, languages = Counter(each.jurisdiction for each in about), Counter(each.language for each in about)
        return Census(len(about), dict(homes.most_common()), dict(languages.most_common()))

    def documents(self, *, most=None):
        return [
            DocumentRecord(
                doc_id=doc_id, name=title, title=title, media_type="text/plain", type="text",
                metadata=Metadata(title=title, language=language, jurisdiction="CN" if language == "zh" else "NZ"),
                warnings=(), n_pages=1, n_bytes=1, n_passages=size or len(passages), text_sha256="", added_at="",
                generation=1, sources=(),
            )
            for doc_id, (title, language, passages, size) in [*self.held.items()][:most]
        ]  # fmt: skip

    def passages(self, doc_id):
        self.read += 1
        return self.held[doc_id][2]


def law(doc_id):
    articles = [
        passage(
            (f"第{n}条",),
            f"林场在{n}月应当向主管部门报告面积、树种、林龄以及上一年度种植和采伐的情况，并对报告的内容负责。",
            doc_id=doc_id,
        )
        for n in "一二三四五六七八九十"
    ]
    defined = passage(
        ("第十一条",), "本条例所称林场碳汇，是指林场的树木在一年内吸收的二氧化碳的数量，以吨为单位计算。", doc_id=doc_id
    )
    return [
        *articles,
        defined,
        passage(("第十二条",), "本条例自2031年5月1日起施行，此前的规定同时废止。", doc_id=doc_id),
    ]


def act(doc_id):
    sections = [
        passage(
            (f"Part {n}", f"{n} Duty to report rows"),
            f"An owner of {n} rows must report them to the forest office each year.",
            doc_id=doc_id,
            language="en",
        )
        for n in range(1, 13)
    ]
    return [
        *sections,
        passage(
            ("Part 1", "13 Meaning of terms"),
            "elm credit means a credit that was issued for one row of elms in a year.",
            doc_id=doc_id,
            language="en",
        ),
    ]


def note(doc_id):
    return [
        passage(
            ("1. Water below ground",),
            "Peat holds water below ground, and people drain it for their fields.",
            doc_id=doc_id,
            language="en",
        )
    ] * 12


@pytest.fixture
def shelf():
    return Shelf({
        "1" * 64: (LAW, "zh", law("1" * 64), 0),
        "2" * 64: (ACT, "en", act("2" * 64), 0),
        "3" * 64: (NOTE, "en", note("3" * 64), 0),
    })  # fmt: skip


def test_it_tells_how_much_is_held_of_which_countries_and_languages(shelf):
    lines = " ".join(Openings(shelf).answer("greeting", "en").lines)
    assert "3 documents (New Zealand 2, China 1)" in lines and "English 2, Chinese 1" in lines
    assert f"the {ACT}" in lines
    zh = " ".join(Openings(shelf).answer("help", "zh").lines)
    assert "3份文件（新西兰 2、中国 1）" in zh and f"《{LAW}》" in zh


def test_questions_are_of_different_kinds_and_first_of_documents_in_the_askers_language(shelf):
    assert Openings(shelf).answer("help", "en").suggestions == (
        f"What does “elm credit” mean in the {ACT}?",
        f"What does section 5 (Duty to report rows) of the {ACT} say?",
        f"When does 《{LAW}》 take effect?",
    )
    assert Openings(shelf).answer("help", "zh").suggestions == (
        f"《{LAW}》中“林场碳汇”是什么意思？",
        f"《{LAW}》第五条规定了什么？",
        f"《{LAW}》什么时候施行？",
    )


def test_it_is_made_once_for_a_generation(shelf):
    openings = Openings(shelf)
    first = openings.answer("help", "en")
    read = shelf.read
    assert openings.answer("greeting", "en") is first and shelf.read == read
    shelf.generation = 2
    assert openings.answer("help", "en") == first and shelf.read > read


def test_only_a_handful_of_handy_documents_is_read():
    one = act("2" * 64)
    many = Shelf(
        {f"{n:064x}": (f"Woodland Act {n}", "en", one, 0) for n in range(500)} | {"f" * 64: (ACT, "en", one, 15_000)}
    )
    began = time.perf_counter()
    assert len(Openings(many).answer("help", "en").suggestions) == QUESTIONS
    assert many.read <= 4 and time.perf_counter() - began < 0.5


def test_an_empty_library_says_so():
    opening = Openings(Shelf({})).answer("greeting", "zh")
    assert opening.suggestions == () and "空" in opening.lines[0]


def test_thanks_get_a_line(shelf):
    assert Openings(shelf).answer("thanks", "en").suggestions == () and shelf.read == 0


def hit(title, found, language):
    return Hit(found, title, 1.0, {}, Metadata(title=title, language=language))


def test_a_vague_topic_gets_the_questions_of_its_best_sections(shelf):
    hits = [hit(ACT, act("2" * 64)[0], "en"), hit(NOTE, note("3" * 64)[0], "en"), hit(LAW, law("1" * 64)[0], "zh")]
    assert suggestions("water", hits, "en") == (
        f"What does “{NOTE}” say about “Water below ground”?",
        f"What does section 1 (Duty to report rows) of the {ACT} say?",
        f"What does Article 1 of 《{LAW}》 say?",
    )
    assert suggestions("面积", hits, "zh")[0] == f"《{LAW}》第一条规定了什么？"
    assert suggestions("water", [], "en") == ()
