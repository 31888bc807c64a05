"""A recipe on a cluster: planned, tried on the first rows here, then run on all of them there."""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dataops_core.engines.plan import check_plan, columns_learned_from, counts, pieces_of, plan
from dataops_core.engines.result import EngineRun
from dataops_core.engines.spark.bucket_files import bucket_address, bucket_piece
from dataops_core.engines.spark.delta import delta_mark, places_of, write_partitions
from dataops_core.engines.spark.failures import brought_back, reported
from dataops_core.engines.spark.hashing import cluster_hash
from dataops_core.engines.spark.output import deliver, write_parts, write_result
from dataops_core.engines.spark.sources import Piece, look, opened, staged_path, with_file
from dataops_core.engines.spark.statistics import statistic_rows
from dataops_core.engines.spark.walk import Walk
from dataops_core.errors import DataOpsError, SettingError
from dataops_core.progress import Progress, no_progress
from dataops_core.read import ReadOptions
from dataops_core.recipe.call import call
from dataops_core.recipe.narrow import named_columns
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.recipe.replay import engine_values, learn_counted, other_table, split_column
from dataops_core.recipe.source import read_for
from dataops_core.recipe.walk import Outcome
from dataops_core.recipe.walk import walk as through
from dataops_core.scratch import folder_beside
from dataops_core.steps import Step, get
from dataops_core.table import Column, Table, open_table, tidy

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def run_on_spark(
    spark: SparkSession,
    recipe: Recipe,
    source: Path,
    out: Path,
    *,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - frozen
    tables: Mapping[str, Table] | None = None,
    safe: bool = False,
    progress: Progress = no_progress,
) -> EngineRun:
    """Replay a recipe on a file, a folder of files or a Delta table, and write a folder of part files, or (delta:…) the
    next version of a Delta table, whole or not at all.

    Raises SettingError, before anything starts, where a step cannot run on a cluster.
    """
    check_plan(plan(recipe, "spark"), "spark")
    context, places = spark.sparkContext, places_of(source, out)
    files, delta, target, suffix = places.files, places.delta, places.target, places.suffix
    with folder_beside(out if target is None else target.folder) as shared:
        problems, result = shared / "problems", shared / "result"
        problems.mkdir()
        (shared / "read").mkdir()
        with brought_back(problems, context.master or ""):
            progress(0.0, f"Looking at {len(files):,} files")
            reader = functools.partial(staged_by_house, recipe, options.to_json())
            pieces = look(context, files, reader, shared / "read", bucket_piece if bucket_address(source) else None)
            pieces = pieces if delta is None else delta.completed(pieces)
            walk = Walk(opened(context, pieces, shared, functools.partial(reported, str(problems))))
            recipe.check(list(walk.types))
            fitted, outcomes = run_walk(walk, recipe, tables or {}, progress)
            if target is not None:
                target.check(walk.types)
            progress(0.7, "Writing")
            written, rows = write_result(walk.flushed(), result)
            progress(0.9, "Taking the content hash")
            done = EngineRun(
                rows,
                walk.types,
                cluster_hash(context, list(map(str, written)), walk.types, rows),
                fitted,
                outcomes,
                tuple(problem for piece in pieces for problem in piece.problems),
            )
            by = () if target is None else target.partitions
            parted = write_partitions(context, written, shared / "partitions", by, problems) if by else None
            if suffix != ".parquet":
                write_parts(context, written, shared / "parts", suffix, problems, safe=safe)
        if target is not None:
            target.deliver(written, delta_mark(done), parted)
            return done
        deliver(result if suffix == ".parquet" else shared / "parts", out, done)
    return done


def run_walk(
    walk: Walk, recipe: Recipe, tables: Mapping[str, Table], progress: Progress
) -> tuple[Recipe, tuple[Outcome, ...]]:
    """Go through the steps of a recipe: the recipe with all that it learned, and what became of each step.

    Raises the error of the first step that cannot be done.
    """
    outcomes: list[Outcome] = []
    fitted: list[RecipeStep] = []

    def do(place: int, entry: RecipeStep, _: None, context: RecipeContext) -> tuple[RecipeStep, None, Outcome]:
        progress(0.7 * (place + 1) / (len(recipe.steps) + 1), entry.sentence)
        try:
            entry, other = other_table(entry, lambda name, _content: tables.get(name))
            learned = _step(walk, entry, recipe.seed, other, context)
        except DataOpsError as error:
            raise type(error)(
                f'The step "{entry.op}" failed: {error.what}', f"step {place + 1}, {error.where}", error.fix
            ) from error
        return entry, None, Outcome(entry.op, entry.sentence, "done", learned=learned)

    for each in through(recipe, None, do, on_failure="stop"):
        outcomes.append(each.outcome)
        done = each.outcome.status == "done"
        fitted.append(replace(each.entry, learned=each.outcome.learned) if done else each.entry)
    return replace(recipe, steps=tuple(fitted)), tuple(outcomes)


def _step(
    walk: Walk, entry: RecipeStep, seed: int, other: Table | None, context: RecipeContext
) -> Mapping[str, Any] | None:
    step = get(entry.op)
    settings = step.check(entry.settings, [Column(name, kind, "") for name, kind in walk.types.items()])
    learned = entry.learned if entry.learned is not None else _learned(walk, step, settings, seed, context)
    given = settings | engine_values(step.function, seed, context)
    given |= {"learned": learned} if step.learner else {}
    if "split" in given:
        split_column(step, walk.types, context.split)
    other_path = None if other is None else _shared_copy(other, Path(walk.table.shared))
    pieces = pieces_of(step, settings)
    if pieces is None:
        raise SettingError(f'"{step.title}" needs the whole table in one place.', step.name, "Run it on one machine.")
    looked_at = named_columns(step, settings) if step.narrow else None
    walk.take(pieces, functools.partial(run_step, step.name, given, other_path), looked_at)
    return learned


def run_step(op: str, given: Mapping[str, Any], other: str | None, frame: pd.DataFrame) -> pd.DataFrame:
    """Run a step, by its name, with all that its function is given; `other` is the path of a second table."""
    step = get(op)
    more = {"other": other_frame(other)} if other else {}
    return tidy(call(step, step.function, frame, {**given, **more}))


@functools.lru_cache(maxsize=4)
def other_frame(path: str) -> pd.DataFrame:
    """The rows of a second table, kept by the worker."""
    return open_table(Path(path)).frame()


def _learned(
    walk: Walk, step: Step, settings: Mapping[str, Any], seed: int, context: RecipeContext
) -> dict[str, Any] | None:
    """What a step learns from all rows (those for training), in the memory of the driver; None: it learns nothing."""
    if step.learner is None:
        return None
    split = split_column(step, walk.types, context.split)
    columns = columns_learned_from(step, settings, context)
    if counts(step, settings):
        named = [name for name in columns if name != split or name in (*settings["columns"], *settings.get("by", ()))]
        return learn_counted(
            step,
            settings,
            named,
            engine_values(step.learner, seed, context),
            functools.partial(_counted, walk, split, step.learned_statistic(settings)),
        )
    rows = walk.rows_to_learn_from(columns, split)
    learned = call(step, step.learner, rows, {**settings, **engine_values(step.learner, seed, context)})
    return json.loads(json.dumps(learned, allow_nan=False))


def _counted(walk: Walk, split: str | None, statistic: str | None, columns: Sequence[str]) -> pd.DataFrame:
    """Counted rows of some columns; of one whose median or mean alone is asked for, few that have the same."""
    if len(columns) == 1 and statistic:
        few = statistic_rows(walk.to_learn_from(columns, split), columns[0], statistic, split)
        if few is not None:
            return few
    return walk.counted_rows(columns, split)


def _shared_copy(table: Table, shared: Path) -> str:
    """A second table where all workers can read it."""
    path = shared / f"{table.content_hash}.parquet"
    if not path.exists():
        shutil.copyfile(table.path, path)
    return str(path)


def staged_by_house(recipe: Recipe, options: Mapping[str, Any], file: str, shared: str) -> Piece:
    """Any other file, read by the house's reader into a Parquet file of the shared folder."""
    out = staged_path(file, shared)
    source = read_for(recipe, Path(file), out, ReadOptions.from_json(options))
    table, missing = source.table, source.table.missing()
    return Piece(
        file,
        str(out),
        table.rows,
        {column.name: column.type for column in table.columns},
        tuple(column for column, gone in missing.items() if gone == table.rows),
        source.options.to_json(),
        tuple(vars(problem) | {"where": with_file(problem.where, file)} for problem in source.problems),
    )
