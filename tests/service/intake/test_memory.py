"""Memory is shared so that what all processes may take together stays within what is allowed."""

from __future__ import annotations

import mmap
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.service.intake import memory

GIB = 1 << 30


@given(st.integers(1, 64), st.integers(GIB // 2, 1 << 42))
def test_all_shares_together_stay_within_the_whole(wanted, total):
    count, each = memory.shares(wanted, total)
    assert 1 <= count <= wanted and 0 < each <= 4 * GIB
    assert total // 4 + (count + 1) * each <= total


@pytest.mark.parametrize(
    ("wanted", "total", "count"), [(2, 4 * GIB, 2), (8, 4 * GIB, 2), (2, 2 * GIB, 1), (8, 64 * GIB, 8)]
)
def test_fewer_read_at_once_where_memory_is_short(wanted, total, count):
    assert memory.shares(wanted, total)[0] == count


def test_the_limit_of_the_container_or_unit_counts(tmp_path, monkeypatch):
    unit = tmp_path / "system.slice" / "sinkqa.service"
    unit.mkdir(parents=True)
    (tmp_path / "memory.max").write_text("max\n")
    (unit.parent / "memory.max").write_text(f"{3 * GIB}\n")
    (unit / "memory.max").write_text(f"{GIB}\n")
    (tmp_path / "cgroup").write_text("0::/system.slice/sinkqa.service\n")
    monkeypatch.setattr(memory, "_CGROUPS", tmp_path)
    monkeypatch.setattr(memory, "_OURS", tmp_path / "cgroup")
    assert memory.allowed() == GIB
    (unit / "memory.max").write_text("max\n")
    assert memory.allowed() == min(3 * GIB, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    monkeypatch.setattr(memory, "_OURS", tmp_path / "none")
    assert memory.allowed() == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_what_a_process_holds_grows_with_what_it_takes():
    before = memory.resident(os.getpid())
    with mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as held:  # new to the process
        held.write(b"x" * len(held))
        assert memory.resident(os.getpid()) - before > 32 << 20
    assert memory.resident(2**22 + 1) == 0 and memory.data_held() > 0
