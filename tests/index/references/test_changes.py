"""What texts say of being in force: of themselves, and of the documents that they repeal."""

from __future__ import annotations

import time

import pytest

from sinkqa.index.references.changes import changes
from sinkqa.index.references.dates import first_date, later

_LAW = "湿地公园条例\n第一条 为了保护湿地公园，制定本条例。\n第二条 略。\n"
_ORDER = "Executive Order 15000 of March 3, 2031\nSaving Peat\nBy the authority vested in me, it is hereby ordered:\n"
_EU = (
    "REGULATION (EU) 2031/77 OF THE EUROPEAN PARLIAMENT AND OF THE COUNCIL\nof 4 June 2031\non peat\n"
    "Having regard to the Treaty,\nHAVE ADOPTED THIS REGULATION:\n"
)
_ACT = "Peat Protection Act 2031\nPublic Act 2031 No 7\nDate of assent 1 May 2031\n"


def _dates(text: str, kind: str) -> list[str]:
    return [change.on for change in changes(text) if change.kind == kind]


def _repealed(text: str) -> list[str]:
    return [target.code or target.name for change in changes(text) for target in change.targets]


@pytest.mark.parametrize(
    ("text", "on"),
    [
        (_LAW + "第三条 本条例自2031年5月1日起施行。", "2031-05-01"),
        (_LAW + "第三条 本条例自二〇三一年五月一日起施行。", "2031-05-01"),
        (_LAW + "第三条 本条例由省林业局负责解释，自 2031 年 5 月\n1 日起施行。", "2031-05-01"),
        ("泥炭地办法\n2031年1月29日 国务院令第9号发布\n第一条 略。\n第九条 本办法自发布之日起施行。", "2031-01-29"),
        ("泥炭地办法\n第一条 略。\n第九条 本办法自公布之日(2031年10月20日)起施行。", "2031-10-20"),
        ("《泥炭地办法》已于2031年9月15日经部务会议审议通过，现予公布，自公布之日起施行。\n部长 某某\n2031年10月19日",
         "2031-10-19"),
        ("泥炭地办法\n2031年1月29日公布\n第九条 本办法自公布之日起30日后施行。", "2031-02-28"),
        ("关于加强泥炭地保护的通知\n本通知自印发之日起施行。\n省林业局\n2031年3月2日", "2031-03-02"),
        ("泥炭地办法\n第九条 本办法自公布之日起施行。", ""),
        ("GB 99999—2031\n泥炭\n2031-01-31 发布 2031-07-01 实施\n国家标准", "2031-07-01"),
        ("昭和三十二年法律第九号\n泥炭法\n附　則\nこの法律は、昭和三十三年十月一日から施行する。\n附　則\n"
         "この法律は、平成二年四月一日から施行する。", "1958-10-01"),
        ("令和二年法律第三十二号\n泥炭法\n附　則\nこの法律は、公布の日から施行する。", "2020"),
        (_ACT + "2 Commencement\nThis Act comes into force on 1 July 2031.", "2031-07-01"),
        (_ACT + "2 Commencement\nThis Act comes into force on the day after the date on which it receives the Royal "
         "assent.", "2031-05-02"),
        (_ACT + "2 Commencement\nThis Act comes into force on a date to be appointed by Order in Council.\n"
         "Section 2: Part 1 brought into force, on 3 August 2032, by clause 2 of an order.", "2032-08-03"),
        (_EU + "This Regulation shall enter into force on 1 January 2032.", "2032-01-01"),
        ("Official Journal of the European Union L 156/1\n19.6.2031\n" + _EU + "Article 9\nThis Regulation shall enter "
         "into force on the twentieth day following that of its publication in the Official Journal.", "2031-07-09"),
        (_ORDER + "This order shall take effect immediately.", "2031-03-03"),
        ("ACTION: Final rule.\nDATES: This rule is effective January 17,\n2031.\n", "2031-01-17"),
        ("Peat methodology\nThe date of entry into force of the revision is the date of the publication of the\n"
         "meeting report on 23 November 2031.", "2031-11-23"),
    ],
)  # fmt: skip
def test_date_of_effect(text: str, on: str) -> None:
    assert _dates(text, "effective") == [on]


@pytest.mark.parametrize(
    "text",
    [
        "许可办法\n第五条 许可证自2031年5月1日起生效。",
        "某法修正\n第三条 本法第五条自2031年5月1日起施行。",
        "关于修改某法的决定\n第九条修改为：“本法自2031年5月1日起施行。”",
        "研究报告\n《湿地公园条例》自2031年5月1日起施行，成效明显。",
        _LAW + "第三条 本条例自2031年5月1日起施行。\n甲办法\n第一条 略。\n第二条 本办法自2032年1月1日起施行。",
        _ACT + "This Act comes into force on a date to be appointed by Order in Council.",
        _ACT + "The period begins when this Act comes into force on 1 July 2031.",
        _ACT + "The amendments made by this Act take effect on 1 July 2031.",
        _ACT + "Part 2 of this Act comes into force on 1 July 2031.",
        _ACT + "Schedule 1\nPeat Convention\nThis Convention shall enter into force on 5 May 2011.",
        "A report on peat\nThe Act took effect on 1 July 2031.",
        "Decision 1/CP.40\nAdoption of the Peat Agreement\nArticle 21\nThis Agreement shall enter into force on the "
        "thirtieth day after the date on which at least 55 Parties have ratified it.",
    ],
)
def test_no_date_of_effect(text: str) -> None:
    assert _dates(text, "effective") == []


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("泥炭地办法\n第九条 本办法自2031年3月1日起施行，有效期5年。", "2036-02-29"),
        ("泥炭地办法\n第九条 本办法自2031年3月2日起施行，有效期三年。", "2034-03-01"),
        ("泥炭地办法\n第九条 本办法自2031年3月1日起施行，有效期至2033年12月31日。", "2033-12-31"),
        ("泥炭地办法\n第九条 本办法自2031年3月1日起施行，至2033年12月31日止。", "2033-12-31"),
        ("泥炭法\n附　則\nこの法律は、令和三年四月一日から施行する。\n"
         "この法律は、令和十三年三月三十一日限り、その効力を失う。",
         "2031-03-31"),
        (_ORDER + "This order shall expire on March 3, 2033.", "2033-03-03"),
        (_ACT + "This Act expires at the close of 30 June 2035.", "2035-06-30"),
    ],
)  # fmt: skip
def test_date_of_expiry(text: str, on: str) -> None:
    assert _dates(text, "expires") == [on]


@pytest.mark.parametrize(
    "text",
    [
        "泥炭地办法\n第三条 许可证有效期5年。\n第九条 本办法自2031年3月1日起施行。",
        "泥炭地办法\n第九条 本办法自2031年3月1日起施行。\n附件 检测报告有效期三年。",
        _ACT + "A permit under this Act expires on 30 June 2035.",
    ],
)
def test_no_date_of_expiry(text: str) -> None:
    assert _dates(text, "expires") == []


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        (_LAW + "第三条 本条例自2031年5月1日起施行。1986年5月10日林业部发布的《湿地公园细则》同时废止。",
         ["湿地公园细则"]),
        (_LAW + "本条例自2031年5月1日起施行，《甲办法》（国发〔2011〕3号）、《乙办法》和《丙办法》同时废止。",
         ["文国发20113", "乙办法", "丙办法"]),
        (_LAW + "《甲办法》自本条例施行之日起废止。", ["甲办法"]),
        ("关于废止《甲办法》的决定\n经会议通过，决定废止《甲办法》。", ["甲办法", "甲办法"]),
        ("关于废止部分文件的决定\n决定对下列规范性文件予以废止：\n1.《甲办法》（2011年1月1日公布）\n2.《乙办法》\n"
         "二、对下列文件予以修改：\n1.《丙办法》第三条修改为。", ["甲办法", "乙办法"]),
        ("GB 99999—2031\n泥炭\n本标准代替《甲标准》。", ["甲标准"]),
        ("泥炭法\n附　則\n２　国立泥炭法（昭和六年法律第三十六号）は、廃止する。", ["国立泥炭法"]),
        (_ORDER + "Sec. 7. Revocation. Executive Order 14999 of May 1, 2030 (Peat and the Old Way), is hereby "
         "revoked.",
         ["EO14999"]),
        (_ORDER + "Sec. 7. The following actions are hereby revoked:\n(a) Executive Order 14990 of May 1, 2030"
         " (Advancing Peat and\nthe Clean Peat Act).\n(b) Executive Order 14991 (Revocation of Order 14000).\n"
         "(c) Section 3 of Executive Order 14992.\nSec. 8. General. Executive Order 14993 stays.",
         ["EO14990", "EO14991"]),
        (_EU + "Article 9\nRegulation (EU) No 2013/525 is repealed with effect from 1 January 2032.", ["EU2013525"]),
        (_EU.replace("on peat", "on peat and repealing Directive 2001/77/EC"), ["EU200177"]),
        (_ACT + "12 Repeal\nThe Peat Burning Act 1990 is repealed.", ["Peat Burning Act 1990"]),
        (_ORDER + "This order supersedes Executive Order 14999.", ["EO14999"]),
    ],
)  # fmt: skip
def test_repealed(text: str, targets: list[str]) -> None:
    assert _repealed(text) == targets


@pytest.mark.parametrize(
    "text",
    [
        "某通知\n《甲办法》第三条同时废止。",
        "某通知\n第三条同时废止。",
        "某通知\n《甲办法》中有关泥炭的规定同时废止。",
        "某通知\n《甲办法》不予废止。《乙办法》拟予以废止。《丙办法》应当废止。",
        "某通知\n如《甲办法》废止，另行通知。",
        "某通知\n被《甲办法》废止的，从其规定。",
        "某通知\n《甲办法》废止前已办理的，继续有效。",
        "某通知\n根据《甲办法》，许可证予以废止。",
        "某通知\n依照《甲办法》废止的许可同时废止。",
        "某通知\n建议废止《甲办法》。请废止《乙办法》。",
        "某通知\n根据《关于废止〈甲办法〉的决定》，作如下通知。",
        "某通知\n《甲办法》，许可证同时废止。",
        _ORDER + "Section 3 of Executive Order 14999 is hereby revoked.",
        _ORDER + "Executive Order 14999 is not revoked.",
        _ORDER + "Executive Order 14999 shall not be repealed.",
        _ORDER + "If Executive Order 14999 is revoked, the Secretary shall report.",
        _ORDER + "Regulations made under Executive Order 14999 are hereby revoked.",
        _ORDER + "Executive Order 14999 is revoked except for section 2.",
        _ORDER + "Executive Order 14999 is revoked to the extent that it is inconsistent with this order.",
        _ORDER + "The following sections of the Peat Burning Act 1990 are repealed:\n(a) section 3;\n(b) section 4.",
        _EU + "Article 5 of Regulation (EU) No 2013/525 is repealed.",
        _ACT + "References to the Peat Burning Act 1990 repealed by this Act remain.",
        _ACT + "The Peat Burning Act 1990 is repealed by section 4 of the Bog Act 1999.",
        _ACT + "Section 4(1) of the Peat Burning Act 1990: repealed, on 8 December 2009, by section 6.",
        _ACT + "The Minister may repeal the Peat Burning Act 1990.",
        _ACT + "If this section is repealed, the Peat Burning Act 1990 applies.",
        _ACT + "In subsection 2, the Peat Burning Act 1990 and the plan are superseded in part.",
    ],
)
def test_near_misses_repeal_nothing(text: str) -> None:
    assert _repealed(text) == []


def test_repeal_has_the_date_that_its_words_give() -> None:
    assert _dates(_EU + "Regulation (EU) No 2013/525 is repealed with effect from 1 January 2032.", "repeals") == [
        "2032-01-01"
    ]
    assert _dates(_LAW + "《甲办法》自2033年1月1日起废止。", "repeals") == ["2033-01-01"]
    assert _dates(_LAW + "《甲办法》同时废止。", "repeals") == [""]


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("某法\n2011年1月8日 《关于废止和修改部分行政法规的决定》第一次修订\n2016年2月6日 第二次修订\n第一条",
         ["2011-01-08", "2016-02-06"]),
        ("（2014年1月15日以令第197号公布，根据2020年5月12日令第275号第一次修改）\n某办法", ["2020-05-12"]),
        ("Peat Act 1990\nVersion as at 1 January 2031\n", ["2031-01-01"]),
        ("02018R0841 — EN — 11.05.2031 — 001.001\n", ["2031-05-11"]),
        ("某通知\n2031年3月2日发布\n要适时修订规划。", []),
    ],
)  # fmt: skip
def test_amendments(text: str, on: list[str]) -> None:
    assert _dates(text, "amended") == on


@pytest.mark.parametrize(
    ("text", "is_draft"),
    [
        ("COM(2031) 5 final\nProposal for a\nREGULATION OF THE COUNCIL\n", True),
        ("泥炭地保护条例（征求意见稿）\n第一条", True),
        ("泥炭地保护法（草案二次审议稿）\n第一条", True),
        ("关于公开征求《泥炭地办法》意见的通知\n各单位：", True),
        ("Draft Peat Strategy\nMinistry of Peat\n", True),
        ("ACTION: Proposed rule.\nSUMMARY: We propose", True),
        ("泥炭地保护条例\n第一条 起草条例（草案）应当征求意见。", False),
        ("EU wide assessment of the draft updated plans\nEUROPEAN COMMISSION\n", False),
        ("Peat Act 1990\nDrafting notes\n", False),
    ],
)
def test_proposals(text: str, is_draft: bool) -> None:
    assert bool(_dates(text, "proposed")) == is_draft


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("平成二十年四月一日", "2008-04-01"),
        ("令和元年五月", "2019-05"),
        ("二○二一年十二月三十一日", "2021-12-31"),
        ("１９９７年７月１日", "1997-07-01"),
        ("the 1st day of July 1997", "1997-07-01"),
        ("on 1 January 2026, not 2027", "2026-01-01"),
        ("2031 -08 -31", "2031-08-31"),
        ("14.7.2021", "2021-07-14"),
        ("version 1.2.2021.4, 9999年99月99日", ""),
    ],
)
def test_dates(words: str, date: str) -> None:
    assert first_date(words) == date


def test_terms_are_added_by_the_calendar() -> None:
    assert later("2024-02-29", years=1) == "2025-02-28"
    assert later("2023-03-01", years=5, days=-1) == "2028-02-29"
    assert later("2023-11-30", months=3) == "2024-02-29"


@pytest.mark.parametrize(
    "text",
    [
        "《甲》" * 40_000 + "同时废止",
        "《" * 200_000 + "同时废止",
        "同时废止" * 50_000,
        "本" * 100_000 + "法自" * 50_000 + "起施行",
        "（" * 100_000 + "）同时废止",
        "the following " * 20_000 + "are hereby revoked:" + "\n(a) the " * 20_000,
        "This Act " * 30_000 + "comes into force",
        "Executive Order 14999 and " * 8_000 + "are hereby revoked",
        "is repealed " * 30_000,
        "2031年1月1日" * 30_000 + "修订",
        "date of entry into force of the " * 10_000,
    ],
)
def test_hostile_texts_take_linear_time(text: str) -> None:
    started = time.perf_counter()
    changes(text, [])
    changes(text[:20_000])
    assert time.perf_counter() - started < 3
