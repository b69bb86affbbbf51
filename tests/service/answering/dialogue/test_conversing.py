"""Greetings, wishes and requests for an overview are told from questions."""

from __future__ import annotations

import pytest

from sinkqa.service.answering.dialogue.conversing import small_talk, summary_asked, vague, wish


@pytest.mark.parametrize(
    ("kind", "turns"),
    [
        (
            "greeting",
            ["hello", "Hi there!", "Good morning.", "how are you?", "你好", "您好！", "在吗", "Hello, everyone"],
        ),
        ("thanks", ["thanks", "Thank you so much!", "ok thanks", "谢谢", "好的，谢谢你", "明白了", "Great, thanks."]),
        (
            "help",
            ["help", "What can you do?", "Hello, what can you do?", "who are you", "怎么用？", "你好，你能做什么？"],
        ),
        (
            "help",
            ["What can I ask?", "what is in the library?", "你是谁", "有哪些示例", "可以问什么", "how does this work?"],
        ),
    ],
)
def test_small_talk_is_told_by_its_kind(kind, turns):
    assert {turn: small_talk(turn) for turn in turns} == dict.fromkeys(turns, kind)


@pytest.mark.parametrize(
    "question",
    [
        "What can you do about peat loss?",
        "help me find the offset limit in Oakland",
        "你好，北京的抵销比例上限是多少？",
        "Who are the covered entities?",
        "Hello, when does the Elm Act begin?",
        "谢谢，那上海呢？",
        "What is in the annex?",
        "How do I use woodland credits?",
        "湿地能做什么？",
        "",
        "hello " * 40,
    ],
)
def test_a_question_with_a_greeting_in_it_is_no_small_talk(question):
    assert small_talk(question) == ""


@pytest.mark.parametrize(
    ("wanted", "turns"),
    [
        ("en", ["In English please", "用英文回答", "say it in English", "翻译成英文", "英文版"]),
        ("zh", ["in Chinese", "用中文说", "中文回答", "请用中文"]),
        ("shorter", ["shorter please", "make it shorter", "简短一点", "一句话概括", "tl;dr"]),
        ("longer", ["再详细一点", "tell me more", "More details, please", "能说得更具体一些吗？", "继续"]),
        ("table", ["as a table", "列成表格", "用表格"]),
        ("summary", ["Summarise that", "summary please", "总结一下", "概括一下内容"]),
        ("again", ["are you sure?", "确定吗", "再说一遍"]),
    ],
)
def test_a_wish_is_all_of_a_turn(wanted, turns):
    assert {turn: wish(turn) for turn in turns} == dict.fromkeys(turns, wanted)
    assert {wish(f"{turn} 2030年湿地面积 area") for turn in turns} == {""}


@pytest.mark.parametrize(
    "question",
    [
        "总结一下湿地保护法",
        "概括森林法的内容",
        "give me an overview of the Paris Agreement",
        "What is in the Climate Change Response Act?",
        "Summarise the wetland law",
        "What is the Paris Agreement about?",
        "湿地保护法主要讲了什么",
        "湿地保护法有哪些内容",
        "森林法的主要内容是什么？",
    ],
)
def test_an_overview_is_asked_for(question):
    assert summary_asked(question)


@pytest.mark.parametrize(
    "question",
    [
        "第十九条的主要内容是什么？",
        "Summarise Article 6 of the Paris Agreement",
        "What is in force?",
        "When must the summary be published?",
        "林场碳汇项目总结报告由谁编制？",
        "What does the EU ETS cover?",
    ],
)
def test_a_part_or_a_mere_word_is_no_overview(question):
    assert not summary_asked(question)


@pytest.mark.parametrize(
    "question", ["carbon price", "碳汇怎么样？", "碳价", "wetlands?", "关于林业碳汇", "tell me about peat"]
)
def test_a_word_or_two_are_vague(question):
    assert vague(question)


@pytest.mark.parametrize(
    "question",
    [
        "hello",
        "thanks",
        "再详细一点",
        "What is afforestation?",
        "什么是碳汇？",
        "2030年",
        "森林覆盖率目标是多少",
        "10 %",
        "",
    ],
)
def test_what_asks_or_greets_is_not_vague(question):
    assert not vague(question)
