"""What the documents say is so: examples are run, generated parts are compared, links and targets exist.

``make docs`` (``python -m tests.test_docs``) writes what these tests compare.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
import typer.main
from packaging.requirements import Requirement
from typer.cli import get_docs_for_click

from sinkqa.eval.cli import app as measuring
from sinkqa.service.cli import app
from sinkqa.service.settings import Settings
from tests.screen import lines, seen

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
ROOT_PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
PAGES = [ROOT / name for name in ROOT_PAGES] + sorted(ROOT.glob("docs/**/*.md"))
DECISIONS = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
COLUMNS = 100
_CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.M | re.S)
_PYTHON = re.compile(r"(?<=^```python\n).*?(?=^```$)", re.M | re.S)
_VARYING = re.compile(r"\b0\.\d\d\b|\b\d+ ms\b")  # confidence and time differ between machines


def examples(page: str) -> Iterator[tuple[str, str]]:
    """Each ``$ command`` of a page's console blocks with the output below it."""
    for block in _CONSOLE.findall(page):
        for example in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = example.partition("\n")
            yield command, output.rstrip("\n")


def asked(command: str) -> list[str] | None:
    """The arguments of ``sinkqa`` that a command line comes to; None where it is for a machine of one's own."""
    words = shlex.split(command)
    if words[0] == "sinkqa":
        return words[1:]
    return ["ask", "--", words[2].removeprefix("Q=")] if words[:2] == ["make", "ask"] else None


def played(page: str, folder: Path) -> str:
    """The page with the outputs that its commands give, run in order beside one new library and one note."""
    (folder / "notes").mkdir()
    (folder / "notes" / "otters.txt").write_text("Otters returned to the upper valley after the weir was removed.\n")
    settings = {"SINKQA_LIBRARY": str(folder / "library"), "NO_COLOR": "1"}

    def play(block: re.Match[str]) -> str:
        played_block = ""
        for example in re.split(r"^\$ ", block[0], flags=re.M)[1:]:
            command, _, output = example.partition("\n")
            arguments = asked(command)
            if arguments is not None:
                new = "\n".join(line.rstrip() for line in shown(arguments, folder, settings)).strip("\n") + "\n"
                output = output if _VARYING.sub("…", new) == _VARYING.sub("…", output) else new
            played_block += f"$ {command}\n{output}"
        return played_block

    return _CONSOLE.sub(play, page)


def shown(arguments: list[str], folder: Path, settings: dict[str, str]) -> list[str]:
    """What stands on the screen in the end, progress bars gone."""
    screen = seen(*arguments, columns=COLUMNS, how={"cwd": folder}, **settings)
    return lines(screen[screen.rfind("\x1b[2K") + 1 :].removeprefix("[2K"))


def table_of_settings() -> str:
    """Every setting, its default and its meaning."""
    rows = ["# Settings", "", "Each is read from the environment; options of the command line come first.", ""]
    rows += ["| variable | default | meaning |", "|---|---|---|"]
    for setting in fields(Settings):
        default = "your user data folder" if setting.default is MISSING else setting.default
        told = setting.metadata["description"]
        rows.append(f"| `SINKQA_{setting.name.upper()}` | {'' if default is None else default} | {told} |")
    return "\n".join(rows) + "\n"


def help_of(commands: typer.Typer, name: str) -> str:
    """Help of every command of a program, as Markdown."""
    command = typer.main.get_command(commands)
    pages = get_docs_for_click(obj=command, ctx=typer.Context(command, info_name=name), name=name)
    return re.sub(r"\n{3,}", "\n\n", pages.strip().replace(str(ROOT.resolve()), ".")) + "\n"


GENERATED = {
    "docs/cli.md": lambda: help_of(app, "sinkqa"),
    "docs/eval-cli.md": lambda: help_of(measuring, "sinkqa-eval"),
    "docs/settings.md": table_of_settings,
}


@pytest.mark.parametrize("name", GENERATED)
def test_generated_pages_are_what_the_code_says(name):
    assert (ROOT / name).read_text("utf-8") == GENERATED[name](), "run make docs"


def test_the_commands_of_the_readme_print_what_it_shows(tmp_path):
    page = README.read_text("utf-8")
    assert len([command for command, _ in examples(page) if asked(command)]) >= 4
    assert _VARYING.sub("…", played(page, tmp_path)) == _VARYING.sub("…", page), "run make docs"


def test_the_python_of_the_readme_runs(tmp_path):
    (snippet,) = _PYTHON.findall(README.read_text("utf-8"))
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "note.txt").write_text("Otters returned to the upper valley after the weir was removed.\n")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", snippet], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "weir was removed" in done.stdout


def test_the_readme_fits_in_150_lines():
    assert len(README.read_text("utf-8").splitlines()) <= 150


def test_make_lists_its_targets_and_every_documented_one_exists():
    listed = subprocess.run(["make", "-C", ROOT], capture_output=True, text=True, check=True).stdout
    targets = {*re.findall(r"^  make (\w+)", listed, re.M)}
    documented = {"setup", "models", "check", "fix", "test", "ask", "serve", "eval", "bench", "attack"}
    documented |= {"sbom", "docs", "help"}
    assert targets == documented
    for page in PAGES:
        named = {*re.findall(r"(?:`|^\$ |&& )make (\w+)", page.read_text("utf-8"), re.M)}
        assert named <= targets, page.name


def test_make_asks_with_the_question_as_it_was_typed():
    environment = {**os.environ, "MAKEFLAGS": ""}
    question = """What's "5%" of $5, `id` or $(id)?"""
    with tempfile.TemporaryDirectory() as folder:
        fake = Path(folder, "bin", "sinkqa")
        fake.parent.mkdir()
        fake.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
        fake.chmod(0o755)
        for stamp in (".ready", ".dev"):
            Path(folder, stamp).touch()
        done = subprocess.run(
            ["make", "--no-print-directory", "-C", ROOT, f"VENV={folder}", "ask", f"Q={question}"],
            capture_output=True, text=True, env=environment,
        )  # fmt: skip
    assert done.stdout == f"ask|--|{question}|", done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        assert target.startswith(("https://", "http://")) or (page.parent / target).exists(), target
    for path in re.findall(r"`((?:ingest|index|service|eval|tests|docs)/[\w./-]+\.\w+)`", text):
        assert (ROOT / path).exists(), path


def test_every_decision_is_listed_once_under_its_own_number():
    index = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    assert re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index) == DECISIONS
    assert len({name[:4] for name in DECISIONS}) == len(DECISIONS)


def test_decisions_named_in_the_code_exist():
    for path in [each for stage in ("ingest", "index", "service", "eval") for each in (ROOT / stage).rglob("*.py")]:
        for name in re.findall(r"docs/decisions/([\w-]+\.md)", path.read_text("utf-8")):
            assert name in DECISIONS, f"{path.name} names {name}"


def test_the_changelog_begins_with_what_is_unreleased():
    assert re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)[0] == "[Unreleased]"


def test_constraints_pin_every_dependency_within_its_bounds_and_name_no_place():
    text = (ROOT / "constraints.txt").read_text("utf-8")
    assert "://" not in text and "\n-" not in text
    pins = dict(line.split("==") for line in text.splitlines() if not line.startswith("#"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pins[requirement.name.lower()]), requirement
    assert pins["torch"] == "2.13.0"


def write() -> None:
    """Writes what the tests above compare."""
    for name, make in GENERATED.items():
        (ROOT / name).write_text(make(), "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        README.write_text(played(README.read_text("utf-8"), Path(folder)), "utf-8")


if __name__ == "__main__":
    write()
