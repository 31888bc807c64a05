"""How much memory the whole profile of a table takes, known before it begins."""

from __future__ import annotations

import shlex
from pathlib import Path

import pyarrow.parquet as pq

from dataops_core.errors import SettingError
from dataops_core.read.bounds import spelled_bytes
from dataops_core.table import memory_at_hand

BASE = 300_000_000  # bytes: the program, its libraries, and a batch of rows
CELL = (
    160  # bytes of a row of the widest column, which is held at once, with what is counted of it (measured: 97 to 155)
)


def profile_memory(parquet: Path) -> int:
    """About how many bytes the whole profile of a Parquet file takes at most.

    One column is held at a time, with its different values; of texts, their characters count beside.
    """
    about = pq.read_metadata(parquet)
    longest = 0.0
    for group in range(about.num_row_groups):
        rows = about.row_group(group)
        for at in range(rows.num_columns):
            column = rows.column(at)
            if column.physical_type == "BYTE_ARRAY" and rows.num_rows:
                longest = max(longest, column.total_uncompressed_size / rows.num_rows)
    return BASE + int(about.num_rows * (CELL + longest))


def check_profile_memory(parquet: Path, file: Path) -> None:
    """Raises SettingError where the whole profile of a table takes more memory than is free; `file` is what it is
    called.
    """
    needed, free = profile_memory(parquet), memory_at_hand()
    if free is not None and needed > free:
        raise SettingError(
            f"The whole profile of {pq.read_metadata(parquet).num_rows:,} rows takes about {spelled_bytes(needed)} of"
            f" memory, and {spelled_bytes(free)} are free.",
            str(file),
            f"Count in batches, with little memory: dataops profile {shlex.quote(str(file))} --on batches (it names"
            " what it leaves out). Or add --on memory to try it here all the same.",
        )
