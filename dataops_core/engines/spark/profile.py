"""The profile of a table on a cluster: facts, and the findings that follow from counts; it names no rows."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops_core.engines.counted_findings import counted_profile
from dataops_core.engines.spark.engine import staged_by_house
from dataops_core.engines.spark.facts import NOT_THERE, SparkFacts, cluster_facts
from dataops_core.engines.spark.failures import brought_back
from dataops_core.engines.spark.sources import files_of, look
from dataops_core.engines.spark.sql_table import sql_table
from dataops_core.progress import Progress, no_progress
from dataops_core.read import ReadOptions
from dataops_core.recipe.recipe import Recipe
from dataops_core.scratch import scratch_folder

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def profile_on_spark(
    spark: SparkSession,
    source: Path,
    *,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - frozen
    shared: Path | None = None,
    findings: bool = True,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """The profile of a file or a folder of files, as plain JSON values, in the shape that `profile_table` gives.

    `left_out` names the facts and the checks that memory has beside these. Files other than Parquet are read into
    `shared`, a folder that driver and workers see (default: one of this machine).
    """
    files = files_of(source)
    with scratch_folder(shared) as folder:
        problems, staged = folder / "problems", folder / "read"
        problems.mkdir()
        staged.mkdir()
        with brought_back(problems, spark.sparkContext.master or ""):
            progress(0.0, f"Looking at {len(files):,} files")
            pieces = look(
                spark.sparkContext, files, functools.partial(staged_by_house, Recipe(), options.to_json()), staged
            )
            table = sql_table(spark, pieces)
            engine, facts = SparkFacts(table), dict[str, dict[str, Any]]()
            for number, name in enumerate(table.types):
                progress(number / (len(table.types) + 1), f"Counting {name}")
                facts[name] = cluster_facts(table, name, engine)
            progress(len(table.types) / (len(table.types) + 1), "Counting duplicate rows")
            doubled = engine.duplicates()
    problems_met = [dict(problem) for piece in pieces for problem in piece.problems]
    return counted_profile(table.rows, facts, doubled, NOT_THERE, findings=findings) | {"problems": problems_met}
