"""One machine, larger than memory: rows batch after batch, equal rows together in parts on disk, sorting by DuckDB.

A step's own function runs on every batch or part; only the order of rows is the work of DuckDB, which spills. Columns
have no names there but `c0`, `c1`, …, for DuckDB takes A and a for one name.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dataops_core.engines.plan import columns_learned_from, pieces_of
from dataops_core.recipe.replay import Bounded, call
from dataops_core.scratch import scratch_folder
from dataops_core.steps import EqualRows, KeyColumns, NewRows, Order, Rows, Step
from dataops_core.steps._classes import group_keys
from dataops_core.table import ROW_ID, Table, arrow_to_frame, frame_to_arrow, tidy, type_of

MEMORY = os.environ.get("DATAOPS_BATCH_MEMORY", "1GB")  # that DuckDB may take before it spills
PART_CELLS = 5_000_000  # of a part that is held at once
BATCH_ROWS = 100_000
PLACE = "place"
COPY = f"{ROW_ID}copy"


def bounded() -> Bounded:
    """How this engine runs the steps of a recipe."""
    return Bounded(frames, columns_learned_from)


def frames(
    step: Step, settings: Mapping[str, Any], given: Mapping[str, Any], table: Table, folder: Path
) -> Iterator[pd.DataFrame] | None:
    """A step's result in pieces, in order; None where it needs the whole table."""
    pieces = pieces_of(step, settings)
    if isinstance(pieces, Rows):
        return (tidy(call(step, step.function, batch, given)) for batch in table.batches())
    if isinstance(pieces, Order):
        return _ordered(table, pieces, folder)
    if isinstance(pieces, KeyColumns):
        return _by_key_columns(step, pieces, given, table)
    if isinstance(pieces, (EqualRows, NewRows)) and table.cells > PART_CELLS:
        return _together(step, pieces, given, table, folder)
    return None


def _ordered(table: Table, pieces: Order, folder: Path) -> Iterator[pd.DataFrame]:
    """The rows in another order; equal ones keep theirs, missing cells come last."""
    by = [_key(table, name) + (" DESC" if pieces.descending else "") + " NULLS LAST" for name in pieces.columns]
    with scratch_folder(folder) as place:
        types = {column.name: column.type for column in table.columns}
        yield from _sorted(_numbered(table), types, [*by, PLACE], place)


def _by_key_columns(step: Step, pieces: KeyColumns, given: Mapping[str, Any], table: Table) -> Iterator[pd.DataFrame]:
    """Run a step on the columns that it looks at, and take the rows that it keeps batch by batch."""
    call(step, step.function, table.page(0, 0), given)  # what is wrong with the names of all columns
    narrow = table.frame(pieces.columns)
    if pieces.copies:
        marks = [pd.util.hash_pandas_object(_alike(batch), index=False) for batch in table.batches()]
        narrow[COPY] = pd.Series(np.concatenate(marks).view("int64"), index=narrow.index).astype("Int64")
    kept = tidy(call(step, step.function, narrow, given))
    new = [name for name in kept.columns if name not in (*table.names, COPY)]
    for batch in table.batches():
        ids = batch.index[batch.index.isin(kept.index)]
        yield tidy(batch.loc[ids].assign(**{name: kept.loc[ids, name] for name in new}))


def _together(
    step: Step, pieces: EqualRows | NewRows, given: Mapping[str, Any], table: Table, folder: Path
) -> Iterator[pd.DataFrame]:
    """Run a step on parts in which equal rows lie together, and put what comes out back into the table's order."""
    with scratch_folder(folder) as place:
        parts = _parts(table, pieces.columns or table.names, -(-table.cells // PART_CELLS), place)
        outs: list[Path] = []
        types: dict[str, str] = {}
        for number, part in enumerate(parts):
            rows = pq.read_table(part)
            part.unlink()
            frame = arrow_to_frame(rows.drop_columns([PLACE]), table.names)
            places = pd.Series(rows.column(PLACE).to_numpy(), index=frame.index)
            out = tidy(call(step, step.function, frame, given))
            if isinstance(pieces, NewRows):
                first: dict[tuple[str | None, ...], int] = {}
                for at, key in enumerate(group_keys(frame, pieces.columns)):
                    first.setdefault(key, at)
                places = pd.Series(places.to_numpy()[list(first.values())], index=out.index)
            types = types or {str(name): type_of(out[name]) for name in out.columns}
            cells = frame_to_arrow(out, types).append_column(PLACE, pa.array(places.loc[out.index].to_numpy()))
            outs.append(place / f"out{number}.parquet")
            pq.write_table(cells.rename_columns(_plain(types)), outs[-1])
        start = int(max(table.frame([]).index, default=-1)) + 1
        for frame in _sorted(outs, types, [PLACE], place):
            if isinstance(pieces, NewRows):
                frame.index = pd.RangeIndex(start, start + len(frame), name="row")
                start += len(frame)
            yield frame


def _parts(table: Table, columns: Sequence[str], parts: int, place: Path) -> list[Path]:
    """The table's rows, each with its place, in files by the hash of some columns."""
    paths = [place / f"part{number}.parquet" for number in range(parts)]
    with ExitStack() as stack:
        writers: dict[int, pq.ParquetWriter] = {}
        at, types = 0, {column.name: column.type for column in table.columns}
        for batch in table.batches():
            codes = pd.util.hash_pandas_object(_alike(batch[list(columns)]), index=False).to_numpy() % parts
            cells = frame_to_arrow(batch, types).append_column(PLACE, pa.array(np.arange(at, at + len(batch))))
            at += len(batch)
            for number in range(parts):
                if number not in writers:
                    writers[number] = stack.enter_context(pq.ParquetWriter(paths[number], cells.schema))
                writers[number].write_table(cells.filter(pa.array(codes == number)))
    return paths


def _alike(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with 0.0 for -0.0, which are equal and have not the same hash."""
    zeros = {name: frame[name] + 0.0 for name in frame.columns if type_of(frame[name]) == "decimal"}
    return frame.assign(**zeros) if zeros else frame


def _numbered(table: Table) -> pa.RecordBatchReader:
    """The table with plain names and the place of each row."""
    types = {column.name: column.type for column in table.columns}
    schema = frame_to_arrow(table.page(0, 0), types).append_column(PLACE, pa.array([], pa.int64())).schema
    names = _plain(types)

    def batches() -> Iterator[pa.RecordBatch]:
        at = 0
        for batch in table.batches():
            places = pa.array(np.arange(at, at + len(batch)))
            at += len(batch)
            cells = frame_to_arrow(batch, types).append_column(PLACE, places)
            yield from cells.rename_columns(names).combine_chunks().to_batches()

    fields = [pa.field(name, field.type) for name, field in zip(names, schema, strict=True)]
    return pa.RecordBatchReader.from_batches(pa.schema(fields), batches())


def _sorted(
    source: pa.RecordBatchReader | Sequence[Path], types: Mapping[str, str], by: Sequence[str], place: Path
) -> Iterator[pd.DataFrame]:
    """Rows in the order of some SQL expressions; DuckDB sorts them and spills into `place`."""
    import duckdb

    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(place / "spill")}) as engine:
        if isinstance(source, pa.RecordBatchReader):
            rows = engine.from_arrow(source)
        else:
            rows = engine.read_parquet([str(path) for path in source])
        found = rows.order(", ".join(by)).to_arrow_reader(BATCH_ROWS)
        pieces = (pa.Table.from_batches([batch]) for batch in found)
        first = next(pieces, found.schema.empty_table())  # at least one piece, so that no rows keep their columns
        for cells in itertools.chain([first], pieces):
            yield arrow_to_frame(cells.drop_columns([PLACE]).rename_columns([*types, ROW_ID]), list(types))


def _key(table: Table, name: str) -> str:
    at = table.names.index(name)
    return f"c{at} + 0.0" if table.column(name).type == "decimal" else f"c{at}"


def _plain(types: Mapping[str, str]) -> list[str]:
    return [*(f"c{at}" for at in range(len(types))), ROW_ID, PLACE]
