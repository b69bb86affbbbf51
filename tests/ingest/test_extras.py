"""Whatever needs an extra names the command that installs it here, before any work is done."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tomllib
import venv
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sinkqa.ingest.errors import ExtraMissing
from sinkqa.ingest.extras import EXTRAS, is_installed, missing_for_users, require

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
_TELL = "import sys; from sinkqa.ingest.extras import install_command; print(install_command(sys.argv[1]))"


def test_every_extra_of_the_project_is_known_and_brings_the_modules_it_is_known_by():
    assert EXTRAS.keys() == PROJECT["optional-dependencies"].keys()
    known = packages_distributions()
    for extra, modules in EXTRAS.items():
        asked = {canonicalize_name(Requirement(each).name) for each in PROJECT["optional-dependencies"][extra]}
        for module in modules:
            brought = {canonicalize_name(name) for name in known.get(module.split(".")[0], ())}
            assert not brought or brought & asked, f"{module} is no part of the extra {extra}"


def test_an_extra_that_is_not_here_is_refused_by_name_and_code(monkeypatch):
    require("postgres", "a library in PostgreSQL")
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(ExtraMissing, match=r"a library in PostgreSQL needs the extra postgres.*install"):
        require("postgres", "a library in PostgreSQL")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    assert not is_installed("otel")


def test_who_uses_a_server_learns_whom_to_ask_and_no_path_of_it():
    told = missing_for_users("ocr")
    assert "extra ocr" in told and "sinkqa doctor" in told and os.sep not in told


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own, without pip."""
    place = tmp_path_factory.mktemp("环境 here") / "env"
    venv.create(place, with_pip=False, symlinks=True)
    return place


def told_in(environment: Path, cwd: Path, extra: str, origin: dict | None) -> list[str]:
    """The command that an installation of this origin names for an extra."""
    library = next(environment.glob("lib/python3*/site-packages"))
    about = library / "sinkqa-0.1.0.dist-info"
    about.mkdir(exist_ok=True)
    needs = [f"Requires-Dist: {each}; extra == '{extra}'" for each in PROJECT["optional-dependencies"][extra]]
    needs.append("Requires-Dist: numpy>=2.0")
    about.joinpath("METADATA").write_text(
        "\n".join(["Metadata-Version: 2.4", "Name: sinkqa", "Version: 0.1.0", *needs])
    )
    about.joinpath("direct_url.json").write_text(json.dumps(origin or {}))
    done = subprocess.run(
        [environment / "bin" / "python", "-c", _TELL, extra],
        cwd=cwd, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return shlex.split(done.stdout)


def editable(folder: Path) -> dict:
    return {"url": folder.as_uri(), "dir_info": {"editable": True}}


def test_a_checkout_installs_an_extra_of_itself(environment, tmp_path):
    checkout = tmp_path / "源 code"
    checkout.mkdir()
    checkout.joinpath("pyproject.toml").touch()
    here = told_in(environment, checkout, "eval", editable(checkout))
    assert here[-2:] == ["--editable", ".[eval]"]
    elsewhere = told_in(environment, tmp_path, "eval", editable(checkout))
    assert elsewhere[-2:] == ["--editable", f"{checkout}[eval]"]


@pytest.mark.parametrize("origin", [None, {"url": "file:///gone/sinkqa-0.1.0-py3-none-any.whl", "archive_info": {}}])
def test_a_wheel_that_may_be_gone_installs_what_the_extra_adds(environment, tmp_path, origin):
    told = told_in(environment, tmp_path, "ocr", origin)
    assert told[-2:] == PROJECT["optional-dependencies"]["ocr"]
    python = str(environment / "bin" / "python")
    assert told[:-2] == ["python3", "-m", "pip", "--python", python, "install"], "this environment has no pip"


def test_a_checkout_that_is_gone_is_not_named(environment, tmp_path):
    told = told_in(environment, tmp_path, "ocr", editable(tmp_path / "gone"))
    assert told[-2:] == PROJECT["optional-dependencies"]["ocr"]


def test_pip_of_the_environment_is_named_shortly_where_it_is_below(environment, tmp_path):
    pip = environment / "bin" / "pip"
    library = next(environment.glob("lib/python3*/site-packages")) / "pip"
    pip.touch()
    library.mkdir()
    library.joinpath("__init__.py").touch()
    try:
        assert told_in(environment, environment.parent, "ocr", None)[:2] == ["env/bin/pip", "install"]
        assert told_in(environment, tmp_path, "ocr", None)[:2] == [str(pip), "install"]
    finally:
        pip.unlink()
        library.joinpath("__init__.py").unlink()
        library.rmdir()


def test_pipx_and_uv_install_into_what_they_made(environment, tmp_path):
    mark = environment / "pipx_metadata.json"
    mark.write_text("{}")
    assert told_in(environment, tmp_path, "ocr", None)[:3] == ["pipx", "inject", "env"]
    mark.unlink()
    notes = environment / "pyvenv.cfg"
    notes.write_text(notes.read_text("utf-8") + "uv = 0.9.0\n", "utf-8")
    python = str(environment / "bin" / "python")
    assert told_in(environment, tmp_path, "ocr", None)[:5] == ["uv", "pip", "install", "--python", python]


MEASURING = """
import sys
for name in sys.argv.pop(1).split(","):
    sys.modules[name] = None
from sinkqa.eval.cli import main
main()
"""


@pytest.mark.parametrize("lacking", EXTRAS["eval"])
def test_measuring_without_its_extra_is_refused_before_anything_is_done(lacking, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MEASURING, lacking, "beir", str(tmp_path / "no such folder")],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("extra-missing: measuring needs the extra eval") and "install" in done.stderr
    assert done.stderr.count("\n") == 1


def test_help_of_measuring_needs_no_extra(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MEASURING, ",".join(EXTRAS["eval"]), "beir", "--help"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0 and "nDCG@10" in done.stdout, done.stderr
