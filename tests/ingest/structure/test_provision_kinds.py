"""What a law's sentences do: define, begin, forbid, punish; and what only looks so."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.provisions.kinds import statements
from sinkqa.ingest.readers import read, read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.ingest.text.normalised_text import fold

LAWS = Path(__file__).parents[4] / "shared" / "policy" / "docs"


def stated(text: str) -> dict[str, set[str]]:
    """Kinds, each with the sentences that stand for it."""
    passages = split(read_bytes(text.encode(), "law.md"))
    found: dict[str, set[str]] = {}
    for passage, several in zip(passages, statements(passages), strict=True):
        for each in several:
            found.setdefault(each.kind, set()).add(passage.units[each.unit].text)
    return found


def terms(text: str) -> set[str]:
    passages = split(read_bytes(text.encode(), "law.md"))
    return {each.term for several in statements(passages) for each in several if each.kind == "definition"}


@pytest.mark.parametrize(
    ("text", "defined"),
    [
        ("# 荒地法\n\n第二条 本法所称荒地，是指三年无人耕种的土地，但是休耕地除外。\n", {"荒地"}),
        ("# 荒地法\n\n第九条 本法下列用语的含义：\n\n（一）荒地（简称荒），是指荒芜之地。\n\n（二）坡地，包括梯田。\n",
         {"荒地", "荒", "坡地"}),
        ("# 办法\n\n第九条 本办法下列用语的含义：\n\n（一）沼气：腐败所生的气体。\n\n（二）泥地：浸水的土地。\n",
         {"沼气", "泥地"}),
        ("# 标准\n\n## 3 术语和定义\n\n### 3.1 泥炭 peat\n\n由植物残体堆积而成的物质。\n", {"泥炭", "peat"}),
        ("# Fen Act\n\n## 4 Interpretation\n\nIn this Act, unless the context otherwise requires,—\n\n"
         "drained fen, in relation to a farm, means fen with ditches\n\n"
         "warden means a person appointed under section 9\n",
         {"drained fen", "warden"}),
        ("# Order\n\nSec. 2. For purposes of this order, the term “old fen” means fen never drained.\n", {"old fen"}),
        ("# Pact\n\n## Article 1\n\nFor the purpose of this Pact:\n\n(a) “Council” means the Fen Council;\n\n"
         "(b) “Mire unit” (MU) has the meaning given in Annex I.\n", {"council", "mire unit", "mu"}),
        ("# 湿原法\n\n（定義）第二条 この法律において「湿原」とは、水に浸された土地をいう。\n", {"湿原"}),
        ("# Glossary\n\n| Term | Definition |\n|---|---|\n| Ditch | A channel that drains. |\n| Mire | Wet ground. |\n",
         {"ditch", "mire"}),
        ("# 报告\n\n沼泽碳库是指沼泽所存的碳。这是指导性意见，主要是指方向。\n", {"沼泽碳库"}),
    ],
)  # fmt: skip
def test_a_definition_is_known_by_its_formula_and_gives_its_term(text, defined):
    assert terms(text) == defined


@pytest.mark.parametrize(
    "text",
    [
        "# Report\n\nWarmer winters mean that pumps run longer. This means trouble. Drainage is a means of farming.\n",
        "# Report\n\nThe council refers to a study. Figures are defined in Table 2. Farmers include many tenants.\n",
        "# 报道\n\n各地发布指导意见，并指出问题。这是指标之一，由专人负责指导。\n",
    ],
)
def test_narrative_defines_nothing(text):
    assert terms(text) == set()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("effect", "第九条 本办法自2031年3月1日起施行，有效期五年。"),
        ("effect", "现予公布，自公布之日起施行。"),
        ("effect", "This Act comes into force on 1 March 2031."),
        ("effect", "This Agreement shall enter into force on the thirtieth day after ten Parties have ratified it."),
        ("effect", "この法律は、令和十三年四月一日から施行する。"),
        ("repeal", "第九条 《旧办法》同时废止。"),
        ("repeal", "The Fen Order 1990 is hereby repealed."),
        ("penalty", "第八条 违反本办法规定，擅自排水的，处一万元以上五万元以下的罚款。"),
        ("penalty", "A person who drains a fen is liable on conviction to a fine not exceeding $5,000."),
        ("penalty", "第八十条 前条の規定に違反した者は、三十万円以下の罰金に処する。"),
        ("scope", "第二条 在本省挖沟排水的活动，适用本办法。"),
        ("scope", "This Act does not apply to salt marshes."),
        ("authority", "第三条 县级以上人民政府水行政主管部门负责本行政区域内湿原的监督管理。"),
        ("authority", "The Minister is responsible for the register."),
        ("prohibition", "第六条 禁止在湿原内挖沟。"),
        ("prohibition", "A farmer must not drain a fen."),
        ("duty", "第七条 农户应当报告沟渠的长度。"),
        ("procedure", "第五条 水行政主管部门应当自收到申请之日起二十个工作日内作出决定。"),
        ("procedure", "The warden must decide within 20 working days."),
        ("exception", "第六条 禁止排水，但是抢险除外。"),
        ("exception", "No ditch is dug except in an emergency."),
    ],
)  # fmt: skip
def test_each_kind_is_known_by_its_formula(kind, text):
    assert kind in stated(f"# Fens\n\n{text}\n")


def test_only_the_document_itself_takes_effect():
    found = stated("# 配水办法\n\n第五条 水权的转让自登记日起生效。\n\n第九条 本办法自2031年3月1日起施行。\n")
    assert found["effect"] == {"本办法自2031年3月1日起施行。"}
    assert "水权的转让自登记日起生效。" in found["onset"]
    english = stated("# Fen Act\n\nA permit takes effect on the day on which it is given.\n")
    assert "effect" not in english and "onset" in english


def test_a_ban_and_the_meaning_of_fine_are_no_penalties():
    found = stated(
        "# 湿原法\n\n第六条 禁止挖沟。\n\n第七条 本法所称罚款，是指行政机关处以的罚款。\n\n"
        "第八条 挖沟的，处一万元罚款。\n"
    )
    assert found["penalty"] == {"挖沟的，处一万元罚款。"}
    assert "penalty" not in stated("# Act\n\nThe Governor may make rules (a) prescribing penalties for any offence.\n")


def test_beneath_a_heading_of_penalties_weaker_words_are_enough():
    text = "# Fen Act\n\n## {}\n\nThe amount is 30 marks for each metre of ditch.\n"
    assert "penalty" in stated(text.format("12 Penalty for digging ditches"))
    assert "penalty" not in stated(text.format("12 Payment for filling ditches"))


def test_a_note_of_an_amendment_is_history():
    note = "Section 3(1): repealed, on 26 September 2028, by section 5 of the Fen Amendment Act 2028 (2028 No 85)."
    assert stated(f"# Fen Act\n\n## 3 Purpose\n\n{note}\n") == {}


@pytest.mark.parametrize(
    "hostile", ["1 " * 4000, "(a) " * 3000, '"a" or ' * 2000, "甲(" * 2000 + "をいう", ", " * 2000]
)
def test_no_text_takes_for_ever(hostile):
    text = f"本法下列用语的含义：{hostile}是指"
    unit = Unit((Span(0, len(text)),), text)
    passage = Passage("0" * 64, "text", unit.spans, text, (unit,), ("用语",), 1, 1, "zh")
    began = time.process_time()
    list(statements([passage]))
    assert time.process_time() - began < 2


@pytest.mark.skipif(not LAWS.is_dir(), reason="the reference documents (../shared) are not here")
def test_laws_that_we_did_not_write_give_nearly_all_of_their_terms():
    simple = re.compile(r"(?:[。；：\n]|所称|）)\s*([^\n。；：，（）\s]{2,20})，(?:是指|系指)")
    wanted = found = 0
    for path in sorted(LAWS.glob("cn-*.md")):
        document = read(path)
        given = {each.term for several in statements(split(document)) for each in several if each.term}
        expected = {re.sub("^.*所称", "", fold(term)) for term in simple.findall(document.text)}
        wanted, found = wanted + len(expected), found + len(expected & given)
    assert wanted >= 30 and found >= 0.95 * wanted
