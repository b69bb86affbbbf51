"""A real pseudo-terminal for the command line, and what then stands on its screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from typing import Any

from tests.conftest import COMMAND

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def seen(
    *arguments: object, columns: int, status: int = 0, how: dict[str, Any] | None = None, **environment: str
) -> str:
    """What the command writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    settings = {**os.environ, "TERM": "xterm-256color", **environment}
    with subprocess.Popen(
        [COMMAND, *map(str, arguments)], stdin=theirs, stdout=theirs, stderr=theirs, env=settings, **(how or {})
    ) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(ours)
    assert running.returncode == status, shown
    return shown.decode().replace("\r\n", "\n")


def lines(shown: str) -> list[str]:
    """Lines as they stand on the screen, without colour."""
    return _ESCAPE.sub("", shown).split("\n")
