from __future__ import annotations

import pytest
from hypothesis import given

from sinkqa.ingest.text.language import detect
from tests.strategies import hostile_text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("碳汇", "zh"),
        ("林業碳匯交易", "zh"),
        ("全国碳市场（ETS）与 CCER 项目", "zh"),
        ("The forest is a carbon sink.", "en"),
        ("IPCC", "en"),
        ("Avicennia germinans, Day et al (1987)", "en"),
        ("Regulation (EU) 2018/841, in Chinese 条例", "en"),
        ("第三条 農林水産大臣は、計画を定めなければならない。", "ja"),
        ("カーボン", "ja"),
        ("Le conseil de la République est dans la forêt", "fr"),
        ("La ley de los bosques y el agua", "es"),
        ("Der Wald ist für das Klima nicht zu ersetzen", "de"),
        ("산림은 탄소를 흡수한다", "ko"),
        ("Леса поглощают углерод", "ru"),
        ("2018 – 12.5 %", "und"),
        ("", "und"),
    ],
)
def test_the_dominant_language_is_named(text: str, language: str):
    assert detect(text) == language


def test_front_matter_in_another_language_does_not_decide():
    assert detect("Abstract of the paper in English. " * 100 + "森林吸收二氧化碳。" * 5_000) == "zh"


@given(hostile_text())
def test_any_text_has_a_tag(text: str):
    assert detect(text).isalpha()
