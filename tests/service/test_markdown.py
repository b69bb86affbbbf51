"""Answers as Markdown: links where the marks say, and nothing of a document's words is markup."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sinkqa.service.answer import Answer, AnswerCell, AnswerRow, AnswerTable, Segment
from sinkqa.service.engine import Engine
from sinkqa.service.evidence.warnings.direction import SHOWN
from sinkqa.service.markdown import escaped, pieces
from sinkqa.service.settings import Settings

HOSTILE = (
    "Moss must be kept wet. ![seen](http://evil.test/pixel) and [here](javascript:alert(1)) "
    "<img src=x onerror=alert(1)> `code` **bold** &lt;b&gt; 𠮷 $x$"
)


@pytest.fixture(scope="module")
def answer(tmp_path_factory) -> Answer:
    folder = tmp_path_factory.mktemp("markdown")
    (folder / "moss.json").write_text(json.dumps([{"title": "Moss [x](y) <b> rules", "text": HOSTILE}]), "utf-8")
    engine = Engine.open(Settings(library=folder / "library", workers=1), create=True)
    assert not engine.add([folder / "moss.json"]).failed
    found = engine.ask("What must moss be kept?")
    assert found.citations
    return found


def link(passage_id, *, spans=()):
    assert spans
    return f"http://here.test/p/{passage_id}?q={spans[0].start}-{spans[0].end}"


def test_each_mark_covers_its_link_in_code_points(answer):
    said = list(pieces(answer, link))
    text = "".join(piece.text for piece in said)
    marks = [mark for piece in said for mark in piece.marks]
    assert len(marks) == sum(len(segment.citations) for segment in answer.segments) >= 1
    for mark in marks:
        assert (
            text[mark.start : mark.end]
            == f"[{mark.citation.number}]({link(mark.citation.passage_id, spans=mark.citation.spans)})"
        )


def test_marks_stay_right_behind_what_was_understood_and_with_several_segments(answer):
    number = answer.citations[0].number
    longer = replace(answer, segments=tuple(Segment(f"𠮷 {n} [no]", (number, number)) for n in range(3)))
    said = list(pieces(longer, link, asked="and it?"))
    text = "".join(piece.text for piece in said)
    marks = [mark for piece in said for mark in piece.marks]
    assert len(marks) == 6 and text.startswith("*Understood as: ")
    assert {text[mark.start : mark.end] for mark in marks} == {f"[{number}]({marks[0].url})"}


def blocks(text: str) -> list[tuple[str, str]]:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return [(before.type, token.content) for before, token in pairwise(tokens) if token.type == "inline"]


def test_a_table_is_one_whatever_its_words_and_its_marks_cover_their_links(answer):
    number = answer.citations[0].number
    rows = (
        AnswerRow("a | b", (AnswerCell("𠮷 *x* | y\\", (number,)), AnswerCell("two\nlines", (number,)))),
        AnswerRow("c", (AnswerCell("z", (number, number)), AnswerCell(missing="not | there"))),
    )
    table = AnswerTable("Pipes | here", "", ("<b>one</b>", "two"), rows)
    beside = Segment("Beside.", (number,))
    whole = replace(answer, segments=(*table.flattened(), beside), table=table, notes=(), missing=("who",))
    said = list(pieces(whole, link))
    text = "".join(piece.text for piece in said)
    mark = f"[{number}]({link(answer.citations[0].passage_id, spans=answer.citations[0].spans)})"
    marks = [each for piece in said for each in piece.marks]
    assert [text[each.start : each.end] for each in marks] == [mark] * 4
    assert text.count(mark) == 4, "once at the label where the cells of a row share it"
    shown = [content for kind, content in blocks(text) if kind in ("th_open", "td_open")]
    assert len(shown) == 9 and shown[0] == "" and shown[3].startswith("a | b [") and shown[8] == "*not | there*"
    assert text.index("Pipes") < text.index("Beside") < text.index("Not found: who") < text.index("Sources:")


def test_paragraphs_of_a_segment_are_paragraphs_and_numbers_stay_as_they_are(answer):
    lines = ["Wardens must", "5. walk the fen;", "7) count the cows;", "# rest", "- or not", "2011", "---"]
    whole = replace(answer, segments=(Segment("\n".join(lines), ()),), citations=(), notes=())
    tokens = MarkdownIt("commonmark").parse("".join(piece.text for piece in pieces(whole, link)))
    assert {token.type for token in tokens} == {"paragraph_open", "inline", "paragraph_close"}
    inline = [token for token in tokens if token.type == "inline"]
    assert ["".join(each.content for each in token.children) for token in inline] == lines


def test_each_part_of_a_question_heads_what_answers_it_once(answer):
    number = answer.citations[0].number
    parts = ("", "first *part*", "first *part*", "second")
    segments = tuple(Segment(f"Said {n}.", (number,), part=part) for n, part in enumerate(parts))
    text = "".join(piece.text for piece in pieces(replace(answer, segments=segments), link))
    heads = [r"**first \*part\***", "Said 1.", "Said 2.", "**second**", "Said 3."]
    assert [text.index(each) for each in heads] == sorted(text.index(each) for each in heads)
    assert text.count(r"**first \*part\***") == 1


def test_a_reply_is_its_lines_and_a_list_of_questions_with_no_word_of_theirs_as_markup(answer):
    asks = ("What does [x](y) say?", "第1条*规定*了什么？")
    greeted = replace(
        answer, status="abstained", abstain_reason="no_question", answer="Two documents.\n“<b>Moss</b>”; *Fens*.",
        segments=(), citations=(), suggestions=asks, notes=(), missing=(),
    )  # fmt: skip
    text = "".join(piece.text for piece in pieces(greeted, link))
    tokens = MarkdownIt("commonmark").parse(text)
    assert [token.type for token in tokens].count("list_item_open") == 2
    inline = [token for token in tokens if token.type == "inline"]
    assert ["".join(each.content for each in token.children) for token in inline] == [
        "Two documents.", "“<b>Moss</b>”; *Fens*.", "You could ask:", *asks,
    ]  # fmt: skip
    assert all(each.type in ("text", "text_special") for token in inline for each in token.children)


@pytest.mark.parametrize(("language", "said"), [("en", "machine translation, amounts"), ("zh", "机器翻译，数字与名称")])
def test_a_translation_follows_its_statement_and_says_what_it_is(answer, language, said):
    first, *rest = answer.citations
    number = first.number
    translated = replace(
        answer,
        language=language,
        segments=(Segment("泥炭。", (number,)), Segment("苔藓。", ())),
        citations=(replace(first, translation="# Peat <b>"), *rest),
    )
    text = "".join(piece.text for piece in pieces(translated, link))
    quoted = [content for kind, content in blocks(text.partition("苔藓")[0])][-1]
    assert quoted.startswith("\\# Peat \\<b> *(") and said in quoted
    tokens = MarkdownIt("commonmark").parse(text)
    assert "blockquote_open" in {token.type for token in tokens}
    assert "heading_open" not in {token.type for token in tokens} and text.count("Peat") == 1


def test_a_lead_ends_before_the_part_of_its_first_statement(answer):
    corrected = replace(
        answer, status="abstained", abstain_reason="premise_contradicted", answer="Not so: who pays: Moss pays. [1]",
        segments=(Segment("Moss pays.", (1,), part="who pays"),),
    )  # fmt: skip
    assert corrected.lead == "Not so:"


def test_words_of_a_document_are_no_links_images_or_html(answer):
    text = "".join(piece.text for piece in pieces(answer, link))
    tokens = [token for block in MarkdownIt("commonmark").parse(text) for token in (block, *(block.children or ()))]
    assert not {"image", "html_inline", "html_block"} & {token.type for token in tokens}
    assert {token.content for token in tokens if token.type == "code_inline"} <= {"http://evil.test/pixel)"}
    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert links and all(href.startswith("http://here.test/p/") for href in links)
    shown = "".join(token.content for token in tokens if token.type == "text")
    assert "[here](javascript:alert(1))" in shown and "Moss [x](y) <b> rules" in shown


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=60))
def test_escaped_text_is_shown_as_it_stands(text):
    inline = MarkdownIt("commonmark").parseInline(escaped(text))[0].children
    assert {token.type for token in inline} <= {"text", "text_special", "code_inline"}
    assert "".join(token.content for token in inline) == text.translate(SHOWN)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("See http://evil.test/a_b*c for more.", "http://evil.test/a_b*c"),
        ("见HTTPS://evil.test/x?y=1，另见", "HTTPS://evil.test/x?y=1"),
        ("(www.evil.test)", "www.evil.test)"),
        ("at ftp://evil.test/`rm`", "ftp://evil.test/"),
    ],
)
def test_a_bare_address_is_shown_as_code_which_no_viewer_links(text, code):
    inline = MarkdownIt("commonmark").parseInline(escaped(text))[0].children
    assert [token.content for token in inline if token.type == "code_inline"] == [code]
    assert "".join(token.content for token in inline) == text


def test_what_turns_the_direction_of_text_is_shown_as_a_sign():
    assert escaped("up to \u202e%5 \u2066of\u2069") == "up to \ufffd%5 \ufffdof\ufffd"
