from __future__ import annotations

import pytest

from sinkqa.index.library import Library
from sinkqa.index.training.corpus import Pair
from sinkqa.index.training.cross_encoder import candidates
from sinkqa.index.training.cross_encoder.candidates import Posed, Shelf, documents, found, mined, titled
from sinkqa.ingest.text.language import detect
from tests.index.made import CHINESE, ENGLISH, addition

CHINESE_TEXTS = tuple(
    "".join((CHINESE[n], CHINESE[(n + 1) % 6], CHINESE[(n + 3) % 6], f"见附表{n}。")) for n in range(6)
)
"""Longer than one sentence: short texts have no run by which they could be found."""


@pytest.fixture
def held(library: Library) -> Library:
    """Two languages, and a document that repeats what another says."""
    english = [f"Plot {n}: {text.replace('carbon', f'carbon of plot {n}')}" for n, text in enumerate(ENGLISH * 3)]
    list(
        library.add_all(
            [
                addition("english.txt", ENGLISH),
                addition("plots.txt", english[6:]),
                addition("again.txt", [f"It is repeated here. {ENGLISH[5]}"]),
                addition("chinese.txt", CHINESE_TEXTS, language="zh"),
            ]
        )
    )
    return library


def test_a_text_is_found_in_the_shape_of_the_passage_that_holds_it(held: Library) -> None:
    shelf = Shelf(held)
    assert shelf.holding(ENGLISH[2]) == f"english.txt\n{ENGLISH[2]}"
    assert shelf.holding(f"A title\n{ENGLISH[2].upper()}") == f"english.txt\n{ENGLISH[2]}"
    assert shelf.holding(CHINESE_TEXTS[4]) == f"chinese.txt\n{CHINESE_TEXTS[4]}"
    assert shelf.holding("Nothing of this long sentence about saddles and lanterns stands in the library.") is None
    much_more = " ".join(f"Word{n} that no passage has, in its own turn." for n in range(9))
    assert shelf.holding(f"{ENGLISH[2]} {much_more}") is None, "less than half of it"
    assert shelf.holding("") is None


def test_questions_whose_texts_are_not_held_are_left_out(held: Library) -> None:
    posed = [
        Posed("a", "who pays?", (ENGLISH[2],)),
        Posed("b", "who pays?", ("This text is held by no document that was taken into the library.",)),
        Posed("c", "how much is paid?", (), (ENGLISH[2],)),
    ]
    passage = f"english.txt\n{ENGLISH[2]}"
    assert list(found(posed, Shelf(held))) == [
        Posed("a", "who pays?", (passage,)),
        Posed("c", "how much is paid?", (), (passage,)),
    ]


@pytest.mark.parametrize("question", ["Who carries the risk of a fire that sets carbon free?", "火灾的风险由谁承担？"])
@pytest.mark.parametrize("text", [ENGLISH[5], CHINESE_TEXTS[5]])
def test_what_is_mined_never_answers_and_is_of_the_answer_s_language(held: Library, question: str, text: str) -> None:
    posed = list(found([Posed("made", question, (text,))] * 12, Shelf(held)))
    for group in mined(held, posed, seed=1, report=lambda line: None):
        assert group.answering == posed[0].answering
        assert 0 < len(group.others) == len(set(group.others)) <= 7
        assert not any(text in other for other in group.others), "nor does the document that repeats it"
        assert {detect(other) for other in group.others} == {detect(text)}


def test_what_is_near_and_does_not_answer_comes_first(held: Library) -> None:
    lines: list[str] = []
    posed = [Posed("made", "How much does the wetland fund pay?", (), (f"english.txt\n{ENGLISH[2]}",))]
    (group,) = mined(held, posed, seed=1, report=lines.append)
    assert group.answering == () and group.others[0] == posed[0].near[0]
    assert len(group.others) == 7 and group.others.count(posed[0].near[0]) == 1
    assert lines == ["0 of 1 questions put to the library"]


def test_mining_is_fixed_by_its_seed(held: Library) -> None:
    posed = [Posed("made", "What happens to carbon?", (f"english.txt\n{ENGLISH[5]}",))] * 5
    first, again, other = (list(mined(held, posed, seed=seed, report=lambda line: None)) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("length", [23, 24, 25, 40])
def test_a_text_has_its_last_run_and_a_short_one_is_a_run_itself(length: int) -> None:
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + length)))
    runs = candidates._runs(f" {letters[:3]}, {letters[3:]}! ")
    assert len(runs) == max(1, length - 23) and {letters[:24], letters[-24:]} <= runs
    assert candidates._runs("— ? …") == candidates._runs("") == set()


def test_a_chinese_title_ends_at_the_space_and_an_english_one_at_its_end() -> None:
    assert titled("湿地保护条例 监督 管理") == ("湿地保护条例", "监督 管理")
    assert titled("The Peat Act of the North") == ("The Peat Act of the North", "")


def test_pairs_become_documents_by_their_titles() -> None:
    article = "各级政府应当监督湿地保护工作，并每年公布一次湿地的面积和状况。"
    pairs = [
        Pair("laws", "ict_zh", "湿地保护条例 监督管理", article),
        Pair("laws", "ict_zh", "湿地保护条例 法律责任", article.replace("监督", "负责")),
        Pair("laws", "ict_zh", "湿地保护条例 监督管理", article),
        Pair("notes", "ict_en", "On the water of drained peat", ENGLISH[2]),
        Pair("notes", "qp_en", "What is paid? And by whom?", ENGLISH[3]),
        Pair("notes", "par", "Peat and its water", ENGLISH[4]),
        Pair("notes", "ict_en", "On the water of drained peat", "Too short."),
    ]
    made = dict(documents(pairs))
    assert made["00000.md"].startswith(f"# 湿地保护条例\n\n## 监督管理\n\n{article}\n\n## 法律责任\n\n")
    assert made["00000.md"].count(article) == 1
    assert made["00001.md"] == f"# On the water of drained peat\n\n{ENGLISH[2]}"
    assert ENGLISH[4] not in "".join(made.values())
