"""No sentence with one thing altered passes as a quote or as supported; one in another dress does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from sinkqa.index.models.encoder import Encoder, load_encoder
from sinkqa.ingest.readers import read
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.grounding.guard import check
from sinkqa.service.grounding.quote import Quote
from sinkqa.service.grounding.quotes import compare_quote
from sinkqa.service.grounding.wording import wording
from tests.service.forging import alterations, untouched

SHARED = Path(__file__).parents[3].parent / "shared"
READ = ("*.md", "*.txt", "cn-*.html", "eu-*.html", "jp-*.html", "cn-guangdong-1*.json")
OF_EACH = 130  # sentences of each language
FIXTURE = [
    "第七条 重点排放单位应当在2026年3月31日前清缴配额，抵销比例不得超过5%，北京市另有规定的除外。",
    "到2030年，我国森林蓄积量将达到190亿立方米，碳汇能力明显提高。",
    "该项目每年可以吸收二氧化碳12.5万吨，覆盖湿地300公顷。",
    "Parties shall not use more than 12.5 million tonnes of removals from forests between 2021 and 2025.",
    "The Commission will increase the target for land by 15 percent, and China may support the programme after 2030.",
    "Managed forests in the European Union absorb about 230 Mt of carbon dioxide without further measures.",
]


class Sample(NamedTuple):
    """A sentence, the passage it stands in, and that passage's units: what verifying holds claims against."""

    sentence: str
    passage: str
    units: list[str]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module")
def real() -> list[Sample]:
    """Sentences of real documents, as many Chinese as English ones."""
    if not SHARED.is_dir():
        pytest.skip("the policy documents are not beside the repository")
    files = [SHARED / "paper" / "guan-xu-carbon-sinks.txt"]
    files += [path for pattern in READ for path in sorted((SHARED / "policy" / "docs").glob(pattern))]
    random = Random(20)
    found: dict[str, list[Sample]] = {"zh": [], "en": []}
    for path in files:
        passages = [
            passage for passage in split(read(path)) if passage.kind in ("text", "list") and passage.language in found
        ]
        for passage in random.sample(passages, min(40, len(passages))):
            unit = random.choice(passage.units)
            if 20 <= len(unit.text) <= 400:
                found[passage.language].append(Sample(unit.text, passage.text, [each.text for each in passage.units]))
    return [pair for pairs in found.values() for pair in random.sample(pairs, min(OF_EACH, len(pairs)))]


def quotes(sample: Sample) -> list[Quote]:
    return [Quote(text) for text in (sample.passage, *sample.units)]


def forged(samples: list[Sample]) -> Iterator[tuple[str, str, Sample]]:
    random = Random(7)
    for sample in samples:
        for kind, altered in alterations(sample.sentence, random):
            if wording(altered) not in wording(sample.passage):  # else it stands elsewhere in the passage
                yield kind, altered, sample


def accepted(samples: list[Sample], encoder: Encoder) -> tuple[Counter[str], list[str]]:
    tried: Counter[str] = Counter()
    passed: list[str] = []
    for kind, altered, sample in forged(samples):
        tried[kind] += 1
        if compare_quote(altered, sample.passage).result == "exact":
            passed.append(f"{kind}, exact: {altered}")
        if check(altered, quotes(sample), encoder).label == "supported":
            passed.append(f"{kind}, supported: {altered}")
    return tried, passed


def test_no_alteration_of_a_real_sentence_is_accepted(real: list[Sample], encoder: Encoder) -> None:
    tried, passed = accepted(real, encoder)
    assert not passed
    assert tried.total() >= 400
    assert (
        min(tried[kind] for kind in ("verb", "number", "unit", "year", "negation", "entity", "order", "deletion")) >= 10
    )


def test_no_alteration_of_our_own_sentences_is_accepted(encoder: Encoder) -> None:
    tried, passed = accepted([Sample(sentence, sentence, []) for sentence in FIXTURE], encoder)
    assert not passed
    assert tried.total() >= 36


def test_real_sentences_in_another_dress_are_accepted(real: list[Sample], encoder: Encoder) -> None:
    dressed = [(kind, text, sample) for sample in real for kind, text in untouched(sample.sentence, Random(3))]
    refused = [
        (kind, text)
        for kind, text, sample in dressed
        if compare_quote(text, sample.passage).result != "exact"
        or check(text, [Quote(unit) for unit in sample.units], encoder).label != "supported"
    ]
    assert len(dressed) >= 400
    assert len(refused) <= 0.02 * len(dressed), refused


def test_our_own_sentences_in_another_dress_are_accepted(encoder: Encoder) -> None:
    for sentence in FIXTURE:
        for kind, text in untouched(sentence, Random(3)):
            assert compare_quote(text, sentence).result == "exact", (kind, text)
            assert check(text, [Quote(sentence)], encoder).label == "supported", (kind, text)
