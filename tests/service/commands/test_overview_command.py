"""``sinkqa overview`` prints tables for people, JSON for programs, and writes files that need no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sinkqa.ingest.errors import SinkQAError
from sinkqa.service.cli import app
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("overview")
    title = "<script>alert(1)</script> forest act"
    (folder / "a.md").write_text(f"---\ntitle: {title}\nyear: 2001\njurisdiction: NZ\n---\n\nForests are protected.\n")
    (folder / "b.md").write_text("---\ntitle: 湿地条例\nyear: 2003\njurisdiction: CN\n---\n\n禁止填埋湿地。\n", "utf-8")
    engine = Engine.open(Settings(library=folder / "library", workers=1), create=True)
    assert not engine.add([folder / "a.md", folder / "b.md"]).failed
    return folder / "library"


def run(library: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["overview", "-l", str(library), *map(str, arguments)])


def test_it_prints_tables_in_either_language(library):
    english = run(library, "--in", "en").stdout
    assert "2 documents, 2 passages; 2 passages are about a topic" in english
    assert "| Forest |" in english and re.search(r"^2003 +湿地条例", english, re.M)
    chinese = run(library, "--in", "zh").stdout
    assert "| 森林 |" in chinese and "新西兰" in chinese and "条例" in chinese


def test_json_is_the_engines_own_and_a_choice_narrows_it(library):
    engine = Engine.open(Settings(library=library))
    told = json.loads(run(library, "--json", "--jurisdiction", "nz").stdout)
    assert told == json.loads(json.dumps(engine.overview_of_library({"jurisdiction": ["NZ"]}).as_dict()))
    assert told["documents"] == 1
    passages = run(library, "--passages", "topic:wetland").stdout
    assert "禁止填埋湿地。" in passages and "1 of 1 passages" in passages


def test_files_are_whole_and_titles_in_them_are_text(library, tmp_path):
    done = run(library, "--html", tmp_path / "o.html", "--svg", tmp_path / "o.svg", "--in", "zh")
    assert (done.exit_code, done.stdout) == (0, "") and done.stderr.count("written") == 2
    page = (tmp_path / "o.html").read_text("utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page and "资料库概览" in page
    assert not re.findall(r"(?:src|href)=\"(?!http)", page)
    assert (tmp_path / "o.svg").read_text("utf-8").startswith("<svg ")


@pytest.mark.parametrize(
    ("arguments", "said", "status"),
    [
        (["--topic", "otters"], "known are", 1),
        (["--passages", "otters"], "topic:forest", 1),
        (["--html", "/nowhere/o.html"], "cannot be written", 1),
        (["--in", "fr"], "fr", 2),
    ],
)
def test_what_cannot_be_done_is_a_named_error(library, arguments, said, status):
    done = run(library, *arguments)
    told = done.exception.message if isinstance(done.exception, SinkQAError) else done.stderr
    assert done.exit_code == status and said in told
