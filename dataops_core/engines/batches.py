"""One machine, larger than memory: rows batch after batch, equal rows together in parts on disk, sorting by DuckDB.

A step's own function runs on every batch or part, on no more columns than it looks at where it says so; the others
pass by as they lie in the file. Only the order of rows is the work of DuckDB, which spills. Columns have no names
there but `c0`, `c1`, …, for DuckDB takes A and a for one name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dataops_core.engines.external import PLACE, alike, arranged, cut, equal_together, parts
from dataops_core.engines.plan import columns_learned_from, pieces_of
from dataops_core.progress import Progress
from dataops_core.recipe.call import call
from dataops_core.recipe.narrow import Pieced, row_pieces
from dataops_core.recipe.replay import Bounded
from dataops_core.scratch import scratch_folder
from dataops_core.steps import EqualRows, KeyColumns, NewRows, Order, Rows, Step
from dataops_core.steps._classes import group_keys
from dataops_core.table import ROW_ID, Table, arrow_to_frame, frame_to_arrow, release_memory, tidy, types_of

MEMORY = os.environ.get("DATAOPS_BATCH_MEMORY", "512MB")  # that DuckDB may take before it spills
PART_CELLS = 5_000_000  # of a part that is held at once
PART_ROWS = 500_000
LARGE = 10_000_000  # cells; smaller tables are quicker in memory, and take a gigabyte at most
BATCH_ROWS = 100_000
COPY = f"{ROW_ID}copy"


def bounded(*, keep: bool = True) -> Bounded:
    """How this engine runs the steps of a recipe; `keep`: the table that it begins with is still needed after."""
    return Bounded(pieced, columns_learned_from, keep)


def bounded_for(table: Table) -> Bounded | None:
    """How to run a step on a table where nobody has asked for an engine: in batches if it is large, else in memory."""
    return bounded() if table.cells > LARGE else None


def pieced(
    step: Step, settings: Mapping[str, Any], given: Mapping[str, Any], table: Table, folder: Path, progress: Progress
) -> Pieced | None:
    """A step's result in pieces, in order; None where it needs the whole table."""
    pieces = pieces_of(step, settings)
    if isinstance(pieces, Rows):
        return row_pieces(step, given, table, settings, progress)
    if isinstance(pieces, Order):
        return Pieced(_counted(_ordered(table, pieces, folder), table, progress))
    if isinstance(pieces, KeyColumns):
        return Pieced(_by_key_columns(step, pieces, given, table))
    if isinstance(pieces, EqualRows) and pieces.only_drops and table.cells > PART_CELLS:
        return Pieced(_counted(_kept(step, pieces.columns, given, table, folder), table, progress))
    if isinstance(pieces, (EqualRows, NewRows)) and table.cells > PART_CELLS:
        return Pieced(_counted(_together(step, pieces, given, table, folder), table, progress))
    return None


def _counted(pieces: Iterator[pa.Table], table: Table, progress: Progress) -> Iterator[pa.Table]:
    """The pieces, and how far they are; half of the work is done before the first one comes."""
    done = 0
    for piece in pieces:
        yield piece
        done += piece.num_rows
        progress(0.5 + 0.5 * min(1.0, done / max(1, table.rows)), f"{done:,} of {table.rows:,} rows")


def _ordered(table: Table, pieces: Order, folder: Path) -> Iterator[pa.Table]:
    """The rows in another order; equal ones keep theirs, missing cells come last."""
    by = [_key(table, name, at) + (" DESC" if pieces.descending else "") for at, name in enumerate(pieces.columns)]
    with scratch_folder(folder) as place:
        targets = np.memmap(place / "targets", dtype=np.int64, mode="w+", shape=(max(1, table.rows),))
        at = 0
        for places in _sorted_places(table, pieces.columns, by, place):
            targets[places] = np.arange(at, at + len(places))
            at += len(places)
        release_memory()
        yield from arranged(_placed(table, targets), part_rows(len(table.columns)), place)


def _placed(table: Table, targets: np.ndarray) -> Iterator[pa.Table]:
    at = 0
    for piece in table.arrow_batches(rows=part_rows(len(table.columns))):
        yield piece.append_column(PLACE, pa.array(targets[at : at + piece.num_rows]))
        at += piece.num_rows


def part_rows(columns: int) -> int:
    """How many rows of so many columns are held at once."""
    return max(1, min(PART_ROWS, PART_CELLS // columns))


def _sorted_places(table: Table, columns: Sequence[str], by: Sequence[str], place: Path) -> Iterator[np.ndarray]:
    """The places of the rows in the order of some SQL expressions; DuckDB sorts them and spills into `place`."""
    import duckdb

    plain = [*(f"c{at}" for at in range(len(columns))), PLACE]
    fields = [table_field.type for table_field in next(table.arrow_batches(columns)).schema]
    schema = pa.schema(list(zip(plain, fields, strict=True)))

    def batches() -> Iterator[pa.RecordBatch]:
        at = 0
        for piece in table.arrow_batches(columns):
            cells = piece.drop_columns([ROW_ID]).append_column(PLACE, pa.array(np.arange(at, at + piece.num_rows)))
            at += piece.num_rows
            yield from cells.rename_columns(plain).combine_chunks().to_batches()

    order = ", ".join(f"{each} NULLS LAST" for each in [*by, PLACE])
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(place / "spill")}) as engine:
        rows = engine.from_arrow(pa.RecordBatchReader.from_batches(schema, batches()))
        ordered = f"SELECT {PLACE} FROM lines ORDER BY {order}"  # noqa: S608 - no name in it comes from the table
        found = rows.query("lines", ordered)
        assert found is not None
        for batch in found.to_arrow_reader(BATCH_ROWS):
            yield batch.column(0).to_numpy()


def _key(table: Table, name: str, at: int) -> str:
    return f"c{at} + 0.0" if table.column(name).type == "decimal" else f"c{at}"


def _by_key_columns(step: Step, pieces: KeyColumns, given: Mapping[str, Any], table: Table) -> Iterator[pd.DataFrame]:
    """Run a step on the columns that it looks at, and take the rows that it keeps batch by batch."""
    call(step, step.function, table.page(0, 0), given)  # what is wrong with the names of all columns
    narrow = table.frame(pieces.columns)
    if pieces.copies:
        marks = [pd.util.hash_pandas_object(alike(batch), index=False) for batch in table.batches()]
        narrow[COPY] = pd.Series(np.concatenate(marks).view("int64"), index=narrow.index).astype("Int64")
    kept = tidy(call(step, step.function, narrow, given))
    new = [name for name in kept.columns if name not in (*table.names, COPY)]
    for batch in table.batches():
        ids = batch.index[batch.index.isin(kept.index)]
        yield tidy(batch.loc[ids].assign(**{name: kept.loc[ids, name] for name in new}))


def _kept(
    step: Step, columns: Sequence[str], given: Mapping[str, Any], table: Table, folder: Path
) -> Iterator[pa.Table]:
    """Run a step that only drops rows on parts of the columns that it looks at; what stays passes as it is."""
    stays = np.zeros(table.rows, dtype=bool)
    names = list(columns) or table.names
    with scratch_folder(folder) as place:
        for part in parts(_equal_together(table, names, names, place)):
            frame = arrow_to_frame(part, names).set_axis(part.column(PLACE).to_numpy(), axis=0)
            stays[call(step, step.function, frame, given).index.to_numpy()] = True
    release_memory()
    at = 0
    for piece in table.arrow_batches():
        yield piece.filter(pa.array(stays[at : at + piece.num_rows]))
        at += piece.num_rows


def _together(
    step: Step, pieces: EqualRows | NewRows, given: Mapping[str, Any], table: Table, folder: Path
) -> Iterator[pa.Table]:
    """Run a step on parts in which equal rows lie together, and put what comes out back into the table's order."""
    with scratch_folder(folder) as place:
        done = _on_parts(step, pieces, given, table, place)
        (place / "out").mkdir()
        start = _greatest_id(table) + 1 if isinstance(pieces, NewRows) else 0
        for piece in arranged(done, part_rows(len(table.columns)), place / "out"):
            if isinstance(pieces, NewRows):
                ids = pa.array(np.arange(start, start + piece.num_rows))
                start += piece.num_rows
                yield piece.set_column(piece.column_names.index(ROW_ID), ROW_ID, ids)
            else:
                yield piece


def _on_parts(
    step: Step, pieces: EqualRows | NewRows, given: Mapping[str, Any], table: Table, place: Path
) -> Iterator[pa.Table]:
    types: dict[str, str] = {}
    for part in parts(_equal_together(table, pieces.columns or table.names, table.names, place)):
        frame = arrow_to_frame(part, table.names)
        places = pd.Series(part.column(PLACE).to_numpy(), index=frame.index)
        out = tidy(call(step, step.function, frame, given))
        if isinstance(pieces, NewRows):
            first: dict[tuple[str | None, ...], int] = {}
            for at, key in enumerate(group_keys(frame, pieces.columns)):
                first.setdefault(key, at)
            places = pd.Series(places.to_numpy()[list(first.values())], index=out.index)
        types = types or types_of(out)
        yield frame_to_arrow(out, types).append_column(PLACE, pa.array(places.loc[out.index].to_numpy()))


def _equal_together(table: Table, keys: Sequence[str], columns: Sequence[str], place: Path) -> dict[int, Path]:
    """Some columns of the table's rows, with the place of each, in files by the hash of the keys."""
    count = -(-table.rows // part_rows(len(columns)))

    def numbered() -> Iterator[tuple[pa.Table, np.ndarray]]:
        at = 0
        for piece in table.arrow_batches(columns, rows=part_rows(len(columns))):
            codes = equal_together(arrow_to_frame(piece, list(keys)), count)
            yield piece.append_column(PLACE, pa.array(np.arange(at, at + piece.num_rows))), codes
            at += piece.num_rows

    return cut(numbered(), place)


def _greatest_id(table: Table) -> int:
    return max((int(batch.index.max()) for batch in table.batches([]) if len(batch)), default=-1)
