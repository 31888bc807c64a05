"""What a run leaves: a folder of part files in the table's order, there whole or not at all."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from dataops_core.engines.external import PLACE
from dataops_core.engines.spark.failures import reported
from dataops_core.engines.spark.frames import chunk_schema
from dataops_core.engines.spark.splits import write_chunks
from dataops_core.engines.spark.table import ClusterTable
from dataops_core.errors import SettingError
from dataops_core.read import ReadOptions, read_file
from dataops_core.table import ROW_ID
from dataops_core.write import format_of, write_file

if TYPE_CHECKING:
    from pyspark import SparkContext

    from dataops_core.engines.result import EngineRun

ABOUT = "_dataops.json"  # Spark and others pass files by whose names begin with _


def check_output(out: Path) -> str:
    """The suffix of the part files that a folder of this name gets: that of its name, else .parquet.

    Raises SettingError where something is there already, or where the format cannot be written in parts.
    """
    if out.exists():
        raise SettingError(
            "There is something already.", f"-o {out}", "Name a folder that is not there yet, or remove this one."
        )
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK | os.X_OK):
        raise SettingError(
            "Nothing can be written there.", f"-o {out}", "Make the folder around it, or choose another place."
        )
    suffix = format_of(out) if out.suffix else ".parquet"
    if suffix == ".xlsx":
        raise SettingError("A workbook cannot be written in parts.", f"-o {out}", "Write .parquet, .csv or .jsonl.")
    return suffix


def write_result(table: ClusterTable, folder: Path) -> tuple[list[Path], int]:
    """Write a table's rows in order as Parquet files, without row ids: the files in order, and how many rows they have.

    There is one file at least. What workers left that died is not among them.
    """
    folder.mkdir()
    write = functools.partial(write_chunks, str(folder), table.guard, True)
    written = sorted(table.arranged().chunks.mapPartitionsWithIndex(write).collect())
    files = [folder / f"part-{number:05d}.parquet" for number in range(max(1, len(written)))]
    for file, (_, path, _) in zip(files, written, strict=False):
        Path(path).rename(file)
    if not written:
        schema = chunk_schema(table.types)
        pq.write_table(schema.empty_table().drop_columns([ROW_ID, PLACE]), files[0])
    for left in set(folder.iterdir()) - set(files):
        left.unlink()
    return files, sum(sum(groups) for _, _, groups in written)


def write_parts(
    context: SparkContext, parts: Sequence[Path], folder: Path, suffix: str, problems: Path, *, safe: bool
) -> None:
    """Write each Parquet file as a part in another format, on the workers, by the house's own writer."""
    folder.mkdir()
    work = functools.partial(_write_part, folder=str(folder), suffix=suffix, problems=str(problems), safe=safe)
    numbered = list(enumerate(map(str, parts)))
    context.parallelize(numbered, len(numbered)).foreach(work)


def deliver(folder: Path, out: Path, run: EngineRun) -> None:
    """Put what a run has written into its place, beside what it is."""
    about = {
        "rows": run.rows,
        "columns": [[name, kind] for name, kind in run.types.items()],
        "content_hash": run.content_hash,
        "recipe": run.recipe.to_json(),
    }
    (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")
    try:
        folder.rename(out)
    except OSError as error:
        raise SettingError(
            f"The folder cannot be put into its place: {error.strerror}.", f"-o {out}", "Choose another place."
        ) from error


def _write_part(part: tuple[int, str], folder: str, suffix: str, problems: str, safe: bool) -> None:
    number, path = part
    with reported(problems, path):
        staged = Path(folder, f"_{number}.{os.getpid()}.parquet")
        try:
            table = read_file(Path(path), staged, ReadOptions(lenient=True)).table
            write_file(table, Path(folder, f"part-{number:05d}{suffix}"), safe=safe)
        finally:
            staged.unlink(missing_ok=True)
