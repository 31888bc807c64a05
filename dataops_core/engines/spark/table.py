"""A table on the cluster, and the few things that are done with one."""

from __future__ import annotations

import functools
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.engines.batches import part_rows
from dataops_core.engines.external import PLACE, by_number, equal_together
from dataops_core.engines.spark.frames import (
    NO_ID,
    NTH,
    SLICE,
    Guard,
    RowStep,
    RowSteps,
    Run,
    Stays,
    chunk_of,
    frame_of,
    names_of,
    run_groups,
    run_more,
    run_rows,
)
from dataops_core.engines.spark.shuffle import (
    between,
    bounds_of,
    by_key,
    by_place,
    by_range,
    in_place_order,
    marks_of,
    packed,
    packed_keys,
    place_in,
    put_in_order,
    shuffled,
    some_rows,
    unpacked,
)
from dataops_core.engines.spark.splits import Split, read_split, write_chunks
from dataops_core.errors import SettingError
from dataops_core.steps import EqualRows, NewRows, Order
from dataops_core.steps._counted import COUNT
from dataops_core.table import ARROW, ROW_ID, arrow_to_frame, frame_to_arrow, tidy

if TYPE_CHECKING:
    from pyspark import RDD, SparkContext

SAMPLED = 100  # rows for each part by which rows are put in order
COPY = f"{ROW_ID}copy"  # the name of the column that is equal where rows are
GATHERED_CELLS = 100_000_000  # cells that the driver takes in at once: some gigabytes


@dataclass(frozen=True)
class ClusterTable:
    """Rows on the cluster: in files (`splits`), or made of these (`made`); the types of their columns, how many rows
    there are at most, the first of them here, and the folder that all machines share.

    `starts` are the places where ranges of about equal size begin; `in_order`: the rows come in the table's order;
    `dense`: their places count from 0 without gaps.
    """

    context: SparkContext
    types: Mapping[str, str]
    most_rows: int
    head: pd.DataFrame
    shared: str
    splits: tuple[Split, ...] = ()
    made: RDD[pa.Table] | None = None
    guard: Guard = nullcontext
    starts: tuple[int, ...] = (0,)
    in_order: bool = True
    dense: bool = True

    @property
    def chunks(self) -> RDD[pa.Table]:
        """The rows, chunk by chunk."""
        if self.made is not None:
            return self.made
        read = functools.partial(read_split, dict(self.types), self.guard)
        return self.context.parallelize(self.splits, max(1, len(self.splits))).flatMap(read)

    @property
    def parts(self) -> int:
        """In how many parts the rows are shuffled."""
        return max(self.context.defaultParallelism, -(-self.most_rows // part_rows(len(self.types))))

    def only(self, columns: Sequence[str]) -> ClusterTable:
        """The table of some of its columns."""
        types = {name: self.types[name] for name in columns}
        made = None if self.made is None else self.made.map(functools.partial(_only, list(columns)))
        return replace(self, types=types, made=made, head=self.head[list(columns)])

    def rows(self, steps: RowSteps, types: Mapping[str, str], head: pd.DataFrame) -> ClusterTable:
        """The table after steps that run row by row."""
        if not steps:
            return self
        made = self.chunks.map(functools.partial(run_rows, tuple(steps), self.guard))
        return self._after(made, types, head)

    def kept(self) -> ClusterTable:
        """The rows written down in the shared folder: what comes after reads them instead of making them again."""
        folder = Path(self.shared, f"kept {uuid.uuid4().hex}")
        folder.mkdir()
        write = functools.partial(write_chunks, str(folder), self.guard, False)
        splits, at = [], 0
        for _, file, groups in sorted(self.chunks.mapPartitionsWithIndex(write).collect()):
            rows = sum(groups)
            splits.append(Split(file, tuple(range(len(groups))), rows, place=at if self.in_order else None))
            at += rows
        done = replace(self, splits=tuple(splits), made=None, most_rows=at, dense=self.in_order)
        return replace(done, starts=starts_of(at, len(self.types))) if self.in_order else done

    def equal_rows(self, pieces: EqualRows, step: RowStep, head: pd.DataFrame) -> ClusterTable:
        """The table after a step for which rows that are equal in some columns lie together."""
        made = self._together(pieces.columns, functools.partial(_run_part, step))
        return self._after(made, step.after, head, in_order=False)

    def staying(self, columns: Sequence[str], run: Run) -> Stays:
        """Which rows a step leaves that only drops some and looks at these columns, the only ones of this table; places
        must be dense.
        """
        folder = Path(self.shared, f"stays {uuid.uuid4().hex}")
        folder.mkdir()
        kept = self._together(columns, functools.partial(_places_kept, run))
        slices = kept.flatMap(_by_slice).partitionBy(self.parts, int)
        found = slices.mapPartitions(functools.partial(_write_slices, str(folder))).collect()
        return Stays(str(folder), frozenset(found))

    def new_rows(self, pieces: NewRows, step: RowStep, head: pd.DataFrame) -> ClusterTable:
        """The table of one new row for each group, in the order in which the groups first come."""
        made = self._together(pieces.columns, functools.partial(_run_groups, step, pieces.columns))
        return numbered(self._after(made, step.after, head, in_order=False), self._next()[0], 0)

    def more_rows(self, step: RowStep, head: pd.DataFrame) -> ClusterTable:
        """The table after a step that may make several rows of one; those that are new follow at the end."""
        first_id, first_place = self._next()
        made = self.chunks.map(functools.partial(run_more, step, self.guard))
        both = self._after(made, step.after, head, in_order=False).kept()
        new = replace(both, types={**step.after, NTH: "integer"}).chunks.map(_new_only)
        new = numbered(both._after(new, step.after, head), first_id, first_place)
        old = [replace(split, known=True) for split in both.splits]
        more = range(first_place, first_place + new.most_rows, part_rows(len(self.types)))
        return replace(both, splits=(*old, *new.splits), starts=(*self.starts, *more))

    def below(self, rows: pd.DataFrame, types: Mapping[str, str], head: pd.DataFrame) -> ClusterTable:
        """The table in these columns, with more rows at the end; it must lie in files."""
        first_id, first_place = self._next()
        splits = [
            replace(split, gone=tuple({*split.gone, *(name for name in types if name not in self.types)}))
            for split in self.splits
        ]
        if len(rows):
            file = Path(self.shared, f"below {uuid.uuid4().hex}.parquet")
            ids = pd.RangeIndex(first_id, first_id + len(rows))
            places = pd.Series(range(first_place, first_place + len(rows)), index=ids)
            pq.write_table(chunk_of(rows.set_axis(ids), places, types), file, row_group_size=len(rows))
            splits.append(Split(str(file), (0,), len(rows)))
        return replace(
            self,
            types=types,
            splits=tuple(splits),
            most_rows=self.most_rows + len(rows),
            head=head,
            starts=(*self.starts, first_place),
            dense=False,
        )

    def probe(self) -> pd.DataFrame:
        """The first rows, and one more with a value of every column that has any: what comes out of it has the types
        that come out of the whole table.
        """
        if not len(self.head):
            return self.head
        found = self.chunks.mapPartitions(_first_values).collect()
        last = int(self.head.index.max()) + 1
        cells: dict[str, Any] = {name: pa.nulls(1, ARROW[kind]) for name, kind in self.types.items()}
        for firsts in reversed(found):
            cells |= {name: unpacked(first).column(0) for name, first in firsts.items()}
        one = pa.table({**{name: pa.chunked_array(cell) for name, cell in cells.items()}, ROW_ID: pa.array([last])})
        return tidy(pd.concat([self.head, arrow_to_frame(one, list(self.types))]))

    def sampled(self, parts: int) -> ClusterTable:
        """Some rows, spread over the whole table: enough to say where so many parts begin in whatever order."""
        share = SAMPLED * parts / max(1, self.most_rows)
        return self._after(self.chunks.map(functools.partial(some_rows, share)), self.types, self.head)

    def bounds(self, pieces: Order, parts: int) -> pa.Table | None:
        """Rows of this table that cut it into so many parts of about equal size, by some columns."""
        keys = self.chunks.map(functools.partial(packed_keys, pieces.columns)).collect()
        return bounds_of(keys, pieces.descending, parts)

    def ordered(self, pieces: Order, bounds: pa.Table | None, head: pd.DataFrame) -> ClusterTable:
        """The same rows in another order; equal ones keep theirs, missing cells come last."""
        parts = 1 if bounds is None else bounds.num_rows + 1
        cut = functools.partial(between, pieces.columns, pieces.descending, bounds)
        done = functools.partial(put_in_order, pieces.columns, pieces.descending)
        made = shuffled(self.chunks, parts, cut, done, self.guard)
        return replace(
            self._after(made, self.types, head, in_order=True), starts=tuple(place_in(part) for part in range(parts))
        )

    def arranged(self) -> ClusterTable:
        """The same rows, so that they come in the table's order."""
        if self.in_order:
            return self
        cut = functools.partial(by_range, self.starts)
        made = shuffled(self.chunks, len(self.starts), cut, by_place, self.guard)
        return self._after(made, self.types, self.head, in_order=True)

    def keyed(self, kept: pd.DataFrame, new: Mapping[str, str]) -> ClusterTable:
        """The rows whose ids are those of `kept`, with its columns `new` beside them."""
        file = Path(self.shared, f"keyed {uuid.uuid4().hex}.parquet")
        pq.write_table(frame_to_arrow(kept[list(new)], new), file)
        made = self.chunks.map(functools.partial(_run_keyed, str(file), list(new), self.guard))
        ids = self.head.index.intersection(kept.index)
        head = self.head.loc[ids].assign(**{name: kept.loc[ids, name] for name in new})
        done = self._after(made, {**self.types, **new}, head, in_order=self.in_order)
        return replace(done, most_rows=len(kept))

    def training(self, train: str | None) -> RDD[pa.Table]:
        """The rows where a column says train, chunk by chunk; without such a column, all."""
        return self.chunks if train is None else self.chunks.map(functools.partial(_where_train, train))

    def counted(self, columns: Sequence[str], train: str | None = None) -> pd.DataFrame:
        """The different rows of some columns, with how often each comes in COUNT, counted on the cluster; with
        `train`, of the rows where that column says train. Raises SettingError where they are too many.
        """
        count = functools.partial(_counts, list(columns))
        parts = self.context.defaultParallelism
        pairs = self.training(train).mapPartitions(count).flatMap(functools.partial(_cut_counts, list(columns), parts))
        groups = pairs.partitionBy(parts, int).mapPartitions(functools.partial(_counts_together, list(columns)))
        rows = groups.map(_length).sum() if self.most_rows * (len(columns) + 2) > GATHERED_CELLS else 0
        self._check_size(rows, columns, "different rows")
        found = [unpacked(each) for each in groups.collect()]
        if not found:
            return self.head.iloc[:0][list(columns)].assign(**{COUNT: np.zeros(0, dtype=np.int64)})
        cells = pa.concat_tables(found)
        cells = cells.append_column(ROW_ID, pa.array(np.arange(cells.num_rows)))
        return arrow_to_frame(cells, list(columns)).assign(**{COUNT: cells.column(COUNT).to_numpy()})

    def gathered(self, columns: Sequence[str], train: str | None = None, *, copies: bool = False) -> pd.DataFrame:
        """Some columns of all rows in the memory of the driver, in the table's order; with `train`, of the rows where
        that column says train; with `copies`, a column beside them that is equal where rows are. Raises SettingError
        where they are too many.
        """
        chunks = self.training(train)
        rows = self.most_rows
        if rows * (len(columns) + 2) > GATHERED_CELLS:
            rows = chunks.map(_length).sum()
        self._check_size(rows, columns, "rows")
        found = chunks.map(functools.partial(_gathered, list(columns), copies)).collect()
        names = [*columns, *([COPY] if copies else [])]
        if not found:
            return self.head.iloc[:0][list(columns)].assign(**({COPY: pd.array([], "Int64")} if copies else {}))
        return arrow_to_frame(in_place_order(pa.concat_tables([unpacked(each) for each in found])), names)

    def _check_size(self, rows: int, columns: Sequence[str], what: str) -> None:
        if rows * (len(columns) + 2) > GATHERED_CELLS:
            raise SettingError(
                f"{rows:,} {what} of {len(columns)} columns do not fit into the memory of the driver; at most"
                f" {GATHERED_CELLS // (len(columns) + 2):,} do.",
                ", ".join(columns) or "all rows",
                "Learn from a sample first: run it on one machine with --fitted FITTED.json, then run that on Spark.",
            )

    def _after(
        self, made: RDD[pa.Table], types: Mapping[str, str], head: pd.DataFrame, *, in_order: bool | None = None
    ) -> ClusterTable:
        ordered = self.in_order if in_order is None else in_order
        return replace(self, made=made, splits=(), types=types, head=head, in_order=ordered, dense=False)

    def _next(self) -> tuple[int, int]:
        """The first id and the first place that no row has."""
        found = [each for each in self.only([]).chunks.map(_greatest).collect() if each]
        return (max(each[0] for each in found) + 1, max(each[1] for each in found) + 1) if found else (0, 0)

    def _together(self, columns: Sequence[str], done: Any) -> RDD[Any]:
        cut = functools.partial(by_key, tuple(columns), self.parts)
        return shuffled(self.chunks, self.parts, cut, done, self.guard)


def numbered(table: ClusterTable, start: int, place: int) -> ClusterTable:
    """The table in its order, in files, with new ids that count from `start`, and places from `place`."""
    done = table.arranged().kept()
    splits, at = [], 0
    for split in done.splits:
        splits.append(replace(split, place=place + at, row_id=start + at))
        at += split.rows
    return replace(done, splits=tuple(splits))


def starts_of(rows: int, columns: int) -> tuple[int, ...]:
    """The places where parts of dense rows begin."""
    return tuple(range(0, max(1, rows), part_rows(max(1, columns))))


def _only(columns: list[str], chunk: pa.Table) -> pa.Table:
    return chunk.select([*columns, ROW_ID, PLACE])


def _run_part(step: RowStep, _part: int, rows: pa.Table) -> pa.Table:
    return step.on(in_place_order(rows))


def _run_groups(step: RowStep, by: Sequence[str], _part: int, rows: pa.Table) -> pa.Table:
    return run_groups(step, by, in_place_order(rows))


def _places_kept(run: Run, _part: int, rows: pa.Table) -> pa.Table:
    frame, places = frame_of(in_place_order(rows))
    return pa.table({PLACE: places.loc[run(frame).index].to_numpy()})


def _by_slice(chunk: pa.Table) -> Iterator[tuple[int, bytes]]:
    for number, rows in by_number(chunk, chunk.column(PLACE).to_numpy() // SLICE) if chunk.num_rows else ():
        yield number, packed(rows)


def _write_slices(folder: str, pairs: Iterable[tuple[int, bytes]]) -> Iterator[int]:
    slices: dict[int, np.ndarray] = {}
    for number, rows in pairs:
        here = slices.setdefault(number, np.zeros(SLICE, dtype=bool))
        here[unpacked(rows).column(PLACE).to_numpy() - number * SLICE] = True
    for number, stays in slices.items():
        unfinished = Path(folder, f"{uuid.uuid4().hex}.npy")
        np.save(unfinished, stays)
        os.replace(unfinished, Path(folder, f"{number}.npy"))
        yield number


def _run_keyed(file: str, new: list[str], guard: Guard, chunk: pa.Table) -> pa.Table:
    with guard():
        kept, index = _kept_rows(file)
        at = index.get_indexer(pd.Index(chunk.column(ROW_ID).to_numpy()))
        found = kept.take(pa.array(at[at >= 0]))
        rows = chunk.filter(pa.array(at >= 0))
        for name in new:
            rows = rows.add_column(rows.num_columns - 2, name, found.column(name))
        return rows


@functools.lru_cache(maxsize=1)
def _kept_rows(file: str) -> tuple[pa.Table, pd.Index]:
    kept = pq.read_table(file)
    return kept, pd.Index(kept.column(ROW_ID).to_numpy())


def _new_only(chunk: pa.Table) -> pa.Table:
    return chunk.filter(pa.array(chunk.column(ROW_ID).to_numpy() == NO_ID))


def _where_train(column: str, chunk: pa.Table) -> pa.Table:
    return chunk.filter(pc.fill_null(pc.equal(chunk.column(column), "train"), False))


def _greatest(chunk: pa.Table) -> tuple[int, int] | None:
    return (pc.max(chunk.column(ROW_ID)).as_py(), pc.max(chunk.column(PLACE)).as_py()) if chunk.num_rows else None


def _first_values(chunks: Iterable[pa.Table]) -> Iterator[dict[str, bytes]]:
    found: dict[str, bytes] = {}
    for chunk in chunks:
        for name in names_of(chunk):
            if name not in found:
                first = chunk.column(name).drop_null().slice(0, 1)
                found |= {name: packed(pa.table({"first": first}))} if len(first) else {}
    yield found


def _gathered(columns: list[str], copies: bool, chunk: pa.Table) -> bytes:
    rows = chunk.select([*columns, ROW_ID, PLACE])
    return packed(rows.append_column(COPY, pa.array(marks_of(chunk).view("int64"))) if copies else rows)


def _counts(columns: list[str], chunks: Iterable[pa.Table]) -> Iterator[pa.Table]:
    found: pa.Table | None = None
    for chunk in chunks:
        once = chunk.select(columns).append_column(COUNT, pa.array(np.ones(chunk.num_rows, dtype=np.int64)))
        found = _summed(columns, once if found is None else pa.concat_tables([found, once]))
    if found is not None:
        yield found


def _summed(columns: list[str], rows: pa.Table) -> pa.Table:
    for name in columns:
        if pa.types.is_floating(rows.schema.field(name).type):
            rows = rows.set_column(rows.column_names.index(name), name, pc.add(rows.column(name), 0.0))
    summed = rows.group_by(columns, use_threads=False).aggregate([(COUNT, "sum")])
    return summed.select([*columns, f"{COUNT}_sum"]).rename_columns([*columns, COUNT])


def _cut_counts(columns: list[str], parts: int, rows: pa.Table) -> Iterator[tuple[int, bytes]]:
    keys = arrow_to_frame(rows.append_column(ROW_ID, pa.array(np.arange(rows.num_rows))), columns)
    for number, some in by_number(rows, equal_together(keys, parts)) if rows.num_rows else ():
        yield number, packed(some)


def _counts_together(columns: list[str], pairs: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
    tables = [unpacked(rows) for _, rows in pairs]
    if tables:
        yield packed(_summed(columns, pa.concat_tables(tables)))


def _length(rows: Any) -> int:
    return (unpacked(rows) if isinstance(rows, bytes) else rows).num_rows
