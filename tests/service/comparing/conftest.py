"""A small library: a study with tables of its own, and the rules that it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from sinkqa.ingest.document import Metadata
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

STUDY = """# 各国林草措施比较

## 一、各国措施

表1 各国措施比较

| 国家 | 措施 | 文件 |
| --- | --- | --- |
| 美国 | 森林：补种过火林地；湿地：不作规定 | 林务局第七号令 |
| 日本 | 森林：每年间伐五千公顷 | 森林计划 |

## 二、地方碳市场

表2 各碳交易试点的抵销规定

| 试点 | 抵销比例限制 | 地域限制 |
| --- | --- | --- |
| 北京 | 不得高于排放量的3% | 无 |
| 广东 | 不得超过排放量的9% | 六成来自广东 |
"""
CHINA = """# 松江湿地保护条例

## 第一章 总则

第一条 为了加强湿地保护，维护湿地生态功能，制定本条例。

第二条 县级以上人民政府应当加强湿地保护，组织修复退化湿地。

第三条 国务院林草主管部门负责湿地保护的监督管理工作。

## 第二章 法律责任

第四条 违反本条例规定，擅自填埋湿地的，处三万元以上十万元以下罚款。

## 第三章 附则

第五条 本条例自2023年5月1日起施行。
"""
AMERICA = """# Woodland Recovery Plan

## Forests

The United States will restore burned forest land and expand nurseries in every western state.

## Funding

The plan invests 40 million dollars in forest nurseries until 2031.

## Wetlands

The Department of Wetlands keeps an office in Reno.
"""
GUANGDONG = """# 广东省碳排放权交易办法

第一条 省生态环境部门负责本省碳排放权交易的监督管理工作。

第二条 企业可以使用核证减排量抵消本企业排放量。但用于抵消的减排量不得超过企业上年度排放量的9%。

第三条 违反本办法规定，虚报排放量的，处一万元以上三万元以下罚款。
"""
JAPAN = """# 松原森林法

第一条 国は、森林の保全を図るため、間伐その他必要な施策を講ずるものとする。

第二条 前条の命令に違反した者は、三十万円以下の罰金に処する。
"""
FILES = {
    "study.md": (STUDY, Metadata(language="zh")),
    "wetland.md": (CHINA, Metadata(jurisdiction="CN", language="zh")),
    "plan.md": (AMERICA, Metadata(jurisdiction="US", language="en")),
    "guangdong.md": (GUANGDONG, Metadata(jurisdiction="CN", place="广东省", language="zh")),
    "matsubara.md": (JAPAN, Metadata(jurisdiction="JP", language="ja")),
}


def library_of(folder: Path, *names: str) -> Settings:
    """A library of these files of :data:`FILES`."""
    for name in names:
        (folder / name).write_text(FILES[name][0], encoding="utf-8")
    settings = Settings(library=folder / "library", workers=1)
    about = {folder / name: FILES[name][1] for name in names}
    report = Engine.open(settings, create=True).add([*about], about=about)
    assert not report.failed
    return settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A library of all files. Only to be read."""
    return library_of(tmp_path_factory.mktemp("compared"), *FILES)


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Engine:
    return Engine.open(settings)
