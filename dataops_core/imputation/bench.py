"""The bench: hide known cells, let each method recover them, compare, and recommend the simplest of the best.

Folds, samples and corrected intervals are those of the protocol (`evaluation`). What is judged differs: cells that were
hidden, not the outcome of rows. A hidden cell is on the same row as what tells of it, and every row both teaches and is
asked, so no fold of rows would do: in its place stand the hidings, in two patterns, the same ones for all methods, each
a tenth of the cells held back; the methods learn from what is left. What filling does to a prediction is asked in the
folds of the protocol by `compare`, where each method is a candidate.
"""

from __future__ import annotations

import functools
import time as clock
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from dataops_core.errors import DataOpsError, SettingError, Skip, nearest
from dataops_core.evaluation.kept_folds import KeptFolds, KeptJson, KeptWork
from dataops_core.imputation.draws import copies_of, told_of_draws
from dataops_core.imputation.hide import KEEP, as_observed, at_random, chances, known_cells, without
from dataops_core.imputation.judge import FOLDS, by_group, correlations, group_scores, recovered, scored, task_of
from dataops_core.imputation.methods import METHODS, SEVERAL, Task, best_group, offered, run_steps, steps_of
from dataops_core.imputation.recommend import HIDDEN, interval, recommend
from dataops_core.imputation.results import (
    BenchColumns,
    ColumnRecovery,
    ImputationBench,
    MethodRecovery,
    PatternRecovery,
    Recovered,
)
from dataops_core.models import Features, features, one_thread, training
from dataops_core.progress import Progress, no_progress
from dataops_core.record import Record
from dataops_core.steps._mixed import is_number, some_rows
from dataops_core.table import Column, Table

ROWS, CELLS = 10_000, 240_000  # of larger tables a sample of rows is taken
FEWEST = 20  # rows
MOST_JUDGED = 40  # columns
REPEATS = 2
MEASURES = ("nrmse", "accuracy", "wasserstein", "crps", "coverage")
PATTERNS = {"at_random": "completely at random", "as_observed": "the way cells are really missing here"}
NOT_SEEN = (
    "Errors are measured on cells that were hidden by what can be seen. Where cells are missing because of what they"
    " hold, real errors are greater (by a fifth in simulations), and no bench can see it. Filling several times is"
    " judged by the mean of its draws and by how often they hold the truth, and is never recommended in place of one"
    " filling: take it where a result needs an honest interval."
)
UNORDERED = (
    "Forward, backward and interpolate were not compared: they need the order of the rows, so name the column with the"
    " time."
)


Groups = dict[str, dict[str, dict[str, list[float]]]]  # errors by sensitive column, group and column


@dataclass(frozen=True)
class Hiding(Record):
    """What one method made of one hiding: measures by column, how far correlations moved (None where there are none),
    errors by group, the scores of a model on the completed table, seconds.
    """

    pattern: str
    columns: dict[str, Recovered]
    moved: float | None
    groups: Groups
    scores: list[float]
    seconds: float


@dataclass
class Runs:
    """What one method did over all hidings."""

    columns: list[dict[str, Recovered]] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)
    groups: Groups = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, one: Hiding) -> None:
        """Count one more hiding."""
        self.columns.append(one.columns)
        self.patterns.append(one.pattern)
        self.moved += [] if one.moved is None else [one.moved]
        self.scores += one.scores
        self.seconds.append(one.seconds)
        for name, groups in one.groups.items():
            for group, columns in groups.items():
                known = self.groups.setdefault(name, {}).setdefault(group, {})
                for column, errors in columns.items():
                    known.setdefault(column, []).extend(errors)


def bench(
    table: Table,
    *,
    target: str | None = None,
    sensitive: Sequence[str] = (),
    methods: Sequence[str] | None = None,
    seed: int = 0,
    split: str | None = None,
    time: str | None = None,
    repeats: int = REPEATS,
    rows: int = ROWS,
    kept: KeptFolds | None = None,
    progress: Progress = no_progress,
) -> ImputationBench:
    """Compare the methods of filling missing cells on this very table.

    Known cells (of the training rows, where there is a split) are hidden in two ways, `repeats` times each: completely
    at random, and the way cells are really missing here. Each method recovers them through the step that a recipe would
    run. The target takes no part: it is neither filled nor predicted from; with it, a model is judged on the completed
    table. Of large tables `rows` rows at most are drawn by the seed. Intervals are 95 %, over the hidings, by
    the corrected resampled t-test. What a method made of a hiding and is in `kept` is not done again.

    Raises SettingError where a name is unknown or the table has too little to hide.
    """
    seed %= 2**32
    _check(
        table,
        [*([target] if target else []), *sensitive, *([split] if split else []), *([time] if time else [])],
        repeats,
    )
    frame = training(table.frame(), split)
    whole = len(frame)
    frame = frame.iloc[some_rows(whole, max(200, min(rows, CELLS // max(1, len(table.columns)))), seed)]
    every, chosen, notes = prepare(table.columns, frame, (target, split), time)
    task = judged(every, frame, notes)
    names = offered(task, methods)
    asked = {"target": target, "sensitive": list(sensitive), "seed": seed, "split": split, "time": time, "rows": rows}
    work = KeptWork.of(kept, table, asked, "dataops_core.imputation", "dataops_core.models")
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        question = _Question(table.columns, frame, task, chosen, target, sensitive, seed, correlations(frame, chosen))
        runs, failed, hidden = _run(question, names, repeats, work, progress)
    if not any(runs[name].columns for name in runs):
        raise SettingError(
            "No method could be judged on this table.", "impute-bench", " ".join(failed.values()) or "Bring more rows."
        )
    if not any(frame[name].isna().any() for name in task.columns):
        notes.append(
            "Nothing is missing in these columns now; the result says what would recover gaps best if some came."
        )
    notes.append(NOT_SEEN)
    if task.time is None and methods is None:
        notes.append(UNORDERED)
    if task.time is not None:
        notes.append(
            "Backward and interpolate look into the future: do not take them where a model must predict with what was"
            " known then."
        )
    told = {name: _told(run, task.numbers) for name, run in runs.items() if run.columns}
    ready = {name: steps_of(name, every) for name in told}
    chosen_one = recommend(told, runs, ready, list(METHODS))
    progress(1.0, "done")
    return ImputationBench(
        rows=len(frame),
        of=whole,
        seed=seed,
        repeats=repeats,
        hidden=hidden,
        patterns=PATTERNS if "as_observed" in hidden else {"at_random": PATTERNS["at_random"]},
        columns=BenchColumns(
            numbers=list(every.numbers),
            categories=list(every.categories),
            predict_from=list(every.using),
            left_out=chosen.left_out,
        ),
        group=task.group,
        time=time,
        methods=told,
        failed=failed,
        notes=notes,
        advice=chosen_one,
    )


def judged(task: Task, frame: pd.DataFrame, notes: list[str]) -> Task:
    """The columns that are judged: on wide tables those with most gaps, for every one costs a model for each method and
    round.
    """
    if len(task.columns) <= MOST_JUDGED:
        return task
    kept = sorted(task.columns, key=lambda name: -int(frame[name].isna().sum()))[:MOST_JUDGED]
    notes.append(f"Judged on the {MOST_JUDGED} of {len(task.columns)} columns with most gaps; the step fills them all.")
    return replace(
        task,
        numbers=tuple(n for n in task.numbers if n in kept),
        categories=tuple(n for n in task.categories if n in kept),
    )


def _check(table: Table, names: list[str], repeats: int) -> None:
    for name in names:
        if name not in table.names:
            raise SettingError(f'There is no column "{name}".', "impute-bench", nearest(name, table.names))
    if not 1 <= repeats <= 50:
        raise SettingError(f"{repeats} repeats are too few or too many.", "impute-bench", "Give a number from 1 to 50.")


def prepare(
    columns: Sequence[Column], frame: pd.DataFrame, apart: Sequence[str | None], time: str | None = None
) -> tuple[Task, Features, list[str]]:
    """Which columns are filled, from which others, and what should be said of that."""
    if len(frame) < FEWEST:
        raise SettingError(
            f"There are {len(frame)} rows to learn from, too few to judge by.",
            "impute-bench",
            f"Bring at least {FEWEST} rows.",
        )
    chosen = features(columns, frame, [name for name in apart if name])
    known = dict(zip(chosen.names, known_cells(frame, chosen.names).sum(axis=0).tolist(), strict=True))
    able = [name for name in chosen.names if known[name] > 2 * KEEP]
    gaps = [name for name in able if frame[name].isna().any()]
    filled = gaps or able
    notes = [
        f'"{column.name}" has gaps and is not filled here: {chosen.left_out[column.name]}.'
        for column in columns
        if column.name in chosen.left_out and frame[column.name].isna().any() and column.name not in apart
    ]
    if not filled:
        raise SettingError(
            "There is no column whose cells could be hidden: none has enough known values that are numbers, dates or"
            " categories.",
            "impute-bench",
            "Bring more rows, or read the columns as what they are first (set_kind, parse_numbers, parse_dates).",
        )
    numbers = tuple(name for name in filled if is_number(frame[name]))
    categories = tuple(name for name in filled if name not in numbers)
    group = best_group(frame, chosen, numbers, categories)
    return Task(numbers, categories, tuple(chosen.names), group, time), chosen, notes


@dataclass(frozen=True)
class _Question:
    """What is asked of every method: the rows, what is judged in them, and by whom."""

    columns: Sequence[Column]
    frame: pd.DataFrame
    task: Task
    chosen: Features
    target: str | None
    sensitive: Sequence[str]
    seed: int
    correlations: np.ndarray


def _run(
    asked: _Question, names: list[str], repeats: int, work: KeptWork, progress: Progress
) -> tuple[dict[str, Runs], dict[str, str], dict[str, int]]:
    frame, task = asked.frame, asked.task
    known = known_cells(frame, task.columns)
    likely = chances(frame, task.columns, asked.chosen) if (~known).any() else None
    patterns = list(PATTERNS)[: 2 if likely is not None else 1]
    runs, failed, hidden = {name: Runs() for name in names}, {}, dict.fromkeys(patterns, 0)
    total, done = len(patterns) * repeats * len(names), 0
    for pattern in patterns:
        for repeat in range(repeats):
            chance = np.random.default_rng([asked.seed, repeat, list(PATTERNS).index(pattern)])
            gone = (
                at_random(known, chance)
                if likely is None or pattern == "at_random"
                else as_observed(known, likely, chance)
            )
            hidden[pattern] += int(gone.sum())
            for name in names:
                progress(done / total, f"{METHODS[name]} ({PATTERNS[pattern]}, {repeat + 1} of {repeats})")
                done += 1
                if name in failed or not gone.any():
                    continue
                judge = functools.partial(_judge, asked, name, pattern, repeat, gone)
                try:
                    runs[name].add(Hiding.from_json(work.once(judge, name, pattern, repeat)))
                except (DataOpsError, Skip) as reason:
                    failed[name] = str(reason)
    return {name: run for name, run in runs.items() if name not in failed}, failed, hidden


def _judge(asked: _Question, name: str, pattern: str, repeat: int, gone: np.ndarray) -> KeptJson:
    """One method in one hiding, as JSON values; raises the error of a step that cannot be done."""
    frame, task, chosen = asked.frame, asked.task, asked.chosen
    holes = without(frame, task.columns, gone)
    begin = clock.perf_counter()
    filled = run_steps(steps_of(name, task), holes, asked.columns, asked.seed + repeat)
    seconds = clock.perf_counter() - begin
    copies = copies_of(filled, holes.index) if name == SEVERAL else [filled]
    told = (
        told_of_draws(frame, copies, task.columns, gone)
        if len(copies) > 1
        else recovered(frame, copies[0], task.columns, gone)
    )
    apart = np.mean([np.abs(correlations(copy, chosen) - asked.correlations) for copy in copies], axis=0)[
        np.triu_indices(len(asked.correlations), 1)
    ]
    scores: list[float] = []
    if asked.target and repeat == 0 and task_of(frame[asked.target]):
        each = [scored(copy, chosen, frame[asked.target], asked.seed) for copy in copies]
        scores = [float(np.mean(some)) for some in zip(*each, strict=True)]
    groups = by_group(frame, asked.sensitive, task.columns, gone, told)
    moved = float(np.nanmean(apart)) if np.isfinite(apart).any() else None
    return Hiding(pattern, told, moved, groups, scores, seconds).to_json()


def average(columns: dict[str, Recovered], what: str) -> float | None:
    """The mean of a measure over the columns that have it."""
    found = [value for each in columns.values() if (value := getattr(each, what)) is not None]
    return float(np.mean(found)) if found else None


def _told(run: Runs, numbers_among: Sequence[str]) -> MethodRecovery:
    """A method's results, averaged over columns and hidings."""
    found = {what: [value for each in run.columns if (value := average(each, what)) is not None] for what in MEASURES}
    constant = {
        name: each.always
        for columns in run.columns
        for name, each in columns.items()
        if each.cells >= KEEP and each.distinct == 1 < each.true_distinct
    }
    return MethodRecovery(
        nrmse=_mean(found["nrmse"]),
        nrmse_interval=interval(found["nrmse"], HIDDEN),
        accuracy=_mean(found["accuracy"]),
        accuracy_interval=interval(found["accuracy"], HIDDEN),
        wasserstein=_mean(found["wasserstein"]),
        wasserstein_interval=interval(found["wasserstein"], HIDDEN),
        crps=_mean(found["crps"]),
        crps_interval=interval(found["crps"], HIDDEN),
        coverage=_mean(found["coverage"]),
        coverage_interval=interval(found["coverage"], HIDDEN),
        by_pattern={pattern: _by_pattern(run, pattern) for pattern in dict.fromkeys(run.patterns)},
        by_column={
            name: _by_column([each[name] for each in run.columns if name in each])
            for name in dict.fromkeys(name for each in run.columns for name in each)
        },
        by_group=group_scores(run.groups, numbers_among),
        correlations=_mean(run.moved),
        score=_mean(run.scores),
        score_interval=interval(run.scores, 1 / (FOLDS - 1)),
        seconds=float(np.mean(run.seconds)),
        degenerate=bool(constant),
        degenerate_columns=constant,
        warning=(
            "It answers one and the same value in "
            + ", ".join(f"{name} (always {value})" for name, value in list(constant.items())[:5])
            + (f" and {len(constant) - 5} more" if len(constant) > 5 else "")
            + ": the column loses its spread."
            if constant
            else ""
        ),
    )


def _by_pattern(run: Runs, pattern: str) -> PatternRecovery:
    here = [each for each, kind in zip(run.columns, run.patterns, strict=True) if kind == pattern]
    nrmse, accuracy, wasserstein = (
        _mean([average(each, what) for each in here]) for what in ("nrmse", "accuracy", "wasserstein")
    )
    return PatternRecovery(nrmse=nrmse, accuracy=accuracy, wasserstein=wasserstein)


def _by_column(seen: Sequence[Recovered]) -> ColumnRecovery:
    means: dict[str, float] = {}
    for what in ("nrmse", "mae", "accuracy", "wasserstein", "crps", "coverage"):
        values = [value for each in seen if (value := getattr(each, what)) is not None]
        if values:
            means[what] = float(np.sum(np.array(values) / len(values)))
    return ColumnRecovery(
        cells=sum(each.cells for each in seen), still_missing=sum(each.still_missing for each in seen), **means
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
