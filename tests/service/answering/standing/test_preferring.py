"""What is in force comes first, but what a question names by its version stays what it names."""

from __future__ import annotations

import datetime

from sinkqa.service.answer import Standing
from sinkqa.service.answering.standing.preferring import OUT_OF_FORCE, versions_in_force, weighing
from sinkqa.service.answering.standing.telling import StandingOf
from sinkqa.service.answering.understanding.naming import Meant

ON = datetime.date(2026, 1, 1)
BOTH = Meant(documents=("old", "new"), sure=True)


class Known:
    """Standings of documents by their ids; of any other nothing is known."""

    def __init__(self, known: dict[str, Standing]) -> None:
        self.known = known

    def of(self, doc_id: str, on: datetime.date) -> Standing:
        return self.known.get(doc_id, Standing("unknown", on.isoformat()))

    unquoted = of


def standings(**known: Standing) -> StandingOf:
    return StandingOf(ON, Known(known))


OLD = Standing("superseded", "2026-01-01", until="2020-05-01", newer="new")
NEW = Standing("in_force", "2026-01-01", since="2020-05-01")


def test_of_two_versions_the_one_in_force_is_meant_and_the_other_only_after_it():
    current, all_of_them = versions_in_force("What does the heron rule say?", BOTH, standings(old=OLD, new=NEW))
    assert (current.documents, all_of_them.documents) == (("new",), ("old", "new"))


def test_a_version_or_year_in_the_question_keeps_what_it_names():
    for question in ("What does version 1 of the heron rule say?", "What does the heron rule of 2014 say?"):
        assert versions_in_force(question, BOTH, standings(old=OLD, new=NEW)) == (BOTH, BOTH)


def test_the_date_asked_about_is_no_year_of_a_version():
    current, _ = versions_in_force("As of 2024, what does the heron rule say?", BOTH, standings(old=OLD, new=NEW))
    assert current.documents == ("new",)


def test_what_is_yet_to_come_is_never_meant_in_place_of_what_was_in_force():
    old = Standing("in_force", "2016-01-01", until="2020-05-01", newer="new")
    new = Standing("not_yet", "2016-01-01", since="2020-05-01")
    current, all_of_them = versions_in_force("What does the heron rule say?", BOTH, standings(old=old, new=new))
    assert current.documents == all_of_them.documents == ("old",)


def test_documents_that_do_not_replace_each_other_stay_together():
    repealed = Standing("repealed", "2026-01-01", until="2020-05-01", newer="third")
    assert versions_in_force("What do both rules say?", BOTH, standings(old=repealed, new=NEW)) == (BOTH, BOTH)
    assert versions_in_force("What do both rules say?", BOTH, standings()) == (BOTH, BOTH)


def test_a_piece_counts_less_if_its_document_is_out_of_force_and_not_the_one_named():
    weight = weighing(Meant(), standings(old=OLD, new=NEW))
    assert (weight("old"), weight("new"), weight("unknown")) == (OUT_OF_FORCE, 1.0, 1.0)
    assert weighing(Meant(documents=("old",), sure=True), standings(old=OLD))("old") == 1.0
    assert weighing(Meant(documents=("old",)), standings(old=OLD))("old") == OUT_OF_FORCE
