"""What a law says of one kind, where nothing else is asked of it."""

from __future__ import annotations

import pytest

from sinkqa.index.library import Library
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.answering.provisions.enumerating import enumerated
from sinkqa.service.answering.understanding.naming import Meant
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.evidence.citations import cite

_LONG = "、".join(f"第{each}号水闸旁边的芦苇丛" for each in range(1, 22))
CODE = f"""# 榆谷水闸条例

## 第一章 总则

**第一条** 榆谷境内的水闸适用本条例。

**第二条** 榆谷水务局主管全国水闸工作；县长负责看守钥匙。

**第三条** 禁止下列行为：

（一）拆除水闸；

（二）堵塞水闸。

**第四条** 农户应当擦洗水闸。

## 第二章 法律责任

**第五条** 拆除水闸的，处三百马克罚款。

**第六条** 在{_LONG}里堵塞水闸的，处五百马克罚款。

**第七条** 在{_LONG}里涂抹油漆的，处六百马克罚款。

**第八条** 不擦洗水闸的，处七马克罚款。

## 第三章 附则

**第九条** 旧的水闸规定同时废止。
"""


@pytest.fixture
def library(tmp_path, encoder):
    with Library.open(tmp_path / "library", create=True, encoder=encoder) as opened:
        document = read_bytes(CODE.encode(), "code.md")
        opened.add(document, split(document), source="code.md")
        yield opened


@pytest.fixture
def ask(library):
    (record,) = library.documents()

    def settle(question: str):
        name = "榆谷水闸条例"
        mentions = ((question.index(name), question.index(name) + len(name)),)
        meant = Meant((record.doc_id,), name, sure=True, mentions=mentions)
        settled = enumerated(understand(question), meant.documents, meant, library)
        for each in settled.evidence if settled else ():
            assert cite(library, each.passage, each.units, number=1, score=each.relevance) is not None
        return settled

    return settle


def test_penalties_come_in_order_as_far_as_there_is_room(ask):
    settled = ask("榆谷水闸条例咋罚？")
    texts = [each.text for each in settled.evidence]
    assert "三百马克" in texts[0]
    assert "五百马克" in texts[1]
    assert not any("七马克" in each for each in texts)  # no later one in place of one that is left out
    assert settled.notes == ("此处只显示开头，另有2处同类规定未显示，自“第二章 法律责任 第七条”起。",)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("榆谷水闸条例禁止哪些行为？", "（二）堵塞水闸。"),
        ("榆谷水闸条例的适用范围是什么？", "榆谷境内的水闸适用本条例。"),
        ("榆谷水闸条例废止了什么？", "旧的水闸规定同时废止。"),
        ("榆谷水闸条例的主管部门是谁？", "主管全国水闸工作"),
    ],
)
def test_other_kinds_are_settled_alike(ask, question, said):
    settled = ask(question)
    assert len(settled.evidence) == 1
    assert said in settled.evidence[0].text
    assert not settled.notes


@pytest.mark.parametrize(
    "question",
    [
        "榆谷水闸条例对堵塞水闸怎么处罚？",
        "榆谷水闸条例禁止谁进入水渠？",
        "榆谷水闸条例第六条的罚款是多少？",
        "榆谷水闸条例说了什么？",
    ],
)
def test_a_question_that_says_more_is_not_settled(ask, question):
    assert ask(question) is None
