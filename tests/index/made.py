"""Small documents in our own words, with their passages cut by hand: one paragraph, one passage."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from sinkqa.index.library import Addition
from sinkqa.index.store.documents.serialization import pack_terms, pack_tokens, pack_vector
from sinkqa.index.store.store import Features
from sinkqa.ingest.document import Document, Metadata, Page, Span
from sinkqa.ingest.passage import Passage, Unit

ENGLISH = (
    "Young stands take up carbon quickly, while old stands hold most of what a landscape has stored.",
    "Emitters may hand in forest credits for no more than five percent of their yearly obligation.",
    "The wetland fund pays farmers who raise the water table of drained peat.",
    "Timber buildings keep carbon out of the air for as long as they stand.",
    "An auditor visits every plot in the third year and measures a sample of trees.",
    "Buyers of credits carry the risk when a fire sets the stored carbon free.",
)
CHINESE = (
    "年轻的林子吸收二氧化碳很快，老林子则保存了大部分碳储量。",
    "排放企业每年最多可以用林业碳信用抵销百分之五的配额义务。",
    "湿地基金补贴那些让泥炭地重新蓄水的农户。",
    "木结构建筑存在多久，碳就被固定多久。",
    "核查员在第三年走访每一块样地，并抽样测量树木。",
    "一旦火灾把储存的碳释放出来，风险由购买信用的一方承担。",
)


def made(
    name: str,
    paragraphs: tuple[str, ...] | list[str],
    *,
    language: str = "en",
    section: tuple[str, ...] = (),
    media_type: str = "text/plain",
    metadata: Metadata | None = None,
) -> tuple[Document, list[Passage]]:
    text = "\n".join(paragraphs)
    content = text.encode("utf-8", "surrogatepass")
    document = Document(
        name, content, media_type, text, (Page(1, 0, len(text)),), (), metadata or Metadata(language=language)
    )
    passages, start = [], 0
    for paragraph in paragraphs:
        spans = (Span(start, start + len(paragraph)),)
        unit = Unit(spans, paragraph)
        passages.append(Passage(document.doc_id, "text", spans, paragraph, (unit,), section, 1, 1, language))
        start += len(paragraph) + 1
    return document, passages


def addition(name: str, paragraphs: tuple[str, ...] | list[str], **how: object) -> Addition:
    return Addition(*made(name, paragraphs, **how))  # type: ignore[arg-type]


def random_addition(seed: int, *, paragraphs: int = 3) -> Addition:
    """A document that no other seed makes: known words in new order, and a word of its own in every paragraph."""
    choice = random.Random(seed)
    language, store = ("zh", CHINESE) if seed % 2 else ("en", ENGLISH)
    joint = "" if language == "zh" else " "
    texts = []
    for number in range(paragraphs):
        words = list(choice.choice(store)) if language == "zh" else choice.choice(store).split()
        texts.append(joint.join(choice.choices(words, k=20)) + f" {own_word(seed)} n{number}")
    return addition(f"made-{seed}.txt", texts, language=language)


def own_word(seed: int) -> str:
    """The word that only the document of this seed has."""
    return f"zq{seed}qz"


def features(
    row: int, *, body: str = "", vector: Sequence[float] = (1.0, 0.0), language: str = "en", title: str = ""
) -> Features:
    """What the store would hand to search of a passage with these terms."""
    terms = pack_terms((title.split(), (), body.split()))
    tokens = pack_tokens(np.array([row % 7 + 2, row % 5 + 2], np.uint32))
    return Features(row, f"passage-{row}", language, terms, pack_vector(np.array(vector, np.float32)), tokens)
