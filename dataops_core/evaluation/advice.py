"""What the evidence of a scoreboard supports, in one sentence: often to do nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dataops_core.evaluation.candidates import NOTHING
from dataops_core.evaluation.folds import Plan
from dataops_core.evaluation.measures import Measure, Verdict
from dataops_core.evaluation.scoreboard import Standing, differences


@dataclass(frozen=True)
class Advice:
    """The candidate to take and the sentence that says why."""

    recommended: str
    verdict: str


@dataclass(frozen=True)
class Judge:
    """Tells candidates apart by one measure, as far as the folds allow."""

    plan: Plan
    measure: Measure
    unit: float

    def against(
        self, mine: Mapping[str, Sequence[float]], theirs: Mapping[str, Sequence[float]], among: int = 1
    ) -> Verdict:
        """Whether the scores of one are better or worse than those of another, one of `among` such comparisons."""
        key = self.measure.key
        return differences(mine, theirs, self.plan, {key: self.measure}, key, among, self.unit)[key].verdict

    def best(self, some: Sequence[Standing]) -> Standing:
        """The one with the best mean; of equal ones the first."""
        sign = 1 if self.measure.higher_is_better else -1
        return max(some, key=lambda each: sign * each.means[self.measure.key].mean)

    def figure(self, each: Standing) -> str:
        """The difference from doing nothing, with its interval."""
        apart = each.differences[self.measure.key]
        return f"{self.measure.title} {apart.mean:+.4f}, 95 % interval {apart.low:+.4f} to {apart.high:+.4f}"


def advise(standings: Sequence[Standing], dummy: Mapping[str, Sequence[float]], judge: Judge) -> Advice:
    """The shortest of the recipes that are clearly better than doing nothing and not clearly worse than the best one;
    doing nothing where there is none. `dummy` are the scores of guessing, by measure.
    """
    judged = [each for each in standings if not each.failed]
    nothing = next(each for each in judged if each.name == NOTHING)
    others = [each for each in judged if each is not nothing]
    verdicts = {each.name: each.differences[judge.measure.key].verdict for each in others}
    better = [each for each in others if verdicts[each.name] == "better" and not each.stopped]
    worse = [name for name, verdict in verdicts.items() if verdict == "worse"]
    tail = f" Clearly worse: {listed(worse)}." if worse and 1 < len(others) != len(worse) else ""
    if not better:
        if judge.against(nothing.scores, dummy) != "better":
            tail += " The model does not predict the target clearly better than guessing, whatever the recipe."
        return Advice(NOTHING, _nothing_better(others, worse, judge) + tail)
    best = judge.best(better)
    pairs = len(judged) * (len(judged) - 1) // 2
    tied = [each for each in better if each is not best and judge.against(each.scores, best.scores, pairs) != "worse"]
    fewest = min(len(each.steps) for each in [best, *tied])
    chosen = judge.best([each for each in [best, *tied] if len(each.steps) == fewest])
    sentence = f'"{chosen.name}" is clearly better than doing nothing ({judge.figure(chosen)}).'
    if tied:
        rest = [each for each in [best, *tied] if each is not chosen]
        why = (
            "has the fewest steps" if all(len(each.steps) > fewest for each in rest) else "scores best of the shortest"
        )
        sentence += (
            f" {listed([each.name for each in rest])} {'does' if len(rest) == 1 else 'do'} as well as far as these rows"
            f' can tell; "{chosen.name}" {why}.'
        )
    elif len(others) > 1 and all(
        judge.against(each.scores, best.scores, pairs) == "worse" for each in judged if each is not best
    ):
        sentence += " It is clearly better than all the other recipes as well."
    return Advice(chosen.name, sentence + tail)


def _nothing_better(others: Sequence[Standing], worse: Sequence[str], judge: Judge) -> str:
    if not others:
        return "There is no recipe that could be compared with doing nothing."
    if len(others) > 1:
        said = "none" if worse else "No clear difference: none"
        if len(worse) == len(others):
            return f"Doing nothing is best: all {len(others)} recipes are clearly worse by {judge.measure.title}."
        return (
            f"{said[0].upper()}{said[1:]} of the {len(others)} recipes is clearly better than doing nothing by"
            f" {judge.measure.title}, with {len(others)} comparisons accounted for."
        )
    if worse:
        return f'"{others[0].name}" is clearly worse than doing nothing ({judge.figure(others[0])}).'
    return (
        f'No clear difference: "{others[0].name}" does as well as doing nothing, as far as these rows can tell'
        f" ({judge.figure(others[0])})."
    )


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, five of them at most.

    >>> listed(["a", "b", "c"])
    '"a", "b" and "c"'
    """
    quoted = [f'"{name}"' for name in names[:5]] + ([f"{len(names) - 5} more"] if len(names) > 5 else [])
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
