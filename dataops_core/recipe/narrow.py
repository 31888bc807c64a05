"""Row by row with next to nothing decoded: a step that looks at few columns gets these, the others pass as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from dataops_core.progress import Progress, no_progress
from dataops_core.recipe.call import call
from dataops_core.steps import Step
from dataops_core.table import ROW_ID, Table, arrow_to_frame, frame_to_arrow, tidy, type_of


@dataclass(frozen=True)
class Pieced:
    """A step's result in pieces, in order, as frames or as Arrow tables with row ids, and the hashes of the columns
    that stay as they are.
    """

    pieces: Iterator[pd.DataFrame | pa.Table]
    hashes: Mapping[str, str] = field(default_factory=dict)


def named_columns(step: Step, settings: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The columns that the settings of a step name; None where its `columns` are left empty, which means all."""
    named: list[str] = []
    for setting in step.settings:
        value = settings.get(setting.name)
        if setting.shape == "columns" and setting.name == "columns" and not value:
            return None
        if setting.shape == "column" and isinstance(value, str):
            named.append(value)
        elif setting.shape == "columns" and value:
            named += value
    return tuple(dict.fromkeys(named))


def row_pieces(
    step: Step,
    given: Mapping[str, Any],
    table: Table,
    settings: Mapping[str, Any],
    progress: Progress = no_progress,
) -> Pieced:
    """A step of reach "row", batch by batch."""
    columns = named_columns(step, settings)
    if step.narrow and columns and set(columns) < set(table.names):
        hashes = {column.name: column.hash for column in table.columns if column.name not in columns}
        return Pieced(_narrow(step, given, table, columns, progress), hashes)
    return Pieced(_wide(step, given, table, progress))


def _wide(step: Step, given: Mapping[str, Any], table: Table, progress: Progress) -> Iterator[pd.DataFrame]:
    done = 0
    for batch in table.batches():
        yield tidy(call(step, step.function, batch, given))
        done += len(batch)
        progress(done / max(1, table.rows), f"{done:,} of {table.rows:,} rows")


def _narrow(
    step: Step, given: Mapping[str, Any], table: Table, columns: Sequence[str], progress: Progress
) -> Iterator[pa.Table]:
    done, types = 0, dict[str, str]()
    for batch in table.arrow_batches():
        made = tidy(call(step, step.function, arrow_to_frame(batch, columns), given))
        types = types or {str(name): type_of(made[name]) for name in made.columns}
        cells = frame_to_arrow(made, types)
        assert list(types) == list(columns)
        assert cells.column(ROW_ID).equals(batch.column(ROW_ID)), step.name
        for name in columns:
            batch = batch.set_column(batch.column_names.index(name), cells.field(name), cells.column(name))
        yield batch
        done += batch.num_rows
        progress(done / max(1, table.rows), f"{done:,} of {table.rows:,} rows")
