"""The profile of a table on a cluster: facts, and the findings that follow from counts; it names no rows."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops_core.checks import REGISTRY, ranked
from dataops_core.checks.check import Finding
from dataops_core.checks.constant_column import constant_column, says_constant
from dataops_core.checks.duplicate_rows import duplicate_rows
from dataops_core.checks.near_constant import deviating, near_constant, says_deviating
from dataops_core.engines.spark.engine import staged_by_house
from dataops_core.engines.spark.facts import NOT_THERE, SparkFacts, cluster_facts
from dataops_core.engines.spark.failures import brought_back
from dataops_core.engines.spark.sources import files_of, look, opened
from dataops_core.progress import Progress, no_progress
from dataops_core.read import ReadOptions
from dataops_core.recipe.recipe import Recipe
from dataops_core.scratch import scratch_folder
from dataops_core.wording import counted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

COUNTED = (constant_column, duplicate_rows, near_constant)  # the checks whose findings follow from counts


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
            pieces = look(spark, files, functools.partial(staged_by_house, Recipe(), options.to_json()), staged)
            table = opened(spark, pieces, folder)
            engine, facts = SparkFacts(table), dict[str, dict[str, Any]]()
            for number, name in enumerate(table.types):
                progress(number / (len(table.types) + 1), f"Counting {name}")
                facts[name] = cluster_facts(table, name, engine)
            progress(len(table.types) / (len(table.types) + 1), "Counting duplicate rows")
            doubled = engine.duplicates()
    found = [*_column_findings(facts), *_duplicates(doubled, table.most_rows)] if findings else []
    missing = [each["missing"] for each in facts.values()]
    checks = [name for name in REGISTRY if name not in {each.name for each in COUNTED}] if findings else []
    return {
        "rows": table.most_rows,
        "columns": len(table.types),
        "duplicate_rows": doubled,
        "missing_cells": None if None in missing else sum(missing),
        "facts": facts,
        "findings": [each.to_json() for each in ranked(found)],
        "failed_checks": [
            {"check": "facts", "columns": [name], "reason": each["failed"]}
            for name, each in facts.items()
            if "failed" in each
        ],
        "problems": [dict(problem) for piece in pieces for problem in piece.problems],
        "left_out": {"facts": list(NOT_THERE), "checks": checks},
    }


def _column_findings(facts: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    found = []
    for name, each in facts.items():
        if "failed" in each or not each["rows"]:
            continue
        said, fix = says_constant(each), {"columns": [name]}
        if said:
            found.append(constant_column.counted((name,), each["rows"], each["rows"], said[0], fix, said[1]))
        count = deviating(each)
        if count:
            found.append(near_constant.counted((name,), count, each["rows"], says_deviating(each, count), fix))
    return found


def _duplicates(count: int, rows: int) -> list[Finding]:
    if not count or count > 0.5 * rows:  # then what tells the rows apart is missing, not doubled
        return []
    said = f"{counted(count, 'row repeats', 'rows repeat')} an earlier row in every column."
    return [duplicate_rows.counted((), count, rows, said, {"columns": []})]
