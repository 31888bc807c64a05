"""Whether a model learned from synthetic rows does as well on real ones as a model learned from real rows."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.models import Features, estimator, features, one_thread, plain
from dataops_core.progress import Progress
from dataops_core.record import Record
from dataops_core.synthetic.evaluate.align_columns import Aligned
from dataops_core.synthetic.evaluate.discriminator import auc
from dataops_core.values.numbers import in_days

ROWS = 8_000  # that a model learns from, at most
TESTED = 10_000
SEEDS = 5
PART = 0.8  # of the rows that each of the models learns from
FEW_VALUES = 10
MOST_CLASSES = 50
LEAST = 20
THIN = 30
LOOKED_AT = 1_000
KINDS: tuple[Literal["linear", "trees"], ...] = ("linear", "trees")


SEEN = "the generator may have seen every real row, so none is left to judge by; a holdout that it never saw would do"


@dataclass(frozen=True, kw_only=True)
class SeedScores(Record):
    """The scores of models that learned from one side, over the seeds."""

    mean: float
    interval: tuple[float, float]  # 95 % (Student's t)
    values: list[float]


@dataclass(frozen=True, kw_only=True)
class GroupUtility(Record):
    """How well a group is predicted by a model that learned from synthetic, and from real rows."""

    group: str
    rows: int
    synthetic: float | None  # null where a group has few rows or one value of the target
    real: float | None


@dataclass(frozen=True, kw_only=True)
class Importances(Record):
    """What the models lose when a column is shuffled among the real rows that judge."""

    column: str
    synthetic: float
    real: float


@dataclass(frozen=True, kw_only=True)
class Signs(Record):
    """How many coefficients of the linear models point the same way, of those that are not next to nothing."""

    agree: int
    of: int


@dataclass(frozen=True, kw_only=True)
class UtilityRows(Record):
    """How many rows models learn from, and are judged on."""

    synthetic: int
    real: int
    test: int


@dataclass(frozen=True, kw_only=True)
class Utility(Record):
    """Whether a model that learned from synthetic rows does as well on real ones as one that learned from real rows."""

    task: Literal["classes", "number"] | None = None
    measure: Literal["auc", "r2"] | None = None
    auc: float | None = None  # learned from synthetic rows; R squared where the measure says so
    auc_real: float | None = None  # learned from as many real rows
    interval: tuple[float, float] | None = None  # 95 %, over seeds
    interval_real: tuple[float, float] | None = None
    ranks: float | None = None  # how alike the importances of columns are ordered (correlation of ranks)
    signs: Signs | None = None
    rows: UtilityRows | None = None
    target: str | None
    model: str = "trees"  # whose figures stand above
    models: dict[str, dict[str, SeedScores]]  # by kind of model, and by what it learned from: synthetic, real
    by: dict[str, list[GroupUtility]]
    importances: list[Importances]
    seeds: int = 0
    why: str | None  # why it is not judged
    words: list[str]


def unjudged(target: str | None) -> Utility:
    """What is told where no real row is left that the generator did not see."""
    return _empty(target, SEEN if target else "no target is named")


def _empty(target: str | None, why: str, task: Literal["classes", "number"] | None = None) -> Utility:
    words = [f"Usefulness is not judged: {why}."]
    return Utility(task=task, target=target, models={}, by={}, importances=[], why=why, words=words)


def utility(
    found: Aligned,
    learned: pd.DataFrame,
    test: pd.DataFrame,
    target: str | None,
    by: Sequence[str],
    seed: int,
    progress: Progress,
) -> Utility:
    """What `judge` tells of usefulness: models of both kinds, learned five times from as many synthetic as real rows (a
    part of them drawn anew each time), judged on the same real rows that neither saw. Many classes: the mean of one
    against all others.
    """
    why = _unfit(found, learned, test, target)
    if why or target is None:
        return _empty(target, why or "")
    task = _task(found, learned, target)
    sides = {"synthetic": _known(found.synthetic, target), "real": _known(learned, target)}
    size = min(len(sides["synthetic"]), len(sides["real"]), ROWS)
    test = _known(test, target)[:TESTED]
    if size < LEAST or len(test) < LEAST:
        why = f'fewer than {LEAST} rows know "{target}"'
        return _empty(target, why, task)
    if task == "classes" and test[target].nunique() < 2:
        why = f'the real rows that judge have one value of "{target}" only'
        return _empty(target, why, task)
    chosen = features(found.columns(), sides["real"], leave_out=[target])
    if not chosen.names:
        why = f'no column is left to tell "{target}" from'
        return _empty(target, why, task)
    measured: dict[tuple[str, str], list[float]] = {(kind, side): [] for kind in KINDS for side in sides}
    answered: dict[str, list[Any]] = {side: [] for side in sides}
    fitted: dict[tuple[str, str], Any] = {}
    matrix, truth = plain(test, chosen), _truth(test, target, task)
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a model that does not converge on made rows is judged as it is
        for number in range(SEEDS):
            progress(number / SEEDS, "Training on synthetic, testing on real")
            rng = np.random.default_rng([seed % 2**32, 13, number])
            for side, rows in sides.items():
                part = rows.iloc[np.sort(rng.permutation(size)[: max(LEAST, int(PART * size))])]
                for kind in KINDS:
                    model = _fit(chosen, part, target, task, kind, number)
                    answers = _answers(model, matrix, task)
                    measured[kind, side].append(_measure(answers, truth, task))
                    if kind == "trees":
                        answered[side].append(answers)
                    if not number:
                        fitted[kind, side] = model
        importances = _importances(fitted, matrix, truth, task, seed)
    models: dict[str, dict[str, SeedScores]] = {
        kind: {side: _summed(measured[kind, side]) for side in sides} for kind in KINDS
    }
    best, used = models["trees"], max(LEAST, int(PART * size))
    return Utility(
        task=task,
        measure="auc" if task == "classes" else "r2",
        auc=best["synthetic"].mean,
        auc_real=best["real"].mean,
        interval=best["synthetic"].interval,
        interval_real=best["real"].interval,
        ranks=_rank_correlation(importances),
        signs=_signs(fitted, task),
        rows=UtilityRows(synthetic=used, real=used, test=len(test)),
        target=target,
        models=models,
        by={name: _groups(test, name, answered, truth, task) for name in by if name in test and name != target},
        importances=importances,
        seeds=SEEDS,
        why=None,
        words=_words(target, task, best["synthetic"].mean, best["real"].mean),
    )


def _unfit(found: Aligned, learned: pd.DataFrame, test: pd.DataFrame, target: str | None) -> str | None:
    if target is None:
        return "no target is named"
    if target not in found.treated:
        return f'the synthetic table has no column "{target}"'
    if found.treated[target] not in ("number", "date", "category"):
        return f'"{target}" is {"free text" if found.treated[target] == "text" else "no column to predict"}'
    if found.treated[target] == "category" and learned[target].nunique() > MOST_CLASSES:
        return f'"{target}" has more than {MOST_CLASSES} values'
    return None if len(learned) and len(test) and len(found.synthetic) else "there are no rows"


def _task(found: Aligned, learned: pd.DataFrame, target: str) -> Literal["classes", "number"]:
    few = learned[target].nunique() <= FEW_VALUES
    return "classes" if found.treated[target] == "category" or few else "number"


def _known(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    return frame[frame[target].notna()].reset_index(drop=True)


def _truth(frame: pd.DataFrame, target: str, task: str) -> np.ndarray:
    if task == "number":
        return in_days(frame[target])
    column = frame[target]
    return (
        column.to_numpy(dtype=object)
        if column.dtype == object
        else np.array([f"{value:g}" for value in in_days(column)], dtype=object)
    )


def _fit(
    chosen: Features,
    rows: pd.DataFrame,
    target: str,
    task: Literal["classes", "number"],
    kind: Literal["linear", "trees"],
    seed: int,
) -> Any:
    truth = _truth(rows, target, task)
    if task == "classes" and len(set(truth)) < 2:
        return truth[0]  # all rows say the same: so does who learns from them
    return estimator(chosen, task, kind, seed).fit(plain(rows, chosen), truth)


def _answers(model: Any, matrix: pd.DataFrame, task: str) -> Any:
    """Probabilities (rows, classes) under the names of the classes, or numbers."""
    if task == "number":
        return np.asarray(model.predict(matrix), dtype="float64")
    if isinstance(model, str):
        return pd.DataFrame({model: np.ones(len(matrix))})
    return pd.DataFrame(model.predict_proba(matrix), columns=list(model.classes_))


def _measure(answers: Any, truth: np.ndarray, task: str) -> float:
    """AUC (of many classes the mean of each against all others), or R squared."""
    if task == "number":
        spread = float(((truth - truth.mean()) ** 2).sum())
        return 1 - float(((truth - answers) ** 2).sum()) / spread if spread else 0.0
    classes = sorted(set(truth))
    classes = classes[1:] if len(classes) == 2 else classes
    return float(
        np.mean(
            [
                auc(answers[each].to_numpy() if each in answers else np.zeros(len(truth)), truth == each)
                for each in classes
            ]
        )
    )


def _summed(values: list[float]) -> SeedScores:
    """Mean and 95 % interval (Student's t) over the seeds."""
    from scipy.stats import t

    mean = float(np.mean(values))
    width = float(t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return SeedScores(mean=mean, interval=(mean - width, mean + width), values=values)


def _groups(
    test: pd.DataFrame, name: str, answers: dict[str, list[Any]], truth: np.ndarray, task: str
) -> list[GroupUtility]:
    told = []
    groups = test[name].astype(object).where(test[name].notna(), "missing").map(str)
    for group in groups.value_counts().index[:20]:
        rows = (groups == group).to_numpy()
        scores: dict[str, float] = {}
        if rows.sum() >= THIN and len(set(truth[rows])) > 1:
            scores = {
                side: float(
                    np.mean(
                        [
                            _measure(
                                a[rows].reset_index(drop=True) if task == "classes" else a[rows], truth[rows], task
                            )
                            for a in many
                        ]
                    )
                )
                for side, many in answers.items()
            }
        synthetic, real = scores.get("synthetic"), scores.get("real")
        told.append(GroupUtility(group=group, rows=int(rows.sum()), synthetic=synthetic, real=real))
    return sorted(told, key=lambda each: (-each.rows, each.group))


def _importances(
    fitted: dict[tuple[str, str], Any], matrix: pd.DataFrame, truth: np.ndarray, task: str, seed: int
) -> list[Importances]:
    """What either model loses when a column is shuffled among the real rows that judge."""
    rng = np.random.default_rng([seed % 2**32, 17])
    some = np.sort(rng.permutation(len(matrix))[:LOOKED_AT])
    matrix, truth, order = matrix.iloc[some].reset_index(drop=True), truth[some], rng.permutation(len(some))
    if task == "classes" and len(set(truth)) < 2:
        return []
    whole = {
        side: _measure(_answers(fitted["trees", side], matrix, task), truth, task) for side in ("synthetic", "real")
    }
    told = []
    for name in matrix.columns[:100]:
        changed = matrix.assign(**{name: matrix[name].to_numpy()[order]})
        lost = {
            side: whole[side] - _measure(_answers(fitted["trees", side], changed, task), truth, task) for side in whole
        }
        told.append(Importances(column=name, synthetic=lost["synthetic"], real=lost["real"]))
    return sorted(told, key=lambda each: (-each.real, each.column))


def _rank_correlation(told: list[Importances]) -> float | None:
    sides = [each.synthetic for each in told], [each.real for each in told]
    one, other = (pd.Series(side, dtype="float64").rank() for side in sides)
    if len(told) < 3 or min(one.nunique(), other.nunique()) < 2:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def _signs(fitted: dict[tuple[str, str], Any], task: str) -> Signs | None:
    """How many coefficients of the linear models point the same way, of those that are not next to nothing in the real
    one.
    """
    models = [fitted["linear", side] for side in ("synthetic", "real")]
    if any(isinstance(model, str) for model in models) or (
        task == "classes" and any(len(model.classes_) != 2 for model in models)
    ):
        return None
    if task == "classes" and list(models[0].classes_) != list(models[1].classes_):
        return None
    found = [
        dict(zip(model["encoder"].get_feature_names_out(), np.ravel(model["model"].coef_), strict=True))
        for model in models
    ]
    large = 0.1 * max((abs(value) for value in found[1].values()), default=0.0)
    common = [name for name, value in found[1].items() if name in found[0] and abs(value) > large]
    return Signs(agree=int(sum(found[0][name] * found[1][name] > 0 for name in common)), of=len(common))


def _words(target: str, task: str, made: float, real: float) -> list[str]:
    lost = real - made
    name = "AUC" if task == "classes" else "R squared"
    how = (
        "as useful as the real rows"
        if lost < 0.01
        else (
            "nearly as useful as the real rows"
            if lost < 0.03
            else "less useful than the real rows"
            if lost < 0.1
            else "much less useful than the real rows"
        )
    )
    return [
        (
            f'To learn "{target}", the synthetic rows are {how}: {name} {made:.3f} against'
            f" {real:.3f}, both judged on real rows that neither model saw."
        )
    ]
