"""Laws asked through the engine, as a user asks: provisions whole and their own, several laws side by side.

Small made-up laws, and a sample of what every statute provides of ``../shared`` where that is beside the checkout.
What those provide is found by the rules of the evaluation, which share nothing with the product's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from sinkqa.eval.provisions.measuring import Draw, make_questions
from sinkqa.eval.provisions.outline import read_laws
from sinkqa.eval.provisions.questions import families
from sinkqa.eval.provisions.scores import bare
from sinkqa.ingest.document import Document
from sinkqa.ingest.errors import NoTextLayer
from sinkqa.ingest.readers import read
from sinkqa.service.answer import Answer
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

STATUTES = Path(__file__).parents[2].parent / "shared" / "policy" / "docs"
SKIP = " … "  # stands where a quote passes over text
DRAW = Draw(wordings=1, sample=3, seed=1123, kinds=("article", "paragraph", "date", "definition"))

REEDS = """# 苇溪市芦苇保护条例

## 第一章 总则

**第一条** 为了保护芦苇荡，制定本条例。

**第二条** 本条例所称芦苇荡，是指生长芦苇达到三公顷以上的浅水区域。

**第三条** 收割芦苇应当符合下列条件：

（一）取得收割许可证；

（二）避开鸟类繁殖期；

（三）保留三成以上的芦苇。

收割单位应当每年报告收割数量。

## 第二章 法律责任

**第四条** 违反本条例规定，在繁殖期收割芦苇的，由市林业部门处三千元罚款。

**第五条** 本条例自2031年5月1日起施行。
"""
OTTERS = """# 苇溪市水獭保护条例

**第一条** 为了保护水獭，制定本条例。

**第二条** 违反本条例规定，捕捉水獭的，由市渔业部门处九千元罚款。

**第三条** 本条例自2033年7月1日起施行。
"""
MOSS = """# Mossdale Reed Beds Act 2031

## 1 Commencement

This Act comes into force on 1 March 2031.

## 2 Interpretation

In this Act, reed bed means shallow water that is larger than 3 hectares and holds reeds.

## 3 Wardens

(1) The council must appoint a warden for each reed bed.

(2) A warden must report to the council each June.

## 4 Offences

A person who cuts reeds between April and July is liable on conviction to a fine not exceeding $900.
"""


def library(folder: Path, paths: Sequence[Path]) -> Engine:
    """A new library of these files."""
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    assert not engine.add(paths).failed
    return engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("made-up")
    texts = {"reeds.md": REEDS, "otters.md": OTTERS, "moss.md": MOSS}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return library(folder, [folder / name for name in texts])


def said(answer: Answer) -> list[str]:
    """What each segment says, without white space."""
    return ["".join(segment.text.split()) for segment in answer.segments]


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        (
            "《苇溪市芦苇保护条例》第三条规定了什么？",
            "第三条 收割芦苇应当符合下列条件：（一）取得收割许可证；（二）避开鸟类繁殖期；（三）保留三成以上的芦苇。"
            "收割单位应当每年报告收割数量。",
        ),
        ("芦苇保护条例第3条第二款的内容", "第三条 … 收割单位应当每年报告收割数量。"),
        (
            "What does section 3 of the Mossdale Reed Beds Act say?",
            "3 Wardens (1) The council must appoint a warden for each reed bed. "
            "(2) A warden must report to the council each June.",
        ),
        (
            "What does section 3(2) of the Mossdale Reed Beds Act say?",
            "3 Wardens … (2) A warden must report to the council each June.",
        ),
        ("什么是芦苇荡？", "本条例所称芦苇荡，是指生长芦苇达到三公顷以上的浅水区域。"),
        (
            "What does reed bed mean in the Mossdale Reed Beds Act?",
            "In this Act, reed bed means shallow water that is larger than 3 hectares and holds reeds.",
        ),
        ("芦苇保护条例自何时起施行？", "本条例自2031年5月1日起施行。"),
        (
            "When does the Mossdale Reed Beds Act 2031 come into force?",
            "This Act comes into force on 1 March 2031.",
        ),
    ],
)
def test_a_provision_a_definition_and_a_date_come_whole_and_alone(engine, question, whole):
    answer = engine.ask(question)
    assert said(answer) == ["".join(whole.split())]
    assert (answer.status, answer.missing) == ("answered", ())
    assert all("2031" in note for note in answer.notes)  # from then on it is in force


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("苇溪市芦苇保护条例第八条规定了什么？", "《苇溪市芦苇保护条例》共五条，没有第八条。"),
        (
            "What does section 9 of the Mossdale Reed Beds Act 2031 say?",
            "Mossdale Reed Beds Act 2031 ends at Section 4: it has no Section 9.",
        ),
    ],
)
def test_past_the_end_of_a_law_its_last_provision_is_named_and_nothing_quoted(engine, question, note):
    answer = engine.ask(question)
    assert (answer.status, answer.citations, answer.notes) == ("abstained", (), (note,))


def test_two_laws_are_compared_in_a_table_that_cites_each(engine):
    answer = engine.ask("芦苇保护条例和水獭保护条例的罚款各是多少元？")
    rows = {row.label: row.cells for row in answer.table.rows}
    assert list(rows) == ["芦苇保护条例", "水獭保护条例"]
    titles = {citation.number: citation.title for citation in answer.citations}
    for law, amount in {"芦苇保护条例": "三千元", "水獭保护条例": "九千元"}.items():
        (cell,) = rows[law]
        assert amount in cell.text
        assert [titles[number] for number in cell.citations] == [f"苇溪市{law}"]
    assert answer.status == "answered"


def test_provisions_of_two_laws_are_each_their_own_laws(engine):
    answer = engine.ask("芦苇保护条例第四条和水獭保护条例第二条分别规定了什么？")
    assert [(each.title, each.quote[:3]) for each in answer.citations] == [
        ("苇溪市芦苇保护条例", "第四条"),
        ("苇溪市水獭保护条例", "第二条"),
    ]
    assert (answer.status, answer.missing) == ("answered", ())


@pytest.mark.parametrize(
    ("question", "held", "other"),
    [
        (
            "《苇溪市芦苇保护条例》和《苇溪市青蛙保护条例》分别什么时候施行？",
            "2031年5月1日",
            "苇溪市青蛙保护条例",
        ),
        (
            "Compare the fines of the Mossdale Reed Beds Act 2031 and the Mossdale Frogs Act 2031",
            "$900",
            "Mossdale Frogs Act 2031",
        ),
    ],
)
def test_a_side_that_is_not_held_is_named_and_its_cell_says_why_it_is_empty(engine, question, held, other):
    answer = engine.ask(question)
    assert (answer.status, answer.missing) == ("partial", (other,))
    first, second = (row.cells[0] for row in answer.table.rows)
    assert held in first.text and not first.missing
    assert (second.text, second.citations) == ("", ()) and second.missing


@pytest.mark.parametrize(
    ("question", "instead"),
    [
        ("为什么在繁殖期收割芦苇要处八千元罚款？", "处三千元罚款"),
        ("Why is the fine for cutting reeds between April and July $500?", "not exceeding $900"),
    ],
)
def test_a_false_premise_is_said_first_and_shown(engine, question, instead):
    answer = engine.ask(question)
    assert (answer.status, answer.abstain_reason) == ("abstained", "premise_contradicted")
    assert answer.lead and answer.answer.startswith(answer.lead)
    assert instead in answer.citations[0].quote and instead in answer.answer


@pytest.mark.parametrize("greeting", ["你好", "hello", "What can you do?"])
def test_a_greeting_offers_questions_that_the_library_answers(engine, greeting):
    answer = engine.ask(greeting)
    assert answer.is_reply and len(answer.suggestions) == 3
    assert {engine.ask(question).status for question in answer.suggestions} == {"answered"}


def readable(folder: Path) -> Iterator[Document]:
    """The documents of a folder that have a text."""
    for path in sorted(folder.iterdir()):
        with suppress(NoTextLayer):
            yield read(path)


def running(document: Document) -> str:
    """The bare text of a document without what its pages add: running heads, page numbers, footnotes."""
    added = {span for block in document.blocks if block.kind in ("furniture", "footnote") for span in block.spans}
    kept, at = [], 0
    for start, end in sorted(added):
        kept.append(document.text[at:start])
        at = max(at, end)
    return bare("".join([*kept, document.text[at:]]))


class Statutes:
    """The laws of the shared documents in a library, and questions about a few of the provisions of each."""

    def __init__(self, folder: Path) -> None:
        documents = list(readable(STATUTES))
        found = families(law for document in documents for law in read_laws(document))
        self.laws = [family for family in found if any(law.articles for law in family.laws)]
        self.asked = [each for each in make_questions(self.laws, DRAW) if each.kind in DRAW.kinds]
        names = {law.document.name for family in self.laws for law in family.laws}
        self.engine = library(folder, [STATUTES / name for name in sorted(names)])
        self.texts = {each.doc_id: each.text for each in documents}
        self.running = {each.doc_id: running(each) for each in documents}
        self.answers = [self.engine.ask(question.text) for question in self.asked]


@pytest.fixture(scope="module")
def statutes(tmp_path_factory: pytest.TempPathFactory) -> Statutes:
    if not STATUTES.exists():
        pytest.skip("the shared documents are not beside this checkout")
    return Statutes(tmp_path_factory.mktemp("statutes"))


def test_every_quote_from_a_statute_stands_in_its_source(statutes):
    checked = 0
    for citation in (each for answer in statutes.answers for each in answer.citations):
        text = statutes.texts[citation.doc_id]
        assert citation.text_sha256 == hashlib.sha256(text.encode()).hexdigest()
        spans = SKIP.join(text[span.start : span.end] for span in citation.spans)
        assert "".join(citation.quote.split()) == "".join(spans.split())
        checked += 1
    assert checked >= len(statutes.laws)


def test_an_answer_from_a_statute_says_what_stands_there_between_its_marks(statutes):
    for question, answer in zip(statutes.asked, statutes.answers, strict=True):
        cited = {citation.number: citation.doc_id for citation in answer.citations}
        for segment in answer.segments:
            (source,) = {cited[number] for number in segment.citations}
            for piece in map(bare, segment.text.split("…")):
                assert piece in statutes.running[source] or piece in bare(statutes.texts[source]), question.text


def test_what_a_named_statute_provides_is_quoted_of_no_other(statutes):
    for question, answer in zip(statutes.asked, statutes.answers, strict=True):
        holders = {target.doc_id for target in question.targets}
        assert {citation.doc_id for citation in answer.citations} <= holders, question.text


def test_what_a_statute_provides_is_the_answer(statutes):
    missed = []
    for question, answer in zip(statutes.asked, statutes.answers, strict=True):
        given = bare("".join(segment.text for segment in answer.segments).replace("…", ""))
        first = [(statutes.texts[each.doc_id], each.needed[0]) for each in question.targets]
        if not any(bare(text[slice(*span)])[:40] in given for text, span in first):
            missed.append(question.text)
    assert len(missed) <= 0.03 * len(statutes.asked), missed
