from collections import Counter
from random import Random

import pytest

from sinkqa.eval.data.evidence import bare
from sinkqa.eval.forging.kinds import KINDS, begun_small, is_plain
from sinkqa.eval.forging.material import read_material
from sinkqa.eval.forging.measure import MODULES, forgeries, is_true
from tests.eval.forging.texts import write_library


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    return read_material([write_library(tmp_path_factory.mktemp("forging") / "library")], on_progress=lambda *_: None)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.name}, {kind.language}")
def test_each_kind_forges_a_statement_that_its_source_does_not_make(kind, material):
    found = list(forgeries(kind, material, 3, Random(0)))
    assert found
    for sentence, forged in found:
        source = forged.source or sentence.passage.text
        assert bare(forged.claim) and bare(forged.claim) != bare(source)
        assert not is_true(forged, sentence, kind)
        if kind.is_part:
            assert bare(forged.claim).strip(".。").casefold() in bare(source).casefold()


def test_there_are_sixty_kinds_and_more_in_both_languages_each_with_its_reason():
    assert len(MODULES) == 6
    assert len({kind.name for kind in KINDS}) >= 60
    assert Counter(kind.language for kind in KINDS).keys() == {"zh", "en"}
    assert max(Counter((kind.name, kind.language) for kind in KINDS).values()) == 1
    assert all(kind.why for kind in KINDS)


def test_the_same_seed_gives_the_same_forgeries_and_another_gives_others(material):
    def drawn(seed: int) -> list[str]:
        return [forged.claim for kind in KINDS for _, forged in forgeries(kind, material, 1, Random(seed))]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_what_the_document_says_elsewhere_is_no_forgery(material):
    (kind,) = [kind for kind in KINDS if (kind.name, kind.language) == ("figure changed", "en")]
    sentence, forged = next(forgeries(kind, material, 1, Random(0)))
    assert not is_true(forged, sentence, kind)
    said_elsewhere = sentence.document.passages[-1].text
    assert is_true(type(forged)(said_elsewhere), sentence, kind)


@pytest.mark.parametrize(
    ("text", "language", "plain"),
    [
        ("The mills in the upper valley shall return the water to the river.", "en", True),
        ("The mills shall do the following: return the water to the river.", "en", False),
        ("(a) the mills in the upper valley that return the water to it;", "en", False),
        ("取水单位应当在三十日内缴纳取水费，逾期不缴纳的，处以罚款。", "zh", True),
        ("（一）在河道内倾倒灰渣和垃圾，或者在堤岸上堆放灰渣；", "zh", False),
    ],
)
def test_a_frame_is_put_around_whole_plain_sentences_only(text, language, plain):
    assert is_plain(text, language) == plain


def test_behind_a_frame_a_sentence_begins_small_where_its_first_word_is_no_name():
    assert begun_small("The mills stop.") == "the mills stop"
    assert begun_small("Parties report.") == "Parties report"
    assert begun_small("水磨停工。") == "水磨停工"
