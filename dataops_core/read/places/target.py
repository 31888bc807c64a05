"""The file that fetched bytes are written to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from dataops_core.progress import Progress
from dataops_core.read.places.rules import Rules

PIECE = 1 << 20


def file_name(path: str) -> str:
    """The last part of a path as a plain file name; "table" where there is none.

    >>> file_name("/data/sales 2024.csv"), file_name("/a/../.."), file_name("")
    ('sales 2024.csv', 'table', 'table')
    """
    last = re.sub(r'[\\\x00-\x1f<>:"|?*]', "_", path.rstrip("/").rsplit("/", 1)[-1])[-120:].lstrip(".")
    return last or "table"


def copy_bounded(source: BinaryIO, out: Path, size: int, rules: Rules, progress: Progress, where: str) -> int:
    """Copy a stream to a file, piece by piece, and no further than the rules allow; returns how many bytes came."""
    done = 0
    with out.open("wb") as file:
        while piece := source.read(PIECE):
            done += len(piece)
            rules.check_size(done, where)
            file.write(piece)
            progress(done / size if size else 0.0, f"{done / 1e6:,.0f} MB fetched")
    return done
