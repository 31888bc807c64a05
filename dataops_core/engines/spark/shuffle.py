"""Chunks on their way from worker to worker: cut by a number that each row has, and put together again.

Spark moves them as bytes that it does not look into.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.engines.external import PLACE, alike, by_number, equal_together
from dataops_core.engines.spark.frames import NTH, Guard, frame_of, in_chunks

if TYPE_CHECKING:
    from pyspark import RDD

Cut = Callable[[pa.Table], np.ndarray]  # the number of the part that each row goes to
Done = Callable[[int, pa.Table], pa.Table]  # what becomes of a part, by its number


def shuffled(chunks: RDD[pa.Table], parts: int, cut: Cut, done: Done, guard: Guard) -> RDD[pa.Table]:
    """Rows brought together in so many parts, and what `done` makes of each part."""
    pairs = chunks.flatMap(functools.partial(_cut, cut, guard)).partitionBy(parts, int)
    return pairs.mapPartitionsWithIndex(functools.partial(_together, done, guard))


def _cut(cut: Cut, guard: Guard, chunk: pa.Table) -> Iterator[tuple[int, bytes]]:
    with guard():
        for number, rows in by_number(chunk, cut(chunk)) if chunk.num_rows else ():
            yield number, packed(rows)


def _together(done: Done, guard: Guard, part: int, pairs: Iterable[tuple[int, bytes]]) -> Iterator[pa.Table]:
    with guard():
        found = [unpacked(rows) for _, rows in pairs]
        if found:
            whole = pa.concat_tables(found).combine_chunks()
            found.clear()
            yield from in_chunks(done(part, whole))


def packed(rows: pa.Table) -> bytes:
    """Rows as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return bytes(sink.getvalue())


def unpacked(rows: bytes) -> pa.Table:
    """The rows that `packed` made bytes of."""
    with pa.ipc.open_stream(rows) as reader:
        return reader.read_all()


def by_key(columns: Sequence[str], parts: int, chunk: pa.Table) -> np.ndarray:
    """A part's number that is the same for rows that are equal in some columns (none: in all)."""
    return equal_together(frame_of(chunk, columns or None)[0], parts)


def by_range(starts: Sequence[int], chunk: pa.Table) -> np.ndarray:
    """The number of the range of places that each row lies in."""
    return np.clip(np.searchsorted(starts, chunk.column(PLACE).to_numpy(), side="right") - 1, 0, None)


def in_place_order(part: pa.Table) -> pa.Table:
    """The rows of a part in the table's order."""
    places = part.column(PLACE).to_numpy()
    if NTH in part.column_names:
        return part.take(pa.array(np.lexsort((part.column(NTH).to_numpy(), places))))
    if (np.diff(places) > 0).all():
        return part
    return part.take(pa.array(np.argsort(places, kind="stable")))


def by_place(_part: int, rows: pa.Table) -> pa.Table:
    """A part in the table's order, as it is."""
    return in_place_order(rows)


def keys_of(chunk: pa.Table, columns: Sequence[str]) -> pa.Table:
    """What rows are sorted by: some columns, in which -0.0 is 0.0, and the place."""
    keys: dict[str, Any] = {}
    for at, name in enumerate(columns):
        cells = chunk.column(name)
        if pa.types.is_floating(cells.type):
            cells = pc.add(cells, 0.0)
        keys[str(at)] = cells.cast(pa.int8()) if pa.types.is_boolean(cells.type) else cells
    return pa.table({**keys, PLACE: chunk.column(PLACE)})


def sorted_rows(keys: pa.Table, descending: bool) -> np.ndarray:
    """The rows in order, the first key deciding first; missing cells come last (Arrow's default)."""
    way = "descending" if descending else "ascending"
    by = [(name, "ascending" if name == PLACE else way) for name in keys.column_names]
    return pc.sort_indices(keys, sort_keys=by).to_numpy()


def some_rows(share: float, chunk: pa.Table) -> pa.Table:
    """Some rows of a chunk, always the same ones, and at least one."""
    rows = chunk.num_rows
    start = int(chunk.column(PLACE)[0].as_py()) if rows else 0
    some = np.random.default_rng(start).choice(rows, min(rows, 1 + int(share * rows)), replace=False)
    return chunk.take(pa.array(np.sort(some)))


def packed_keys(columns: Sequence[str], chunk: pa.Table) -> bytes:
    """What the rows of a chunk are sorted by, as bytes."""
    return packed(keys_of(chunk, columns))


def bounds_of(sample: Sequence[bytes], descending: bool, parts: int) -> pa.Table | None:
    """The keys that part rows into about equal parts; None where one part is enough."""
    keys = pa.concat_tables([unpacked(some) for some in sample]) if sample and parts > 1 else None
    if keys is None or not keys.num_rows:
        return None
    order = sorted_rows(keys, descending)
    ends = np.unique([len(order) * part // parts for part in range(1, parts)])
    return keys.take(pa.array(order[ends]))


def between(columns: Sequence[str], descending: bool, bounds: pa.Table | None, chunk: pa.Table) -> np.ndarray:
    """For each row how many bounds come before it."""
    if bounds is None:
        return np.zeros(chunk.num_rows, dtype=np.int64)
    order = sorted_rows(pa.concat_tables([keys_of(chunk, columns), bounds]), descending)
    bound = order >= chunk.num_rows
    found = np.empty(chunk.num_rows, dtype=np.int64)
    found[order[~bound]] = np.cumsum(bound)[~bound]
    return found


def put_in_order(columns: Sequence[str], descending: bool, part: int, rows: pa.Table) -> pa.Table:
    """A part in another order; its rows get places by that."""
    done = rows.take(pa.array(sorted_rows(keys_of(rows, columns), descending)))
    places = pa.array(np.arange(rows.num_rows) + place_in(part))
    return done.set_column(done.column_names.index(PLACE), PLACE, places)


def place_in(part: int) -> int:
    """The first place in a part of rows that were put in order: parts never have so many rows."""
    return part << 33


def marks_of(chunk: pa.Table) -> pd.Series:
    """A number that is equal where rows are equal in all columns (but for a chance of 2 to the power of -64)."""
    frame, _ = frame_of(chunk)
    return pd.util.hash_pandas_object(alike(frame), index=False)
