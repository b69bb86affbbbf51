"""Markdown is read as its reader sees it: formulas, boxes, emphasis beside Chinese signs, raised and struck words."""

from __future__ import annotations

import pytest

from sinkqa.ingest.readers.markdown import read_markdown
from tests.ingest.pages import lines
from tests.ingest.shape import assert_sound, grid, tables


def read(text: str):
    document = read_markdown(text.encode(), "x.md")
    assert_sound(document)
    return document


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**罚款：**390元", "罚款：390元"),
        ("**“限额”**后", "“限额”后"),
        ("他称**“好”**了", "他称“好”了"),
        ("*重点*内容", "重点内容"),
        ("**【例】**正文", "【例】正文"),
        ("** 罚款： **390元和**限额**三吨", "罚款： 390元和限额三吨"),
        ("***粗斜***字", "粗斜字"),
        ("a **bold**word and *it*alic", "a boldword and italic"),
        ("snake_case_name, 5*3*2, 2**3 和 2**4", "snake_case_name, 5*3*2, 2**3 和 2**4"),
        ("\\*not\\* raised", "*not* raised"),
    ],
)
def test_stars_of_emphasis_go_and_other_stars_stay(written, shown):
    assert lines(read(f"{written}\n")) == [shown]


@pytest.mark.parametrize(
    "struck", ["~~六月末。~~十二月末。", "<del>六月末。</del>十二月末。", "**~~六月末~~**十二月末。"]
)
def test_struck_words_are_left_out_and_named(struck):
    document = read(f"期限为{struck}\n")
    assert lines(document) == ["期限为十二月末。"]
    assert any("struck out" in warning for warning in document.warnings)


def test_formulas_stay_as_they_stand():
    document = read(
        "It costs $5 or $9 now.\n\n$EF_{N2O}$ and $a_b*c*d$ with $E = m c^2$.\n\n$$\nE = C \\times \\frac{3}{7}\n$$\n\n"
        "GWP_{CH4}\n\n\\begin{align}\na_1 &= b*c* \\\\\nc &= d\n\\end{align}\n\nbelongs to {3, 7}\n"
    )
    assert lines(document) == [
        "It costs $5 or $9 now.", "$EF_{N2O}$ and $a_b*c*d$ with $E = m c^2$.", "$$ E = C \\times \\frac{3}{7} $$",
        "GWP_{CH4}", "\\begin{align} a_1 &= b*c* \\\\ c &= d \\end{align}", "belongs to {3, 7}",
    ]  # fmt: skip


def test_lists_of_attributes_go_from_headings_links_and_pictures_alone():
    document = read(
        '# Fen {#f .wide}\n\n## Kilns {: .k }\n\n![k](k.png){width=50%} See [the act](a.html){.x key="v w"}.\n\n'
        "{: .note}\n\n## Set {1, 2}\n\nThe set {a.b}\n\n```\n# code {#c}\n::: box\n```\n"
    )
    assert lines(document) == [
        "# Fen", "## Kilns", "See the act.", "## Set {1, 2}", "The set {a.b}", "# code {#c} ::: box",
    ]  # fmt: skip


def test_raised_lowered_and_marked_words_are_read_and_ranges_are_not_torn():
    document = read("SF~6~ and NO~x~: 10^9^ t on 3 km^2^, ==in force==, 10~20吨和30~40吨, 2^10=4^5, a == b.\n")
    (text,) = lines(document)
    assert "~6~" not in text and "109" not in text and "10⁹ t on 3 km²" in text
    assert text.endswith("in force, 10~20吨和30~40吨, 2^10=4^5, a == b.")


def test_boxes_wiki_links_and_comments_give_their_words_alone():
    document = read(
        "> [!NOTE]\n> Kilns only.\n\n> [!warning] Beware\n> of smoke.\n\n"
        ":::tip Hint\nGo slow.\n:::\n\n::: {.box}\nStop.\n:::\n\n"
        '!!! note "Size"\n    Over 5 t.\n\nSee [[Kiln rules|the rules]] and [[Ovens]], not [[12]] ![[k.png]].\n\n'
        "%% draft %%\n\n<!-- to do -->\n\n[toc]\n\nEnd.\n"
    )
    assert lines(document) == [
        "Note", "Kilns only.", "Beware", "of smoke.", "Hint", "Go slow.", "Stop.", "Size", "Over 5 t.",
        "See the rules and Ovens, not [[12]] .", "End.",
    ]  # fmt: skip


def test_lists_keep_their_numbers_letters_and_ticks():
    document = read(
        "3. three\n4. four\n   a. first\n   b. second\n\n8) eight\n\n- [x] done\n- [ ] open\n\n"
        "条件：\n（一）甲；\n（二）乙。\n"
    )
    assert lines(document) == [
        "3. three", "4. four a. first b. second", "8. eight", "[x] done", "[ ] open",
        "条件：", "（一）甲；", "（二）乙。",
    ]  # fmt: skip


def test_notes_lose_their_way_back_and_cells_keep_their_pipes():
    document = read("Cap[^a].\n\n[^a]: See act.\n\n| a | b |\n|---|---|\n| p \\| q | `x` |\n")
    assert lines(document)[0] == "Cap." and "1. See act." in lines(document)
    assert grid(document, tables(document)[0])[1, 0] == "p | q"
