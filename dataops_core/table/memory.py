"""Memory: what a process may still take, and what allocators keep after it was given back."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pyarrow as pa

_MEMINFO = Path("/proc/meminfo")
_GROUPS = Path("/sys/fs/cgroup")


def memory_at_hand(meminfo: Path = _MEMINFO, groups: Path = _GROUPS) -> int | None:
    """The bytes that this process may still take: what the system has free, within the limit of its container; None
    where the system does not say.
    """
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
    try:
        limit = int((groups / "memory.max").read_text())  # "max" where there is none
        cached = dict(line.split() for line in (groups / "memory.stat").read_text().splitlines()).get(
            "inactive_file", "0"
        )
        free = min(free, max(0, limit - int((groups / "memory.current").read_text()) + int(cached)))
    except (OSError, ValueError):
        pass
    return free


def release_memory() -> None:
    """Give what is free back to the system, so that one piece of work does not add its peak to that of the next."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of the GNU C library alone
    if trim is not None:
        trim(0)
