"""What runs on a worker: chunks of rows, as Arrow tables, become the tidy frames that steps know, and chunks again.

Rows never become objects of Spark: it hands chunks from worker to worker as bytes. Beside the columns stand the row's
id and its place in the order of the table. A step that looks at few columns gets these; the others pass as they are.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dataops_core.engines.external import PLACE
from dataops_core.errors import SettingError
from dataops_core.steps._classes import group_keys
from dataops_core.table import ARROW, ROW_ID, arrow_to_frame, frame_to_arrow, type_of
from dataops_core.table.kinds import DTYPES

NTH = f"{ROW_ID}nth"
NO_ID = -1
CHUNK_ROWS, CHUNK_CELLS = 100_000, 2_000_000  # that are held at once where rows come one after the other
SLICE = 1 << 20  # places that one file of Stays tells of
SETTINGS = {  # of Spark, on which the same meaning as in memory depends
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.maxPlanStringLength": "2000",
}

Run = Callable[[pd.DataFrame], pd.DataFrame]  # from tidy frame to tidy frame; it can be sent to a worker
Guard = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class RowStep:
    """A step that runs row by row, the types that columns have after it, and the columns that it looks at, which are
    all that it changes; None: it needs whole rows.
    """

    run: Run
    after: Mapping[str, str]
    columns: tuple[str, ...] | None = None

    def on(self, chunk: pa.Table) -> pa.Table:
        """The rows after the step."""
        if self.columns is None:
            frame, places = frame_of(chunk)
            return chunk_of(self.run(frame), places, self.after)
        frame, _ = frame_of(chunk, self.columns)
        cells = cells_of(self.run(frame), {name: self.after[name] for name in self.columns})
        assert cells.column(ROW_ID).equals(chunk.column(ROW_ID)), "a step dropped rows, or moved them"
        for name in self.columns:
            chunk = chunk.set_column(chunk.column_names.index(name), cells.field(name), cells.column(name))
        return chunk


@dataclass(frozen=True)
class Stays:
    """Which rows stay: a file for each slice of places that has any, in a folder that all workers see."""

    folder: str
    slices: frozenset[int]

    def on(self, chunk: pa.Table) -> pa.Table:
        """The rows that stay."""
        places = chunk.column(PLACE).to_numpy()
        slices, keep = places // SLICE, np.zeros(len(places), dtype=bool)
        for number in set(np.unique(slices).tolist()) & self.slices:
            here = slices == number
            keep[here] = staying(self.folder, number)[places[here] - number * SLICE]
        return chunk.filter(pa.array(keep))


RowSteps = Sequence[RowStep | Stays]


@functools.lru_cache(maxsize=4)
def staying(folder: str, number: int) -> np.ndarray:
    """For each place of a slice whether its row stays; kept by the worker."""
    return np.load(Path(folder, f"{number}.npy"))


def run_rows(steps: RowSteps, guard: Guard, chunk: pa.Table) -> pa.Table:
    """Run steps one after the other on the same rows."""
    with guard():
        for step in steps:
            chunk = step.on(chunk)
    return chunk


def run_groups(step: RowStep, by: Sequence[str], part: pa.Table) -> pa.Table:
    """Run a step that makes one row of each group; each new row has the place of its group's first row."""
    frame, places = frame_of(part)
    out = step.run(frame)
    first: dict[tuple[str | None, ...], int] = {}
    for at, key in enumerate(group_keys(frame, by)):
        first.setdefault(key, at)
    return chunk_of(out, pd.Series(places.to_numpy()[list(first.values())], index=out.index), step.after)


def run_more(step: RowStep, guard: Guard, chunk: pa.Table) -> pa.Table:
    """Run a step that may make several rows of one; a new row has no id yet, but the place of the row that it comes
    from and its number among those.
    """
    with guard():
        frame, places = frame_of(chunk)
        frame[ROW_ID] = pd.Series(places, dtype="Int64")  # repeated in every row that comes of one
        out = step.run(frame)
        places = out.pop(ROW_ID).astype("int64")
        nth = pa.array(places.groupby(places).cumcount().to_numpy(dtype="int64"))
        old = out.index.isin(frame.index)
        cells = cells_of(out, step.after)
        ids = pa.array(np.where(old, out.index.to_numpy(dtype="int64"), NO_ID))
        cells = cells.set_column(cells.column_names.index(ROW_ID), ROW_ID, ids)
        return cells.append_column(PLACE, pa.array(places.to_numpy())).append_column(NTH, nth)


def chunk_rows(columns: int) -> int:
    """How many rows of so many columns a chunk has at most."""
    return max(1, min(CHUNK_ROWS, CHUNK_CELLS // max(1, columns)))


def in_chunks(part: pa.Table) -> Iterator[pa.Table]:
    """A part of the table in chunks."""
    size = chunk_rows(part.num_columns)
    for start in range(0, part.num_rows, size):
        yield part.slice(start, size)


def frame_of(chunk: pa.Table, columns: Sequence[str] | None = None) -> tuple[pd.DataFrame, pd.Series]:
    """Some columns (none: all) of a chunk as a tidy frame, and the place of each row by its id."""
    frame = arrow_to_frame(chunk, names_of(chunk) if columns is None else columns)
    return frame, pd.Series(chunk.column(PLACE).to_numpy(), index=frame.index)


def names_of(chunk: pa.Table) -> list[str]:
    """The columns of the table that a chunk has."""
    return [name for name in chunk.column_names if name not in (ROW_ID, PLACE, NTH)]


def chunk_of(frame: pd.DataFrame, places: pd.Series, types: Mapping[str, str]) -> pa.Table:
    """A tidy frame as a chunk; raises SettingError where a column has another type than in the first rows."""
    cells = cells_of(frame, types)
    return cells.append_column(PLACE, pa.array(places.loc[frame.index].to_numpy(dtype="int64")))


def cells_of(frame: pd.DataFrame, types: Mapping[str, str]) -> pa.Table:
    """The same without places."""
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
    return frame_to_arrow(frame, types)


def _widened(frame: pd.DataFrame, types: Mapping[str, str]) -> pd.DataFrame:
    """The frame with whole numbers as decimals, and columns of nothing as any type, where other parts have these."""
    for name in [name for name in frame.columns if types.get(name) not in (None, type_of(frame[name]))]:
        wanted, column = types[name], frame[name]
        if (wanted, type_of(column)) == ("decimal", "integer") or column.isna().all():
            filled = column if wanted == "decimal" else pd.Series([None] * len(column), column.index, dtype=object)
            dtype: Any = DTYPES[wanted]
            frame = frame.assign(**{name: filled.astype(dtype)})
    return frame


def chunk_schema(types: Mapping[str, str]) -> pa.Schema:
    """The schema of chunks of a table with columns of these types."""
    return pa.schema(
        [*((name, ARROW[kind]) for name, kind in types.items()), (ROW_ID, pa.int64()), (PLACE, pa.int64())]
    )
