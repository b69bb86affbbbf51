"""Made-up laws and notes, and a library of them that tests ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sinkqa.service.answer import Answer
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

PEAT = """# 榆谷泥炭条例

## 第一章 总则

**第一条** 为了保护泥炭，制定本条例。

**第二条** 本条例所称深泥炭，是指厚度超过四十厘米的泥炭。

**第三条** 榆谷议会主管泥炭工作，按年度公布泥炭清单。

## 第二章 管理

**第四条** 任何单位不得在深泥炭上开沟排水。

**第五条** 农户应当在每年五月之前关闭水闸，并在十月之后开启水闸。

## 第三章 法律责任

**第六条** 违反本条例第四条规定，在深泥炭上开沟排水的，由榆谷议会处三千马克罚款。

**第七条** 本条例自2031年5月1日起施行。
"""
TREES = """# 榆谷林木条例

**第一条** 为了保护林木，制定本条例。

**第二条** 农户应当在每年九月之前修剪林木。

**第三条** 违反本条例规定砍伐林木的，由林木局处五百马克罚款。

**第四条** 本条例自2033年7月1日起施行。
"""
FEN = """# Elmvale Fen Act 2031

## 1 Commencement

This Act comes into force on 1 March 2031.

## 2 Interpretation

In this Act, warden means a person appointed by the council of Elmvale under section 3.

## 3 Wardens

The council of Elmvale must appoint a warden for each sluice in the first week of May.

## 4 Ditches

A farmer must not dig a ditch in a fen.

## 5 Offences

A farmer who digs a ditch in a fen is liable on conviction to a fine not exceeding 900 marks.
"""
NOTES = """# Payments in the valleys

The council of Norway pays 40 marks for each hectare of alder swamp.

The council of Chile pays 70 marks for each hectare of alder swamp.

The payment of Norway ends after nine years.

Table 1 Wardens of the valleys

| Country | Number of wardens | Paid by |
|---|---|---|
| Norway | 12 wardens | council |
| Chile | 31 wardens | parish |
| Japan | 7 wardens | farmers |
"""
TEXTS = {"peat.md": PEAT, "trees.md": TREES, "fen.md": FEN, "notes.md": NOTES}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("laws")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, "utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    assert not engine.add([folder / name for name in TEXTS]).failed
    return engine


@pytest.fixture(scope="module")
def ids(engine: Engine) -> dict[str, str]:
    """doc_id by title."""
    return {record.title: record.doc_id for record in engine.documents()}


@pytest.fixture(scope="module")
def quotes(engine: Engine) -> Callable[..., list[str]]:
    """What is quoted for a question, in the order of the citations."""

    def ask(question: str, **how: object) -> list[str]:
        answer: Answer = engine.ask(question, **how)  # type: ignore[arg-type]
        return [citation.quote for citation in answer.citations] if answer.status != "abstained" else []

    return ask
