"""What the page for operators says is done, in its order, against a real server; the rest of it is read."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from sinkqa.service.settings import Settings
from tests.conftest import COMMAND, process

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
TOOLS = ("bash", "curl", "jq")
SETTINGS = {each.name: each for each in fields(Settings)}
_MARK = "@@ done "


def blocks(language: str) -> list[str]:
    return re.findall(rf"(?<=^```{language}\n).*?(?=^```$)", PAGE, re.M | re.S)


def examples() -> list[tuple[str, str]]:
    """Each command of the console blocks with the output below it."""
    found = [re.split(r"^\$ ", block, flags=re.M)[1:] for block in blocks("console")]
    return [(command, output) for block in found for command, _, output in (each.partition("\n") for each in block)]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.mark.slow
@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"one of {', '.join(TOOLS)} is not here")
def test_every_command_does_what_the_page_shows(tmp_path):
    places = {"/var/lib/": f"{tmp_path}/lib/", "/var/backups/": f"{tmp_path}/backups/", "8000": str(free_port())}

    def placed(text: str) -> str:
        for place, own in places.items():
            text = text.replace(place, own)
        return text

    shown = [(placed(command), placed(output)) for command, output in examples()]
    script = "".join(f"{command}\necho; echo '{_MARK}'$?\n" for command, _ in shown)
    environment = {**os.environ, "PATH": f"{COMMAND.parent}:{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "300"}
    shell = subprocess.Popen(
        ["bash"], cwd=tmp_path, env=environment, text=True, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        printed, complaints = shell.communicate(f"{script}kill $(jobs -p) 2> /dev/null\n", timeout=240)
    finally:
        if shell.poll() is None:
            os.killpg(shell.pid, signal.SIGKILL)
            shell.communicate()
    got = re.findall(rf"(.*?)\n{_MARK}(\d+)\n", printed, re.S)
    assert len(got) == len(shown), (printed[-500:], complaints)
    for (command, expected), (output, status) in zip(shown, got, strict=True):
        assert status == "0" or command.startswith("jq"), (command, output, complaints)
        pattern = ".+".join(map(re.escape, expected.strip().split("…")))
        assert re.fullmatch(pattern, output.strip()), (command, expected, output, complaints)


def test_commands_for_other_machines_are_well_formed_and_name_what_there_is():
    assert len(blocks("sh")) >= 3
    for block in blocks("sh"):
        checked = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True)
        assert checked.returncode == 0, checked.stderr
        for path in re.findall(r"(?<!\S)deploy/\S+", block):
            assert (ROOT / path).is_file(), path
        for command in re.findall(r"sinkqa/bin/sinkqa (\w+(?: \w+)?)|exec sinkqa sinkqa (\w+ \w+)", block):
            words = next(filter(None, command)).split()
            assert process(*words, "--help").status == 0, words


def test_settings_and_limits_are_those_of_the_table_of_settings():
    named = {*re.findall(r"SINKQA_([A-Z_]+)", PAGE)} - {"NAME"}
    assert {name.lower() for name in named} <= SETTINGS.keys()
    for name, default in re.findall(r"^\| `SINKQA_(\w+)` \| (\S+) \|", PAGE, re.M):
        assert SETTINGS[name.lower()].default == float(default), name


def test_metrics_that_are_named_are_counted(tmp_path):
    from sinkqa.service.http.observing.metrics import Metrics

    page = Metrics().page().decode()
    for name in re.findall(r"`(sinkqa_\w+?)(?:_total)?(?:\{[\w,]+\})?`", PAGE):
        assert name in page or name.startswith("sinkqa_library"), name


def test_configuration_of_other_programs_is_well_formed():
    (scrape,) = map(yaml.safe_load, blocks("yaml"))
    assert scrape["scrape_configs"][0]["job_name"] == "sinkqa"
    (server,) = blocks("nginx")
    assert server.count("{") == server.count("}") == 2
    lines = [re.sub(r"#.*", "", line).strip() for line in server.splitlines()]
    assert all(not line or line[-1] in "{};" for line in lines)
    uploads = SETTINGS["upload_max_mb"].default
    assert f"client_max_body_size {uploads:g}m;" in server
    timeout = re.search(r"proxy_read_timeout (\d+)s;", server)
    assert int(timeout[1]) > SETTINGS["request_timeout_s"].default
