import pytest

from sinkqa.eval.provisions.outline import numeral, read_laws
from sinkqa.eval.provisions.questions import chinese
from tests.eval.statutes import JA, NZ, ORDER, TREATY, ZH, document


def said(law, spans):
    return [law.document.text[start:end] for start, end in spans]


def articles(tmp_path, name, text):
    (law,) = [each for each in read_laws(document(tmp_path, name, text)) if each.articles]
    return law, {each.number: each for each in law.articles}


def test_a_chinese_law_is_read_by_its_articles_and_paragraphs(tmp_path):
    law, found = articles(tmp_path, "reeds.md", ZH)
    assert law.title == "中华人民共和国芦苇保护法"
    assert list(found) == ["1", "2", "3", "4", "5", "6", "7"]
    assert said(law, found["1"].lines) == ["为了保护芦苇荡，制定本法。"]
    assert said(law, found["3"].lines)[-1] == "收割单位应当每年报告收割数量。"
    assert "".join(said(law, [found["3"].range])).strip().endswith("数量。")  # the chapter's heading is not of it
    assert [(each.number, len(each.lines)) for each in found["3"].paragraphs] == [("1", 3), ("2", 1)]


def test_a_japanese_caption_belongs_to_the_article_below_it(tmp_path):
    law, found = articles(tmp_path, "reeds.html", JA)
    assert list(found) == ["1", "2", "2-2", "3"]
    assert said(law, found["1"].lines) == ["この法律は、葦原の保全を目的とする。"]
    assert said(law, [found["2-2"].range])[0].startswith("（届出）")
    assert [each.number for each in found["2"].paragraphs] == ["1", "2"]
    assert said(law, found["3"].lines) == ["届出をしない者は、十万円以下の罰金に処する。"]


def test_a_new_zealand_act_is_read_without_its_history(tmp_path):
    law, found = articles(tmp_path, "reeds.html", NZ)
    assert list(found) == ["1", "2", "3", "3A", "3B", "4"]
    assert "inserted, on 2 June" not in "".join(said(law, found["3"].lines))
    assert "inserted, on 2 June" in "".join(said(law, found["3"].notes))
    assert [each.number for each in found["3A"].paragraphs] == ["1", "2"]
    assert said(law, found["3B"].lines) == ["[Repealed]"]


def test_an_annexed_treaty_has_its_own_name(tmp_path):
    law, found = articles(
        tmp_path, "decision.txt", f"Decision 1 of the Reed Conference\n\nDecides to adopt.\n\n{TREATY}"
    )
    assert (law.title, law.annexed, list(found)) == ("Reed Convention", True, ["1", "2", "3"])
    assert [each.number for each in found["2"].paragraphs] == ["1", "2"]


def test_an_order_is_read_by_its_sections(tmp_path):
    law, found = articles(tmp_path, "order.md", ORDER)
    assert list(found) == ["1", "2", "3"]
    assert said(law, found["1"].lines) == ["It is the policy of my Administration to keep reed beds."]
    assert [each.number for each in found["2"].paragraphs] == ["a", "b"]
    assert said(law, found["2"].lead) == ["Sec. 2. Counting Reed Beds. The Secretary shall:\n"]


def test_a_reference_amid_a_sentence_is_no_article(tmp_path):
    text = ZH.replace("制定本法。", "依照《湿地法》第九条 的规定制定本法。\n\n第三十条 的规定不适用。")
    _, found = articles(tmp_path, "reeds.md", text)
    assert list(found) == ["1", "2", "3", "4", "5", "6", "7"]


@pytest.mark.parametrize("value", [1, 9, 10, 11, 20, 21, 99, 100, 101, 110, 124, 200, 999])
def test_numerals_are_read_as_they_are_written(value):
    assert numeral(chinese(str(value))) == value


def test_what_a_law_says_of_copies_sent_ends_no_article(tmp_path):
    text = ZH.replace("收割单位应当每年报告收割数量。", "收割报告可以抄送邻县。")
    law, found = articles(tmp_path, "reeds.md", text)
    assert said(law, found["3"].lines)[-1] == "收割报告可以抄送邻县。"
    assert said(law, found["7"].lines) == ["本法自2031年5月1日起施行。"]


def test_a_section_that_was_put_between_two_ends_an_article(tmp_path):
    text = JA.replace("<p>（罰則）</p>", "<p>第二節の二　罰則</p><p>（罰則）</p>")
    law, found = articles(tmp_path, "reeds.html", text)
    assert said(law, found["2-2"].lines) == ["葦を刈る者は、市町村長に届け出なければならない。"]
