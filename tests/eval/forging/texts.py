"""A small library of our own from which every kind of forgery can be made."""

from __future__ import annotations

from pathlib import Path

ENGLISH = """# River Act

## Article 1

No mill may drain more than 12.5 million tonnes of water from the Orn River before March 2027. The Minister shall not
grant a permit for more than 34 million litres, and the owner is liable for 1,250 tonnes of silt. Nobody may burn peat
without the consent of the Council, and only the Council may decide on it.

## Article 2

The Minister will increase the fee by 15 percent between 2021-2025 and reduce it to $ 40 per hectare in three years.
The Minister shall inform the Council of all mills that emit at least 5 Mt after 2030. WHO and the LULUCF rules may
not be applied here, and the High Council of Lund shall, within 30 days, ask the Secretary General for national
advice. Fees of $30 or 25 million dollars from upstream to downstream are available to the first applicant by 12 May
2028, in 250 towns.

## Article 3

The mills in the upper valley shall return the water to the river. The owners of the valley must be heard before any
decision is made. They protect the largest and oldest alders in the first half of the year, as all owners know. They
found 14 Mt of ash and 25 kt of silt. It may happen that some owners have higher costs than about 30 hectares would
cause, roughly speaking.

No person may do any of the following:

(a) dump ash into the river;
(b) cut alders on the bank;
(c) fish at night in the weir.

The Minister shall decide on the following:

(a) the number of mills in a valley;
(b) the height of the weirs.

Table 1. Water of the mills

| Mill | Water (Mt) | Silt (kt) |
|---|---|---|
| Upper mill | 14 | 3.5 |
| Lower mill | 25 | 4.5 |
"""
OTHER_ENGLISH = """# Peat Act

## Article 7

The keeper of the bog shall count the cranes in April. A crane that nests in the bog must not be disturbed by
visitors. Visitors will pay 40 euros a year to the parish, which may spend them on the path around the bog.

The following are duties of the keeper:

(a) counting the cranes of the bog;
(b) mending the path around it.
"""
CHINESE = """# 河流法

## 第一条

国务院水行政主管部门应当在2027年3月1日前制定全国河流保护规划，并且可以提高取水费，但是不得超过15%。未经批准，任何单位和个人不得在河流中采砂，
禁止向河流倾倒灰渣。县级以上人民政府负责本行政区域内的河流保护工作，增加湿地面积12.5万亩，所有企业只能在2021—2025年取水。

## 第二条

取水单位应当在三十日内按照本法第四条缴纳取水费，逾期不缴纳的，处二万元以上三万元以下罚款。河流保护目录由国家规定，森林和草原面积约300公顷，仅限于重点区域，适用于本省。
水磨不少于250个，每年可以吸收二氧化碳34亿吨，比1990年增加3倍，投资1,250万元。水行政主管部门可以组织有关单位，开展水质监测，建立水质档案。

## 第三条

禁止下列行为：

（一）在河道内倾倒灰渣和垃圾；
（二）在堤岸上砍伐护岸林木；
（三）夜间在堰坝上捕捞鱼类。

主管部门负责下列事项：

（一）核定流域内水磨的数量；
（二）核定堰坝的高度和宽度。

表1 水磨用水

| 水磨 | 用水（万吨） | 泥沙（吨） |
|---|---|---|
| 上游水磨 | 14 | 3.5 |
| 下游水磨 | 25 | 4.5 |
"""
OTHER_CHINESE = """# 泥炭地法

## 第七条

泥炭地管护人应当在每年四月清点鹤类数量，并且向当地人民政府报告清点结果。参观者不得惊扰在泥炭地筑巢的鹤类，应当沿步道行走。

管护人承担下列职责：

（一）清点泥炭地中的鹤类；
（二）修缮泥炭地周边的步道。
"""


def write_library(folder: Path) -> Path:
    """The four documents as files of a new folder."""
    folder.mkdir()
    named = {"river": ENGLISH, "peat": OTHER_ENGLISH, "he": CHINESE, "nitan": OTHER_CHINESE}
    for name, text in named.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder
