"""Memory that allocators keep after it was given back."""

from __future__ import annotations

import ctypes

import pyarrow as pa


def release_memory() -> None:
    """Give what is free back to the system, so that one piece of work does not add its peak to that of the next."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of the GNU C library alone
    if trim is not None:
        trim(0)
