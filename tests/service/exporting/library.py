"""A small library of laws, a report and a table, in Chinese and English, and ten answers that it gives."""

from __future__ import annotations

FILES = {
    "marsh.md": (
        '---\ntitle: "沼泽保护法"\nissuer: "某国人民代表大会"\nyear: 2021\nlanguage: zh\n---\n\n# 沼泽保护法\n\n'
        "## 第一章 总则\n\n第一条 为了保护沼泽，制定本法。\n\n"
        "第二条 本法所称沼泽，是指地表常年积水、生长水生植物的土地。\n\n"
        "## 第二章 罚则\n\n第三条 擅自排干沼泽的，处每平方米三百元以上八百元以下罚款。\n\n"
        "第四条 沼泽管护站每三年对样地复查一次。\n\n第五条 本法自2022年6月1日起施行。\n"
    ),
    "forest.html": (
        "<html lang='en'><head><title>Woodland Credit Act</title></head><body><h1>Woodland Credit Act</h1>"
        "<h2>Limits</h2><p>An operator may cover at most 8 percent of its obligation with woodland credits. "
        "Credits expire after twelve years.</p><h2>Fire</h2><p>Losses from wildfire above 50 hectares must be reported "
        "within thirty days to the registry.</p></body></html>"
    ),
    "peat.txt": "Rewetting peat keeps carbon in the ground. The scheme pays 40 marks per hectare each year.\r\n",
    "quota.md": (
        "# 试点抵销规则\n\n表1 各试点抵销规则\n\n| 试点 | 抵销比例 | 地域限制 |\n|---|---|---|\n"
        "| 云州 | 不得超过排放量的5% | 无 |\n| 海州 | 不得超过配额的7% | 本地项目 |\n"
        "| 山州 | 不得超过排放量的9% | 邻近地区 |\n\n以上规则自发布之日起实行。\n"
    ),
    "kelp.md": (
        '---\ntitle: "Kelp farming report"\nissuer: "Coast Agency"\nyear: 2023\nurl: "https://example.org/kelp.pdf"\n'
        "---\n\n# Kelp farming report\n\nKelp farms stored 12 kilotonnes of carbon in 2022.\n\n"
        "The registry pays 77 marks for every tonne of kelp.\n"
    ),
}
QUESTIONS = (
    "擅自排干沼泽处多少罚款？",
    "沼泽的定义是什么？",
    "沼泽管护站多久复查一次样地？",
    "沼泽保护法什么时候施行？",
    "各试点的抵销比例分别是多少？",
    "云州和海州的抵销比例分别是多少？",
    "How much of its obligation may an operator cover?",
    "Which losses must be reported within thirty days?",
    "What does the scheme pay per hectare each year?",
    "How many marks does the registry pay for a tonne of kelp?",
)
