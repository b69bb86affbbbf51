"""Evidence for an answer: what is picked from passages, how much of it, and how sure it makes us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoder, load_encoder
from index.hit import Hit
from index.library import Library
from ingest.readers import read
from ingest.splitting import split
from service.answering.confidence import BAR, confidence, reason
from service.answering.selecting import Selection, gather, ranked
from service.answering.understanding import Asked, understand
from service.evidence.pieces import Evidence, share_of_answer
from service.evidence.relevance import relevance

PLAN = """# Peat plan of the Elm valley

## Water

The valley council keeps the water table within ten centimetres of the surface from October to May.
Farmers who lose pasture receive 40 euros a year for each hectare. Sluices are opened in June.

## Duties

The warden has three duties:

- measure the water table every week;
- repair the sluices before the first frost;
- report fires to the council within a day.

## Parcels

Table 1 Parcels and their limits

| Parcel | Grazing limit | Mowing |
|---|---|---|
| North fen | 2 cows per hectare | after 15 July |
| Alder marsh | no grazing | never |
| River bank | 5 cows per hectare | after 1 June |

## 水位

榆谷议会规定，十月至次年五月泥炭地水位距地表不得超过十厘米。失去牧场的农户每年每公顷获得四十欧元补贴。
"""
CASES = [
    ("How much money do farmers receive for lost pasture?", "40 euros"),
    ("How many cows may graze on the river bank?", "5 cows per hectare"),
    ("When may the north fen be mown?", "after 15 July"),
    ("What are the duties of the warden?", "repair the sluices"),
    ("失去牧场的农户每年每公顷获得多少补贴？", "四十欧元"),
]


def select(asked: Asked, hits: list[Hit], encoder: Encoder, **how: float) -> list[Evidence]:
    return gather(asked, ranked(asked, hits, encoder, Selection(**how)), Selection(**how))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("plan") / "plan.md"
    path.write_text(PLAN, "utf-8")
    document = read(path)
    with Library.open(Path(path.parent, "library"), create=True, encoder=encoder) as library:
        library.add(document, split(document))
        yield library


def certainty(library: Library, question: str) -> float:
    asked, hits = understand(question), library.search(question, k=8)
    return confidence(asked, hits, ranked(asked, hits, library.encoder), library.encoder)


def picked(library: Library, question: str, **how: float) -> tuple[list[Hit], list[Evidence]]:
    hits = library.search(question, k=8)
    return hits, select(understand(question), hits, library.encoder, **how)


@pytest.mark.parametrize(("question", "expected"), CASES)
def test_the_first_piece_of_evidence_answers(library, question, expected):
    _, evidence = picked(library, question)
    assert expected in evidence[0].text


@pytest.mark.parametrize("question", [question for question, _ in CASES])
def test_evidence_is_units_of_the_passages_found_best_first_and_short(library, question):
    hits, evidence = picked(library, question)
    params = Selection()
    passages = [hit.passage for hit in hits]
    assert 1 <= len(evidence) <= params.most
    for piece in evidence:
        assert piece.passage in passages
        assert piece.units and set(piece.units) <= set(piece.passage.units)
        assert 0 < piece.relevance <= 1
        assert piece.relevance >= params.keep * evidence[0].relevance
        assert all(unit.text in piece.text for unit in piece.units)
    assert len(evidence) == 1 or sum(share_of_answer(piece.text) for piece in evidence) <= 1
    assert 0 < certainty(library, question) <= 1


def test_a_row_of_a_table_says_whose_cells_it_gives_under_which_header(library):
    _, evidence = picked(library, "How many cows may graze on the river bank?")
    assert "River bank" in evidence[0].text and "Grazing limit" in evidence[0].text
    assert "North fen" not in evidence[0].text


def test_a_short_list_is_quoted_whole_with_its_lead_in(library):
    _, evidence = picked(library, "What are the duties of the warden?")
    assert all(part in evidence[0].text for part in ("three duties", "every week", "first frost", "within a day"))


def test_fewer_pieces_can_be_asked_for(library):
    _, evidence = picked(library, CASES[0][0], most=1)
    assert len(evidence) == 1
    _, everything = picked(library, CASES[0][0], keep=0.0)
    assert len(everything) > 1


def test_no_hits_are_no_evidence_and_no_confidence(encoder):
    asked = understand("How many cows?")
    assert select(asked, [], encoder) == gather(asked, []) == []
    assert confidence(asked, [], [], encoder) == 0.0
    assert reason(asked, [], []) == "no_evidence"


def test_confidence_tells_our_subject_from_another(library):
    ours = [certainty(library, question) for question, _ in CASES]
    other = [
        certainty(library, question) for question in ("Who composed the opera of the barber?", "红烧肉怎么做才好吃？")
    ]
    assert sorted(ours)[1] > BAR > max(other)


def test_relevance_is_a_share_and_prefers_the_text_that_answers(encoder):
    texts = ["Farmers receive 40 euros for each hectare.", "The opera began at eight.", ""]
    fit = relevance("How many euros do farmers receive for each hectare?", texts, encoder)
    assert fit.shape == (3,) and fit.dtype == np.float32
    assert ((fit >= 0) & (fit <= 1)).all()
    assert fit[0] > 2 * fit[1] and fit[2] == fit.min()


class Plain:
    """An encoder without token vectors, as those of sentence-transformers are."""

    def __init__(self, encoder: Encoder) -> None:
        self.encode, self.dim, self.name, self.fingerprint = encoder.encode, encoder.dim, "plain", "plain"


def test_relevance_needs_no_token_vectors(encoder):
    fit = relevance("euros for farmers", ["Farmers receive 40 euros.", "The opera began."], Plain(encoder))
    assert fit[0] > fit[1]


def test_an_answer_holds_two_hundred_wide_characters_or_a_hundred_and_twenty_words():
    assert share_of_answer("碳" * 200) == pytest.approx(1)
    assert share_of_answer("word " * 120) == pytest.approx(1)
    assert share_of_answer("碳" * 100 + " word" * 60) == pytest.approx(1)
    assert share_of_answer("") == 0


def test_a_comparison_shows_each_side_before_more_of_the_first(tmp_path: Path, encoder: Encoder) -> None:
    more = "Japan counts its forest credits with care, and Japan prints the forest credits that it counts. "
    text = "# Forest credits\n\n## Japan\n\nJapan counts forest credits each year. " + more * 12
    (tmp_path / "both.md").write_text(
        text + "\n\n## Europe\n\nThe EU counts forest credits every five years.\n", "utf-8"
    )
    document = read(tmp_path / "both.md")
    with Library.open(tmp_path / "library", create=True, encoder=encoder) as library:
        library.add(document, split(document))
        asked = understand("How do Japan and the EU differ in how they count forest credits?")
        shown = select(asked, library.search(asked.text, k=8), encoder)
    said = " ".join(piece.text for piece in shown)
    assert "every five years" in said and "each year" in said
