"""Rows cut into parts on disk, and rows put in another order that way, with the memory of one part."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from dataops_core.table import ROW_ID, type_of

PLACE = f"{ROW_ID}place"  # no column of a table is called so


def cut(pieces: Iterable[tuple[pa.Table, np.ndarray]], folder: Path) -> dict[int, Path]:
    """Write each row into the file of the part whose number stands beside it, in order; the parts' files by number."""
    paths: dict[int, Path] = {}
    packed = pa.ipc.IpcWriteOptions(compression="lz4")
    with ExitStack() as stack:
        writers: dict[int, pa.RecordBatchWriter] = {}
        for piece, numbers in pieces:
            for number, rows in by_number(piece, numbers):
                if number not in writers:
                    paths[number] = folder / f"part{number}.arrow"
                    writers[number] = stack.enter_context(
                        pa.ipc.new_stream(str(paths[number]), piece.schema, options=packed)
                    )
                writers[number].write_table(rows)
    return paths


def by_number(piece: pa.Table, numbers: np.ndarray) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each number, in order; the numbers count from 0 and stand beside the rows."""
    order = np.argsort(numbers, kind="stable")
    ranked = numbers[order]
    rows = piece.combine_chunks().take(pa.array(order))
    starts = [*np.flatnonzero(np.diff(ranked, prepend=-1)).tolist(), len(ranked)]
    for start, end in itertools.pairwise(starts):
        yield int(ranked[start]), rows.slice(start, end - start)


def alike(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with 0.0 for -0.0, which are equal and have not the same hash."""
    zeros = {name: frame[name] + 0.0 for name in frame.columns if type_of(frame[name]) == "decimal"}
    return frame.assign(**zeros) if zeros else frame


def equal_together(keys: pd.DataFrame, parts: int) -> np.ndarray:
    """For each row the number of its part, of so many: the same for rows that are equal in all these columns."""
    return (pd.util.hash_pandas_object(alike(keys), index=False).to_numpy() % np.uint64(parts)).astype(np.int64)


def parts(paths: dict[int, Path]) -> Iterator[pa.Table]:
    """The parts that `cut` wrote, by their numbers; each file goes when it has been read."""
    for number in sorted(paths):
        with pa.ipc.open_stream(str(paths[number])) as file:
            part = file.read_all()
        paths[number].unlink()
        yield part


def arranged(pieces: Iterable[pa.Table], size: int, folder: Path) -> Iterator[pa.Table]:
    """Rows in the order of their column PLACE, without it, in pieces of up to `size` places; at least one piece."""
    empty: list[pa.Table] = []

    def numbered() -> Iterator[tuple[pa.Table, np.ndarray]]:
        for piece in pieces:
            if not empty:
                empty.append(piece.slice(0, 0).drop_columns([PLACE]))
            yield piece, piece.column(PLACE).to_numpy() // size

    paths = cut(numbered(), folder)
    for part in parts(paths):
        order = np.argsort(part.column(PLACE).to_numpy(), kind="stable")
        yield part.drop_columns([PLACE]).combine_chunks().take(pa.array(order))
    if not paths:
        yield from empty
