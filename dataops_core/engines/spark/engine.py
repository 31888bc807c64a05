"""A recipe on a cluster: planned, tried on the first rows here, then run on all of them there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dataops_core.engines.plan import check_plan, columns_learned_from, pieces_of, plan
from dataops_core.engines.result import EngineRun
from dataops_core.engines.spark.failures import brought_back
from dataops_core.engines.spark.frames import Work, WorkerStep, run_steps
from dataops_core.engines.spark.hashing import cluster_hash
from dataops_core.engines.spark.output import check_output, deliver, write_parts, write_result
from dataops_core.engines.spark.sources import files_of, look, opened
from dataops_core.engines.spark.table import COPY, ClusterTable
from dataops_core.errors import DataOpsError, SettingError
from dataops_core.models import training
from dataops_core.progress import Progress, no_progress
from dataops_core.read import ReadOptions
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.recipe.replay import call, engine_values, other_table, split_column
from dataops_core.recipe.walk import Outcome
from dataops_core.recipe.walk import walk as through
from dataops_core.scratch import folder_beside
from dataops_core.steps import EqualRows, KeyColumns, MoreRows, NewRows, Order, Rows, RowsBelow, Step, get
from dataops_core.table import Column, Table, tidy, type_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


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
    """Replay a recipe on a file or a folder of files, and write a folder of part files, whole or not at all.

    Raises SettingError, before anything starts, where a step cannot run on a cluster.
    """
    check_plan(plan(recipe, "spark"), "spark")
    suffix, files = check_output(out), files_of(source)
    with folder_beside(out) as shared:
        problems, staged, result = shared / "problems", shared / "read", shared / "result"
        problems.mkdir()
        staged.mkdir()
        with brought_back(problems, spark.sparkContext.master or ""):
            progress(0.0, f"Looking at {len(files):,} files")
            pieces = look(spark, files, recipe, options, staged)
            walk = Walk(opened(spark, pieces, shared), shared)
            recipe.check(list(walk.types))
            run_walk(walk, recipe, tables or {}, progress)
            progress(0.7, "Writing")
            write_result(walk.flushed(), result)
            progress(0.9, "Taking the content hash")
            written = look(spark, files_of(result), None, ReadOptions(), staged)
            read_back = opened(spark, written, shared)
            done = EngineRun(
                read_back.most_rows,
                walk.types,
                cluster_hash(replace(read_back, types=walk.types), read_back.most_rows),
                replace(recipe, steps=tuple(walk.fitted)),
                tuple(walk.outcomes),
                tuple(problem for piece in pieces for problem in piece.problems),
            )
            if suffix != ".parquet":
                parts = [Path(piece.file) for piece in written if piece.rows] or [Path(written[0].file)]
                write_parts(spark, parts, shared / "parts", suffix, problems, safe=safe)
        deliver(result if suffix == ".parquet" else shared / "parts", out, done)
    return done


@dataclass
class Walk:
    """The way through a recipe: the table so far, the steps that wait to run on the same rows, and what became of those
    before.
    """

    table: ClusterTable
    shared: Path
    waiting: list[WorkerStep] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    fitted: list[RecipeStep] = field(default_factory=list)
    context: RecipeContext = field(default_factory=RecipeContext)
    kept: DataFrame | None = None

    def __post_init__(self) -> None:
        self.head = self.table.head

    @property
    def types(self) -> dict[str, str]:
        """The storage types of the columns after all steps so far."""
        return {str(name): type_of(self.head[name]) for name in self.head.columns}

    def work(self, steps: list[WorkerStep]) -> Work:
        """What the workers need to know of some steps that end in the types so far."""
        return Work(tuple(steps), self.table.types, self.types, str(self.shared / "problems"))

    def flushed(self) -> ClusterTable:
        """The table with no step waiting."""
        if self.waiting:
            self.table = self.table.rows(self.work(self.waiting), self.head)
            self.waiting = []
        return self.table

    def held(self) -> ClusterTable:
        """The same, written down in the shared folder, for it is needed more than once."""
        table = self.flushed()
        if table.data is not self.kept:
            self.kept = table.kept(table.data)
            self.table = replace(table, data=self.kept)
        return self.table


def run_walk(walk: Walk, recipe: Recipe, tables: Mapping[str, Table], progress: Progress) -> None:
    """Go through the steps of a recipe; raises the error of the first that cannot be done."""

    def do(place: int, entry: RecipeStep, _: None, context: RecipeContext) -> tuple[RecipeStep, None, Outcome]:
        progress(0.7 * (place + 1) / (len(recipe.steps) + 1), entry.sentence)
        walk.context = context
        try:
            entry, other = other_table(entry, lambda name, _content: tables.get(name))
            learned = _step(walk, entry, recipe.seed, other)
        except DataOpsError as error:
            raise type(error)(
                f'The step "{entry.op}" failed: {error.what}', f"step {place + 1}, {error.where}", error.fix
            ) from error
        return entry, None, Outcome(entry.op, entry.sentence, "done", learned=learned)

    for each in through(recipe, None, do, on_failure="stop"):
        walk.outcomes.append(each.outcome)
        done = each.outcome.status == "done"
        walk.fitted.append(replace(each.entry, learned=each.outcome.learned) if done else each.entry)


def _step(walk: Walk, entry: RecipeStep, seed: int, other: Table | None) -> Mapping[str, Any] | None:
    step = get(entry.op)
    settings = step.check(entry.settings, [Column(name, kind, "") for name, kind in walk.types.items()])
    learned = entry.learned if entry.learned is not None else _learned(walk, step, settings, seed)
    given = settings | engine_values(step.function, seed, walk.context)
    given |= {"learned": learned} if step.learner else {}
    if "split" in given:
        split_column(step, walk.types, walk.context.split)
    work = WorkerStep(step.name, given, None if other is None else _shared_copy(other, walk.shared))
    pieces = pieces_of(step, settings)
    if isinstance(pieces, Rows):
        walk.head = run_steps([work], walk.head)
        walk.waiting.append(work)
    elif isinstance(pieces, EqualRows):
        table = walk.flushed()
        walk.head = run_steps([work], walk.head)
        walk.table = table.equal_rows(pieces, walk.work([work]), walk.head)
    elif isinstance(pieces, NewRows):
        table = walk.held()
        walk.head = run_steps([work], walk.head)
        walk.table = table.new_rows(pieces, walk.work([work]), walk.head)
    elif isinstance(pieces, Order):
        table = walk.flushed()
        walk.head = run_steps([work], walk.head)
        walk.table = table.ordered(pieces, walk.head)
    elif isinstance(pieces, MoreRows):
        table = walk.held()
        walk.head = _first(run_steps([work], table.probe()), walk.head)
        walk.table = table.more_rows(walk.work([work]), walk.head)
    elif isinstance(pieces, RowsBelow):
        table = walk.held()
        tried = table.probe()
        out = run_steps([work], tried)
        walk.head = _first(out, walk.head)
        walk.table = table.below(out.iloc[len(tried) :], walk.types, walk.head)
    elif isinstance(pieces, KeyColumns):
        _by_key_columns(walk, step, pieces, given)
    else:
        raise SettingError(f'"{step.title}" needs the whole table in one place.', step.name, "Run it on one machine.")
    return learned


def _first(tried: pd.DataFrame, head: pd.DataFrame) -> pd.DataFrame:
    """The first rows of what came out of a trial, without those of the row that was made up for it."""
    return tried.iloc[: len(head)]


def _by_key_columns(walk: Walk, step: Step, pieces: KeyColumns, given: Mapping[str, Any]) -> None:
    """Run a step here on the columns that it looks at, and join what it says to the rows there."""
    call(step, step.function, walk.head.iloc[:0], given)  # what is wrong with the names of all columns
    table = walk.held()
    kept = tidy(call(step, step.function, table.gathered(pieces.columns, copies=pieces.copies), given))
    new = {str(name): type_of(kept[name]) for name in kept.columns if name not in (*table.types, COPY)}
    walk.table = table.keyed(kept, new)
    walk.head = walk.table.head


def _learned(walk: Walk, step: Step, settings: Mapping[str, Any], seed: int) -> dict[str, Any] | None:
    """What a step learns from all rows (those for training), in the memory of the driver; None: it learns nothing."""
    if step.learner is None:
        return None
    split = split_column(step, walk.types, walk.context.split)
    columns = columns_learned_from(step, settings, walk.context) or tuple(walk.types)
    rows: pd.DataFrame = walk.held().gathered(columns, split)
    rows = training(walk.head if split and rows.empty else rows, split)  # no row for training: it says so
    learned = call(step, step.learner, rows, {**settings, **engine_values(step.learner, seed, walk.context)})
    return json.loads(json.dumps(learned, allow_nan=False))


def _shared_copy(table: Table, shared: Path) -> str:
    """A second table where all workers can read it."""
    path = shared / f"{table.content_hash}.parquet"
    if not path.exists():
        shutil.copyfile(table.path, path)
    return str(path)
