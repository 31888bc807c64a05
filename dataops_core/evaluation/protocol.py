"""The protocol: repeated cross-validation in which all that a candidate learns, it learns inside the training folds."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import DataOpsError, SettingError, Skip
from dataops_core.evaluation.advice import Advice, Judge, advise
from dataops_core.evaluation.candidates import NOTHING, Candidate, Field
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
from dataops_core.evaluation.kept_folds import InMemory, KeptFolds, KeptWork
from dataops_core.evaluation.measures import Measure
from dataops_core.evaluation.measures.calibration import curve
from dataops_core.evaluation.pilot import Cost, expected_seconds, fit_seconds
from dataops_core.evaluation.problem import SAMPLE, Problem
from dataops_core.evaluation.scoreboard import Estimate, Standing, differences, undominated
from dataops_core.evaluation.scores import chosen_measure, measures_of
from dataops_core.evaluation.setup import Request, Setup, set_up
from dataops_core.evaluation.workers import Outcome, Task, Workers, processes
from dataops_core.hashing import sha256
from dataops_core.models import one_thread
from dataops_core.progress import Progress, no_progress, part_of
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
    before: Callable[[Cost], None] | None = None,
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
    `before` is told what it will cost, before the first fold.

    Raises SettingError where a name is unknown, two candidates have one name, or there is too little to learn from.
    """
    request = Request(
        tuple(candidates),
        target,
        favorable,
        tuple(sensitive),
        tuple(leave_out),
        model,
        split,
        groups,
        time,
        folds,
        repeats,
        seed,
        sample,
    )
    setup = set_up(table, request, tables)
    field, frame, columns, problem = setup.field, setup.frame, setup.columns, setup.problem
    deciding, measures = chosen_measure(problem.task, measure), measures_of(problem.task)
    judge = Judge(problem.plan, deciding, problem.unit)
    courses = [_Course(candidate) for candidate in field.candidates]
    guesses = _Course(Candidate(DUMMY, field.shared))
    rounds = problem.plan.rounds
    work = _Work(setup, courses, KeptWork(kept or InMemory(), sha256(setup.base + _code())), progress)
    waiting = work.waiting()
    others = processes(table, request, setup, waiting) - 1
    if before is not None:
        before(_cost(setup, waiting, len(work.outcomes), others + 1))
    for course in courses:
        _measure_effect(course, frame, columns, tables)
    with Workers(table, request, setup, others) as workers:
        for repeat in sorted({fold.repeat for fold in rounds}):
            if repeat and stop_early:
                _stop_hopeless(courses, measures, judge, problem)
            work.do(repeat, workers)
    for fold in rounds:
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
        Asked(field, columns, setup.split, groups, time, folds, repeats, sample, model),
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


@dataclass
class _Work:
    """The folds of all candidates; those that are kept are not done again."""

    setup: Setup
    courses: Sequence[_Course]
    kept: KeptWork
    progress: Progress
    outcomes: dict[Task, Outcome] = dataclasses.field(default_factory=dict)

    def waiting(self) -> int:
        """How many folds are to be done, after a look at those that are kept."""
        tasks = self._tasks(range(len(self.setup.problem.plan.rounds)))
        for task in tasks:
            known = self.kept.read(*self._part(task))
            if known is not None:
                self.outcomes[task] = FoldResult.from_json(known)
        return len(tasks) - len(self.outcomes)

    def do(self, repeat: int, workers: Workers) -> None:
        """All folds of a repeat, of the candidates that still run; what goes wrong is the candidate's failure."""
        rounds = self.setup.problem.plan.rounds
        numbers = [number for number, fold in enumerate(rounds) if fold.repeat == repeat]
        running, tasks = [course for course in self.courses if course.runs], self._tasks(numbers)

        def here(task: Task) -> Outcome:
            done = sum(each in self.outcomes for each in tasks) / len(tasks)
            candidate, number = self.courses[task[0]].candidate, task[1]
            self.progress(
                SHARE * (numbers[0] + len(numbers) * done) / len(rounds),
                f"{candidate.name}, fold {number + 1} of {len(rounds)}",
            )
            return self.setup.outcome(candidate, rounds[number])

        def needless(task: Task) -> bool:
            return any(isinstance(self.outcomes.get((task[0], number)), str) for number in numbers)

        workers.share([task for task in tasks if task not in self.outcomes], here, needless, self._finish)
        for course in running:
            at = self.courses.index(course)
            for number in numbers:
                outcome = self.outcomes.get((at, number))
                if isinstance(outcome, str):
                    course.failed = outcome
                    break
                if outcome is not None:  # a fold that had its turn after another had failed
                    course.results.append(outcome)

    def _tasks(self, numbers: Iterable[int]) -> list[Task]:
        return [(at, number) for number in numbers for at, course in enumerate(self.courses) if course.runs]

    def _part(self, task: Task) -> tuple[str, int, int]:
        fold = self.setup.problem.plan.rounds[task[1]]
        return self.courses[task[0]].candidate.id, fold.repeat, fold.number

    def _finish(self, task: Task, outcome: Outcome) -> None:
        if not isinstance(outcome, str):
            self.kept.write(outcome.to_json(), *self._part(task))
        self.outcomes[task] = outcome


def _cost(setup: Setup, fits: int, finished: int, shared_by: int) -> Cost:
    problem, recipes = setup.problem, len(setup.field.candidates)
    kind = "trees" if setup.model == "trees" else "linear"
    apart = [*problem.leave_out, *([setup.split] if setup.split else [])]
    each = fit_seconds(problem.frame, setup.columns, problem.target, apart, len(problem.frame), kind)
    return Cost(recipes, len(problem.plan.rounds), fits, finished, expected_seconds(recipes, fits, each, shared_by))


def _code() -> str:
    """The hash of the code that a fold's result rests on."""
    return source_hash("dataops_core.evaluation", "dataops_core.models")


def _measure_effect(course: _Course, frame: pd.DataFrame, columns: Sequence[Column], tables: Tables) -> None:
    try:
        course.effect = effect_of(course.candidate, frame, columns, tables)
    except (DataOpsError, Skip) as error:
        course.failed = str(error)


def _stop_hopeless(courses: Sequence[_Course], measures: Mapping[str, Measure], judge: Judge, problem: Problem) -> None:
    """Stop the recipes that are clearly worse than the best so far, all comparisons accounted for, and that treat
    groups no more alike.

    Successive halving with folds for its budget, and with evidence in place of a fixed share (racing: Maron and Moore,
    Artificial Intelligence Review 11, 1997). Rows are no budget here: learning curves of recipes cross, so some of the
    rows would stop the best one (a test shows it), and scores of fewer rows could not stand on one scoreboard.
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
