"""A title is what stands below the masthead, whole; the reader's title is only made whole."""

from __future__ import annotations

import pytest

from sinkqa.ingest.about.metadata import complete
from sinkqa.ingest.about.titles import best_title, is_masthead, join_lines
from sinkqa.ingest.document import Metadata, quote
from sinkqa.ingest.readers import read_bytes


@pytest.mark.parametrize(
    "line",
    [
        "UNFCCC/CCNUCC",
        "CDM – Executive Board AR-XY0003 / Version 01",
        "4102 Federal Register / Vol. 96, No. 14 / Tuesday, January 21, 2031 / Notices",
        "COM(2031) 12 final",
        "GB/T 99999—2031",
        "国发〔2031〕7号",
        "生态环境部令",
        "环 境 保 护 部",
        "令和六年法律第百二号",
        "DEPARTMENT OF THE INTERIOR",
        "World Bank Group",
        "New Delhi, the 12th June, 2031",
        "Public Disclosure Authorized Public Disclosure Authorized",
    ],
)
def test_numbers_running_heads_and_bodies_alone_are_no_titles(line):
    assert is_masthead(line)
    assert best_title(None, f"{line}\nThe state of kelp\n", "x.txt") == "The state of kelp"


@pytest.mark.parametrize(
    "line",
    [
        "Forest Act 2031",
        "The state of peat",
        "Report of the Board",
        "Council Regulation on Kelp",
        "湿地保护法",
        "Target 2030",
        "人民政府工作报告",
        "Commission Decision on Bogs",
    ],
)
def test_titles_are_no_mastheads(line):
    assert not is_masthead(line)


def test_a_title_runs_on_while_its_sentence_does():
    full = "Simplified methodology for small projects that restore reefs"
    wrapped = f"UNFCCC/CCNUCC\n{full}\nimplemented on kelp\nI. Scope"
    assert best_title(None, wrapped, "x") == f"{full} implemented on kelp"
    assert best_title("Update of the", "Update of the\nPlan for Kelp\nMadrid", "x") == "Update of the Plan for Kelp"


def test_a_title_that_begins_amid_a_sentence_gets_its_beginning():
    text = "Brussels, 14.7.2031\nProposal for a\nREGULATION OF THE COUNCIL\namending the rules on kelp\nReasons"
    assert best_title("amending the rules on kelp", text, "x") == (
        "Proposal for a REGULATION OF THE COUNCIL amending the rules on kelp"
    )


def test_a_country_alone_is_the_beginning_of_a_title_but_not_of_prose():
    assert best_title("New Zealand", "New Zealand\nClimate Plan\n1", "x") == "New Zealand Climate Plan"
    assert best_title("New Zealand", "New Zealand\nPlain words follow.", "x") == "New Zealand"


def test_a_rule_is_named_above_its_agency():
    numbers = "96 Federal Register / Vol. 9\n50 CFR Part 1\n[Docket A;\nB]\nRIN 1"
    text = f"{numbers}\nKelp and Its\nKin; Rule\nAGENCY: Sea Service."
    assert best_title(None, text, "x") == "Kelp and Its Kin; Rule"
    assert best_title("50 CFR Part 1 [Docket A;", text, "x") == "Kelp and Its Kin; Rule"
    assert best_title("A digest of the kelp rule", text, "x") == "A digest of the kelp rule"


def test_an_order_and_a_notification_name_what_they_put_into_force():
    assert best_title("生态环境部令", "生态环境部令\n《海草床办法》已由部务会议通过，现予公布。", "x") == "海草床办法"
    text = "NOTIFICATION\n1. Short title. (1) This scheme may be called the Kelp Scheme, 2031.\n2. It begins at once."
    assert best_title(None, text, "x") == "Kelp Scheme, 2031"


def test_what_the_reader_found_is_believed():
    assert best_title("Peat", "UNFCCC/CCNUCC\nAnother title", "x") == "Peat"
    assert best_title(None, "1 2 3", "peat.pdf") == "peat"


@pytest.mark.parametrize(
    "text",
    [
        "Each harbour must hand in its kelp re-\nport by 5 May each year, with the state-\nment of the diver. A well-\n"
        "known rule: kelp counts\nonly when it is alive.\n",
        "The diver saw the kelp on 4 May\nand found it thin; the coun-\nts of April are guesses.\n",
        "海草床业主应当于每年三月三十一日前提交\n上一年度的监测报告。逾期不提交的，处一\n万元罚款，并责令其限期改正违法的行为。\n",
    ],
)
def test_a_short_note_of_wrapped_prose_has_no_title_but_its_name(text):
    document = read_bytes(text.encode(), "note.txt")
    assert {block.kind for block in document.blocks} == {"paragraph"}
    assert document.metadata.title == "note"


@pytest.mark.parametrize(
    "text",
    [
        "Kelp Restoration Plan\nThe plan begins in 2031 and ends in 2040. It\ncovers three bays and costs much.\n",
        "KELP REPORT\nThe kelp grows in cold water and needs light\nto grow, which is why it stands in bays.\n",
    ],
)
def test_a_title_over_wrapped_prose_stays_one(text):
    document = read_bytes(text.encode(), "note.txt")
    assert (document.blocks[0].kind, document.blocks[0].level) == ("heading", 0)
    assert document.metadata.title == text.splitlines()[0]


def test_a_bill_is_called_by_its_short_title_else_by_its_long_one():
    bill = "132D CONGRESS\n1ST SESSION\nH. R. 77\nAN ACT\nTo provide for kelp and\nseagrass.\nBe it enacted.\n"
    assert best_title("132D CONGRESS", bill, "x") == "To provide for kelp and seagrass"
    named = f"{bill}SECTION 1. SHORT TITLE.\nThis Act may be cited as the “Kelp Act of 2051”."
    assert best_title(None, named, "x") == "Kelp Act of 2051"


def test_a_contents_page_with_page_numbers_ends_with_the_last_of_them():
    text = (
        "Report on kelp\n\nContents\n\n1 Kelp in bays 2\n" + "Kelp pact\t3\nSeagrass pact\t7\nEelgrass pact\t9\n\n"
        "Kelp pact\n\nThe parties agree on kelp.\n\nSeagrass pact\n\nThe parties agree on seagrass.\n"
    )
    document = read_bytes(text.encode(), "r.txt")
    shown = [quote(document.text, block.spans) for block in document.blocks if block.kind != "furniture"]
    assert shown.count("Kelp pact") == 1
    assert "The parties agree on kelp." in shown


def test_a_remark_in_brackets_below_a_title_is_part_of_it_and_a_date_or_a_caption_is_not():
    assert _titled("海草床配额方案\n（养殖行业）\n一、总则") == "海草床配额方案（养殖行业）"
    assert _titled("海草床管理办法\n（试行）\n第一条 海草。") == "海草床管理办法（试行）"
    assert _titled("海草床条例\n（2031年5月3日公布）\n第一条 海草。") == "海草床条例"
    assert _titled("藻場保全法\n（目的）\n第一条 この法律は藻場を守る。") == "藻場保全法"


def _titled(text: str) -> str | None:
    return complete(Metadata(), text, name="x.txt").title


def test_the_lines_of_a_chinese_title_are_joined_without_a_space():
    assert join_lines(["关于做好海草床", "有关工作的通知"]) == "关于做好海草床有关工作的通知"
    assert join_lines(["Plan for", "kelp", "与海草"]) == "Plan for kelp 与海草"


def test_a_red_letterhead_is_no_title():
    assert (
        _titled("海洋厅文件\n海办〔2031〕9号\n关于做好海草床工作的通知\n各市：\n请做好工作。")
        == "关于做好海草床工作的通知"
    )


def test_a_name_drawn_on_the_cover_is_the_one_that_the_text_has_for_its_period():
    cover = "Harbour Bank\n2031-2035\nSupporting Green Bays\n"
    text = cover + "The Kelp Action Plan 2031–2035 is new. Under the Kelp Action Plan 2031–2035 kelp grows. " * 2
    assert _titled(text) == "Kelp Action Plan 2031–2035: Supporting Green Bays"
    assert _titled(cover + "The Kelp Action Plan 2031–2035 is new.") == "Supporting Green Bays"


def test_the_caption_of_one_table_of_several_is_no_title() -> None:
    assert best_title(None, "表1 北岸芦苇产量\n地区\n12\n表2 南岸芦苇产量\n地区\n15\n", "reed.pdf") == "reed"
    assert best_title(None, "表1 北岸芦苇产量\n地区\n12\n", "reed.pdf") == "表1 北岸芦苇产量"
