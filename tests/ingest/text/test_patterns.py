from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

from sinkqa import ingest, service
from sinkqa.ingest.text.patterns import _Late, late

HELD = [
    found
    for package in (ingest, service)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if "readers.pdf.ocr" not in module.name and ".integrations." not in module.name  # which need extras
    for found in vars(importlib.import_module(module.name)).values()
    if isinstance(found, _Late)
]


def test_every_pattern_that_waits_for_its_first_use_can_be_compiled() -> None:
    assert len(HELD) > 100
    for held in HELD:
        assert held.groups >= 0  # which compiles it


def test_a_late_pattern_finds_what_one_compiled_at_once_does() -> None:
    text = "Article 7 and ARTICLE 12"
    at_once, later = (made(r"article (?P<n>\d+)", re.IGNORECASE) for made in (re.compile, late))
    assert later.pattern == at_once.pattern
    assert [each["n"] for each in later.finditer(text)] == [each["n"] for each in at_once.finditer(text)]
    assert later.sub("§", text) == at_once.sub("§", text)
    assert (later.groups, later.groupindex) == (at_once.groups, at_once.groupindex)


def test_a_late_pattern_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    pattern = late("sink")
    monkeypatch.setattr(
        "sinkqa.ingest.text.patterns.re.compile", lambda *given: compiled.append(given) or re._compile(*given)
    )
    assert not compiled
    assert pattern.search("carbon sink") and pattern.match("sink") and pattern.fullmatch("sinks") is None
    assert len(compiled) == 1
