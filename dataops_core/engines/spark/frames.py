"""What runs on a worker: Arrow batches become the tidy frames that steps know, and what comes out becomes batches.

On the cluster columns have no names but `c0`, `c1`, …, so that no name can be odd; beside them stand the row's id and
its place in the order of the table. Arrow rather than pandas crosses the border to Spark (`mapInArrow`): whole numbers
with missing cells stay exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dataops_core.errors import SettingError
from dataops_core.steps._classes import group_keys
from dataops_core.table import ARROW, ROW_ID, arrow_to_frame, frame_to_arrow, type_of
from dataops_core.table.kinds import DTYPES

ID, PLACE, NTH, PART = "id", "place", "nth", "part"
NO_ID = -1
BATCH_ROWS = 20_000  # rows that cross the border to Spark at once
SETTINGS = {  # of Spark, on which the same meaning as in memory depends
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.maxPlanStringLength": "2000",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}


Run = Callable[[pd.DataFrame], pd.DataFrame]  # from tidy frame to tidy frame; it can be sent to a worker
Guard = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Work:
    """What runs one after the other on the same rows, the types that columns have before and after, and what is around
    it on a worker, such as writing down what goes wrong.
    """

    steps: tuple[Run, ...]
    before: Mapping[str, str]
    after: Mapping[str, str]
    guard: Guard = nullcontext


def run_rows(work: Work, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Run steps batch by batch."""
    with work.guard():
        for batch in batches:
            frame, places = frame_of(pa.Table.from_batches([batch]), work.before)
            yield from batches_of(run_steps(work.steps, frame), places, work.after)


def run_part(work: Work, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Run steps on a whole part of the table at once, in the table's order."""
    with work.guard():
        found = [batch for batch in batches if batch.num_rows]
        if found:
            frame, places = frame_of(pa.Table.from_batches(found).sort_by(PLACE), work.before)
            yield from batches_of(run_steps(work.steps, frame), places, work.after)


def run_groups(work: Work, by: Sequence[str], batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Run a step that makes one row of each group; each new row has the place of its group's first row."""
    with work.guard():
        found = [batch for batch in batches if batch.num_rows]
        if found:
            frame, places = frame_of(pa.Table.from_batches(found).sort_by(PLACE), work.before)
            out = run_steps(work.steps, frame)
            first: dict[tuple[str | None, ...], int] = {}
            for at, key in enumerate(group_keys(frame, by)):
                first.setdefault(key, at)
            yield from batches_of(out, pd.Series(places.to_numpy()[list(first.values())], index=out.index), work.after)


def run_more(work: Work, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Run a step that may make several rows of one; a new row has no id yet, but the place of the row that it comes
    from and its number among those.
    """
    with work.guard():
        for batch in batches:
            frame, places = frame_of(pa.Table.from_batches([batch]), work.before)
            frame[ROW_ID] = pd.Series(places, dtype="Int64")  # repeated in every row that comes of one
            out = run_steps(work.steps, frame)
            places = out.pop(ROW_ID).astype("int64")
            nth = pa.array(places.groupby(places).cumcount().to_numpy(dtype="int64"))
            old = out.index.isin(frame.index)
            cells = pa.Table.from_batches(list(batches_of(out, places, work.after)))
            ids = pa.array(np.where(old, out.index.to_numpy(dtype="int64"), NO_ID))
            cells = cells.set_column(cells.column_names.index(ID), ID, ids).append_column(NTH, nth)
            yield from cells.combine_chunks().to_batches(max_chunksize=BATCH_ROWS)


def frame_of(part: pa.Table, types: Mapping[str, str]) -> tuple[pd.DataFrame, pd.Series]:
    """The rows of a part as a tidy frame, and the place of each row by its id."""
    names = list(types)
    cells = part.select([*(f"c{at}" for at in range(len(names))), ID]).rename_columns([*names, ROW_ID])
    schema = pa.schema([*arrow_types(types).items(), (ROW_ID, pa.int64())])
    frame = arrow_to_frame(cells.cast(schema), names)
    return frame, pd.Series(part.column(PLACE).to_numpy(), index=frame.index)


def batches_of(frame: pd.DataFrame, places: pd.Series, types: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    """A tidy frame as batches for Spark; raises SettingError where a column has another type than in the first rows."""
    frame = _widened(frame, types)
    found = {str(name): type_of(frame[name]) for name in frame.columns}
    if found != dict(types):
        wrong = next((name for name in {**types, **found} if types.get(name) != found.get(name)), "")
        raise SettingError(
            f'Column "{wrong}" is {found.get(wrong, "missing")} in one part of the table and'
            f" {types.get(wrong, 'missing')} in another.",
            "recipe",
            "Set its kind in a step before (set_kind, parse_numbers, parse_dates), or run the recipe on one machine.",
        )
    cells = frame_to_arrow(frame, types).rename_columns([*(f"c{at}" for at in range(len(types))), ID])
    placed = cells.append_column(PLACE, pa.array(places.loc[frame.index].to_numpy(dtype="int64")))
    yield from placed.combine_chunks().to_batches(max_chunksize=BATCH_ROWS)


def _widened(frame: pd.DataFrame, types: Mapping[str, str]) -> pd.DataFrame:
    """The frame with whole numbers as decimals, and columns of nothing as any type, where other parts have these."""
    for name in [name for name in frame.columns if types.get(name) not in (None, type_of(frame[name]))]:
        wanted, column = types[name], frame[name]
        if (wanted, type_of(column)) == ("decimal", "integer") or column.isna().all():
            filled = column if wanted == "decimal" else pd.Series([None] * len(column), column.index, dtype=object)
            dtype: Any = DTYPES[wanted]
            frame = frame.assign(**{name: filled.astype(dtype)})
    return frame


def run_steps(steps: Sequence[Run], frame: pd.DataFrame) -> pd.DataFrame:
    """A frame after some steps."""
    for run in steps:
        frame = run(frame)
    return frame


def spark_schema(types: Mapping[str, str]) -> Any:
    """The schema of a table with columns of these types on the cluster."""
    from pyspark.sql import types as t

    kinds = {
        "text": t.StringType(),
        "integer": t.LongType(),
        "decimal": t.DoubleType(),
        "boolean": t.BooleanType(),
        "datetime": t.TimestampNTZType(),
    }
    fields = [t.StructField(f"c{at}", kinds[kind]) for at, kind in enumerate(types.values())]
    return t.StructType([*fields, t.StructField(ID, t.LongType(), False), t.StructField(PLACE, t.LongType(), False)])


def arrow_types(types: Mapping[str, str]) -> dict[str, pa.DataType]:
    """The Arrow type of each column."""
    return {name: ARROW[kind] for name, kind in types.items()}
