"""What deploys the server is sound, as far as can be told without a machine to deploy to; built where one can be."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from sinkqa.service.http.serving.server import GRACE_S
from sinkqa.service.settings import Settings
from tests.conftest import COMMAND, process

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
UNIT = DEPLOY / "sinkqa.service"


def instructions(text: str) -> list[tuple[str, str]]:
    """Instructions of a Dockerfile with what they are given, lines joined."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.M))
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


STAGES = [instructions("FROM" + stage) for stage in re.split(r"^FROM", DOCKERFILE, flags=re.M)[1:]]
LAST = STAGES[-1]


def given(stage: list[tuple[str, str]], name: str) -> list[str]:
    return [rest for each, rest in stage if each == name]


def variables(stage: list[tuple[str, str]]) -> dict[str, str]:
    return dict(pair.split("=", 1) for line in given(stage, "ENV") for pair in line.split())


def sections(path: Path) -> dict[str, dict[str, list[str]]]:
    """A unit's sections, each name with its values in order."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            section.setdefault(name, []).append(value)
    return found


SERVICE = sections(UNIT)["Service"]


def test_an_image_begins_from_a_version_and_every_stage_from_the_same():
    assert {rest.split()[0] for stage in STAGES for rest in given(stage, "FROM")} == {"${BASE}"}
    (base,) = re.findall(r"^ARG BASE=(.*)$", DOCKERFILE, re.M)
    assert re.fullmatch(r"python:3\.\d+-slim-\w+(@sha256:[0-9a-f]{64})?", base)
    assert COMPOSE["services"]["sinkqa"]["build"]["args"] == {"BASE": f"${{BASE_IMAGE:-{base}}}"}


def test_an_image_copies_what_there_is_and_all_that_is_installed():
    copied = [words for words in (rest.split() for rest in given(STAGES[0], "COPY")) if words[0][:2] != "--"]
    sources = {source for words in copied for source in words[:-1]}
    assert all((ROOT / source).exists() for source in sources), sources
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert {*packages, "pyproject.toml", "README.md", "LICENSE", "locks"} <= sources
    linked = {each.readlink().name for package in packages for each in (ROOT / package).iterdir() if each.is_symlink()}
    assert linked <= sources, "a link to a folder that is not copied"
    passed = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split() if line[0] == "!"}
    assert passed == sources, "what is copied and what is let through differ"


def test_an_image_installs_exactly_the_pinned_versions_and_keeps_no_tools():
    run = [rest for stage in STAGES for rest in given(stage, "RUN")]
    assert not any(re.search(r"pip\b.* install ", rest) for rest in run), "deploy/install.sh alone installs"
    (install,) = [rest for rest in run if "deploy/install.sh /opt/sinkqa" in rest]
    assert "rm -r /opt/sinkqa/tools" in install
    assert not any("install" in rest.replace("uninstall", "") for rest in given(LAST, "RUN"))
    assert any("pip uninstall" in rest for rest in given(LAST, "RUN"))
    assert given(LAST, "COPY") == ["--from=build /opt/sinkqa /opt/sinkqa"]
    assert not given(LAST, "ADD")


def test_a_container_is_nobody_in_particular_and_keeps_its_library_on_a_volume():
    (user,) = given(LAST, "USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), "numbers, so that a cluster can tell it is not root"
    names = [name for name, _ in LAST]
    assert "RUN" not in names[names.index("USER") :]
    (volume,) = given(LAST, "VOLUME")
    assert Path(variables(LAST)["SINKQA_LIBRARY"]).parent == Path(volume)


def test_a_container_tells_that_it_can_answer():
    (check,) = given(LAST, "HEALTHCHECK")
    (port,) = given(LAST, "EXPOSE")
    assert f"127.0.0.1:{port}/readyz" in check
    command = json.loads(check[check.index("CMD ") + 4 :])
    compile(command[2], "healthcheck", "exec")
    (start,) = map(json.loads, given(LAST, "CMD"))
    assert start[-2:] == ["--port", port]


@pytest.mark.parametrize("place", ["image", "unit"])
def test_every_setting_that_is_set_exists(place, tmp_path):
    unit = dict(line.split("=", 1) for line in SERVICE["Environment"])
    named = variables(LAST) | COMPOSE["services"]["sinkqa"]["environment"] if place == "image" else unit
    ours = {name.removeprefix("SINKQA_").lower() for name in named if name.startswith("SINKQA_")}
    assert ours and ours <= {each.name for each in fields(Settings)}


@pytest.mark.parametrize("start", [*map(json.loads, given(LAST, "CMD")), SERVICE["ExecStart"][0].split()])
def test_what_starts_the_server_is_a_command_that_there_is(start):
    assert Path(start[0]).name == COMMAND.name
    asked = process(*start[1:], "--help")
    assert asked.status == 0, asked.err


def test_compose_gives_the_server_little_and_shows_it_to_this_machine_alone():
    assert COMPOSE["services"].keys() == {"sinkqa"}
    server = COMPOSE["services"]["sinkqa"]
    assert not server["image"].endswith("latest") and ":" in server["image"]
    assert all(port.startswith("127.0.0.1:") for port in server["ports"])
    assert server["read_only"] and server["cap_drop"] == ["ALL"]
    assert server["security_opt"] == ["no-new-privileges:true"] and "privileged" not in server
    assert server["mem_limit"] and server["pids_limit"]
    assert (DEPLOY / server["build"]["context"]).resolve() == ROOT
    assert (ROOT / server["build"]["dockerfile"]).is_file()
    named = [volume.split(":") for volume in server["volumes"] if isinstance(volume, str)]
    assert {name for name, _ in named} == COMPOSE["volumes"].keys()
    assert [place for _, place in named] == given(LAST, "VOLUME")


def test_whoever_stops_the_server_waits_for_the_requests_that_run():
    assert int(COMPOSE["services"]["sinkqa"]["stop_grace_period"].removesuffix("s")) > GRACE_S
    assert int(SERVICE["TimeoutStopSec"][0]) > GRACE_S
    assert SERVICE["KillMode"] == ["mixed"], "the workers are stopped by the server, not with it"


def test_a_reader_that_takes_too_much_memory_does_not_take_the_server_down():
    assert SERVICE["OOMPolicy"] == ["continue"], "by default systemd stops the whole unit for one process"
    assert SERVICE["Restart"] == ["on-failure"]
    unit = sections(UNIT)["Unit"]
    starts, within_s = int(unit["StartLimitBurst"][0]), int(unit["StartLimitIntervalSec"][0])
    attempts = int(re.search(r"_ATTEMPTS = (\d+)", (ROOT / "service" / "hosting" / "jobs.py").read_text("utf-8"))[1])
    assert starts > 2 * attempts, "two files that end the server are given up before systemd gives the server up"
    assert starts * int(SERVICE["RestartSec"][0]) < within_s, "a server that can never start is given up"


def test_the_unit_is_kept_in_a_sandbox():
    asked = {
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "StateDirectory": "sinkqa",
        "UMask": "0077",
        "RestrictNamespaces": "yes",
        "SystemCallArchitectures": "native",
    }
    assert {name: SERVICE[name][0] for name in asked} == asked
    assert SERVICE["User"] != ["root"]
    assert SERVICE["Environment"] == [f"SINKQA_LIBRARY=/var/lib/{SERVICE['StateDirectory'][0]}/library"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_finds_nothing_amiss_in_the_unit(tmp_path):
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace(SERVICE["ExecStart"][0].split()[0], str(COMMAND)), "utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60)
    assert (verified.returncode, verified.stderr) == (0, "")
    exposed = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert exposed.returncode == 0, exposed.stdout[-2000:]


def has_docker() -> bool:
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@pytest.mark.slow
def test_the_image_builds_and_answers():
    if not has_docker():
        pytest.skip("no Docker engine is here")
    tag = "sinkqa:under-test"
    subprocess.run(["docker", "build", "--file", DEPLOY / "Dockerfile", "--tag", tag, ROOT], check=True, timeout=1800)
    ask = ["docker", "run", "--rm", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", tag, "sinkqa", "ask"]
    answered = subprocess.run([*ask, "北京试点的CCER抵销比例上限是多少？"], capture_output=True, text=True, timeout=300)
    assert answered.returncode == 0 and "5%" in answered.stdout, answered.stderr
