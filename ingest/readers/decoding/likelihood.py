"""Estimates how likely bytes are as text in an encoding, and finds the most probable reading of damaged bytes."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from functools import cache

BROKEN = 14.0
"""The cost of a damaged character, in nats: more than the rarest character of any script."""
_BREAK = 9.0  # each byte taken for broken beside the first; two bytes of rubbish cost more than a rare character
_SWITCH = 3.0  # for each accented letter beside another: French has few, misread bytes have many
_RARE = 12.0  # characters that cost this much are none that a text is full of

_COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法"
    "所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政"
    "四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最"
    "立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根"
    "论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联"
    "什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米"
    "整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办"
    "青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却"
    "专状育厂京识适属圆包火住调满县局照参红细引听该铁价严龙飞碳排配额核企环境湿污染罚款缴履施章项评审批登督违令监测减森草源"
    "耗煤燃绿责检罢申请依遵守循禁止這爲為個國時來們於對會發動過說產種後學經進電裏裡現實兩體機當點從業應開還義間樣與關線內數"
    "麼質氣變條沒結問無軍並題黨員總設長頭資邊級圖統較將組見計別論運農幾區強決幹戰則據處隊給門規熱領東導壓爭濟階術極聯認權證"
    "轉單風帶場車務萬達積議聲報鬥類離華確張馬節話況傳許廣記觀織裝衆眾書覆兒須際驗連斷難礦備辦習響約勞團歷構稱準號維劃選標寫"
    "親養層卻專狀廠識適屬圓調滿縣參紅細聽該鐵價嚴龍飛額環溼濕罰繳項評審違監測減綠責檢罷請總則條煤"
)
"""The commonest characters of Chinese official prose, simplified and traditional.

They make up three quarters of a text.
"""
_SYLLABLES = (
    "이다는의에을를가하고은지로기사한대도자정인어서그시리나원국제일부수해과으상보들공성장전아주계안관경물적있환배출권온실스법률업등우및"
    "할당거래행조항규령위및년월여세산발민생방소동유비구게면무중만내용된되며와라신개진책신고포감축탄연량후변화"
)
_ALPHABETS = (
    "éèêàâçùûôîïëœ", "äöüß", "áéíóúñü", "ãõáéíóúâêôçà", "åäöøæé", "àèéìòù", "áčďéěíňóřšťúůýž", "áäčďéíľňóôŕšťúýž",
    "ąćęłńóśźż", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "çğıöşü",
)  # fmt: skip
"""Letters with diacritics of the languages of Europe. A text uses those of one language."""
_IN_ALPHABET, _CAPITAL, _OUT_OF_ALPHABET = 4.5, 7.5, 9.0
_ADJACENT = re.compile(
    "(?<=[\u00a1-\u024f])[\u00a1-\u024f]|(?<=[\u3400-\u9fff])[\u00c0-\u024f]|(?<=[\u0430-\u044f])[\u0410-\u042f]"
    "|(?<=[a-z])[\u0400-\u04ff]|(?<=[\uac00-\ud7a3])[\u3400-\u9fff]"
)
_NO_CHINESE = re.compile("[\u0386-\u04ff\u3041-\u30fa]")  # Greek, Cyrillic and kana, which these sets hold as well


@cache
def _costs() -> dict[str, float]:
    """Nats for each character that text is likely to contain: the negative logarithm of its share."""
    costs: dict[str, float] = {}
    for text, cost in (
        (_level(0xD8, 0xF7, "gb2312"), 12.5),
        (_level(0xC9, 0xF9, "big5"), 12.5),
        (_level(0xB0, 0xD7, "gb2312"), 9.5),
        (_level(0xA4, 0xC6, "big5"), 9.5),
        (_level(0xB0, 0xCF, "euc_jp"), 9.5),
        (_level(0xB0, 0xC8, "euc_kr"), 10.0),
        (_SYLLABLES, 6.0),
        (_COMMON, 6.5),
        (map(chr, range(0x3041, 0x3097)), 5.0),
        (map(chr, range(0x30A1, 0x30FB)), 6.5),
        (map(chr, range(0xFF01, 0xFF5F)), 6.5),
        (map(chr, range(0xFF61, 0xFFA0)), 9.0),
        (map(chr, range(0xA0, 0xC0)), 8.0),
        (map(chr, range(0x0401, 0x0460)), 8.5),
        (map(chr, range(0x0410, 0x0430)), 6.0),
        (map(chr, range(0x0430, 0x0450)), 4.5),
        (map(chr, range(0x0386, 0x03CF)), 6.0),
        ("，。、；：？！（）％", 5.0),
        ("“”‘’《》〈〉【】〔〕「」『』·—…–ー　．－／～〇々\u2002\u2003", 5.5),
        ("°§²³½¼€£×÷±µ«»©®™•№†‰≤≥≈→①②③④⑤⑥⑦⑧⑨⑩℃㎡\u00a0ⅠⅡⅢⅣⅤ₂₃", 6.5),
        (map(chr, range(0xC0, 0x250)), _OUT_OF_ALPHABET),
        (map(chr, range(0x20, 0x7F)), 3.0),
        ("\t\n\r\f", 3.0),
    ):
        costs |= dict.fromkeys(text, cost)
    return costs | {"\u2028": 6.0, "\x85": 6.0, "\ufeff": 6.0}


def _level(first: int, last: int, codec: str) -> str:
    """The characters of the rows of a two-byte set. The sets begin with the commonest."""
    rows = (
        bytes([lead, trail]) for lead in range(first, last + 1) for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    )
    return b"".join(rows).decode(codec, "ignore")


@cache
def _cost(letter: str) -> float:
    if letter in (known := _costs()):
        return known[letter]
    if letter < " " or "\x7f" <= letter < "\xa0" or "\ud800" <= letter < "\uf900" or letter >= "\ufff0":
        return 16.0  # controls, surrogates, private use
    return 14.0


def cost(text: str, damaged: int, codec: str) -> float:
    """Returns the cost of a text in nats. A lower cost is likelier.

    ``damaged``: characters for bytes that do not fit.
    """
    counts = Counter(text)
    letters = sum(count * _cost(letter) for letter, count in counts.items() if letter != "\ufffd")
    odd = len(_ADJACENT.findall(text)) + (len(_NO_CHINESE.findall(text)) if codec in ("gb18030", "big5hkscs") else 0)
    return letters - _spared(counts) + BROKEN * damaged + _SWITCH * odd


def _spared(counts: Counter[str]) -> float:
    """The cost saved because all letters with marks belong to one language."""
    marked = [(letter, count) for letter, count in counts.items() if "\xc0" <= letter < "\u0250"]
    return max(
        sum(
            count * (_OUT_OF_ALPHABET - (_IN_ALPHABET if letter in alphabet else _CAPITAL))
            for letter, count in marked
            if letter.lower() in alphabet
        )
        for alphabet in _ALPHABETS
    )


def foreign(text: str) -> tuple[int, int]:
    """Counts the characters that are not ASCII, and how many of these are rare in every known language."""
    counts = [(letter, count) for letter, count in Counter(text).items() if letter > "\x7f"]
    return sum(count for _, count in counts), sum(count for letter, count in counts if _cost(letter) >= _RARE)


def mended(line: bytes, codec: str) -> str:
    """Returns the most probable reading of a damaged line.

    Each stretch of bytes that belongs to no character is one U+FFFD. In two-byte encodings a lost or foreign byte
    shifts the borders of all characters after it. The borders are moved back if that reading is more probable than the
    shifted one.
    """
    ends: list[tuple[float, int, str, bool]] = [(0.0, 0, "", False)]  # cost so far, where from, character, broken
    for at in range(1, len(line) + 1):
        previous = ends[at - 1]
        best = (previous[0] + (_BREAK if previous[3] else BROKEN), at - 1, "" if previous[3] else "\ufffd", True)
        for size in (1, 2, 3, 4):
            if size > at or not (letter := _letter(line[at - size : at], codec)):
                continue
            if (total := ends[at - size][0] + _cost(letter)) < best[0]:
                best = (total, at - size, letter, False)
        ends.append(best)
    letters, at = [], len(line)
    while at:
        letters.append(ends[at][2])
        at = ends[at][1]
    return "".join(reversed(letters))


@cache
def _incremental(codec: str) -> codecs.CodecInfo:
    return codecs.lookup(codec)


def _letter(piece: bytes, codec: str) -> str:
    """The one character of these bytes, or nothing."""
    try:
        letter, _ = _incremental(codec).decode(piece)
    except UnicodeDecodeError:
        return ""
    return letter if len(letter) == 1 else ""
