"""The profile of a table that memory does not hold: facts by DuckDB, rows that repeat counted in parts on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dataops_core.engines import external
from dataops_core.engines.batches import part_rows
from dataops_core.engines.counted_findings import counted_profile
from dataops_core.facts import Engine, column_facts
from dataops_core.progress import Progress, no_progress
from dataops_core.scratch import scratch_folder
from dataops_core.table import Table, arrow_to_frame, release_memory

NOT_THERE = ("meant",)  # facts that need a column in memory


def profile_in_batches(table: Table, *, findings: bool = True, progress: Progress = no_progress) -> dict[str, Any]:
    """The facts of every column, and the findings that follow from counts, as plain JSON values in the shape that
    `profile_table` gives; `left_out` names what memory has beside these.
    """
    facts: dict[str, dict[str, Any]] = {}
    steps = len(table.columns) + 1
    with Engine(table) as engine:
        for number, column in enumerate(table.columns):
            progress(number / steps, f"Counting {column.name}")
            facts[column.name] = column_facts(engine, column)
    release_memory()
    progress((steps - 1) / steps, "Counting duplicate rows")
    with scratch_folder() as folder:
        doubled = repeated_rows(table, folder)
    progress(1.0, "Done")
    return counted_profile(table.rows, facts, doubled, NOT_THERE, findings=findings)


def repeated_rows(table: Table, folder: Path) -> int:
    """How many rows repeat an earlier one in every column.

    A 64-bit mark of each row goes to disk; only rows whose marks come again are compared cell by cell.
    """
    (folder / "marks").mkdir()
    (folder / "rows").mkdir()
    again = np.zeros(table.rows, dtype=bool)
    for part in external.parts(external.cut(_marks(table), folder / "marks")):
        marks = pd.Series(part.column("mark").to_numpy())
        again[part.column(external.PLACE).to_numpy()[marks.duplicated(keep=False).to_numpy()]] = True
    if not again.any():
        return 0
    rows = external.parts(external.cut(_suspects(table, again), folder / "rows"))
    return sum(int(external.alike(arrow_to_frame(part, table.names)).duplicated().sum()) for part in rows)


def _marked(table: Table) -> Iterator[tuple[pa.Table, np.ndarray]]:
    for piece in table.arrow_batches():
        frame = external.alike(arrow_to_frame(piece, table.names))
        yield piece, pd.util.hash_pandas_object(frame, index=False).to_numpy()


def _marks(table: Table) -> Iterator[tuple[pa.Table, np.ndarray]]:
    at, count = 0, np.uint64(-(-table.rows // part_rows(2)) or 1)
    for _, marks in _marked(table):
        places = np.arange(at, at + len(marks))
        at += len(marks)
        yield pa.table({"mark": marks, external.PLACE: places}), (marks % count).astype(np.int64)


def _suspects(table: Table, again: np.ndarray) -> Iterator[tuple[pa.Table, np.ndarray]]:
    at, count = 0, np.uint64(-(-int(again.sum()) // part_rows(len(table.columns))) or 1)
    for piece, marks in _marked(table):
        here = again[at : at + len(marks)]
        at += len(marks)
        yield piece.filter(pa.array(here)), (marks[here] % count).astype(np.int64)
