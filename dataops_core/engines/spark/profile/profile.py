"""The profile of a table on a cluster: facts, and the findings that follow from counts; it names no rows."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops_core.engines.counted_findings import counted_profile
from dataops_core.engines.spark.bucket_files import bucket_address, bucket_piece
from dataops_core.engines.spark.delta import input_files
from dataops_core.engines.spark.engine import staged_by_house
from dataops_core.engines.spark.failures import brought_back, reported
from dataops_core.engines.spark.profile.counting import count_columns
from dataops_core.engines.spark.profile.facts import (
    MOST_HERE,
    NOT_THERE,
    ClusterFacts,
    CountedFacts,
    cluster_facts,
    looked_into,
)
from dataops_core.engines.spark.sources import look, opened
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
    """The profile of a file, a folder of files or a Delta table, as plain JSON values, in the shape that
    `profile_table` gives.

    `left_out` names the facts and the checks that memory has beside these. Files other than Parquet are read into
    `shared`, a folder that driver and workers see (default: one of this machine).
    """
    files, delta = input_files(source)
    with scratch_folder(shared) as folder:
        problems, staged = folder / "problems", folder / "read"
        problems.mkdir()
        staged.mkdir()
        context = spark.sparkContext
        with brought_back(problems, context.master or ""):
            progress(0.0, f"Looking at {len(files):,} files")
            reader = functools.partial(staged_by_house, Recipe(), options.to_json())
            pieces = look(context, files, reader, staged, bucket_piece if bucket_address(source) else None)
            pieces = pieces if delta is None else delta.completed(pieces)
            table = opened(context, pieces, folder, functools.partial(reported, str(problems)))
            progress(0.1, "Counting values and duplicate rows")
            found, doubled = count_columns(table, looked_into(table.most_rows))
            here = CountedFacts(found, table.most_rows, folder)
            there = ClusterFacts(found, table.most_rows, folder, spark)
            facts = dict[str, dict[str, Any]]()
            for number, (name, kind) in enumerate(table.types.items()):
                progress(0.7 + 0.3 * number / len(table.types), f"Facts of {name}")
                facts[name] = cluster_facts(there if found[name].different > MOST_HERE else here, name, kind)
    problems_met = [dict(problem) for piece in pieces for problem in piece.problems]
    return counted_profile(table.most_rows, facts, doubled, NOT_THERE, findings=findings) | {"problems": problems_met}
