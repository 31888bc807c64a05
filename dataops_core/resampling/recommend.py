"""What the bench advises, in words: often to do nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataops_core.evaluation.scores import MEASURES, looks, verdict
from dataops_core.resampling.methods import METHODS
from dataops_core.stats.cross_validation import interval
from dataops_core.steps.step import StepJson


def step_of(method: str, target: str) -> StepJson | None:
    """The recipe step that does what a method of the bench did; None for doing nothing."""
    if method in ("nothing", "threshold"):
        return None
    if method == "weights":
        return {"op": "add_weights", "with": {"target": target}}
    return {"op": "resample_rows", "with": {"target": target, "method": method}}


def advice(
    told: Mapping[str, Mapping[str, Any]], results: Mapping[str, Mapping[str, Sequence[float]]], target: str, folds: int
) -> dict[str, Any]:
    """{"recommended": name or None, "reason", "step"}: a method that tells the classes apart better, or decides better
    than another threshold does; else none.
    """
    changing = [name for name in told if name not in ("nothing", "threshold")]

    def said(name: str, measure: str) -> str:
        return str(told[name]["difference"][measure]["verdict"])

    sharper = [
        name
        for name in changing
        if "better" in (said(name, "pr_auc"), said(name, "roc_auc"))
        and "worse" not in (said(name, "pr_auc"), said(name, "roc_auc"))
    ]
    deciding = [
        name
        for name in changing
        if said(name, "balanced_accuracy") == "better" and _beats_threshold(name, results, folds)
    ]
    for names, measures, why in (
        (sharper, ("pr_auc", "roc_auc"), "tells the classes apart better than doing nothing"),
        (
            deciding,
            ("balanced_accuracy",),
            "decides better than doing nothing, and than doing nothing with another threshold",
        ),
    ):
        if names:  # by a measure that is better in any of them, and of those that are better in it the best
            measure = next(measure for measure in measures if any(said(name, measure) == "better" for name in names))
            best = max(
                (name for name in names if said(name, measure) == "better"),
                key=lambda name: told[name]["means"][measure]["mean"],
            )
            gain = told[best]["difference"][measure]
            harm = [
                words
                for key, words in (("brier", "Brier score"), ("calibration", "calibration"))
                if said(best, key) == "worse"
            ]
            cost = (
                f" It makes its probabilities worse ({', '.join(harm)}): calibrate them afterwards, or use its"
                " decisions only."
                if harm
                else ""
            )
            reason = (
                f"{METHODS[best]} {why} ({MEASURES[measure].title} {gain['mean']:+.3f}, 95 % interval"
                f" {gain['low']:+.3f} to {gain['high']:+.3f}, corrected for {looks(measure, len(told) - 1)}"
                f" comparisons).{cost}"
            )
            return {"recommended": best, "reason": reason, "step": step_of(best, target)}
    return {"recommended": None, "reason": _leave_it(told, changing, said), "step": None}


def _beats_threshold(name: str, results: Mapping[str, Mapping[str, Sequence[float]]], folds: int) -> bool:
    pairs = zip(results[name]["balanced_accuracy"], results["threshold"]["balanced_accuracy"], strict=True)
    return verdict(interval([one - other for one, other in pairs], folds), "balanced_accuracy") == "better"


def _leave_it(told: Mapping[str, Mapping[str, Any]], changing: list[str], said: Any) -> str:
    reason = "No method tells the classes apart clearly better than doing nothing."
    finding = [name for name in changing if said(name, "balanced_accuracy") == "better"]
    if finding and said("threshold", "balanced_accuracy") == "better":
        reason += " What some of them gain in balanced accuracy, another threshold gains as well."
    harmed = [name for name in changing if "worse" in (said(name, "brier"), said(name, "calibration"))]
    if harmed:
        reason += f" {len(harmed)} of {len(changing)} make its probabilities worse."
    return (
        f"{reason} Leave the rows as they"
        f" are{', and decide by the share of the class instead of by one half' if finding else ''}."
    )
