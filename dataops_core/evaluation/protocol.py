"""The protocol: repeated cross-validation in which all that a candidate learns, it learns inside the training folds."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import DataOpsError, SettingError, Skip
from dataops_core.evaluation.advice import Advice, Judge, advise
from dataops_core.evaluation.candidates import NOTHING, Candidate, Field, prepared
from dataops_core.evaluation.class_measures import curve
from dataops_core.evaluation.diagnosis.held_out import HeldOut, look_once
from dataops_core.evaluation.diagnosis.leakage import Leak, find_leaks
from dataops_core.evaluation.diagnosis.learning_curve import LearningCurve, learning_curve
from dataops_core.evaluation.diagnosis.slices import Slice, slices
from dataops_core.evaluation.effect import Effect, effect_of
from dataops_core.evaluation.fairness_gap import group_gap
from dataops_core.evaluation.fold_fit import (
    DUMMY,
    FittedModel,
    FoldResult,
    Model,
    fit_fold,
    fit_model,
    watched,
)
from dataops_core.evaluation.folds import Fold
from dataops_core.evaluation.kept_folds import InMemory, KeptFolds
from dataops_core.evaluation.measures import Measure, chosen_measure, measures_of
from dataops_core.evaluation.problem import SAMPLE, Problem, make_problem
from dataops_core.evaluation.scoreboard import Estimate, Standing, differences, undominated
from dataops_core.hashing import canonical, sha256
from dataops_core.models import one_thread
from dataops_core.progress import Progress, no_progress, part_of
from dataops_core.recipe.frames import columns_after, fit_frame
from dataops_core.recipe.recipe import names_after
from dataops_core.recipe.replay import Tables, no_tables
from dataops_core.source_hash import source_hash
from dataops_core.table import Column, Table

SHARE = 0.9  # of the progress; the rest is what follows the folds


@dataclass(frozen=True)
class Asked:
    """What was compared, and how rows were to be dealt: what a script needs to do it again. `columns` are those after
    the shared steps.
    """

    field: Field
    columns: tuple[Column, ...]
    split: str | None
    groups: str | None
    time: str | None
    folds: int
    repeats: int
    sample: int
    model: Model


@dataclass(frozen=True)
class Comparison:
    """A finished comparison: the problem, how every candidate did, and what that supports."""

    problem: Problem
    asked: Asked
    model: str
    measure: Measure
    standings: tuple[Standing, ...]
    dummy: Mapping[str, Estimate]
    advice: Advice
    held_out: HeldOut | None
    leaks: tuple[Leak, ...]
    slices: tuple[Slice, ...]
    learning: LearningCurve | None
    notes: tuple[str, ...]
    seed: int

    def fit_recommended(self, tables: Tables = no_tables) -> FittedModel:
        """The recommended recipe and the model, fitted on all training rows of the problem."""
        chosen = next(each for each in self.asked.field.candidates if each.name == self.advice.recommended)
        with warnings.catch_warnings(), one_thread():
            warnings.simplefilter("ignore")
            return fit_model(chosen, self.problem, self.asked.columns, self.problem.frame, self.asked.model, tables)[0]

    @property
    def shared(self) -> list[str]:
        """The steps that were done once for all, in plain words."""
        return [entry.sentence for entry in self.asked.field.shared.active]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        plan = self.problem.plan
        return {
            "target": self.problem.target,
            "task": self.problem.task,
            "favorable": self.problem.favorable,
            "sensitive": list(self.problem.groups),
            "measure": self.measure.key,
            "model": self.model,
            "rows": len(self.problem.frame),
            "of": self.problem.of,
            "folds": plan.folds,
            "repeats": plan.repeats,
            "held_back": plan.how,
            "seed": self.seed,
            "shared_steps": self.shared,
            "candidates": [each.to_json(self.measure.key) for each in self.standings],
            "dummy": {key: each.to_json() for key, each in self.dummy.items()},
            "recommended": self.advice.recommended,
            "verdict": self.advice.verdict,
            "held_out": self.held_out.to_json() if self.held_out else None,
            "leaks": [each.to_json() for each in self.leaks],
            "slices": [each.to_json() for each in self.slices],
            "learning_curve": self.learning.to_json() if self.learning else None,
            "notes": list(self.notes),
        }


@dataclass
class _Course:
    """The folds of one candidate so far."""

    candidate: Candidate
    effect: Effect | None = None
    results: list[FoldResult] = dataclasses.field(default_factory=list)
    failed: str = ""
    stopped: str = ""

    @property
    def runs(self) -> bool:
        """Whether it takes part in further folds."""
        return not self.failed and not self.stopped

    def scores(self, measures: Mapping[str, Measure]) -> dict[str, list[float]]:
        """The results of its folds by measure."""
        return {key: [each.scores[key] for each in self.results] for key in measures}


def compare_recipes(
    table: Table,
    candidates: Sequence[Candidate],
    target: str,
    *,
    favorable: str | None = None,
    sensitive: Sequence[str] = (),
    leave_out: Sequence[str] = (),
    model: Model = "linear",
    measure: str | None = None,
    split: str | None = None,
    groups: str | None = None,
    time: str | None = None,
    folds: int = 5,
    repeats: int = 2,
    seed: int = 0,
    sample: int = SAMPLE,
    stop_early: bool = True,
    curve_of_best: bool = False,
    kept: KeptFolds | None = None,
    tables: Tables = no_tables,
    progress: Progress = no_progress,
) -> Comparison:
    """Compare recipes with doing nothing, by what a model that learns from their result predicts.

    Steps that settle the target or a split, and that all recipes begin with, are done once on all rows; what follows,
    resampling and reweighing included, learns inside the training folds and is applied to the judged rows, each of
    which is answered for even where a step would drop it. The model is "linear", "trees" or an unfitted scikit-learn
    estimator; it sees every column that a recipe leaves, but for the target, the split, weights and those to
    `leave_out`. `split` names the column of parts; a step that splits is found by itself. Intervals are 95 % by the
    corrected resampled t-test; a difference is clear only with all comparisons accounted for (Bonferroni). With
    `stop_early`, recipes that are clearly worse than the best after a repeat are not tried further. Folds that are in
    `kept` are not done again. With `curve_of_best`, the recommended one is also learned from fewer rows.

    Raises SettingError where a name is unknown, two candidates have one name, or there is too little to learn from.
    """
    for candidate in candidates:
        try:
            candidate.recipe.check(table.names)
        except SettingError as error:
            raise SettingError(error.what, f"{candidate.name}, {error.where}", error.fix) from error
    field = prepared(candidates, target)
    shared = field.shared
    settled, frame = fit_frame(shared, table.frame(), tables)
    context = settled.context
    if split is not None:
        table.column(split)
        context = type(context)(split, context.weights)
    columns = columns_after(table.columns, shared.active, frame)
    now = {old: new for old, new in names_after(shared.active).items() if old not in frame.columns}
    problem = make_problem(
        frame,
        columns,
        now.get(target, target),
        context,
        favorable=favorable,
        sensitive=[now.get(name, name) for name in sensitive],
        leave_out=[*(now.get(name, name) for name in leave_out), *([context.split] if context.split else [])],
        groups=groups,
        time=time,
        folds=folds,
        repeats=repeats,
        seed=seed,
        sample=sample,
    )
    deciding, measures = chosen_measure(problem.task, measure), measures_of(problem.task)
    judge = Judge(problem.plan, deciding, problem.unit)
    courses = [_Course(candidate) for candidate in field.candidates]
    guesses = _Course(Candidate(DUMMY, shared))
    base = sha256(canonical([table.content_hash, shared.to_json()["steps"], shared.seed, _about(problem), str(model)]))
    work = _Work(problem, columns, model, tables, kept or InMemory(), base)
    for course in courses:
        _measure_effect(course, frame, columns, tables)
    rounds = problem.plan.rounds
    for number, fold in enumerate(rounds):
        if fold.number == 0 and fold.repeat and stop_early:
            _stop_hopeless(courses, measures, judge, problem)
        running = [course for course in courses if course.runs]
        for at, course in enumerate(running):
            progress(
                SHARE * (number + at / len(running)) / len(rounds),
                f"{course.candidate.name}, fold {number + 1} of {len(rounds)}",
            )
            work.do(course, fold)
        guesses.results.append(fit_fold(guesses.candidate, problem, columns, fold.learn, fold.judge, DUMMY))
    standings = _standings(courses, problem, measures, deciding, seed)
    dummy = guesses.scores(measures)
    advice = advise(standings, dummy, judge)
    best = next(course for course in courses if course.candidate.name == advice.recommended)
    held_out = None
    if len(problem.held_out):
        progress(SHARE, "Looking at the rows that were held out")
        held_out = look_once(best.candidate, problem, columns, model, tables)
    learning = None
    if curve_of_best:
        learning = learning_curve(
            best.candidate,
            problem,
            columns,
            model,
            deciding,
            seed=seed,
            tables=tables,
            progress=part_of(progress, SHARE, 1),
        )
    progress(1.0, "Done")
    return Comparison(
        problem,
        Asked(field, tuple(columns), context.split, groups, time, folds, repeats, sample, model),
        model if isinstance(model, str) else type(model).__name__,
        deciding,
        tuple(standings),
        {key: Estimate.of(values, problem.plan) for key, values in dummy.items()},
        advice,
        held_out,
        tuple(find_leaks(problem, columns, [candidate.recipe.active for candidate in candidates], time)),
        tuple(_slices(best, courses[0], problem, columns)),
        learning,
        tuple(_notes(problem, courses, field.same)),
        seed,
    )


@dataclass(frozen=True)
class _Work:
    """What all folds have in common."""

    problem: Problem
    columns: Sequence[Column]
    model: Model
    tables: Tables
    kept: KeptFolds
    base: str

    def do(self, course: _Course, fold: Fold) -> None:
        """One fold of one candidate, unless it is known already; what goes wrong is the candidate's failure."""
        key = sha256(canonical([self.base, course.candidate.id, fold.repeat, fold.number, _code()]))
        known = self.kept.read(key)
        if known is not None:
            course.results.append(FoldResult.from_json(known))
            return
        try:
            found = fit_fold(
                course.candidate, self.problem, self.columns, fold.learn, fold.judge, self.model, self.tables
            )
        except (DataOpsError, Skip) as error:
            course.failed = str(error)
            return
        except ValueError as error:  # of a model that cannot take what the recipe leaves
            course.failed = f"The model cannot learn from its result: {error}"
            return
        self.kept.write(key, found.to_json())
        course.results.append(found)


def _code() -> str:
    """The hash of the code that a fold's result rests on."""
    return source_hash("dataops_core.evaluation", "dataops_core.models")


def _about(problem: Problem) -> dict[str, Any]:
    """What else a fold's result depends on, as JSON values: the rows, and who teaches whom."""
    rows = pd.util.hash_array(problem.frame.index.to_numpy())
    rounds = [pd.util.hash_array(each.judge).sum() for each in problem.plan.rounds]
    return {
        "target": problem.target,
        "favorable": problem.favorable,
        "leave_out": list(problem.leave_out),
        "rows": str(rows.sum()),
        "rounds": [str(each) for each in rounds],
    }


def _measure_effect(course: _Course, frame: pd.DataFrame, columns: Sequence[Column], tables: Tables) -> None:
    try:
        course.effect = effect_of(course.candidate, frame, columns, tables)
    except (DataOpsError, Skip) as error:
        course.failed = str(error)


def _stop_hopeless(courses: Sequence[_Course], measures: Mapping[str, Measure], judge: Judge, problem: Problem) -> None:
    """Stop the recipes that are clearly worse than the best so far, all comparisons accounted for, and that treat
    groups no more alike.
    """
    running = [course for course in courses if course.runs]
    sign = 1 if judge.measure.higher_is_better else -1
    best = max(running, key=lambda course: sign * np.mean(course.scores(measures)[judge.measure.key]))
    for course in running:
        if course is best or course.candidate.name == NOTHING:
            continue
        worse = judge.against(course.scores(measures), best.scores(measures), len(running) - 1) == "worse"
        if worse and not _fairer(course, best, problem):
            course.stopped = (
                f'Stopped after {len(course.results)} folds: clearly worse than "{best.candidate.name}" by'
                f" {judge.measure.title}."
            )


def _fairer(one: _Course, other: _Course, problem: Problem) -> bool:
    """Whether one treats the groups of some column more alike than the other, in the folds so far."""
    places, own = _first_repeat(one, problem)
    theirs = _first_repeat(other, problem)[1]
    gaps = _gaps(problem, places, own, theirs, 0)
    return any(gap.difference < 0 for gap in gaps.values())


def _first_repeat(course: _Course, problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """The places of the rows judged in the first repeat, and what was predicted of them."""
    rounds = [fold for fold in problem.plan.rounds if fold.repeat == 0]
    results = course.results[: len(rounds)]
    return np.concatenate([fold.judge for fold in rounds]), np.concatenate([each.predicted for each in results])


def _standings(
    courses: Sequence[_Course], problem: Problem, measures: Mapping[str, Measure], deciding: Measure, seed: int
) -> list[Standing]:
    nothing = courses[0]
    if nothing.failed:
        raise SettingError(f"Doing nothing cannot be judged: {nothing.failed}", "compare", "Look at the shared steps.")
    among = sum(not course.failed for course in courses[1:]) or 1
    reference = nothing.scores(measures)
    made = []
    for course in courses:
        recipe = {
            "name": course.candidate.name,
            "seed": course.candidate.recipe.seed,
            "steps": [step.to_json() | {"learned": None} for step in course.candidate.recipe.active],
        }
        if course.failed:
            made.append(
                Standing(
                    course.candidate.name,
                    course.candidate.sentences,
                    {},
                    {},
                    {},
                    {},
                    (),
                    None,
                    0,
                    0.0,
                    failed=course.failed,
                    recipe=recipe,
                )
            )
            continue
        scores = course.scores(measures)
        places, own = _first_repeat(course, problem)
        before = _first_repeat(nothing, problem)[1]
        made.append(
            Standing(
                course.candidate.name,
                course.candidate.sentences,
                scores,
                {key: Estimate.of(values, problem.plan) for key, values in scores.items()},
                {}
                if course is nothing
                else differences(scores, reference, problem.plan, measures, deciding.key, among, problem.unit),
                _gaps(problem, places, own, before, seed),
                _curve(problem, places, course),
                course.effect,
                course.results[0].features,
                float(np.mean([each.seconds for each in course.results])),
                course.stopped,
                recipe=recipe,
            )
        )
    best = undominated(made, deciding)
    return [replace(each, undominated=each.name in best) for each in made]


def _slices(best: _Course, nothing: _Course, problem: Problem, columns: Sequence[Column]) -> list[Slice]:
    if best is nothing:
        return []
    places, own = _first_repeat(best, problem)
    return slices(problem, columns, places, own, _first_repeat(nothing, problem)[1])


def _gaps(problem: Problem, places: np.ndarray, own: np.ndarray, before: np.ndarray, seed: int) -> dict[str, Any]:
    good = problem.good
    if good is None:
        return {}
    found = {
        column: group_gap(
            column, names[places], own == good, before == good, problem.truth[places] == good, seed % 2**31
        )
        for column, names in problem.groups.items()
    }
    return {column: gap for column, gap in found.items() if gap is not None}


def _curve(problem: Problem, places: np.ndarray, course: _Course) -> list[dict[str, float]]:
    if problem.task == "number":
        return []
    chances = np.concatenate([each.chances for each in course.results]).astype("float64")[: len(places)]
    return curve(chances, problem.truth[places] == watched(problem))


def _notes(problem: Problem, courses: Sequence[_Course], same: Mapping[str, str]) -> list[str]:
    notes = [f'"{name}" does the same as "{other}" and was left out.' for name, other in same.items()]
    if not len(problem.held_out):
        notes.append(
            "No rows were held out for a last look, and the best of several scores is a little too good: split the rows"
            " first to see how the recipe that is taken does on rows that had no part in the choice."
        )
    if problem.groups and problem.good is None:
        notes.append("Gaps between groups need the favorable value of the target.")
    stopped = sum(bool(course.stopped) for course in courses)
    if stopped:
        notes.append(f"{stopped} {'recipe was' if stopped == 1 else 'recipes were'} stopped early.")
    return notes
