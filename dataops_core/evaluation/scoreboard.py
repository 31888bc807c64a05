"""The scoreboard: how each candidate did, how it differs from doing nothing, and what the evidence supports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataops_core.evaluation.effect import Effect
from dataops_core.evaluation.fairness_gap import GroupGap
from dataops_core.evaluation.folds import Plan
from dataops_core.evaluation.measures import Measure, Verdict
from dataops_core.stats.cross_validation import interval


@dataclass(frozen=True)
class Estimate:
    """A mean over folds with its 95 % interval (corrected resampled t-test)."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float], plan: Plan, among: int = 1) -> Estimate:
        """The estimate from fold results, one of `among` that are looked at together."""
        return cls(**interval(values, plan.folds, among, plan.test_share))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"mean": self.mean, "ci": [self.low, self.high]}


@dataclass(frozen=True)
class Difference(Estimate):
    """A paired difference in the same folds, with what it says."""

    verdict: Verdict = "no clear difference"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return super().to_json() | {"verdict": self.verdict}


@dataclass(frozen=True)
class Standing:
    """How one candidate did. `stopped` and `failed` say why it has fewer folds, or none."""

    name: str
    steps: list[str]
    scores: Mapping[str, Sequence[float]]
    means: Mapping[str, Estimate]
    differences: Mapping[str, Difference]
    gaps: Mapping[str, GroupGap]
    curve: Sequence[Mapping[str, float]]
    effect: Effect | None
    features: int
    seconds: float
    stopped: str = ""
    failed: str = ""
    undominated: bool = False
    recipe: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """The largest gap between groups over the sensitive columns."""
        return max((gap.gap for gap in self.gaps.values()), default=None)

    def to_json(self, measure: str) -> dict[str, Any]:
        """Plain JSON values; `measure` is the one that decides."""
        if self.failed:
            return {"name": self.name, "steps": self.steps, "failed": self.failed, "recipe": dict(self.recipe)}
        same = Difference(0.0, 0.0, 0.0)  # doing nothing, against itself
        return {
            "name": self.name,
            "steps": self.steps,
            "score": self.means[measure].mean,
            "ci": [self.means[measure].low, self.means[measure].high],
            "difference": self.differences.get(measure, same).to_json(),
            "fairness_gap": self.gap,
            "rows_kept": self.effect.rows_kept if self.effect else None,
            "effect": self.effect.to_json() if self.effect else None,
            "seconds": round(self.seconds, 3),
            "features": self.features,
            "measures": {key: each.to_json() for key, each in self.means.items()},
            "differences": {key: each.to_json() for key, each in self.differences.items()},
            "folds": {key: list(values) for key, values in self.scores.items()},
            "fairness": {column: gap.to_json() for column, gap in self.gaps.items()},
            "curve": [dict(point) for point in self.curve],
            "stopped": self.stopped,
            "undominated": self.undominated,
            "recipe": dict(self.recipe),
        }


def differences(
    mine: Mapping[str, Sequence[float]],
    theirs: Mapping[str, Sequence[float]],
    plan: Plan,
    measures: Mapping[str, Measure],
    deciding: str,
    among: int,
    unit: float,
) -> dict[str, Difference]:
    """Paired differences by measure, over the folds that both have; the deciding measure is corrected for `among`
    comparisons, the others for so many by each of them.
    """
    made = {}
    for key, measure in measures.items():
        pairs = zip(mine[key], theirs[key], strict=False)
        looks = among if key == deciding else among * len(measures)
        apart = Estimate.of([one - other for one, other in pairs], plan, looks)
        scale = 1.0 if key == "r2" else unit
        made[key] = Difference(
            apart.mean, apart.low, apart.high, measure.verdict(apart.mean, apart.low, apart.high, scale)
        )
    return made


def undominated(standings: Sequence[Standing], measure: Measure) -> set[str]:
    """The names of candidates that no other beats in score and fairness gap at once (score alone without groups)."""
    points = {
        each.name: (each.means[measure.key].mean * (1 if measure.higher_is_better else -1), -(each.gap or 0.0))
        for each in standings
        if not each.failed and not each.stopped
    }
    return {
        name
        for name, mine in points.items()
        if not any(all(a >= b for a, b in zip(other, mine, strict=True)) and other != mine for other in points.values())
    }
