"""Pages and Markdown asked through the engine: what is quoted is what their readers see."""

from __future__ import annotations

import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

RULES = "".join(
    f"<p>Part {n} of this rule tells owners of kilns how readings are taken, kept and shown to the county.</p>"
    for n in range(1, 8)
)
KILNS = f"""<!doctype html><html lang=en><meta charset=utf-8><title>Kiln rule</title>
<style>.former {{ display: none }}</style><h1>Kiln rule</h1>{RULES}
<p>The quota of each kiln is <del>700</del>900 tonnes.</p><p class=former>The levy for each kiln is 55 crowns.</p>
<p>The levy for each kiln is 80 crowns.</p><section id=social><h2>Staff</h2><p>The injury rate fell to 0.31 in 2033.</p>
</section><h3><button aria-expanded=false>What is the late fee?</button></h3>
<div hidden>The late fee is 390 crowns.</div>
"""
PERIOD = """---
限额: 每家700吨
---

# 清缴规定

清缴期限为~~六月三十日。~~十二月三十一日。

**滞纳金：**每天390元。
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "kilns.html").write_text(KILNS, encoding="utf-8")
    (folder / "period.md").write_text(PERIOD, encoding="utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    engine.add([folder / "kilns.html", folder / "period.md"])
    return engine


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("What is the quota of each kiln?", "The quota of each kiln is 900 tonnes."),
        ("What is the levy for each kiln?", "The levy for each kiln is 80 crowns."),
        ("What was the injury rate in 2033?", "The injury rate fell to 0.31 in 2033."),
        ("What is the late fee?", "The late fee is 390 crowns."),
        ("清缴期限是哪天？", "清缴期限为十二月三十一日。"),
        ("滞纳金每天多少？", "滞纳金：每天390元。"),
    ],
)
def test_the_answer_quotes_what_the_page_shows(engine, question, quote):
    assert [citation.quote for citation in engine.ask(question).citations] == [quote]
