"""One pass over a table on the workers that counts the values of every column: each task cuts what it counted by a hash
of the value, so that all counts of a value meet in one part, and are added up there.

The same pass marks rows (for rows that repeat others), follows the order of each column, and picks the texts whose
characters are looked into.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.engines.batches import part_rows
from dataops_core.engines.external import PLACE, alike, by_number
from dataops_core.engines.spark.frames import Guard, frame_of, names_of
from dataops_core.engines.spark.shuffle import by_key, packed, shuffled, unpacked
from dataops_core.engines.spark.splits import Split, read_split
from dataops_core.engines.spark.table import ClusterTable

HELD = 4_000_000  # counted values that a task holds before it lets them go
FEW = 10_000  # counted values of a column that a part hands to the driver; more go into a file
FEW_REPEATS = 2  # so often each value comes in a chunk, on the average, of a column that has mostly different ones
NULL_HASH = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(6364136223846793005)


@dataclass(frozen=True)
class Run:
    """Rows that follow one another: the first and the last value of a column there, and how its values go between."""

    start: int
    first: float
    last: float
    rising: bool
    falling: bool
    moves: bool


@dataclass(frozen=True)
class Counts:
    """Different values of a column, and how often each comes: so many, as bytes or in a file."""

    different: int
    rows: bytes | str


@dataclass(frozen=True)
class LookedInto:
    """The rows whose texts are looked into: the first so many of some groups of rows.

    >>> LookedInto((0, 2), 2, 10).among(np.array([0, 1, 2, 10, 20])).tolist()
    [True, True, False, False, True]
    """

    groups: tuple[int, ...]
    most: int
    group_rows: int

    def among(self, places: np.ndarray) -> np.ndarray:
        """Which rows these are."""
        found: np.ndarray = (places % self.group_rows < self.most) & np.isin(places // self.group_rows, self.groups)
        return found


@dataclass
class ColumnCounts:
    """What the pass found of a column."""

    counts: list[Counts] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)

    @property
    def different(self) -> int:
        """How many different values there are; missing cells are one."""
        return sum(each.different for each in self.counts)


def count_columns(table: ClusterTable, looked_into: LookedInto) -> tuple[dict[str, ColumnCounts], int]:
    """What one pass finds of every column, and how many rows repeat an earlier one in every column; rows that hold
    nothing are left out. The table must lie in files.
    """
    folder, names = Path(table.shared, f"counts {uuid.uuid4().hex}"), list(table.types)
    folder.mkdir()
    work = functools.partial(count_split, dict(table.types), table.parts, looked_into, table.guard)
    pairs = table.context.parallelize(table.splits, max(1, len(table.splits))).flatMap(work)
    parts = pairs.partitionBy(table.parts, int).mapPartitions(functools.partial(add_up, str(folder)))
    found, doubled, suspects = {name: ColumnCounts() for name in names}, list[np.ndarray](), 0
    for at, what in parts.collect():
        if at < 0:
            doubled.append(what[0])
            suspects += what[1]
        elif isinstance(what, Counts):
            found[names[at]].counts.append(what)
        elif isinstance(what, Run):
            found[names[at]].runs.append(what)
        else:
            found[names[at]].texts.append(what)
    return found, _repeated(table, np.sort(np.concatenate(doubled)), suspects) if suspects else 0


def count_split(
    types: Mapping[str, str], parts: int, looked_into: LookedInto, guard: Guard, split: Split
) -> Iterator[tuple[int, tuple[int, Any]]]:
    """On a worker: what the rows of a split say, by the number of the part that it goes to, and the column's place; -1
    for the marks of rows.
    """
    held: dict[int, list[pa.Table]] = {at: [] for at in range(len(types))}
    for chunk in filter(len, read_split(types, guard, split)):
        with guard():
            marks = RowMarks(chunk.num_rows)
            places = chunk.column(PLACE).to_numpy()
            looked_at = looked_into.among(places)
            for at, (name, kind) in enumerate(types.items()):
                cells = cells_of_column(chunk, name)
                hashes, counts = _counted(cells)
                marks.add(cells, hashes)
                held[at].append(counts)
                if kind == "text" and looked_at.any():
                    yield at % parts, (at, packed(pa.table({"value": cells.filter(pa.array(looked_at))})))
                run = None if kind in ("text", "boolean") else run_of(cells, kind, int(places[0]))
                if run:
                    yield at % parts, (at, run)
            known = marks.known()
            for number, some in by_number(pa.table({"mark": known}), _parts_of(known, parts)) if len(known) else ():
                yield number, (-1, some.column(0).to_numpy().tobytes())
            full = sum(each.num_rows for tables in held.values() for each in tables) > HELD
        if full:
            yield from _let_go(held, parts)
    yield from _let_go(held, parts)


def add_up(folder: str, pairs: Iterable[tuple[int, tuple[int, Any]]]) -> Iterator[tuple[int, Any]]:
    """On a worker: what all tasks counted of the values of one part, by the column's place; for -1 the marks that come
    more than once, and how many rows have one.
    """
    counts: dict[int, list[bytes]] = {}
    marks = []
    for _, (at, what) in pairs:
        if at < 0:
            marks.append(np.frombuffer(what, dtype=np.uint64))
        elif isinstance(what, tuple):
            counts.setdefault(at, []).append(what[0])
        else:
            yield at, what
    if marks:
        found, often = np.unique(np.concatenate(marks), return_counts=True)
        marks.clear()
        yield -1, (found[often > 1], int(often[often > 1].sum()))
    for at in sorted(counts):
        summed = _summed(pa.concat_tables([unpacked(some) for some in counts.pop(at)]))
        if summed.num_rows <= FEW:
            yield at, Counts(summed.num_rows, packed(summed))
        else:
            path = str(Path(folder, f"{uuid.uuid4().hex}.parquet"))
            pq.write_table(summed, path, compression="lz4", use_dictionary=False)
            yield at, Counts(summed.num_rows, path)


class RowMarks:
    """A number for each row that is equal where rows are equal in all columns."""

    def __init__(self, rows: int) -> None:
        self.marks = np.zeros(rows, dtype=np.uint64)
        self._there = np.zeros(rows, dtype=bool)

    def add(self, cells: pa.Array, hashes: np.ndarray) -> None:
        """Take in one more column, and the hash of each of its cells."""
        self.marks = self.marks * _MIX + hashes
        self._there |= cells.is_valid().to_numpy(zero_copy_only=False)

    def known(self) -> np.ndarray:
        """The marks of the rows that hold anything."""
        return self.marks[self._there]


def cells_of_column(chunk: pa.Table, name: str) -> pa.Array:
    """A column of a chunk in one piece, in which -0.0 is 0.0."""
    cells = chunk.column(name).combine_chunks()
    cells = pa.concat_arrays(cells.chunks) if isinstance(cells, pa.ChunkedArray) else cells
    return pc.add(cells, 0.0) if pa.types.is_floating(cells.type) else cells


def run_of(cells: pa.Array, kind: str, start: int) -> Run | None:
    """How a column goes through rows that follow one another; None where it has no value there."""
    some = (cells.cast(pa.int64()) if kind == "datetime" else cells).drop_null()
    if not len(some):
        return None
    before, after = some[:-1], some[1:]
    falls, rises = (bool(pc.any(way(after, before)).as_py()) for way in (pc.less, pc.greater))
    return Run(start, some[0].as_py(), some[-1].as_py(), not falls, not rises, falls or rises)


def monotonic(runs: Sequence[Run]) -> Literal["rising", "falling"] | None:
    """Whether values never fall (or never rise) through runs of rows.

    >>> monotonic([Run(2, 5, 6, True, False, True), Run(0, 1, 5, True, False, True)])
    'rising'
    """
    ordered = sorted(runs, key=lambda run: run.start)
    pairs = list(zip(ordered, ordered[1:], strict=False))
    rising = all(run.rising for run in ordered) and all(one.last <= two.first for one, two in pairs)
    falling = all(run.falling for run in ordered) and all(one.last >= two.first for one, two in pairs)
    if rising == falling:
        return None  # neither, or nothing moves
    return "rising" if rising else "falling"


def _counted(cells: pa.Array) -> tuple[np.ndarray, pa.Table]:
    """A hash of each cell, and the different cells with how often each comes and its hash."""
    encoded = cells.dictionary_encode()
    values, missing = encoded.dictionary, cells.null_count
    if pa.types.is_timestamp(values.type):
        plain = values.cast(pa.int64()).to_numpy()
    else:
        plain = values.to_numpy(zero_copy_only=False)
    hashes = pd.util.hash_array(plain, categorize=False) if len(plain) else np.zeros(0, dtype=np.uint64)
    places = pc.fill_null(encoded.indices, len(values)).to_numpy()
    often = np.bincount(places, minlength=len(values) + 1)
    hashes = np.append(hashes, NULL_HASH)
    if missing:
        values = pa.concat_arrays([values, pa.nulls(1, values.type)])
    counts = pa.table({"value": values, "n": often[: len(values)], "hash": hashes[: len(values)]})
    return hashes[places], counts


def _let_go(held: dict[int, list[pa.Table]], parts: int) -> Iterator[tuple[int, tuple[int, Any]]]:
    for at, tables in held.items():
        if tables:
            rows = pa.concat_tables(tables)
            many = pc.mean(rows.column("n")).as_py() < FEW_REPEATS  # adding up would make next to nothing of them
            summed = rows if many else _summed(rows)
            tables.clear()
            numbers = _parts_of(summed.column("hash").to_numpy(), parts)
            for number, some in by_number(summed.drop_columns(["hash"]), numbers):
                yield number, (at, (packed(some),))


def _summed(rows: pa.Table) -> pa.Table:
    """The different values of counted rows, with all that was counted of each."""
    hashed = [("hash", "min")] if "hash" in rows.column_names else []
    summed = rows.group_by("value", use_threads=False).aggregate([("n", "sum"), *hashed])
    return summed.select(["value", "n_sum", *(["hash_min"] if hashed else [])]).rename_columns(rows.column_names)


def _parts_of(hashes: np.ndarray, parts: int) -> np.ndarray:
    return (hashes % np.uint64(parts)).astype(np.int64)


def _repeated(table: ClusterTable, doubled: np.ndarray, suspects: int) -> int:
    """How many rows repeat an earlier one: those whose marks come again are compared cell by cell."""
    path = Path(table.shared, f"doubled {uuid.uuid4().hex}.npy")
    np.save(path, doubled)
    some = table.chunks.map(functools.partial(_suspects, str(path), table.guard))
    parts = max(1, min(table.parts, -(-suspects // part_rows(len(table.types)))))
    counted = shuffled(some, parts, functools.partial(by_key, (), parts), _repeats, table.guard)
    return int(sum(each.column(0)[0].as_py() for each in counted.collect()))


def _suspects(path: str, guard: Guard, chunk: pa.Table) -> pa.Table:
    with guard():
        marks = RowMarks(chunk.num_rows)
        for name in names_of(chunk):
            cells = cells_of_column(chunk, name)
            marks.add(cells, _counted(cells)[0])
        return chunk.filter(pa.array(np.isin(marks.marks, _doubled(path))))


@functools.lru_cache(maxsize=1)
def _doubled(path: str) -> np.ndarray:
    found: np.ndarray = np.load(path)
    return found


def _repeats(_part: int, rows: pa.Table) -> pa.Table:
    return pa.table({"rows": [int(alike(frame_of(rows)[0]).duplicated().sum())]})
