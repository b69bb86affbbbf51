"""Names of public bodies: the words that form such a name, and the country of the body."""

from __future__ import annotations

import re

_HEADS = (
    "Ministry|Department|Agency|Commission|Council|Parliament|Secretariat|Office|Board|Authority|Bank|Bank Group"
    "|Organi[sz]ation|Government|Service|Administration|Directorate(?:-General)?|Nations|Union|Congress|Senate"
    "|Assembly|Cabinet|White House|Committee|Bureau|Inspectorate|Panel"
)
_WORD = r"(?:[A-Z][\w.’'-]*|of|the|for|on|and|&|in|to|its)"
# "Department of the Interior", "EUROPEAN COMMISSION". What governs the rest is the last word before an "of", so that
# "Council Regulation" and "Report of the Board" are none.
_LATIN = re.compile(
    r"(?:The |THE )?(?:(?!(?i:of|the|for|on|in|to)\s)(?:[A-Z][\w.’'-]*|and|&),?\s)*"
    rf"(?:{_HEADS}|{_HEADS.upper()})"
    rf"(?:,?\s(?:of|OF|for|FOR|on|ON)\s(?:{_WORD}(?:,?\s|$))+)?"
    r"|(?:The )?Conference of the Parties(?: serving as .*)?"
)
# Most of them end so; the ministry's 部 is kept apart from 全部, 西部, 内部.
_HAN_END = (
    "人民代表大会(?:常务委员会)?|人大常委会|人民政府(?:办公[厅室])?|国务院(?:办公厅|新闻办公室)?|中共中央(?:办公厅)?"
    "|委员会(?:办公[厅室])?|委員會|改革委(?:办公厅)?|办公[厅室]|总局|(?<![时布结格])局|(?<!大)厅|廳"
    "|(?<![全内外东西南北中上下一各局干])部(?:办公厅)?"
    "|法院|检察院|交易所|交易中心"
)
HAN_BODY = rf"[\u4e00-\u9fff]{{0,16}}?(?:{_HAN_END})"
_HAN = re.compile(HAN_BODY)
_NOT_HAN = re.compile("关于|關於|印发|通知|规定|办法|[的了是在为]|^[本各该其]")
_JAPANESE = re.compile(
    "(?:環境|農林水産|経済産業|国土交通|文部科学|厚生労働|総務|法務|外務|財務|防衛)省|内閣(?:府|官房|総理大臣)?|国会"
    "|[\u4e00-\u9fff\u30a0-\u30ff]{2,12}(?:庁|委員会|推進本部|対策本部|審議会)|[\u4e00-\u9fff]{2,3}県(?:知事|議会)?|東京都(?:知事)?"
)
_SMALL = frozenset(["of", "the", "for", "on", "and", "in", "to", "its", "a", "an"])
_ROMAN = re.compile("[IVX]+|[A-Z]+\\.[A-Z.]+|EU|UN|US|UK|UNFCCC|EEA|HM")

# (pattern over a title, an issuer or a letterhead; jurisdiction; the issuer that it gives away, or None).
# Never searched in prose, where any body may be spoken of. First match wins.
MARKS: tuple[tuple[re.Pattern[str], str | None, str | None], ...] = tuple(
    (re.compile(pattern, flags), where, who)
    for pattern, flags, where, who in (
        (r"中共中央\s*国务院", 0, "CN", "中共中央、国务院"),
        (r"全国人(?:民代表大会|大)常务?委(?:员会)?", 0, "CN", "全国人民代表大会常务委员会"),
        (r"全国人民代表大会", 0, "CN", "全国人民代表大会"),
        (r"国务院令|国发\s?[〔\[（(]", 0, "CN", "国务院"),
        (r"国办发\s?[〔\[（(]", 0, "CN", "国务院办公厅"),
        (r"中华人民共和国|中国共产党|中共中央|国务院|中央人民政府", 0, "CN", None),
        (r"(?:昭和|平成|令和|明治|大正)\S{1,4}年(?:法律|政令|条約|告示|[^\s]{1,6}省令|条例)第", 0, "JP", None),
        (r"環境省|農林水産省|林野庁|経済産業省|国土交通省|文部科学省|厚生労働省|総務省|外務省|資源エネルギー庁|気象庁|水産庁|内閣",
         0, "JP", None),
        (r"대한민국|법률\s?제\s?\d+\s?호|환경부", 0, "KR", None),
        (r"Commonwealth of Australia|Parliament of Australia|Federal Register of Legislation", re.I, "AU", None),
        (r"Canada Gazette|Statutes of Canada|in right of Canada", re.I, "CA", None),
        (r"Gazette of India|Government of India|Lok Sabha|Ministry of Environment, Forest and Climate Change",
         re.I, "IN", None),
        (r"UK Public General Acts|UK Statutory Instruments|HM Government|HM Treasury|\bELIZABETH II\b|\bCHARLES III\b"
         r"|Houses? of (?:Commons|Lords)|Scottish Government|Welsh Government", 0, "GB", None),
        (r"New Zealand|\bPublic Act\s\d{4} No \d+|Parliamentary Counsel Office|Te Kāwanatanga", 0, "NZ", None),
        (r"European Parliamentary Research Service", re.I, "EU", "European Parliamentary Research Service"),
        (r"European Commission|Directorate-General", re.I, "EU", "European Commission"),
        (r"European (?:Union|Council|Parliament|Environment Agency)|Council of the European|\(EU\)|EEA relevance"
         r"|Official Journal of the E", re.I, "EU", None),
        (r"President (?:Obama|Trump|Biden)|White House|Executive Order \d+ of|Executive Order on", re.I, "US",
         "The White House"),
        (r"Federal Register|\bCFR Part\b|United States of America|(?:U\.S\.|US|United States) (?:Department|Forest"
         r"|Environmental|Fish|Congress|Senate)|Public Law \d+.\d+", 0, "US", None),
        (r"UNFCCC|Framework Convention on Climate Change|FCCC/|Conference of the Parties|Clean Development Mechanism"
         r"|\bCDM\b.{0,3}Executive Board|^CDM\b", re.I, "UN", "UNFCCC"),
        (r"Intergovernmental Panel on Climate|\bIPCC\b", re.I, "UN", "Intergovernmental Panel on Climate Change"),
        (r"United Nations", re.I, "UN", "United Nations"),
        (r"World Bank", re.I, None, "World Bank"),
    )
)  # fmt: skip
# How each maker of laws begins them: prose, but nobody else's.
FORMULAS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), where)
    for pattern, where in (
        (r"Senate and House of Commons of Canada", "CA"),
        (r"Parliament of (?:the Commonwealth of )?Australia enacts", "AU"),
        (r"Parliament of New Zealand enacts", "NZ"),
        (r"enacted by Parliament in the [\w-]+ Year of the Republic of India|the Central Government hereby", "IN"),
        (r"enacted by the (?:King|Queen)['’]s most Excellent Majesty", "GB"),
        (r"Representatives of the United States of America in Congress|vested in me as President by the Constitution"
         r" and the\s+laws of the United States", "US"),
        (r"THE (?:EUROPEAN (?:COMMISSION|PARLIAMENT)|COUNCIL OF THE EUROPEAN)[^\n]{0,60},\s+Having regard to", "EU"),
        (r"The Conference of the Parties[^.]{0,90},\s+(?:Recalling|Recognizing|Having|Noting|Reaffirming)", "UN"),
    )
)  # fmt: skip
# Bodies that only the People's Republic has, by name; many others share theirs with Taiwan, Singapore or Japan.
_OF_CHINA = re.compile(
    "人民政府|人民代表大会|人民法院|人民检察院|国务院|中共|生态环境[部厅局]|环境保护部|自然资源[部厅局]|农业农村[部厅局]|国家林业|国家发展|国家能源|国家市场监督"
    "|国家质量监督|市场监管总局|国家标准化|国家海洋局|工业和信息化[部厅]|住房和城乡建设[部厅]|中国人民银行|国家统计局|国家认证认可"
)


def is_body(line: str) -> bool:
    """Whether a line is exactly the name of a public body, spaced out or not: ``环 境 保 护 部``."""
    line = line.strip().rstrip("，,.")
    if len(line) > 120:
        return False
    if line.isascii() or not (bare := re.sub(r"\s", "", line)):
        return _LATIN.fullmatch(line) is not None
    if _JAPANESE.fullmatch(bare):
        return True
    if 3 <= len(bare) <= 24 and not _NOT_HAN.search(bare):
        return _HAN.fullmatch(bare) is not None
    return _LATIN.fullmatch(line) is not None


def is_of_china(name: str) -> bool:
    """Whether a body's name alone shows that it belongs to the People's Republic of China."""
    return _OF_CHINA.search(name) is not None


def cased(name: str) -> str:
    """Returns the name in sentence case: ``MINISTRY OF THE SEA`` becomes ``Ministry of the Sea``."""
    name = name.strip().rstrip("，,.")
    if not name.isascii():
        bare = re.sub(r"\s", "", name)
        return re.sub("^中华人民共和国(?=国务院|[\u4e00-\u9fff]+部$)", "", bare) if _HAN.fullmatch(bare) else name
    if not name.isupper():
        return name
    words = [
        word if _ROMAN.fullmatch(word) else word.lower() if at and word.lower() in _SMALL else word.capitalize()
        for at, word in enumerate(name.split())
    ]
    return " ".join(words)
