"""Small made-up statutes in the manner of four countries, and answers made by hand about them."""

from sinkqa.ingest.readers import read
from sinkqa.service.answer import Answer, Citation, QuotedSpan, Segment

ZH = """# 中华人民共和国芦苇保护法

第一章 总则
第一条 为了保护芦苇荡，制定本法。
第二条 本法所称芦苇荡，是指生长芦苇达到三公顷以上的浅水区域。
前款所称该区域，是指经过登记的区域。前款所称单位，包括村民委员会。
第三条 收割芦苇应当符合下列条件：
（一）取得收割许可证；
（二）避开鸟类繁殖期。
收割单位应当每年报告收割数量。
第二章 法律责任
第四条 违反本法规定，在繁殖期收割芦苇的，由县级林业部门处五百元以上三千元以下罚款。
违反本法规定进行旅游活动，造成芦苇荡污染的，处一千元罚款。
第五条 收割单位有下列行为之一的，处二千元罚款：
（一）伪造收割许可证的；
（二）拒不报告收割数量的。
第三章 附则
第六条 本法下列用语的含义： 苇岸，是指芦苇荡的边缘。
第七条 本法自2031年5月1日起施行。 解读：一图读懂芦苇保护法
""".replace("\n", "\n\n")
JA = """<html><body><h1>葦原保全法</h1>
<p>（目的）</p><p>第一条　この法律は、葦原の保全を目的とする。</p>
<p>（定義）</p><p>第二条　この法律において「葦原」とは、葦の生える湿原（人工のものを除く。）をいう。</p>
<p>２　前項の湿原の面積は、三ヘクタール以上とする。</p>
<p>（届出）</p><p>第二条の二　葦を刈る者は、市町村長に届け出なければならない。</p>
<p>（罰則）</p><p>第三条　届出をしない者は、十万円以下の罰金に処する。</p>
<p>附　則</p><p>この法律は、令和十年四月一日から施行する。</p>
</body></html>"""
NZ = """<html><body><h1>Reed Beds Act 2031</h1>
<h2>Part 1 Preliminary</h2>
<h3>1 Title</h3><p>This Act is the Reed Beds Act 2031.</p>
<h3>2 Commencement</h3><p>This Act comes into force on 1 May 2031.</p>
<h3>3 Interpretation</h3><p>In this Act,—</p><p>reed bed means shallow water that—</p>
<p>(a) holds reeds; and</p><p>(b) is larger than 3 hectares</p>
<p>warden, in relation to a reed bed, means the person who keeps it.</p>
<p>Section 3 warden: inserted, on 2 June 2032, by section 4 of the Reed Beds Amendment Act 2032 (2032 No 9).</p>
<h3>3A Wardens</h3><p>(1) The council appoints a warden for every reed bed.</p><p>(2) A warden reports each June.</p>
<h3>3B Fees</h3><p>[Repealed]</p>
<h2>Part 2 Offences</h2>
<h3>4 Cutting reeds</h3>
<p>(1) Every person who cuts reeds between April and July commits an offence and is liable on conviction to a fine
not exceeding $900.</p><p>(2) A warden may seize the reeds.</p>
</body></html>"""
TREATY = """Annex
Reed Convention

The Parties have agreed as follows:

Article 1
For the purpose of this Convention:
(a) “Reed” means the common reed.

Article 2
1. Each Party shall keep its reed beds.
2. Each Party shall count its reed beds every four years.

Article 3
This Convention shall enter into force on the ninetieth day after the third ratification.
"""
ORDER = """# Executive Order on Reed Beds

By the authority vested in me, it is hereby ordered as follows:

Section 1. Policy. It is the policy of my Administration to keep reed beds.

Sec. 2. Counting Reed Beds. The Secretary shall:

(a) count the reed beds within 2 years; and

(b) report to the Congress.

Sec. 3. General Provisions. This order is not intended to create any right.
"""


def document(folder, name, text):
    """The text as a file, read."""
    (folder / name).write_text(text, "utf-8")
    return read(folder / name)


def answer(*said, notes=(), status="answered"):
    """An answer of segments, each ``(text, document, start, end)``: a citation of those code points carries it."""
    citations = tuple(_citation(number, *place) for number, (_, *place) in enumerate(said, 1))
    segments = tuple(Segment(each[0], (number,)) for number, each in enumerate(said, 1))
    text = " ".join(each.text for each in segments)
    why = "unsupported" if status == "abstained" else None
    return Answer(status, why, "?", "zh", text, segments, citations, (), 0.9, 1, "", {}, notes=tuple(notes))


def _citation(number, source, start, end):
    return Citation(
        number=number, passage_id=f"{source.doc_id[:8]}-{start}", doc_id=source.doc_id, title=source.name,
        original=None, section=(), table=None, page_start=1, page_end=1, page_label=None, quote=source.text[start:end],
        spans=(QuotedSpan(start, end, start, end),), text_sha256="", boxes=(), language="zh", url=None, score=1.0,
    )  # fmt: skip
