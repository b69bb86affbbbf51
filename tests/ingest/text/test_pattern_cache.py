"""Compiled patterns that are kept are those that Python would compile, and are done without where they cannot be."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.text.pattern_cache import compiled

PATTERNS = [
    ("", 0),
    (r"(?P<year>\d{4})年|(?P<month>\d\d?)月", 0),
    (r"(?<![a-z])(?:acts?|laws?)\b(?:(a)|(b))++", re.IGNORECASE),
    ("[々〇\u3400-\u9fff\U00020000-\U0003ffff]+?(?=[^\\s\u0600])|(y)", re.MULTILINE),
    ("(?s:.)(?i:straße|\u01c5)[\x00-\uffff]", re.DOTALL),
]
_ASKED = """
import importlib, sys
from ingest.text import pattern_cache
if sys.argv[1] == "kept":
    importlib.import_module("re._parser").parse = importlib.import_module("re").compile = None
print(pattern_cache.compiled(r"(?P<cold>first|second) ask").search("a second ask")["cold"])
print(pattern_cache.place())
"""


def asked(how: str, cache: Path, **environment: str) -> Path:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(cache), "PYTHONDONTWRITEBYTECODE": "", **environment}
    done = subprocess.run(
        [sys.executable, "-c", _ASKED, how], capture_output=True, check=True, timeout=60, text=True, env=environment
    )
    found, place = done.stdout.splitlines()
    assert found == "second"
    return Path(place)


@pytest.mark.parametrize(("pattern", "flags"), PATTERNS)
def test_what_is_kept_is_what_python_compiles(pattern: str, flags: int):
    for _ in range(2):  # made, then kept
        found, expected = compiled(pattern, flags), re.compile(pattern, flags)
        assert found == expected  # by their code
        assert (found.groupindex, found.groups, found.flags) == (
            expected.groupindex,
            expected.groups,
            expected.flags,
        )


def test_a_mistake_in_a_pattern_is_told_as_ever():
    with pytest.raises(re.error):
        compiled("(")


def test_a_second_process_compiles_nothing(tmp_path: Path):
    place = asked("new", tmp_path)
    assert [each.name for each in place.parent.iterdir() if "pattern_cache" in each.name and each.suffix != ".pyc"] == [
        place.name
    ]
    asked("kept", tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"nothing that was written here", b"\xf3\xff\xff\xff\x7f", b"N", b"i\0\0\0\0"]
)
def test_a_damaged_file_is_done_without_and_written_anew(tmp_path: Path, content: bytes):
    place = asked("new", tmp_path)
    place.write_bytes(content)
    asked("new", tmp_path)
    asked("kept", tmp_path)


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path: Path):
    assert not asked("new", tmp_path, PYTHONDONTWRITEBYTECODE="1").exists()
