"""The year is that of issue; a number that only looks like a year is none."""

from __future__ import annotations

import pytest

from sinkqa.ingest.about.dating import issue_year


@pytest.mark.parametrize(
    ("title", "opening", "year"),
    [
        ("Forest Act 2031", "", 2031),
        ("关于湿地的意见（2031年9月2日）", "", 2031),
        ("Reaching the 2030 target", "", None),
        ("Target for 2030-2050", "By 2050 we shall.", None),
        ("湿地法", "2021年12月24日 某会通过\n2033年1月2日 某会修订\n第一条 到2060年，", 2033),
        ("湿地法", "第一条 产生于2020年9月22日之后的减排量", None),
        ("森林法", "昭和三十九年法律第百号", 1964),
        ("森林法", "令和元年法律第三号", 2019),
        ("A communication", "Brussels, 14.7.2021\nCOM(2021)", 2021),
        ("An order", "April 22, 2022.\nBy the authority", 2022),
    ],
)
def test_the_year_is_that_of_issue(title, opening, year):
    assert issue_year(title, opening, "x.txt") == year


def test_the_file_name_is_asked_last():
    assert issue_year("A plan", "words", "plan-2031.txt") == 2031
    assert issue_year("A plan", "words", "plan-120312.txt") is None


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("ICS 13.030\n滩涂标准\n2031 -08 -31 发布 203 2-10 -01 实施", 2031),
        ("GB/T 99999—2031\n滩涂标准", 2031),
        ("国发〔2031〕7号\n各省：", 2031),
        (
            f"4102 Federal Register / Vol. 96, No. 14 / Tuesday, January 21, 2031 / Rules{' and Rules' * 9}\nKelp",
            2031,
        ),
        ("通知\n发布日期：2031-05-06", 2031),
        ("갯벌 보전법\n[법률 제19000호, 2030. 12. 1., 제정]", 2030),
        ("滩涂办法\n" + "第一条 为了滩涂。\n" * 200 + "第九条 本办法自公布之日（2031年10月20日）起施行。", 2031),
        ("滩涂通知\n" + "各地要重视。\n" * 300 + "自然资源部\n2031年11月2日", 2031),
        ("Kelp\n" + "Kelp grows.\n" * 200 + "© European Union, 2031.", 2031),
        ("滩涂条例\n" + "第一条 为了滩涂。\n" * 200 + "第九条 本条例自2031年5月1日起施行。", 2031),
        ("滩涂条例\n" + "第一条 为了滩涂。\n" * 200 + "第九条 本条例自2031年1月1日起施行。", None),
        ("令和6年度の報告", None),
        ("令和6年4月1日", 2024),
        ("Fishermen remember storms\nand 12 May 2003 as a bad day among\n", None),
        ("滩涂每天被海水淹没两次。2019年5月3日自然资源部发布了名录，", None),
    ],
)
def test_a_printed_date_of_issue_tells_the_year_wherever_it_stands(text, year):
    assert issue_year("", text, "x.txt") == year
