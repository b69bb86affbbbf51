"""A translation by a language model is shown where it keeps the amounts and names of its quote, else withheld."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest

from sinkqa.service.answer import Answer
from sinkqa.service.answering.writing.generating import ChatGenerator, Source
from sinkqa.service.answering.writing.translating import changes, translated
from sinkqa.service.engine import Engine
from tests.service.answering.scripted import KEY, engine, key_of, script, scripted, settings
from tests.service.endpoint import Endpoint, Exchange, status, text

__all__ = ["engine", "script", "scripted", "settings"]

QUESTION = "How much subsidy is paid for each hectare of alder swamp in 榆谷?"
RIGHT = "The council of Yugu subsidises each hectare of alder swamp with forty marks."


@pytest.fixture
def foreign(engine: Engine) -> Answer:
    """An answer in English from the note in Chinese."""
    answer = engine.ask("榆谷议会对每公顷桤木沼泽补贴多少马克？", bar=0.0)
    assert answer.citations and {each.language for each in answer.citations} == {"zh"}
    return Answer(**{name: getattr(answer, name) for name in answer.__dataclass_fields__} | {"language": "en"})


def lines(*said: str):
    """A reply that translates the quotes in their order."""
    return text("\n".join(json.dumps({"key": str(n), "translation": each}) for n, each in enumerate(said, 1)))


def test_a_translation_that_keeps_all_stands_beside_its_quote(engine: Engine, foreign: Answer, scripted: Endpoint):
    scripted.says(text(lambda _: json.dumps({"key": "1", "translation": RIGHT})))
    made = translated(foreign, ChatGenerator(engine._settings))
    assert made.citations[0].translation is not None and made.citations[0].translation.startswith(RIGHT)
    assert made.citations[0].quote == foreign.citations[0].quote and made.segments == foreign.segments
    user = scripted.requests[-1]["messages"][-1]["content"]
    assert foreign.citations[0].quote in json.loads(user.splitlines()[1])["text"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Each hectare is subsidised with fifty marks.", "leaves out 四十"),
        ("榆谷议会补贴四十马克。", "another language"),
        (f"{RIGHT} See https://b.example for it.", "link"),
        (f"{RIGHT} So does New Zealand.", "New Zealand"),
    ],
)
def test_what_changes_the_quote_is_withheld_with_a_note(
    engine: Engine, foreign: Answer, scripted: Endpoint, said: str, why: str
):
    scripted.says(lines(said))
    made = translated(foreign, ChatGenerator(engine._settings))
    assert made.citations[0].translation is None
    assert "[1] was withheld" in made.notes[-1] and why in made.notes[-1]


ASKED = "How much 补贴 does the council of 榆谷 pay for each 公顷 of 桤木沼泽?"


def test_an_answer_that_is_written_anew_has_its_foreign_quotes_translated(engine: Engine, scripted: Endpoint):
    scripted.says(
        text(lambda given: f"榆谷议会对每公顷桤木沼泽补贴四十马克。[{key_of(given, '四十')}]"),
        text(lambda _: json.dumps({"key": "1", "translation": RIGHT})),
    )
    answer = engine.ask(ASKED, generate=True, bar=0.0)
    assert answer.language == "en" and answer.generated and answer.notes == ()
    assert [(each.language, each.translation) for each in answer.citations] == [("zh", RIGHT)]
    assert len(scripted.requests) == 2 and {"generate", "translate"} <= set(answer.timings_ms)


def test_a_model_that_cannot_be_reached_is_not_asked_to_translate(engine: Engine, scripted: Endpoint):
    scripted.says(status(500))
    answer = engine.ask(ASKED, generate=True, bar=0.0)
    assert "zh" in {each.language for each in answer.citations}
    assert len(scripted.requests) == 1 and len(answer.notes) == 2


class _Writes:
    """A generator that translates nothing."""

    name = "a writer"

    def generate(self, question: str, sources: Sequence[Source]) -> Iterator[str]:
        yield f"榆谷议会对每公顷桤木沼泽补贴四十马克。[{next(each.key for each in sources if '四十' in each.text)}]"


def test_a_generator_that_only_writes_is_not_asked_to_translate(engine: Engine):
    answer = Engine(engine._library, engine._settings, generator=_Writes()).ask(ASKED, generate=True, bar=0.0)
    assert answer.generated and answer.notes == () and answer.citations[0].translation is None


def cut_off(exchange: Exchange) -> None:
    exchange.begin()
    exchange.piece(json.dumps({"key": "1", "translation": RIGHT}))
    exchange.end("length")


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (status(500), "status 500"),
        (text("I would rather not."), "translated nothing"),
        (text('[1, 2]\n"x"\n{"key": "9", "translation": "x"}\n{"key": "1", "translation": 7}'), "translated nothing"),
        (cut_off, "cap on tokens"),
    ],
)
def test_a_model_that_fails_leaves_the_answer_as_it_is(
    engine: Engine, foreign: Answer, scripted: Endpoint, reply, why: str
):
    scripted.says(reply)
    made = translated(foreign, ChatGenerator(engine._settings))
    assert made.citations == foreign.citations
    assert why in " ".join(made.notes) and KEY not in str(made.as_dict())


def test_quotes_in_the_askers_language_are_not_translated(engine: Engine, scripted: Endpoint):
    answer = engine.ask("How much does the council of Elmvale pay per hectare of alder swamp?")
    assert translated(answer, ChatGenerator(engine._settings)) is answer
    assert scripted.requests == []


@pytest.mark.parametrize(
    ("quote", "translation"),
    [
        ("处二万元以上十万元以下的罚款。", "a fine of not less than CNY 20,000 and not more than CNY 100,000"),
        ("处二万元以上十万元以下的罚款。", "a fine of 20,000 to 100,000 yuan"),
        ("并处价值一倍以上五倍以下的罚款。", "and a fine of one to five times the value"),
        ("应当在三十日以内报国务院备案。", "to be filed with the State Council within thirty days"),
        ("应当在三十日内报国务院备案。", "to be filed with the State Council within 30 days"),
        ("（二）违反本法第二十条的规定", "(2) where it is in violation of Article 20 of this Law"),
        ("It falls by 50-52 percent below 2005 levels.", "比2005年水平下降50%至52%。"),
    ],
)
def test_what_is_said_the_same_in_other_words_is_kept(quote: str, translation: str):
    assert changes(quote, translation, language="zh" if quote.isascii() else "en") == ""


@pytest.mark.parametrize(
    ("quote", "translation", "why"),
    [
        (
            "处二万元以上十万元以下的罚款。",
            "a fine of 20,000 to 200,000 yuan is to be paid",
            "leaves out 二万元以上十万元以下",
        ),
        ("达到80%以上。", "it is to reach more than 80% in all", "leaves out 80%以上"),
        ("应当报国务院备案。", "to be filed with the Ministry of Finance of it", "leaves out 国务院"),
        ("应当报送备案。", "to be filed within 30 days of the notice", "does not hold"),
    ],
)
def test_what_is_said_otherwise_is_named(quote: str, translation: str, why: str):
    assert why in changes(quote, translation, language="en")
