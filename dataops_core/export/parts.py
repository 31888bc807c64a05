"""The parts of a split: which rows are for training, validation and testing, as files of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dataops_core.models import PARTS
from dataops_core.recipe.recipe import RecipeContext, from_json
from dataops_core.table import Table, write_table
from dataops_core.write import write_file

ENDINGS = (".csv", ".parquet")
NAMES = tuple(f"{part}{ending}" for part in PARTS for ending in ENDINGS)


def split_column(version: Mapping[str, Any]) -> str | None:
    """The column that says which rows are for training, validation and testing; None where no step made one, or it is
    gone.
    """
    context = RecipeContext()
    for entry, told in zip(from_json(version["recipe"]).steps, version["steps"], strict=False):
        if told["status"] == "done":
            context = context.after(entry)
    return context.split if context.split in {each["name"] for each in version["data"]["columns"]} else None


def write_parts(table: Table, column: str, folder: Path) -> dict[str, Path]:
    """Training, validation and test rows, each as CSV and Parquet, by name; a part without rows has no files."""
    found = {}
    for part in PARTS:
        rows = (frame[(frame[column] == part).to_numpy(dtype=bool, na_value=False)] for frame in table.batches())
        made = write_table(folder / f"{part}.table", rows, table.kinds)
        if made.rows:
            for ending in ENDINGS:
                found[f"{part}{ending}"] = folder / f"{part}{ending}"
                write_file(made, folder / f"{part}{ending}")
    return found


def rows_of(folder: Path) -> dict[str, int]:
    """The rows of each part whose files lie in a folder."""
    files = {part: folder / f"{part}.parquet" for part in PARTS}
    return {part: pq.read_metadata(path).num_rows for part, path in files.items() if path.is_file()}
