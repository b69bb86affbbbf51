"""A question that leans on the turns before it is made to stand alone, or told to lean on nothing known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.service.answering.dialogue.rewriting import MOST_TURNS, follow, remark, resolve

LIMIT_ZH, LIMIT_EN = "北京的抵销比例上限是多少？", "What is the offset limit in China?"
TARGET_EN, TARGET_ZH = "What is the EU's 2030 LULUCF removals target?", "欧盟2030年的LULUCF目标是多少？"
WETLAND, OCCUPY = "湿地保护法第十九条规定了什么？", "擅自占用国家重要湿地怎么处罚？"
AGREEMENT = "What does Article 6 of the Paris Agreement say?"


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        ([LIMIT_EN, "And in Japan?"], "What is the offset limit in Japan?"),
        ([LIMIT_EN, "and in japan"], "What is the offset limit in japan?"),
        ([LIMIT_EN, "What about Japan?"], "What is the offset limit in Japan?"),
        ([LIMIT_EN, "Japan?"], "What is the offset limit in Japan?"),
        ([LIMIT_EN, "ok, and for Freedonia?"], "What is the offset limit in Freedonia?"),
        ([LIMIT_EN, "And Sylvania?"], "What is the offset limit in Sylvania?"),
        ([LIMIT_EN, "And nz?"], "What is the offset limit in NZ?"),
        ([TARGET_EN, "And for the US?"], "What is the US's 2030 LULUCF removals target?"),
        ([TARGET_EN, "and for the us?"], "What is the US's 2030 LULUCF removals target?"),
        ([TARGET_EN, "what about the United States?"], "What is the United States' 2030 LULUCF removals target?"),
        ([TARGET_EN, "And China"], "What is China's 2030 LULUCF removals target?"),
        ([TARGET_EN, "And Germany's?"], "What is Germany's 2030 LULUCF removals target?"),
        ([TARGET_EN, "And by 2040?"], "What is the EU's 2040 LULUCF removals target?"),
        ([TARGET_EN, "2040"], "What is the EU's 2040 LULUCF removals target?"),
        (["What is China's target?", "What about New Zealand?"], "What is New Zealand's target?"),
        (["What is China's target?", "how about for China and India?"], "What is China and India's target?"),
        (["How does the EU define forest?", "And China?"], "How does China define forest?"),
        (["How does China define forest?", "and how does the EU?"], "How does the EU define forest?"),
        (["Which gases does New Zealand's Act cover?", "And China's?"], "Which gases does China's Act cover?"),
        (["What did the US pledge at COP26?", "And at COP27?"], "What did the US pledge at COP27?"),
        (["Does China sell credits to Japan?", "And to Korea?"], "Does China sell credits to Korea?"),
        (
            ["When did the Paris Agreement enter into force?", "And the Kyoto Protocol?"],
            "When did the Kyoto Protocol enter into force?",
        ),
        (["When does the Elm Trading Act 2011 begin?", "the Oak Act?"], "When does the Oak Act begin?"),
        (["When was the Forest Law revised?", "the wetland law?"], "When was the wetland law revised?"),
        (["EU LULUCF target", "US"], "US LULUCF target"),
        (["CCER是什么？", "VCS呢"], "VCS是什么？"),
        (["What does Executive Order 11111 require?", "And EO 22222?"], "What does EO 22222 require?"),
        ([LIMIT_ZH, "那日本呢？"], "日本的抵销比例上限是多少？"),
        ([LIMIT_ZH, "上海呢？"], "上海的抵销比例上限是多少？"),
        ([LIMIT_ZH, "那上海呢"], "上海的抵销比例上限是多少？"),
        ([LIMIT_ZH, "那四川呢"], "四川的抵销比例上限是多少？"),
        ([LIMIT_ZH, "那柳州呢"], "柳州的抵销比例上限是多少？"),
        ([TARGET_ZH, "美国的呢"], "美国2030年的LULUCF目标是多少？"),
        ([TARGET_ZH, "那2040年呢"], "欧盟2040年的LULUCF目标是多少？"),
        (["What was the forest cover target in 2025?", "And by 2030?"], "What was the forest cover target by 2030?"),
        (["2025年森林覆盖率目标是多少？", "2030年呢？"], "2030年森林覆盖率目标是多少？"),
        (["广东2023年配额总量是多少？", "浙江2022年呢？"], "浙江2022年配额总量是多少？"),
        (["《湿地保护法》什么时候施行？", "那《草场条例》呢？"], "《草场条例》什么时候施行？"),
        (["草场管理暂行条例什么时候施行？", "那湿地保护法呢"], "湿地保护法什么时候施行？"),
    ],
)
def test_a_new_name_or_year_takes_the_place_of_the_one_of_its_kind(turns, meant):
    assert resolve(turns) == meant and follow(turns).rewritten


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        ([WETLAND, "那第二十条呢？"], "湿地保护法第二十条规定了什么？"),
        ([WETLAND, "第二款呢？"], "湿地保护法第十九条第二款规定了什么？"),
        ([WETLAND, "第三章呢"], "湿地保护法第三章规定了什么？"),
        (["《湿地保护法》什么时候施行？", "第二十一条呢"], "《湿地保护法》第二十一条规定了什么？"),
        ([AGREEMENT, "And Article 7?"], "What does Article 7 of the Paris Agreement say?"),
        ([AGREEMENT, "paragraph 4?"], "What does Article 6 paragraph 4 of the Paris Agreement say?"),
        (["What is section 181 about?", "And 182A?"], "What is section 182A about?"),
        (["What does Article 6(4) say?", "and (2)?"], "What does Article 6(2) say?"),
    ],
)
def test_a_provision_takes_the_place_of_the_parts_of_its_level(turns, meant):
    assert resolve(turns) == meant


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        (["What is the offset limit?", "And in Japan?"], "What is the offset limit in Japan?"),
        (["抵销比例上限是多少？", "那日本呢？"], "日本，抵销比例上限是多少？"),
        (["森林覆盖率目标是多少？", "2030年呢"], "2030年森林覆盖率目标是多少？"),
        ([LIMIT_EN, "What about woodland credits?"], "What is the offset limit in China for woodland credits?"),
        ([LIMIT_EN, "And for woodland credits in Japan?"], "What is the offset limit in Japan for woodland credits?"),
        ([TARGET_EN, "and agriculture?"], "What is the EU's 2030 LULUCF removals target for agriculture?"),
        (
            ["What is the fine for draining a fen?", "For a company?"],
            "What is the fine for draining a fen for a company?",
        ),
        (
            ["What is the fine for late reports?", "under the Elm Act?"],
            "What is the fine for late reports under the Elm Act?",
        ),
        ([OCCUPY, "单位呢"], f"单位，{OCCUPY}"),
        (["How do China and Japan differ?", "And Korea?"], "How do China, Japan and Korea differ?"),
        (["北京和上海有什么不同？", "那广东呢？"], "北京、上海和广东有什么不同？"),
    ],
)
def test_what_has_no_counterpart_is_added_and_a_list_made_longer(turns, meant):
    assert resolve(turns) == meant


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        ([LIMIT_EN, "And the carbon price?"], "What is the carbon price in China?"),
        ([LIMIT_ZH, "那碳价呢"], "北京的碳价是多少？"),
        ([LIMIT_EN, "What about the penalties?"], "What are the penalties in China?"),
        (
            ["Is peat cutting allowed in China?", "What are the penalties?"],
            "What are the penalties for peat cutting in China?",
        ),
        (
            ["What is the fine under the Elm Act?", "and its deadline?"],
            "What is the deadline of the fine under the Elm Act?",
        ),
        (
            ["What does the Elm Act say about fines?", "and imprisonment?"],
            "What does the Elm Act say about imprisonment?",
        ),
        (["What is a carbon sink?", "And a carbon source?"], "What is a carbon source?"),
        (["什么是碳汇？", "碳源呢"], "什么是碳源？"),
        (["哪些部门负责湿地保护？", "在广东呢？"], "在广东，哪些部门负责湿地保护？"),
        (["《湿地保护法》什么时候施行？", "处罚呢"], "《湿地保护法》的处罚是什么？"),
        ([WETLAND, "有例外吗？"], "湿地保护法第十九条有例外吗？"),
        (["When does the Elm Act 2011 take effect?", "Any exceptions?"], "Any exceptions for the Elm Act 2011?"),
        (["什么是林场碳汇项目？", "能举个例子吗"], "林场碳汇项目有哪些例子？"),
        (["什么是林场碳汇项目？", "怎么申请？"], "林场碳汇项目怎么申请？"),
    ],
)
def test_another_thing_is_asked_of_the_same(turns, meant):
    assert resolve(turns) == meant


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        (["Does the scheme pay for peat rewetting?", "How much?"], "How much does the scheme pay for peat rewetting?"),
        (["Does the scheme pay for peat rewetting?", "Why?"], "Why does the scheme pay for peat rewetting?"),
        (["Is peat cutting allowed in China?", "Since when?"], "Since when is peat cutting allowed in China?"),
        (["How long do woodland credits last?", "Why?"], "Why: How long do woodland credits last?"),
        ([LIMIT_EN, "How much?"], "How much is the offset limit in China?"),
        ([LIMIT_EN, "Which article is that?"], f"Which article: {LIMIT_EN}"),
        ([LIMIT_EN, "Why so low?"], f"Why so low: {LIMIT_EN}"),
        (["林场碳汇项目需要复查吗？", "为什么？"], "为什么林场碳汇项目需要复查？"),
        (["林场碳汇项目多久复查一次？", "为什么？"], "为什么：林场碳汇项目多久复查一次？"),
        ([OCCUPY, "罚多少？"], f"罚多少：{OCCUPY}"),
        ([OCCUPY, "是哪一条？"], f"哪一条：{OCCUPY}"),
        (["北京和上海的碳价分别是多少？", "哪个更高？"], "哪个更高：北京和上海的碳价分别是多少？"),
    ],
)
def test_a_bare_question_asks_of_the_one_before_in_its_own_words(turns, meant):
    assert resolve(turns) == meant


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        (["How long do woodland credits last?", "Are they tradable?"], "Are woodland credits tradable?"),
        (["What is a carbon sink?", "How are they counted?"], "How are carbon sinks counted?"),
        ([LIMIT_EN, "Is it binding?"], "Is the offset limit in China binding?"),
        (["Does the scheme pay for peat?", "Who runs it?"], "Who runs the scheme?"),
        (["When did the Oak Act begin?", "What does it say on forests?"], "What does the Oak Act say on forests?"),
        (["What are the duties under Executive Order 11111?", "Was it revoked?"], "Was Executive Order 11111 revoked?"),
        (["What is the carbon price in the UK?", "Who pays there?"], "Who pays in the UK?"),
        (["林场碳汇的抵销比例上限是多少？", "它的计入期是多久？"], "林场碳汇的计入期是多久？"),
        (["林场碳汇管理办法何时施行？", "该办法由谁制定？"], "林场碳汇管理办法由谁制定？"),
        (["《湿地保护法》什么时候施行？", "这部法适用于哪些地方？"], "《湿地保护法》适用于哪些地方？"),
        ([TARGET_ZH, "它有约束力吗？"], "欧盟2030年的LULUCF目标有约束力吗？"),
        (["北京和上海有什么不同？", "后者的碳价是多少？"], "上海的碳价是多少？"),
        (["How do China and Japan differ?", "What is the target of the former?"], "What is the target of China?"),
    ],
)  # fmt: skip
def test_a_pronoun_gives_way_to_what_it_stands_for(turns, meant):
    assert resolve(turns) == meant


@pytest.mark.parametrize(
    ("turns", "meant", "language"),
    [
        ([TARGET_ZH, "And for the US?"], "美国2030年的LULUCF目标是多少？", "en"),
        ([TARGET_EN, "那美国呢"], "What is the United States' 2030 LULUCF removals target?", "zh"),
        ([LIMIT_ZH, "And Shanghai?"], "上海的抵销比例上限是多少？", "en"),
        (["What is China's target year?", "那新西兰呢？"], "What is New Zealand's target year?", "zh"),
        (["What is China's target year?", "为什么？"], "Why: What is China's target year?", "zh"),
        ([OCCUPY, "Why?"], f"为什么：{OCCUPY}", "en"),
        (["2025年森林覆盖率目标是多少？", "in 2030?"], "2030年森林覆盖率目标是多少？", "en"),
        (["《巴黎协定》在什么条件下生效？", "And for the US?"], "美国，《巴黎协定》在什么条件下生效？", "en"),
        (["How many rows were sold?", "2035年呢"], "How many rows were sold in 2035?", "zh"),
        (["How many rows were sold?", "那美国呢"], "How many rows were sold in the United States?", "zh"),
        ([LIMIT_EN, "用中文回答"], LIMIT_EN, "zh"),
        ([LIMIT_ZH, "In English please"], LIMIT_ZH, "en"),
        ([TARGET_EN, "2040"], "What is the EU's 2040 LULUCF removals target?", "en"),
    ],
)
def test_the_answer_is_wanted_in_the_language_of_the_last_turn(turns, meant, language):
    followed = follow(turns)
    assert (followed.question, followed.language) == (meant, language)


def test_who_wishes_for_a_language_that_the_answer_will_not_have_is_told():
    assert remark(follow([LIMIT_EN, "用中文回答"])) == "答案引用原文，用文件自身的语言。"
    assert "language of their documents" in remark(follow([LIMIT_ZH, "In English please"]))
    assert remark(follow([LIMIT_EN, "In English please"])) == remark(follow([LIMIT_ZH, "And in Shanghai?"])) == ""


@pytest.mark.parametrize(
    ("turn", "manner"),
    [
        ("shorter please", "shorter"), ("简单说", "shorter"), ("再详细一点", "longer"), ("tell me more", "longer"),
        ("as a table", "table"), ("列成表格", "table"), ("are you sure?", ""), ("确定吗？", ""),
    ],
)  # fmt: skip
def test_a_wish_for_another_form_is_the_same_question_again(turn, manner):
    followed = follow([LIMIT_EN, turn])
    assert (followed.question, followed.rewritten, followed.manner) == (LIMIT_EN, True, manner)
    assert bool(remark(followed)) == (manner in ("shorter", "table"))


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        (["When does the Elm Act 2011 take effect?", "Summarise that"], "Summarise the Elm Act 2011"),
        (["When did the Paris Agreement enter into force?", "summary please"], "Summarise the Paris Agreement"),
        ([WETLAND, "总结一下"], "总结湿地保护法"),
    ],
)
def test_a_summary_is_of_the_document_that_the_user_named(turns, meant):
    assert (follow(turns).question, follow(turns).manner) == (meant, "summary")


@pytest.mark.parametrize(
    ("turns", "unresolved"),
    [
        (["And for the US?"], "for the US"),
        (["Why?"], "Why"),
        (["它呢？"], "它"),
        (["再详细一点"], "再详细一点"),
        ([LIMIT_EN, "Summarise that"], "Summarise that"),
        (["Does China sell credits to Japan?", "And Korea?"], "Korea"),
        (["How do China and Japan differ on peat?", "What is its target?"], "its"),
        (["北京和上海的碳价分别是多少？", "它的依据是什么？"], "它"),
        (["What is the fine for draining a fen?", "What if they refuse?"], "they"),
        (["Who signed the order?", "How old is he?"], "he"),
        ([WETLAND, "下一条呢"], "下一条"),
        (["造林成活率低于多少就不能计入面积？", "它由谁负责？"], "它"),
        (["重庆要求多少抵销来自本市？", "它由谁负责？"], "它"),
        ([LIMIT_EN, "And the woods?"], ""),
        (["How is peat counted?", "And the woods?"], "the woods"),
    ],
)
def test_what_cannot_be_told_is_left_as_it_stands_and_named(turns, unresolved):
    followed = follow(turns)
    assert followed.unresolved == unresolved
    if unresolved:
        assert followed.question == turns[-1] and not followed.rewritten
        assert unresolved in remark(followed)
    else:
        assert not remark(followed)


@pytest.mark.parametrize("before", [LIMIT_EN, LIMIT_ZH, TARGET_EN, WETLAND, ""])
@pytest.mark.parametrize(
    "question",
    [
        "What is afforestation?",
        "什么是碳汇？",
        "How much of its obligation may an operator cover?",
        "And what is the carbon price in the EU?",
        "那么日本在2030年的森林碳汇目标是多少？",
        "欧盟的碳价其中哪个国家最高？",
        "How long must losses from wildfire be reported after that?",
        "Summarise the rules for monitoring plots in Japan.",
        "总结一下森林法",
        "Is it legal to drain a wetland?",
        "日本法律对湿地怎么规定？",
        "What are the penalties for illegal logging?",
        "GZCER",
        "谢谢",
        "Hello!",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(before, question):
    followed = follow([before, question])
    assert (followed.question, followed.rewritten, followed.unresolved) == (question, False, "")


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        ([LIMIT_EN, "And in Japan?", "And in New Zealand?"], "What is the offset limit in New Zealand?"),
        ([LIMIT_ZH, "那上海呢？", "广东呢？"], "广东的抵销比例上限是多少？"),
        ([TARGET_EN, "And for the US?", "And in 2050?", "Why?"], "Why: What is the US's 2050 LULUCF removals target?"),
        (["你好", LIMIT_ZH, "上海呢？", "谢谢", "那碳价呢？"], "上海的碳价是多少？"),
        ([LIMIT_EN, "What about them?", "And in Japan?"], "What is the offset limit in Japan?"),
        ([LIMIT_EN, WETLAND, "第二款呢？", "那第二十条呢", "有例外吗"], "湿地保护法第二十条有例外吗？"),
    ],
)
def test_a_thread_is_followed_through_its_turns(turns, meant):
    assert resolve(turns) == meant


def test_only_the_last_turns_count_and_no_pasted_text():
    assert resolve([LIMIT_EN, *["And in Japan?"] * (MOST_TURNS - 1)]) == "What is the offset limit in Japan?"
    assert resolve([LIMIT_EN, *["?"] * MOST_TURNS]) == "?"
    assert follow(["peat " * 300, "How much?"]).unresolved == "How much"


@given(st.text(max_size=200))
def test_a_first_question_is_its_own(question):
    assert resolve([question]) == question.strip()


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_whatever_is_said_gives_a_question(turns):
    followed = follow(turns)
    assert not (followed.rewritten and followed.unresolved)
    assert resolve([*turns, LIMIT_EN]) == LIMIT_EN
