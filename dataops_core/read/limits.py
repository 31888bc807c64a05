"""The memory that this process may take while it reads: the net under the bounds that readers check themselves."""

from __future__ import annotations

import gc
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dataops_core.errors import InputError
from dataops_core.read.bounds import READ_MEMORY, memory_limit, spelled_bytes

RESERVE = (
    1_200_000_000  # what the allocator of Arrow claims at once and mostly leaves empty (1 GiB), and stacks of threads
)


@contextmanager
def limited_memory() -> Iterator[None]:
    """Let nothing inside take more memory than `memory_limit`, counted from now on; raises InputError where it would.

    The limit is one of the process (RLIMIT_DATA), so reading belongs in a process of its own; a thread beside others
    sets none. Systems that have no such limit go without.
    """
    try:
        with _limited(memory_limit()):
            yield
    except MemoryError:
        raise InputError(
            f"Reading the file takes more than the {spelled_bytes(memory_limit())} of memory that are allowed.",
            "the whole file",
            f'Split the file, or allow more memory: {READ_MEMORY}="{spelled_bytes(2 * memory_limit())}".',
        ) from None


@contextmanager
def _limited(allowance: int) -> Iterator[None]:
    taken = _data_bytes() if threading.current_thread() is threading.main_thread() else 0
    if not taken:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = taken + allowance + RESERVE
    lowest = min(limit for limit in (wanted, soft, hard) if limit != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_DATA, (lowest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def no_collection() -> Iterator[None]:
    """Do not look for cycles meanwhile: reading makes millions of short-lived lists and no cycles, and looking takes a
    third of its time.
    """
    was = gc.isenabled() and threading.current_thread() is threading.main_thread()
    if not was:
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _data_bytes() -> int:
    """The bytes of data that this process has mapped; 0 where Linux does not say."""
    try:
        match = re.search(r"VmData:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        return 0
    return int(match[1]) * 1024 if match else 0
