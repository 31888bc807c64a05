"""What the footer of a Parquet file says, asked in a process of its own: a damaged one can end whoever asks.

Embedded in exported scripts.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from dataops_core.read.bounds import memory_limit

PROBE = """
import io, json, sys
import pyarrow.parquet as pq
if sys.platform != "win32":
    import resource
    resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]), int(sys.argv[1])))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
# a text is stored once and named often, or as what it has more than the one before it
again, growth = {"PLAIN_DICTIONARY", "RLE_DICTIONARY"}, "DELTA_BYTE_ARRAY"
metadata = pq.read_metadata(io.BytesIO(sys.stdin.buffer.read()))
unpacked, repeated, growing = metadata.num_rows * 8, {}, {}
for number in range(metadata.num_row_groups):
    group = metadata.row_group(number)
    if group.num_columns != metadata.num_columns:
        sys.exit("a row group has other columns than the schema")
    for at in range(group.num_columns):
        chunk = group.column(at)
        size, values = chunk.total_uncompressed_size, chunk.num_values
        unpacked += max(size, 8 * values, 0)
        if chunk.physical_type == "BYTE_ARRAY" and values > 0 and growth in chunk.encodings:
            growing[at] = max(growing.get(at, 0), size)
        elif chunk.physical_type == "BYTE_ARRAY" and values > 0 and again & set(chunk.encodings):
            repeated[at] = repeated.get(at, 0) + values * max(0, size)
print(json.dumps([metadata.num_rows, metadata.num_row_groups, metadata.num_columns, unpacked,
                  list(repeated.items()), list(growing.items())]))
"""
SECONDS = 120  # for which the footer may keep its process busy
MARK = b"PAR1"


@dataclass(frozen=True)
class Footer:
    """What a footer says: how much there is, and in which columns texts may be longer than the bytes they are from."""

    rows: int
    groups: int
    columns: int
    unpacked: int  # bytes of all values, or more
    repeated: tuple[tuple[int, int], ...]  # column, and the bytes of its texts at most: each is stored once
    growing: tuple[tuple[int, int], ...]  # column, and the length of its texts at most: each grows from the one before


def parquet_footer(source: Any) -> Footer:
    """The footer of an open file; raises ValueError where it cannot be used."""
    size = source.seek(0, 2)
    size = source.tell() if size is None else size
    source.seek(max(0, size - 8))
    end = source.read(8)
    length = int.from_bytes(end[:4], "little")
    if end[4:] != MARK or length > size - 8:
        raise ValueError("it has no footer")
    source.seek(size - 8 - length)
    told = _told(bytes(source.read(length + 8)))
    source.seek(0)
    return told


@functools.lru_cache(maxsize=1)  # the quick reader and the careful one ask for the same
def _told(footer: bytes) -> Footer:
    try:
        asked = subprocess.run(  # noqa: S603 - our own lines, and the footer as data
            [sys.executable, "-c", PROBE, str(memory_limit())],
            input=MARK + footer,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise ValueError("its footer is damaged") from None
    if asked.returncode:
        lines = asked.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ValueError(lines[-1] if asked.returncode == 1 and lines else "its footer is damaged")
    rows, groups, columns, unpacked, repeated, growing = json.loads(asked.stdout)
    return Footer(rows, groups, columns, unpacked, tuple(map(tuple, repeated)), tuple(map(tuple, growing)))
