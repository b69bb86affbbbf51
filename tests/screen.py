"""A real pseudo-terminal for the command line, and what then stands on its screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from typing import Any

from tests.conftest import COMMAND

_A_MOMENT_S = 0.2  # nobody's Ctrl-C follows an echo at once; readline misses a signal between two of its reads
_PATIENCE_S = 60  # without a sign of life, before it is ended
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def seen(
    *arguments: object, columns: int, status: int = 0, how: dict[str, Any] | None = None, **environment: str
) -> str:
    """What the command writes to a terminal of so many columns."""
    return typed(*arguments, columns=columns, status=status, how=how, **environment)


def typed(
    *arguments: object,
    columns: int,
    steps: Sequence[tuple[str, str]] = (),
    status: int = 0,
    how: dict[str, Any] | None = None,
    **environment: str,
) -> str:
    """What the command writes to a terminal of so many columns, while somebody types.

    ``steps``: as soon as the first of a pair is on the screen, after what was answered before, the second is typed.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    settings = {**os.environ, "TERM": "xterm-256color", **environment}
    with subprocess.Popen(
        [COMMAND, *map(str, arguments)],
        stdin=theirs, stdout=theirs, stderr=theirs, env=settings, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0), **(how or {}),
    ) as running:  # fmt: skip  # with the terminal as its own, Ctrl-C reaches it
        os.close(theirs)
        shown, since, waiting = b"", 0, list(steps)
        while True:
            try:
                if not select.select([ours], [], [], _PATIENCE_S)[0]:
                    running.kill()
                part = os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
            if waiting and (at := shown.find(waiting[0][0].encode(), since)) >= 0:
                since = at + len(waiting[0][0].encode())
                keys = waiting.pop(0)[1].encode()
                if keys == b"\x03":
                    time.sleep(_A_MOMENT_S)
                os.write(ours, keys)
    os.close(ours)
    assert not waiting, f"{waiting[0][0]!r} never came: {shown!r}"
    assert running.returncode == status, shown
    return shown.decode().replace("\r\n", "\n")


def lines(shown: str) -> list[str]:
    """Lines as they stand on the screen, without colour."""
    return _ESCAPE.sub("", shown).split("\n")
