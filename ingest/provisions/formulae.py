"""Formulae and headings that show a provision's kind, in zh, ja and en.

All patterns match folded text: simplified characters, lower case, ASCII punctuation, one kind of dash.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from sinkqa.ingest.text.patterns import late

ProvisionKind = Literal[
    "definition",
    "effect",
    "onset",
    "repeal",
    "penalty",
    "scope",
    "authority",
    "prohibition",
    "duty",
    "procedure",
    "exception",
]
"""``effect``: the date from which the document itself applies. ``onset``: the date from which anything else applies."""


class KindPattern(NamedTuple):
    """Patterns for a kind in a sentence: ``wide`` for Chinese and Japanese, ``narrow`` for English.

    ``stems``: every match contains one of these stems or characters (:func:`stems_of`). They are checked first, because
    that is faster.
    """

    wide: re.Pattern[str]
    narrow: re.Pattern[str]
    stems: frozenset[str]

    def said_in(self, said: str, *, is_wide: bool) -> bool:
        """Whether a folded sentence matches."""
        return (self.wide if is_wide else self.narrow).search(said) is not None


class Headed(NamedTuple):
    """A pattern for headings of a kind, and the weaker pattern that is enough below such a heading."""

    heading: re.Pattern[str]
    said: re.Pattern[str]


_STEM, _WORD = 5, late("[a-z]+")
_INSTRUMENT = (
    r"(?:act|order|regulations?|agreement|decision|directive|rules?|law|decree|convention|protocol|treaty|standard"
    r"|methodology|proclamation|memorandum|notice|guidelines?|measures|code|statute|ordinance|instrument|bylaws?"
    r"|part|subpart|sections?|schedule|revision)"
)
_BEGINS = (
    r"(?:(?:enters?|comes?|came|brought) into (?:force|effect|operation)|takes? effect|took effect|commences?\b"
    r"|(?:is|are|becomes?|be|become) effective\b|shall apply (?:from|as from|as of)|applies from|in force from)"
)
_OWN = r"本(?!级|地|市|省|行政|单位|人|企业|机构|区|年)[^,。;:自于]{0,12}"  # 本法, 本办法, 本标准 …
_SINCE = r"(?:[自从][^。;,]{1,40}?|于\d{4}年[^。;,]{1,14}?)起?(?:正式)?"
_THIS = rf"(?<!under )\b(?:this|these|the present) (?:[a-z-]+ ){{0,3}}?{_INSTRUMENT}\b[^.;]"
_TIME = r"(?:working |business |calendar )?(?:days?|weeks?|months?|years?)\b"


def stems_of(folded: str) -> set[str]:
    """Returns the first five letters of each English word. In text that is not ASCII, also each of its characters."""
    stems = {word[:_STEM] for word in _WORD.findall(folded)}
    return stems if folded.isascii() else stems.union(folded)


def _stems(words: str) -> frozenset[str]:
    return frozenset(words.split())


FORMULAE: dict[ProvisionKind, KindPattern] = {
    "effect": KindPattern(
        late(
            rf"{_OWN}{_SINCE}(?:施行|实施|生效|执行|试行)|(?:^|[,。;\s]){_SINCE}(?:施行|实施|执行|试行)[。,;]"
            rf"|{_OWN}有效期|(?:^|[,。])有效期(?:为|至)?[\d一二三四五六七八九十]+年[,。]"
            r"|この[^。、]{1,12}は、[^。]{1,80}施行する|公布の日から施行する"
        ),
        late(
            rf"{_THIS}{{0,100}}?\b{_BEGINS}|date of (?:entry into force|commencement|effect) of (?:this|the) "
            r"[^.;]{0,40} is\b|\beffective date ?: |\b(?:this|the) [a-z ]{0,30}(?:rule|order|regulation)s? (?:is|are) "
            r"effective\b"
        ),
        _stems("施 效 执 试 force effec comme apply appli opera"),
    ),
    "onset": KindPattern(
        late("生效|起(?:施行|实施|执行)|施行する|効力を生"),
        late(rf"\b{_BEGINS}"),
        _stems("效 施 执 効 force effec comme apply appli opera"),
    ),
    "repeal": KindPattern(
        late("(?:同时|予以|即行|自行|现予?)废止|(?:同时|自行)失效|停止执行|は、?廃止する|廃止する。|効力を失う"),
        late(
            r"\b(?:is|are|were|was|be) (?:hereby )?(?:repealed|revoked|rescinded|superseded|abrogated)\b"
            r"|\bhereby (?:repeals?|revokes?|rescinds?)\b"
        ),
        _stems("废 失 停 廃 repea revok resci super abrog"),
    ),
    "penalty": KindPattern(
        late(
            r"罚款|罚金|处以|吊销|没收|拘留|拘役|徒刑|处罚款|予以处罚|通报批评|[并可]处|处[\d一二三四五六七八九十百千万]+"
            r"|给予[^,。;]{0,12}(?:警告|处分|处罚|批评)|依法[^,。;]{0,6}处[分罚]|追究[^,。;]{0,12}责任"
            r"|责令[^。;]{1,40}?(?:改正|停产|停业|关闭|拆除|停止|恢复|限期|补种|治理)|(?:扣除|核减)[^。;]{0,20}配额"
            r"|(?:罚金|过料|科料|惩役|拘禁刑)に処する|处罚[。;,]|刑を科する|者を罚する"
        ),
        late(
            r"\bliable (?:on|to|for)\b[^.;]{0,80}?(?:fine|penalt|imprison|conviction|surcharge|either or both)"
            r"|\bfine (?:of|not exceeding|up to|at least)\b|\bcommits? an offence|\bguilty of an offence"
            r"|\bbe (?:fined|punished|imprisoned|sanctioned)\b|\bterm of imprisonment|\bimprisonment (?:for|of|not)\b"
            r"|\bpenalty (?:of|equal to|amounting)\b|\b(?:subject to|incurs?|impose[sd]?|pay) (?:an? |the )?(?:civil "
            r"|criminal |administrative |pecuniary |late payment |monetary )*(?:penalt|fine\b|sanction)"
        ),
        _stems("罚 处 吊 没 拘 徒 批 给 追 责 扣 核 刑 処 fine fined fines penal offen punis impri sanct liabl surch"),
    ),
    "scope": KindPattern(
        late(
            rf"适用(?:于)?{_OWN}|{_OWN}(?:不)?适用|{_OWN}规定了[^。;]{{1,80}}。|この[^。、]{{1,12}}は、[^。]{{1,80}}适用"
        ),
        late(
            rf"{_THIS}{{0,60}}?\b(?:shall (?:not )?apply|appl(?:y|ies)|do(?:es)? not apply|covers?"
            r"|(?:is|are) (?:not )?applicable)\b"
        ),
        _stems("适 规 apply appli cover"),
    ),
    "authority": KindPattern(
        late(
            r"(?:部门|机构|委员会|人民政府|国务院|局|厅|机关)[^。;]{0,60}?(?:负责|主管|组织实施|监督管理)|所管|つかさどる|所掌"
        ),
        late(
            r"\b(?:is|are|be) (?:responsible for|the competent authorit|charged with|administered by|designated as)"
            r"|\bcompetent (?:national )?authorit|\b(?:shall|must) (?:administer|supervise|oversee)\b"
            r"|\bis established\b"
        ),
        _stems("负 主 组 监 管 掌 ど respo autho compe charg admin desig super overs estab"),
    ),
    "prohibition": KindPattern(
        late("禁止|不得|严禁|不准|してはならない|することができない"),
        late(
            r"\b(?:must|shall|may) not\b|\bno (?:person|one|party) (?:shall|may|must)\b|\bprohibit(?:s|ed|ion)?\b"
            r"|\bunlawful\b"
        ),
        _stems("禁 不 严 な not no prohi unlaw"),
    ),
    "duty": KindPattern(
        late("应当|必须|[有行][^,。;]{0,16}义务|须(?!知|要)|しなければならない|するものとする|努めなければ"),
        late(r"\b(?:shall|must)\b(?! not)|\b(?:is|are) required to\b|\bha(?:s|ve) (?:a|the) duty\b"),
        _stems("应 必 须 义 ば も 努 shall must requi duty"),
    ),
    "procedure": KindPattern(
        late(
            r"[\d一二三四五六七八九十百]个?(?:工作日|日|天|个月|月|年)(?:之?内|以内|以前|之?前|届满)|[\d十]月[^,。]{0,4}日?前"
            r"|期限?(?:为|内|不少于|不得少于|不超过|不得超过)|期[\d一二三四五六七八九十]+(?:个工作)?[日天月年]|按照[^,。;]{0,8}程序|(?:下列|以下)(?:程序|步骤)|[日月年]以内|までに"
        ),
        late(
            rf"\bwithin (?:the )?[a-z0-9-]+(?: \(\d+\))? {_TIME}|\b(?:no|not) later than\b"
            rf"|\bbefore the (?:end|close|expiry)\b"
            rf"|\bby \d{{1,2}} [a-z]{{3,9}}\b|\b\d+ {_TIME} (?:after|before)\b|\bprocedures? (?:for|set out)\b"
        ),
        _stems(
            "内 前 届 期 程 步 ま day days week weeks month year years later befor proce "
            "janua febru march april june july augus septe octob novem decem"
        ),
    ),
    "exception": KindPattern(
        late(
            r"除外|除[^,。;]{1,60}(?:以?外|的)[,。;]|另有规定|但是?,?[^。;]{0,60}(?:不适用|可以不|免)|不适用|不在此限|豁免"
            r"|ただし|この限りでない|を除くほか"
        ),
        late(r"\bexcept\b|\bunless\b|\bdo(?:es)? not apply\b|\bexempt|\bnotwithstanding\b|\bdoes not include\b"),
        _stems("除 另 但 不 豁 だ 限 excep unles apply exemp notwi inclu"),
    ),
}

HEADINGS: dict[ProvisionKind, Headed] = {
    "effect": Headed(
        late(
            r"^(?:[\divx.a-z()]+ )?(?:(?:short )?title(?:,| and) )?commencement\b|entry into force|effective date"
            r"|施行期?日|生效日期|^附 ?则"
        ),
        late(rf"\b{_BEGINS}|entry into force [^.;]{{0,60}}\bis\b|施行する|自[^。;]{{1,40}}起(?:施行|实施|生效|执行)"),
    ),
    "repeal": Headed(
        late(r"\brepeals?\b|\brevocations?\b|\brescissions?\b|废止|廃止"),
        late("repeal|revok|rescind|supersed|废止|廃止"),
    ),
    "penalty": Headed(
        late(r"法律责任|罚则|处罚|\boffences?\b|\bpenalt|\bsanctions?\b"),
        late("罚|处分|没收|责令|追究|赔偿|给予|扣除|fine\\b|penalt|liable|imprison|surcharge|sanction|に処する"),
    ),
    "scope": Headed(
        late(r"适用范围|适用条件|\bscope\b|\bapplication of\b|^application$|\bapplicability\b"),
        late("适用|appl|cover|scope"),
    ),
    "procedure": Headed(late(r"程序|流程|\bprocedures?\b|手続"), late(".")),
    "authority": Headed(
        late(r"主管部门|职责|competent authorit|\bfunctions\b"),
        late("负责|responsib|function|authorit|所管"),
    ),
}
NOTE = late(  # of an amendment: history, and no provision
    r"^(?:the )?(?:sections?|parts?|subparts?|schedules?|headings?|cross-headings?|clauses?|paragraphs?|form"
    r"|definitions?|\w+\(?\d)[^:]{0,160}: ?(?:inserted|substituted|amended|added|replaced|repealed|expired|editorial)"
    r"|\b(?:inserted|substituted|amended|repealed|replaced), on \d{1,2} "
)
NOTE_STEMS = _stems("inser subst amend added repla repea expir edito broug")
BROUGHT = late(r"brought into force, on \d")  # a note that tells a date of effect
TITLED = late(
    r"^(?!part\b|subpart\b|chapter\b|division\b|title\b).*\b(?:penalt(?:y|ies)|offences?)\b"
)  # a section that punishes
RULES = late(r"^\s*\((?:[a-z]{1,2}|[ivx]+|\d+)\) *(?:prescribing|providing for|specifying)\b")  # to be made
OPEN = late(r"[:-]\s*$|次の(?:各号|とおり)|次に掲げる|\b(?:that|if|of|where)\s*-*\s*$")  # items follow
