"""Rows cut into parts on disk, and rows put in another order that way, with the memory of one part."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa

PLACE = "place"


def cut(pieces: Iterable[tuple[pa.Table, np.ndarray]], folder: Path) -> dict[int, Path]:
    """Write each row into the file of the part whose number stands beside it, in order; the parts' files by number."""
    paths: dict[int, Path] = {}
    packed = pa.ipc.IpcWriteOptions(compression="lz4")
    with ExitStack() as stack:
        writers: dict[int, pa.RecordBatchWriter] = {}
        for piece, numbers in pieces:
            order = np.argsort(numbers, kind="stable")
            ranked = numbers[order]
            rows = piece.combine_chunks().take(pa.array(order))
            starts = [*np.flatnonzero(np.diff(ranked, prepend=-1)).tolist(), len(ranked)]
            for start, end in itertools.pairwise(starts):
                number = int(ranked[start])
                if number not in writers:
                    paths[number] = folder / f"part{number}.arrow"
                    writers[number] = stack.enter_context(
                        pa.ipc.new_stream(str(paths[number]), piece.schema, options=packed)
                    )
                writers[number].write_table(rows.slice(start, end - start))
    return paths


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
