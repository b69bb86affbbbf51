"""What SinkQA is made of: set-up knows each file by its hash, each licence lets us ship it, and all is listed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.sbom import needed

ROOT = Path(__file__).parents[1]
TOOLS = Path(sys.prefix, "tools")
EXTRAS = {"run": [], "dev": ["dev", "eval", "llm", "otel"], "build": []}
"""The locks, and the extras of the project that each holds."""

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CNRI-Python", "HPND", "ISC", "MIT",
    "MIT-0", "MIT-CMU", "PSF-2.0", "Unlicense", "Zlib", "Apache-2.0 WITH LLVM-exception",
}  # fmt: skip
SHARED_BY_FILE = {"certifi", "fqdn", "hypothesis", "orjson", "pathspec", "tqdm"}
"""Packages under the MPL-2.0, which asks for the sources of changed files alone; none is changed."""
WORDS = {
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""What packages call these licences that do not use their SPDX names."""
READ = {
    "dirtyjson": "MIT",  # or the Academic Free License 2.1, as its user likes
    "tiktoken": "MIT",  # whose text its metadata has in place of a name
    "axe-playwright-python": "MIT",  # its repository's LICENSE; the package names none
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",  # and those of PDFium's parts, all permissive, in the package
}
"""Packages whose licence was read where their metadata does not name it in one word."""


def locked(name: str) -> dict[str, tuple[str, list[str]]]:
    """Each package of a lock with its version and the hashes of its files."""
    text = (ROOT / "locks" / f"{name}.txt").read_text("utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        asked = Requirement(requirement)
        (pin,) = asked.specifier
        assert pin.operator == "==", line
        found[canonicalize_name(asked.name)] = (pin.version, hashes)
    return found


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("lock", EXTRAS)
def test_a_lock_knows_every_file_by_its_hash_and_names_no_place(lock):
    text = (ROOT / "locks" / f"{lock}.txt").read_text("utf-8")
    assert "://" not in text and not re.search(r"^\s*-(?!-hash=sha256:)", text, re.M)
    for name, (_, hashes) in locked(lock).items():
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), name


@pytest.mark.parametrize("lock", EXTRAS)
def test_a_lock_has_the_versions_of_the_constraints(lock):
    pinned = pins()
    assert {name: pinned.get(name, has) for name, (has, _) in locked(lock).items()} == {
        name: has for name, (has, _) in locked(lock).items()
    }, "run deploy/lock.sh"


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_a_lock_holds_all_that_its_extras_need_here(lock):
    wanted = needed("sinkqa", frozenset(EXTRAS[lock])) - {"sinkqa"}
    has = locked(lock)
    assert wanted <= has.keys(), "run deploy/lock.sh"
    assert {name: version(name) for name in wanted} == {name: has[name][0] for name in wanted}, "run make setup"


def test_what_builds_the_package_is_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    has = locked("build")
    for requirement in map(Requirement, project["build-system"]["requires"]):
        assert requirement.specifier.contains(has[requirement.name][0]), requirement
    for line in (ROOT / "locks" / "build.in").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, pin = line.split("==")
            assert has[name][0] == pin, line


def test_set_up_and_image_install_nothing_that_no_lock_holds():
    script = (ROOT / "deploy" / "install.sh").read_text("utf-8")
    installs = [line for line in script.splitlines() if line.startswith("install --")]
    assert len(installs) == 3 and script.count("pip install") == 1 and "pip install --quiet" in script
    for line in installs:
        assert "--require-hashes --requirement locks/" in line or line.endswith('--no-build-isolation "$@" .'), line
    make = (ROOT / "Makefile").read_text("utf-8")
    setup = make[make.index("$(VENV)/.ready:") : make.index("models:")]
    assert re.findall(r"^\t\$\(PIP\) .*", setup, re.M) == [
        "\t$(PIP) --no-deps --require-hashes --requirement locks/dev.txt"
    ]


def test_a_file_that_is_not_the_one_of_the_lock_is_refused(tmp_path):
    wheel = tmp_path / "otter-1.0-py3-none-any.whl"
    wheel.write_bytes(b"PK: another file under a known name")
    lock = tmp_path / "lock.txt"
    lock.write_text(f"otter==1.0 --hash=sha256:{hashlib.sha256(b'the file that was locked').hexdigest()}\n")
    options = re.search(
        r'^install\(\) \{ pip (install .*--no-deps) "\$@"; \}$',
        (ROOT / "deploy" / "install.sh").read_text("utf-8"),
        re.M,
    )[1]
    places = ["--no-index", "--find-links", tmp_path, "--target", tmp_path / "there"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *options.split(), *places, "--require-hashes", "--requirement", lock],
        capture_output=True, text=True, timeout=60, env={**os.environ, "PIP_NO_INPUT": "1"},
    )  # fmt: skip
    assert done.returncode != 0 and "DO NOT MATCH THE HASHES" in done.stderr, done.stderr
    assert not (tmp_path / "there").exists()


def licence(package: Distribution) -> str:
    """The SPDX expression of a package's licence, as far as its metadata tells; empty where it tells nothing."""
    about, name = package.metadata, canonicalize_name(package.metadata["Name"])
    if name in READ:
        return READ[name]
    if about["License-Expression"]:
        return about["License-Expression"]
    told = [each.split(" :: ")[-1] for each in about.get_all("Classifier") or () if each.startswith("License ::")]
    told = told or [(about["License"] or "").strip()]
    return " AND ".join(WORDS.get(each, each) for each in told)


def is_allowed(expression: str, package: str) -> bool:
    """Whether an expression offers us a permissive licence; one in brackets must be so in every part."""
    allowed = PERMISSIVE | ({"MPL-2.0"} if canonicalize_name(package) in SHARED_BY_FILE else set())
    if "(" in expression:
        return {*re.split(r" AND | OR ", re.sub("[()]", "", expression))} <= allowed
    return any({*choice.split(" AND ")} <= allowed for choice in expression.split(" OR "))


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-2.0-or-later", False),
        ("AGPL-3.0", False),
        ("LGPL-2.1-or-later", False),
        ("(MIT OR Apache-2.0) AND LGPL-3.0-only", False),
        ("(MIT OR Apache-2.0) AND BSD-3-Clause", True),
        ("MPL-2.0", False),
        ("UNKNOWN", False),
        ("", False),
    ],
)
def test_a_licence_is_allowed_where_it_leaves_us_free(expression, allowed):
    assert is_allowed(expression, "any-package") is allowed


def installed() -> Iterator[Distribution]:
    yield from distributions()
    yield from distributions(path=[str(TOOLS)])


def test_every_package_that_is_installed_may_be_used_and_shipped():
    found = {package.metadata["Name"]: licence(package) for package in installed()}
    assert len(found) > 60
    assert {name: told for name, told in found.items() if not is_allowed(told, name)} == {}


@pytest.fixture(scope="module")
def bill(tmp_path_factory):
    if not TOOLS.is_dir():
        pytest.skip(f"what lists parts is not here: make setup puts it in {TOOLS}")
    target = tmp_path_factory.mktemp("bill") / "sbom.cdx.json"
    environment = {**os.environ, "PYTHONPATH": str(TOOLS)}
    command = [sys.executable, ROOT / "deploy" / "sbom.py", target]
    subprocess.run(command, check=True, timeout=120, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    return target


def test_the_list_of_parts_is_well_formed_cyclonedx(bill):
    check = (
        "import sys; from cyclonedx.schema import SchemaVersion;"
        "from cyclonedx.validation.json import JsonStrictValidator as Validator;"
        "told = open(sys.argv[1], encoding='utf-8').read();"
        "sys.exit(str(Validator(SchemaVersion.V1_6).validate_str(told) or '') or 0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(TOOLS)}
    done = subprocess.run(
        [sys.executable, "-c", check, bill], capture_output=True, text=True, timeout=120, env=environment
    )
    assert done.returncode == 0, done.stderr


def test_the_list_of_parts_holds_what_runs_and_nothing_else(bill):
    told = json.loads(bill.read_text("utf-8"))
    packages = {canonicalize_name(each["name"]): each for each in told["components"] if each["type"] == "library"}
    assert packages.keys() == needed("sinkqa") - {"sinkqa"}
    assert {"pytest", "hatchling", "cyclonedx-bom"} & packages.keys() == set()
    for name, each in packages.items():
        assert each["version"] == version(name) and (each.get("licenses") or name in READ), name
    assert told["metadata"]["component"]["name"] == "sinkqa"
    refs = {each["bom-ref"] for each in told["components"]} | {told["metadata"]["component"]["bom-ref"]}
    assert {each["ref"] for each in told["dependencies"]} == refs
    assert all({*each.get("dependsOn", ())} <= refs for each in told["dependencies"])


def test_the_list_of_parts_holds_the_model_file_by_file(bill):
    told = json.loads(bill.read_text("utf-8"))
    (model,) = [each for each in told["components"] if each["type"] == "machine-learning-model"]
    files = {each["name"]: each["hashes"][0]["content"] for each in model["components"]}
    folder = Path("index", "models", "static_model")
    there = {f"{folder.as_posix()}/{path.name}": path for path in (ROOT / folder).iterdir()}
    assert files == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}
