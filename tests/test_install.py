"""SinkQA installs anywhere: a source archive and a wheel of plain files, which answer without the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from configparser import ConfigParser
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = Path(sys.prefix, "tools")
QUESTION = "北京试点的CCER抵销比例上限是多少？"
TRAINING_DATA = "index/training/data/"
_BUILD = "import sys; from hatchling import build; print(getattr(build, 'build_' + sys.argv[1])(sys.argv[2]))"
_ENTER = "from sinkqa.service.cli import main; main()"


def tracked() -> list[str]:
    """The files of the repository."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no checkout of the repository: git cannot list its files")
    return [name for name in listed.stdout.decode().split("\0") if name]


def built(kind: str, source: Path, place: Path) -> Path:
    """A ``wheel`` or ``sdist`` of a source tree, as pip has it built: by hatchling alone, without a network."""
    if not TOOLS.is_dir():
        pytest.skip(f"what builds the package is not here: make setup puts it in {TOOLS}")
    place.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(TOOLS)}
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, kind, place],
        cwd=source, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return place / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive of the tracked files, beside which lies what a working tree gathers."""
    source = tmp_path_factory.mktemp("源 code") / "sinkqa tree"
    for name in tracked():
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():  # else it is deleted, and not yet committed
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
    for stray in (
        "ingest/__pycache__/passage.cpython-311.pyc",
        "build/report.html",
        "dist/old.whl",
        ".venv/pyvenv.cfg",
    ):
        (source / stray).parent.mkdir(exist_ok=True)
        (source / stray).write_bytes(b"stray")
    return built("sdist", source, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive as whoever downloads it has it."""
    place = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as opened:
        opened.extractall(place, filter="data")
    (folder,) = place.iterdir()
    return folder


@pytest.fixture(scope="module")
def wheel(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the working tree; it was copied for the archive."""
    copied = next(tmp_path_factory.getbasetemp().glob("源 code*")) / "sinkqa tree"
    return built("wheel", copied, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel installs."""
    place = tmp_path_factory.mktemp("装 here")
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", "--target", place]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, wheel], check=True, timeout=120)
    return place


def of_package() -> set[str]:
    """The files of the four folders that are shipped."""
    stages = ("ingest/", "index/", "service/", "eval/")
    return {name for name in tracked() if name.startswith(stages) and not name.startswith(TRAINING_DATA)}


def test_a_wheel_holds_every_file_of_the_package_under_one_name_and_nothing_else(wheel):
    with ZipFile(wheel) as opened:
        names = {entry.filename for entry in opened.infolist()}
        assert {name.split("/")[0] for name in names} == {"sinkqa", "sinkqa-0.1.0.dist-info"}
        ours = {name.removeprefix("sinkqa/") for name in names if name.startswith("sinkqa/")}
        assert ours == {name for name in of_package() if (ROOT / name).exists()} | {"__init__.py", "py.typed"}
        links = [entry.filename for entry in opened.infolist() if entry.external_attr >> 28 == 0o12]
        assert links == []
        (commands,) = [name for name in names if name.endswith("/entry_points.txt")]
        parser = ConfigParser()
        parser.read_string(opened.read(commands).decode())
    assert {*parser["console_scripts"]} == {"sinkqa", "sinkqa-eval"}


def test_a_source_archive_holds_plain_files_and_what_builds_the_package(archive):
    with tarfile.open(archive) as opened:
        members = opened.getmembers()
    assert [each.name for each in members if not (each.isfile() or each.isdir())] == []
    names = {str(PurePosixPath(*PurePosixPath(each.name).parts[1:])) for each in members if each.isfile()}
    there = {f"sinkqa/{name}" for name in of_package() if (ROOT / name).exists()}
    assert there | {"pyproject.toml", "README.md", "LICENSE", "constraints.txt"} <= names
    assert not [name for name in names if name.endswith(".pyc") or TRAINING_DATA in name or "stray" in name]


def test_a_wheel_of_the_source_archive_is_the_same_byte_for_byte(unpacked, wheel, tmp_path):
    assert built("wheel", unpacked, tmp_path / "again").read_bytes() == wheel.read_bytes()


def ask(installed: Path, folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Asks what was installed, in a folder, where the repository is on no path; settings of the caller stay away."""
    site = sysconfig.get_path("purelib")
    told = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "SYSTEMROOT", "TMPDIR")}
    return subprocess.run(
        [sys.executable, "-S", "-c", _ENTER, *arguments],  # -S: without the path that an editable install adds
        cwd=folder, env={**told, "PYTHONPATH": f"{installed}{os.pathsep}{site}", **variables},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_wheel_answers_from_an_unrelated_folder_in_a_user_data_folder_of_its_own(installed, tmp_path):
    home = tmp_path / "家 folder"
    home.mkdir()
    answered = ask(installed, tmp_path, "ask", QUESTION, HOME=str(home))
    assert answered.returncode == 0 and "5%" in answered.stdout, answered.stderr
    assert [*home.rglob("library.sqlite")]
    assert {path.name for path in tmp_path.iterdir()} == {home.name}, "something was written beside where it was asked"


def test_a_wheel_adds_a_file_of_the_folder_it_is_run_in(installed, tmp_path):
    (tmp_path / "水獭 note.txt").write_text(
        "Otters returned to the upper valley after the weir was removed.\n", "utf-8"
    )
    added = ask(installed, tmp_path, "add", "水獭 note.txt", "--library", "库", HOME=str(tmp_path))
    assert added.returncode == 0 and "1 added" in added.stdout, added.stderr
    answered = ask(installed, tmp_path, "ask", "Why did otters return?", "--library", "库", HOME=str(tmp_path))
    assert answered.returncode == 0 and "weir was removed" in answered.stdout, answered.stderr
