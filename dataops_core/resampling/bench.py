"""The bench: what each method of balancing classes does to a model's judgement, in repeated cross-validation."""

from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.evaluation.candidates import Candidate
from dataops_core.evaluation.choices import free_name
from dataops_core.evaluation.fold_fit import fit_model
from dataops_core.evaluation.folds import Fold, plan_folds, sampled
from dataops_core.evaluation.kept_folds import KeptFolds, KeptWork, array_from_json, array_to_json
from dataops_core.evaluation.measures.calibration import curve
from dataops_core.evaluation.problem import Problem
from dataops_core.evaluation.scores import MEASURES, looks, measured, verdict
from dataops_core.models import features, one_thread, plain, training
from dataops_core.progress import Progress, no_progress
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.resampling.methods import METHODS, fitting
from dataops_core.resampling.recommend import advice, step_of
from dataops_core.stats.cross_validation import interval
from dataops_core.steps._classes import class_codes, group_keys, group_name
from dataops_core.table import Column, Table

SAMPLE = 6_000  # rows that a bench judges with, at most, unless it is asked for more


@dataclass(frozen=True)
class _Question:
    """What is asked of every method: a problem of the protocol, the columns, and the model that judges."""

    problem: Problem
    columns: Sequence[Column]
    kind: Literal["linear", "trees"]
    seed: int


@dataclass
class Run:
    """What one method did: the results of each fold by measure, the probabilities and decisions of each repeat, its
    seconds, and why it failed if it did.
    """

    results: dict[str, list[float]]
    chances: list[np.ndarray]
    decided: list[np.ndarray]
    seconds: float = 0.0
    failed: str = ""

    @classmethod
    def of(cls, asked: _Question) -> Run:
        """A run without any fold yet."""
        problem = asked.problem
        rows, repeats = len(problem.frame), range(problem.plan.repeats)
        return cls(
            {measure: [] for measure in MEASURES},
            [np.zeros((rows, len(problem.classes))) for _ in repeats],
            [np.zeros(rows, dtype=int) for _ in repeats],
        )

    def add(self, fold: Fold, chances: np.ndarray, decided: np.ndarray, scores: Mapping[str, float]) -> None:
        """Count one more fold."""
        self.chances[fold.repeat][fold.judge], self.decided[fold.repeat][fold.judge] = chances, decided
        for measure, value in scores.items():
            self.results[measure].append(value)


def bench(
    table: Table,
    target: str,
    *,
    favorable: str | None = None,
    sensitive: Sequence[str] = (),
    methods: Sequence[str] | None = None,
    seed: int = 0,
    split: str | None = None,
    repeats: int = 2,
    folds: int = 5,
    kind: Literal["linear", "trees"] = "linear",
    sample: int = SAMPLE,
    kept: KeptFolds | None = None,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Compare methods of balancing the classes of a target with doing nothing, by repeated stratified cross-validation.

    Only training rows are used, a stratified sample of them where there are many; each method works inside the folds,
    on the rows that a model learns from, never on those that judge it. Per method: "means" and, against doing nothing
    in the same folds, "difference" (mean, 95 % interval by the corrected resampled t-test, for all methods and measures
    of a question at once, verdict), "mean_predicted" and "observed" share and "curve" of the rare class, "by_group"
    (recall of the rare class, share decided favorable), "seconds". Then "recommended", "reason" and the "step" for the
    recipe, none where nothing helps. `threshold` decides by the share of a class instead of one half. Folds that
    are in `kept` are not done again. Raises SettingError where the target has no two classes with two rows each, or a
    name is unknown.
    """
    for name in (target, *sensitive, *([split] if split else [])):
        table.column(name)
    rows = training(table.frame(), split).drop(columns=[split] if split else [])
    codes, classes = class_codes(rows[target], "resample-bench")
    rows, codes = rows[codes >= 0], codes[codes >= 0]
    chosen_methods, left_out = _methods(rows, target, methods)
    counts = np.bincount(codes, minlength=len(classes))
    if favorable is not None and favorable not in classes:
        raise SettingError(f'"{target}" has no value "{favorable}".', "resample-bench", nearest(favorable, classes))
    if len(classes) < 2 or counts.min() < 2:
        what = (
            "has one class only"
            if len(classes) < 2
            else f'has a class with one row ("{classes[int(counts.argmin())]}")'
        )
        raise SettingError(
            f'"{target}" {what}, and a bench needs two rows of each of two classes.',
            "resample-bench",
            "Join rare classes, or choose another target.",
        )
    of, some = len(rows), sampled(len(rows), sample, codes, seed)
    rows, codes = rows.iloc[some], codes[some]
    columns = [column for column in table.columns if column.name != split]
    chosen = features(columns, rows, leave_out=[target])
    if not chosen.names:
        raise SettingError(
            "No column is left to predict the target from.", "resample-bench", "Bring a table with more columns."
        )
    counts = np.bincount(codes, minlength=len(classes))
    folds = max(2, min(folds, int(counts.min())))
    plan = plan_folds(len(rows), codes, folds=folds, repeats=repeats, seed=seed % 2**31)
    groups = {name: np.array([group_name(key) for key in group_keys(rows, [name])], dtype=object) for name in sensitive}
    problem = Problem(rows, target, "classes", codes, tuple(classes), favorable, groups, (), plan, rows.iloc[:0], of)
    question = _Question(problem, columns, kind, seed % 2**31)
    asked = {"target": target, "split": split, "model": kind, "folds": folds, "seed": seed, "sample": sample}
    work = KeptWork.of(kept, table, asked, "dataops_core.resampling", "dataops_core.models")
    runs = _runs(question, chosen_methods, work, progress)
    left_out |= {name: run.failed for name, run in runs.items() if run.failed}
    runs = {name: run for name, run in runs.items() if not run.failed}
    told = {name: _told(run, runs["nothing"], problem, len(runs) - 1) for name, run in runs.items()}
    fits = fitting(rows, target)
    told = {
        name: {"title": METHODS[name], "variant": fits[name].variant} | each | {"step": step_of(name, target)}
        for name, each in told.items()
    }
    return {
        "target": target,
        "rare": classes[problem.rare],
        "classes": {name: int(count) for name, count in zip(classes, counts, strict=True)},
        "rows": len(rows),
        "of": of,
        "folds": folds,
        "repeats": repeats,
        "seed": seed,
        "model": kind,
        "features": chosen.names,
        "measures": {key: measure.to_json() for key, measure in MEASURES.items()},
        "methods": told,
        "left_out": left_out,
    } | advice(told, {name: run.results for name, run in runs.items()}, target, folds)


def _methods(rows: pd.DataFrame, target: str, methods: Sequence[str] | None) -> tuple[list[str], dict[str, str]]:
    for name in methods or ():
        if name not in METHODS:
            raise SettingError(f'There is no method "{name}".', "resample-bench", nearest(name, METHODS))
    fits = fitting(rows, target)
    asked = dict.fromkeys(["nothing", "threshold", *(METHODS if methods is None else methods)])
    return [name for name in asked if fits[name].fits], {name: fits[name].why for name in asked if not fits[name].fits}


def _runs(asked: _Question, methods: list[str], work: KeptWork, progress: Progress) -> dict[str, Run]:
    """What each method did over all folds."""
    runs = {name: Run.of(asked) for name in methods}
    problem, done = asked.problem, 0
    plan, codes = problem.plan, problem.truth
    for fold in plan.rounds:
        shares = np.bincount(codes[fold.learn], minlength=len(problem.classes)) / len(fold.learn)
        for name in [name for name in methods if not runs[name].failed]:
            progress(
                done / (len(plan.rounds) * len(methods)), f"{METHODS[name]}, repeat {fold.repeat + 1} of {plan.repeats}"
            )
            done += 1
            run = runs[name]
            if name == "threshold":
                chances = runs["nothing"].chances[fold.repeat][fold.judge]
            else:
                fit = functools.partial(_fold, asked, fold, name)
                try:
                    told = work.once(fit, name, fold.repeat, fold.number)
                except SettingError as error:
                    run.failed = str(error)
                    continue
                chances = array_from_json(told["chances"])
                run.seconds += told["seconds"]
            decided = (chances / shares if name == "threshold" else chances).argmax(axis=1)
            run.add(fold, chances, decided, measured(chances, decided, codes[fold.judge], problem.rare))
    progress(1.0, "Done")
    return runs


def _fold(asked: _Question, fold: Fold, method: str) -> dict[str, Any]:
    """One fold of one method as JSON values: the probabilities (rows, classes) of the judged rows, and seconds."""
    start, problem = time.perf_counter(), asked.problem
    step = step_of(method, problem.target)
    into = {"into": free_name(problem.frame, "resampled")}
    steps = () if step is None else (RecipeStep(step["op"], step["with"] | into),)
    candidate = Candidate(METHODS[method], Recipe(seed=asked.seed + fold.repeat, steps=steps), steps)
    with warnings.catch_warnings(), one_thread():
        # a fold in which a column is empty, a fit that stops early: all methods meet the same
        warnings.simplefilter("ignore")
        fitted, _ = fit_model(candidate, problem, asked.columns, problem.frame.iloc[fold.learn], asked.kind)
        cells = plain(problem.frame.iloc[fold.judge], fitted.chosen)
        chances = fitted.chances(cells, len(problem.classes))
    return {"chances": array_to_json(chances), "seconds": time.perf_counter() - start}


def _told(run: Run, nothing: Run, problem: Problem, methods: int) -> dict[str, Any]:
    folds, rare = problem.plan.folds, problem.rare
    difference = {}
    for measure in MEASURES:
        pairs = zip(run.results[measure], nothing.results[measure], strict=True)
        apart = interval([one - other for one, other in pairs], folds, looks(measure, methods))
        difference[measure] = apart | {"verdict": verdict(apart, measure)}
    chances = np.concatenate([each[:, rare] for each in run.chances])
    truth, decided = np.tile(problem.truth, len(run.chances)), np.concatenate(run.decided)
    groups: dict[str, dict[str, Any]] = {}
    for column, names in problem.groups.items():
        of = np.tile(names, len(run.chances))
        groups[column] = {}
        for group in sorted(set(names)):
            here, wanted = of == group, (of == group) & (truth == rare)
            groups[column][group] = {
                "rows": int(here.sum() / len(run.chances)),
                "recall": float((decided[wanted] == rare).mean()) if wanted.any() else None,
                "recall_of": int(wanted.sum() / len(run.chances)),
            } | ({"favorable": float((decided[here] == problem.good).mean())} if problem.favorable is not None else {})
    return {
        "means": {measure: interval(run.results[measure], folds) for measure in MEASURES},
        "difference": difference,
        "mean_predicted": float(chances.mean()),
        "observed": float((truth == rare).mean()),
        "curve": curve(chances, truth == rare),
        "by_group": groups,
        "seconds": round(run.seconds, 3),
    }
