"""Whether documents of a library are in force: small made-up documents that repeal, replace and amend one another."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinkqa.index.errors import DocumentNotFound
from sinkqa.index.library import Addition, Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.readers import read
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.answer import Standing
from sinkqa.service.references.standings import Standings

ON = "2035-06-01"
REEDS = """# 苇溪市芦苇保护办法

第一条 为了保护芦苇荡，制定本办法。

第二条 收割芦苇应当取得许可证。

第三条 本办法自2031年5月1日起施行。
"""
SHORES = """# 苇溪市湖岸保护条例

第一条 为了保护湖岸，制定本条例。

第二条 湖岸一百米内不得新建房屋。

第三条 本条例自2034年1月1日起施行。《苇溪市芦苇保护办法》同时废止。
"""
REEDS_AMENDED = """# 苇溪市芦苇保护办法

（2031年3月2日苇溪市令第7号公布，根据2033年8月9日苇溪市令第12号修改）

第一条 为了保护芦苇荡，制定本办法。

第二条 收割芦苇应当向市林业局取得许可证。

第三条 本办法自2031年5月1日起施行。
"""
PEAT = """# Executive Order 15101 of March 3, 2031: Saving Peat

By the authority vested in me, it is hereby ordered:

Section 1. Policy. Peat stays in the ground.

Sec. 2. Effect. This order shall take effect on April 1, 2031.

March 3, 2031.
"""
REVOKING = """# Executive Order 15205 of May 5, 2034: Unsaving Things

By the authority vested in me, it is hereby ordered:

Sec. 2. Revocation. The following executive actions are hereby revoked:

(a) Executive Order 15100 of March 1, 2031 (Saving Moss).

(b) Executive Order 15101 of March 3, 2031 (Saving Peat).

Sec. 3. General. Nothing in this order impairs anything else.

May 5, 2034.
"""
METHOD_1 = """# Approved methodology QX-PM0007 Rewetting of peat (Version 01.0)

1. This methodology applies to rewetting.

2. The date of entry into force of this methodology is the date of the meeting report on 3 June 2031.
"""
METHOD_2 = """# Large-scale methodology QX-PM0007: Rewetting of peat and moss (Version 02.0)

1. This methodology applies to rewetting of peat and moss.

2. The date of entry into force of the revision is the date of the meeting report on 23 November 2033.
"""
ACT = """# Peat Act 2030

1 Commencement

This Act comes into force on 1 July 2030.

2 Purpose

The purpose of this Act is to protect peat.
"""


class Shelf:
    """A library of texts by their names."""

    def __init__(self, library: Library, folder: Path) -> None:
        self.library, self._folder = library, folder
        self.ids: dict[str, str] = {}
        self.standings = Standings(library)

    def add(self, **texts: str) -> None:
        additions = []
        for name, text in texts.items():
            path = self._folder / f"{name}.md"
            path.write_text(text, "utf-8")
            document = read(path)
            self.ids[name] = document.doc_id
            additions.append(Addition(document, split(document), str(path)))
        list(self.library.add_all(additions))

    def of(self, name: str, on: str = ON) -> Standing:
        return self.standings.of(self.ids[name], datetime.date.fromisoformat(on))


@pytest.fixture
def shelf(tmp_path: Path, encoder: Encoder) -> Iterator[Shelf]:
    (tmp_path / "texts").mkdir()
    with Library.open(tmp_path / "library", create=True, encoder=encoder) as library:
        yield Shelf(library, tmp_path / "texts")


def test_in_force_from_the_day_that_its_own_words_name(shelf: Shelf) -> None:
    shelf.add(reeds=REEDS)
    now, before = shelf.of("reeds"), shelf.of("reeds", "2031-04-30")
    assert (now.status, now.since, now.until, now.newer) == ("in_force", "2031-05-01", None, None)
    assert [quote.quote for quote in now.quotes] == ["本办法自2031年5月1日起施行。"]
    assert (before.status, before.since) == ("not_yet", "2031-05-01")
    assert shelf.of("reeds", "2031-05-01").status == "in_force"


def test_quotes_are_of_the_stored_text(shelf: Shelf) -> None:
    shelf.add(reeds=REEDS)
    (quote,) = shelf.of("reeds").quotes
    text = shelf.library.text(quote.doc_id)
    assert " … ".join(text[span.start : span.end] for span in quote.spans) == quote.quote
    assert shelf.library.passage(quote.passage_id).doc_id == quote.doc_id


def test_repealed_from_the_day_on_which_the_repealing_law_takes_effect(shelf: Shelf) -> None:
    shelf.add(reeds=REEDS, shores=SHORES)
    now, before = shelf.of("reeds"), shelf.of("reeds", "2033-12-31")
    assert (now.status, now.since, now.until) == ("repealed", "2031-05-01", "2034-01-01")
    assert (now.newer, now.newer_title) == (shelf.ids["shores"], "苇溪市湖岸保护条例")
    assert any("《苇溪市芦苇保护办法》同时废止" in quote.quote for quote in now.quotes)
    assert (before.status, before.until, before.newer) == ("in_force", "2034-01-01", shelf.ids["shores"])
    assert shelf.of("shores").status == "in_force"


def test_a_list_of_revoked_orders_is_quoted_with_the_item(shelf: Shelf) -> None:
    shelf.add(peat=PEAT, revoking=REVOKING)
    standing = shelf.of("peat")
    assert (standing.status, standing.until) == ("repealed", "2034-05-05")
    quoted = " ".join(quote.quote for quote in standing.quotes)
    assert "hereby revoked" in quoted
    assert "15101" in quoted
    assert shelf.of("peat", "2034-05-04").status == "in_force"
    assert shelf.of("revoking").status == "unknown"


def test_a_higher_version_of_a_methodology_supersedes_the_lower(shelf: Shelf) -> None:
    shelf.add(first=METHOD_1, second=METHOD_2)
    now = shelf.of("first")
    assert (now.status, now.until, now.newer) == ("superseded", "2033-11-23", shelf.ids["second"])
    assert shelf.of("first", "2032-01-01").status == "in_force"
    assert shelf.of("second").status == "in_force"
    assert shelf.of("second", "2032-01-01").status == "not_yet"


def test_a_text_before_its_amendment_is_superseded(shelf: Shelf) -> None:
    shelf.add(old=REEDS, new=REEDS_AMENDED)
    assert (shelf.of("old").status, shelf.of("old").until) == ("superseded", "2033-08-09")
    assert shelf.of("old", "2033-08-08").status == "in_force"
    assert shelf.of("new").status == "in_force"


def test_a_reprint_supersedes_nothing(shelf: Shelf) -> None:
    shelf.add(one=REEDS, other=REEDS.replace("2031年5月1日", "2031年5月2日") + "\n转载。\n")
    assert shelf.of("one").status == shelf.of("other").status == "in_force"


def test_a_later_text_of_the_same_name_makes_the_older_unsure(shelf: Shelf) -> None:
    shelf.add(one=REEDS, other=REEDS.replace("2031年5月1日", "2033年5月1日").replace("许可证", "同意"))
    assert shelf.of("one").status == "unknown"
    assert shelf.of("one", "2033-04-30").status == "in_force"
    assert shelf.of("other").status == "in_force"


def test_a_new_law_repeals_the_old_one_of_its_name_and_not_a_copy_of_itself(shelf: Shelf) -> None:
    new = REEDS.replace("2031年5月1日起施行。", "2034年5月1日起施行。《苇溪市芦苇保护办法》同时废止。")
    shelf.add(old=REEDS, new=new, copy=new.replace("保护芦苇荡", "保护 芦苇荡"))
    assert (shelf.of("old").status, shelf.of("old").until) == ("repealed", "2034-05-01")
    assert shelf.of("new").status == shelf.of("copy").status == "in_force"


@pytest.mark.parametrize(
    "words",
    [
        "《苇溪市芦苇保护办法》第二条同时废止。",
        "《苇溪市芦苇保护办法》不予废止。",
        "《苇溪市芦苇保护办法》中与本条例不一致的规定同时废止。",
        "市人民政府应当研究废止《苇溪市芦苇保护办法》。",
        "依照《苇溪市芦苇保护办法》颁发的许可证同时废止。",
        "《草溪市芦苇保护办法》同时废止。",
        "《苇溪市芦苇保护办法实施细则》同时废止。",
        "如果《苇溪市芦苇保护办法》废止，许可证继续有效。",
        "《苇溪市芦苇保护办法》由市林业局负责解释。",
    ],
)
def test_near_misses_leave_a_law_in_force(shelf: Shelf, words: str) -> None:
    shelf.add(reeds=REEDS, shores=SHORES.replace("《苇溪市芦苇保护办法》同时废止。", words))
    assert shelf.of("reeds").status == "in_force"


@pytest.mark.parametrize(
    "words",
    [
        "Section 1 of Executive Order 15101 is hereby revoked.",
        "Executive Order 15101 is not revoked by this order.",
        "If Executive Order 15101 is revoked, the peat stays in the ground.",
        "Executive Order 15101 is revoked except for section 1.",
        "Orders issued under Executive Order 15101 are hereby revoked.",
        "The following are hereby revoked:\n\n(a) section 1 of Executive Order 15101;\n\n(b) Executive Order 15099.",
    ],
)
def test_near_misses_leave_an_order_in_force(shelf: Shelf, words: str) -> None:
    head, tail = REVOKING.split("The following")[0], "Sec. 3." + REVOKING.split("Sec. 3.")[1]
    shelf.add(peat=PEAT, revoking=f"{head}{words}\n\n{tail}")
    assert shelf.of("peat").status == "in_force"


def test_a_draft_is_proposed_and_repeals_nothing(shelf: Shelf) -> None:
    shelf.add(reeds=REEDS, draft=SHORES.replace("条例\n\n第一条", "条例（征求意见稿）\n\n第一条", 1))
    assert shelf.of("draft").status == "proposed"
    assert shelf.of("draft").quotes
    assert shelf.of("reeds").status == "in_force"


def test_a_law_of_a_later_day_is_not_repealed_by_an_earlier_one(shelf: Shelf) -> None:
    shelf.add(reeds=REEDS.replace("2031年5月1日", "2034年9月1日"), shores=SHORES)
    assert shelf.of("reeds").status == "in_force"


def test_a_term_of_years_ends(shelf: Shelf) -> None:
    shelf.add(reeds=REEDS.replace("起施行。", "起施行，有效期三年。"))
    assert (shelf.of("reeds").status, shelf.of("reeds").until) == ("expired", "2034-04-30")
    last = shelf.of("reeds", "2034-04-30")
    assert (last.status, last.until) == ("in_force", "2034-04-30")


def test_acts_of_several_years_are_not_versions_of_one(shelf: Shelf) -> None:
    later = ACT.replace("Peat Act 2030", "Peat Act 2033").replace("1 July 2030", "1 July 2033")
    shelf.add(old=ACT, new=f"{later}\nVersion as at 1 January 2034\n")
    assert shelf.of("old").status == "in_force"


def test_a_later_consolidated_version_supersedes_an_earlier(shelf: Shelf) -> None:
    head, body = ACT.split("\n", 1)
    shelf.add(
        old=f"{head}\n\nVersion as at 1 January 2031\n{body}",
        new=f"{head}\n\nVersion as at 1 March 2034\n{body.replace('peat.', 'peat and moss.')}",
    )
    assert (shelf.of("old").status, shelf.of("old").until) == ("superseded", "2034-03-01")
    assert shelf.of("new").status == "in_force"


def test_silence_is_unknown(shelf: Shelf) -> None:
    shelf.add(notes="# Notes on otters\n\nOtters returned to the upper valley in 2031.\n")
    assert shelf.of("notes") == Standing("unknown", ON)


def test_what_is_added_or_removed_counts_at_once(shelf: Shelf) -> None:
    shelf.add(reeds=REEDS)
    assert shelf.of("reeds").status == "in_force"
    shelf.add(shores=SHORES)
    assert shelf.of("reeds").status == "repealed"
    shelf.library.remove(shelf.ids["shores"])
    assert shelf.of("reeds").status == "in_force"


def test_words_that_differ_from_the_stored_text_make_it_unknown(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add(reeds=REEDS, shores=SHORES)
    assert shelf.of("reeds").status == "repealed"
    with sqlite3.connect(tmp_path / "library" / "library.sqlite") as raw:
        raw.execute(
            "UPDATE documents SET text = (SELECT text FROM documents WHERE doc_id = ?) WHERE doc_id = ?",
            (shelf.ids["reeds"], shelf.ids["shores"]),
        )
    assert shelf.of("reeds") == Standing("unknown", ON)


def test_the_status_alone_is_the_same(shelf: Shelf) -> None:
    shelf.add(reeds=REEDS, shores=SHORES, peat=PEAT, first=METHOD_1)
    day = datetime.date.fromisoformat(ON)
    for name, doc_id in shelf.ids.items():
        assert shelf.standings.status(doc_id, day) == shelf.of(name).status


def test_no_such_document(shelf: Shelf) -> None:
    with pytest.raises(DocumentNotFound):
        shelf.standings.of("0" * 12, datetime.date(2035, 6, 1))
