"""A small library: two laws and an order, a paper about them, and a note that names nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

FILES = {
    "tundra-law.md": (
        "# 中华人民共和国苔原保护法\n\n（2022年3月1日通过）\n\n## 第一章 总则\n\n"
        "第一条 为了保护苔原，制定本法。\n\n"
        "第二条 国家对苔原实行分级管理。\n\n"
        "第三条 开垦苔原的，处每平方米五百元以上五千元以下罚款。\n\n"
        "第四条 苔原恢复项目应当优先种植乡土地衣。\n\n"
        "## 第二章 附则\n\n第五条 本法自2022年6月1日起施行。\n"
    ),
    "lichen-rules.md": (
        "# 北山省地衣碳汇管理办法\n\n## 第一章 抵销\n\n"
        "第六条 企业用地衣碳汇抵销的，不得超过其上年度实际碳排放量的7%，且其中60%以上应当来自本省。\n\n"
        "第七条 根据《中华人民共和国苔原保护法》，苔原上的项目应当先取得许可。\n"
    ),
    "moss-order.md": (
        "# Executive Order 19001: Strengthening the Nation's Moss\n\nIssued by the President of the United States, 2021.\n\n"
        "## Section 1. Policy\n\nThe Secretary shall complete an inventory of old moss on Federal lands within two years.\n\n"
        "Agencies shall expand nurseries that grow native moss for restoration.\n"
    ),
    "paper.md": (
        "# 苔藓与地衣增汇的经验比较\n\n作者：甲乙丙\n\n## 一、引言\n\n苔藓增汇的经验值得比较。\n\n"
        "## 二、各地政策\n\n各地的措施见表1。中国在《中华人民共和国苔原保护法》（2022）中规定，国家对苔原实行分级管理。\n\n"
        "表1 各地苔藓政策\n\n| 地区 | 举措 | 政策文件 |\n| --- | --- | --- |\n"
        "| 北山 | 地衣碳汇抵销不得超过上年度实际碳排放量的7% | 《北山省地衣碳汇管理办法》 |\n"
        "| 南海 | 苔藓碳汇抵销不得超过年度配额的9% | 《南海省苔藓碳汇管理办法》（2020） |\n"
        "| 美国 | 苔藓：清查联邦土地上的古老苔藓；对进口泥炭征税 | 《Executive Order 19001》（2021） |\n\n"
        "## 三、结论\n\n增汇措施还要因地制宜，苔藓园艺可以带来收入。\n"
    ),
    "note.txt": "Otters returned to the upper valley after the weir was removed.\n",
}


@pytest.fixture(scope="package")
def moss(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The library of these files. Only to be read."""
    folder = tmp_path_factory.mktemp("moss")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    report = engine.add([folder / name for name in FILES])
    assert not report.failed
    return engine


@pytest.fixture(scope="package")
def ids(moss: Engine) -> dict[str, str]:
    """The id of each document, by the name of its file."""
    return {Path(record.name).name: record.doc_id for record in moss.documents()}
