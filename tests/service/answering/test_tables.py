"""A source's own table is shown where it is asked for, whole or by the rows that are asked about."""

from __future__ import annotations

import pytest

from sinkqa.index.hit import Hit, Why
from sinkqa.service.answering.drafting import Answered
from sinkqa.service.answering.judging.answerer import Outcome
from sinkqa.service.answering.tables import rows_of_one_table, whole_table
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.engine import Engine
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Candidate, Evidence, Piece
from sinkqa.service.settings import Settings

HEAD = "| Sluice | Opens | Keeper |\n|---|---|---|\n"
FENS = (
    "# Fens\n\nThe keepers are named as shown in Table 3.\n\nTable 2 Sluices of the fen\n\n"
    + HEAD
    + "| Upper sluice | in May | Ada |\n| Lower sluice | in June | Ben |\n| Bank sluice | in July | Cai |\n\n"
    "The boats are listed elsewhere.\n\nTable 3 Keepers\n\n"
    "| Keeper | Boat |\n|---|---|\n| Ada | punt |\n| Ben | raft |\n"
)
MERES = f"# Meres\n\nTable 2 Sluices of the mere\n\n{HEAD}" + "".join(
    f"| Sluice {n} | in May | Dee |\n" for n in range(1, 51)
)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "fens.md").write_text(FENS, "utf-8")
    (folder / "meres.md").write_text(MERES, "utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    assert not engine.add([folder]).failed
    return engine._library


@pytest.fixture
def ids(library):
    return {record.title: record.doc_id for record in library.documents()}


@pytest.fixture
def passage(library):
    def find(words, kind):
        every = [each for record in library.documents() for each in library.passages(record.doc_id)]
        return next(each for each in every if words in each.text and each.kind == kind)

    return find


def outcome(question, *passages, why=None):
    """What comes of a question where these passages are judged, each as likely as the others."""
    judged = [Candidate(piece(each), Hit(each, "", 1.0, Why()), 0.8) for each in passages]
    return Outcome(understand(question), tuple(map(evidence, passages)), 0.8, why, judged=tuple(judged))


def evidence(passage):
    return Evidence(passage, passage.units, passage.text)


def piece(passage):
    said = Analysis(passage.text)
    return Piece(passage, passage.units, said, said, None, None, None, None)


def labels(table):
    return [row.label for row in table.rows]


@pytest.mark.parametrize("question", ["What does Table 2 of the fens show?", "表2的内容？", "Show all of Table 2"])
def test_a_table_that_is_named_by_its_label_is_looked_for_in_the_named_document(library, ids, question):
    found = whole_table(outcome(question), [ids["Fens"]], library)
    assert labels(found.table) == ["Upper sluice", "Lower sluice", "Bank sluice"]
    assert (found.why, found.confidence > 0.9, len(found.evidence)) == (None, True, 3)


def test_where_no_document_is_named_the_likeliest_one_is_meant(library, passage):
    found = whole_table(outcome("Table 2", passage("Sluice 7", "row")), [], library)
    assert labels(found.table)[0] == "Sluice 1"
    assert whole_table(outcome("Table 2"), [], library).table is None


def test_a_label_that_no_table_has_leaves_all_as_it_was(library, ids):
    given = outcome("What does Table 9 of the fens show?", why="unsupported")
    assert whole_table(given, [ids["Fens"]], library) == given


def test_who_asks_row_by_row_gets_the_table_of_the_row_that_answers(library, passage):
    row = passage("Lower sluice", "row")
    found = whole_table(outcome("List when every sluice opens", row), [], library)
    assert labels(found.table) == ["Upper sluice", "Lower sluice", "Bank sluice"]
    for question in ("When does the lower sluice open?", "List all that the lower sluice has"):
        given = outcome(question, row)
        assert whole_table(given, [], library) == given


def test_a_sentence_that_points_to_a_table_stands_for_it(library, passage):
    pointing = passage("as shown in Table 3", "text")
    assert labels(whole_table(outcome("List all keepers", pointing), [], library).table) == ["Ada", "Ben"]
    given = outcome("List all boats", passage("listed elsewhere", "text"))
    assert whole_table(given, [], library) == given


def test_a_long_table_is_cut_and_says_so(library, ids):
    found = whole_table(outcome("Show all of Table 2"), [ids["Meres"]], library)
    assert labels(found.table) == [f"Sluice {n}" for n in range(1, 41)]
    assert found.notes == ("The table has 50 rows, of which the first 40 are shown.",)


def test_sides_that_are_rows_of_one_table_are_its_rows_in_the_order_asked(library, passage):
    asked = understand("When do the lower, the upper and the mill sluice each open?")
    sides = [
        Answered("lower", outcome("lower", passage("Lower sluice", "row"))),
        Answered("mill", outcome("mill", why="unsupported")),
        Answered("upper", outcome("upper", passage("Upper sluice", "row"))),
    ]
    table, missing = rows_of_one_table(asked, sides, library)
    assert labels(table.outcome.table) == ["Lower sluice", "Upper sluice"]
    assert missing.label == "mill" and table.outcome.asked == asked


def test_sides_of_two_tables_or_of_no_row_are_no_table(library, passage):
    lower = Answered("lower", outcome("lower", passage("Lower sluice", "row")))
    other = Answered("mere", outcome("mere", passage("Sluice 7", "row")))
    boat = Answered("boat", outcome("boat", passage("punt", "row")))
    text = Answered("text", outcome("text", passage("listed elsewhere", "text")))
    for sides in ([lower, other], [lower, boat], [lower, text], [lower]):
        assert rows_of_one_table(understand("When?"), sides, library) is None
