"""Terms of a quote in the other language are rendered, and only these."""

from __future__ import annotations

from pathlib import Path

from service.answering.glossing import gloss
from service.engine import Engine
from service.settings import Settings


def test_terms_of_a_quote_in_the_other_language_are_rendered():
    known = {each.term: each.rendering for each in gloss("生态碳汇可以吸收二氧化碳，有碳市场。", language="en")}
    assert known["碳市场"].startswith("carbon market") and "ecological carbon sink" in known.values()
    assert gloss("生态碳汇可以吸收二氧化碳。", language="zh") == ()
    assert any(each.rendering == "碳汇" for each in gloss("A carbon sink takes up gas.", language="zh"))
    assert gloss("", language="en") == ()


def test_only_quotes_in_another_language_are_glossed(tmp_path: Path):
    (tmp_path / "notes.md").write_text("# 市场\n\n新西兰的林业部门必须参加碳市场。\n", "utf-8")
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    engine.add([tmp_path / "notes.md"])
    ours = engine.ask("新西兰的林业部门必须参加什么市场？", bar=0.0)
    other = engine.ask("Which market must forestry in New Zealand join?", bar=0.0)
    assert [citation.glosses for citation in ours.citations] == [()]
    assert [bool(citation.glosses) for citation in other.citations] == [True]
