"""Gaps between groups, with everything that keeps them honest: intervals, a test of the largest, and Holm across all
that is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dataops_core.fairness.group_definitions import THIN
from dataops_core.record import Record, absent
from dataops_core.stats.proportions import holm, largest_gap, newcombe, two_shares_p

ALPHA = 0.05
CLEAR, MAY_BE_CHANCE, ALONE = "clear", "may be chance", "clear by itself, not among all gaps"


@dataclass(frozen=True, kw_only=True)
class Gap(Record):
    """How much a rate of a group differs from the reference group's."""

    of: str  # the columns that make the groups
    measure: str
    group: str
    reference: str
    value: float | None = None  # the group's rate less the reference's
    ci: tuple[float, float] | None = None  # 95 % interval (Newcombe)
    p: float | None = None  # null where a group has few rows
    thin: bool  # one of the two has few rows
    why: str | None = absent()  # why there is no value
    p_holm: float | None = None  # by Holm, across all gaps
    clear: bool = False  # more than chance, and not contradicted by the interval
    verdict: str = ""  # clear, may be chance, clear by itself alone, few rows, or not defined

    @property
    def holds_zero(self) -> bool:
        """Whether no gap at all is within the interval."""
        return self.ci is None or self.ci[0] <= 0 <= self.ci[1]


@dataclass(frozen=True, kw_only=True)
class LargestGap(Record):
    """The widest gap between two groups in a measure."""

    of: str  # the columns that make the groups
    measure: str
    groups: int  # that have enough rows
    value: float | None = None  # the highest rate less the lowest
    p: float | None = None  # of a permutation test
    why: str | None = absent()  # why there is no value
    lowest: str | None = absent()  # the group with the lowest rate
    highest: str | None = absent()
    lowest_rate: float | None = absent()
    highest_rate: float | None = absent()
    p_holm: float | None = None  # by Holm, across all largest gaps
    clear: bool = False


@dataclass(frozen=True)
class Gaps:
    """The gaps that somebody looks at together."""

    gaps: list[Gap]
    largest: list[LargestGap]


def gaps(
    rates: Mapping[str, Mapping[str, tuple[int, int]]], reference: str, *, thin: int = THIN, seed: int = 0, of: str = ""
) -> Gaps:
    """Compare shares by measure and group, {measure: {group: (hits, of)}}, with the reference group's.

    "gaps" has for each measure and group the signed gap (group less reference) with its 95 % Newcombe interval and
    p-value; "largest" for each measure the difference between highest and lowest group with the p-value of a
    permutation test. Both leave thin groups unjudged (p None). `clear` is filled in by `judged`, across everything that
    somebody looks at.
    """
    told = Gaps([], [])
    for number, (measure, groups) in enumerate(rates.items()):
        base = groups.get(reference, (0, 0))
        for name, (hits, n) in groups.items():
            if name == reference:
                continue
            thin_here = min(n, base[1]) < thin
            entry = Gap(of=of, measure=measure, group=name, reference=reference, thin=thin_here)
            if n and base[1]:
                least, most = newcombe(hits, n, *base)
                value, p = hits / n - base[0] / base[1], None if thin_here else two_shares_p(hits, n, *base)
                entry = replace(entry, value=value, ci=(float(least), float(most)), p=p)
            else:
                entry = replace(entry, why=f"the rate of {name if not n else reference} is not defined")
            told.gaps.append(entry)
        wide = {name: pair for name, pair in groups.items() if pair[1] >= thin}
        told.largest.append(_largest(of, measure, wide, thin, (seed + number) % 2**32))
    return told


def _largest(of: str, measure: str, wide: Mapping[str, tuple[int, int]], thin: int, seed: int) -> LargestGap:
    if len(wide) < 2:
        why = f"fewer than two groups have {thin} rows to count"
        return LargestGap(of=of, measure=measure, groups=len(wide), why=why)
    shares = {name: hits / n for name, (hits, n) in wide.items()}
    value, p = largest_gap([hits for hits, _ in wide.values()], [n for _, n in wide.values()], seed=seed)
    low, high = min(shares, key=lambda name: shares[name]), max(shares, key=lambda name: shares[name])
    return LargestGap(
        of=of,
        measure=measure,
        groups=len(wide),
        value=value,
        p=p,
        lowest=low,
        highest=high,
        lowest_rate=shares[low],
        highest_rate=shares[high],
    )


def judged(told: Gaps) -> Gaps:
    """The gaps with "p_holm", "clear" and, of single gaps, "verdict": a largest gap is clear when Holm's p-value across
    all largest gaps is at most 0.05, and a single gap when the largest of its measure is clear and its own p-value, by
    Holm across all gaps, is at most 0.05 as well.

    So that a table without any true gap is called clear in something at most once in twenty times, however much is
    looked at. A verdict does not contradict its interval: no gap is clear whose interval holds 0, and one that is not
    clear though its interval leaves 0 out is called clear by itself alone.
    """
    largest = [
        replace(entry, p_holm=p, clear=p is not None and p <= ALPHA)
        for entry, p in zip(told.largest, holm([each.p for each in told.largest]), strict=True)
    ]
    open_ = {(each.of, each.measure) for each in largest if each.clear}
    gaps = []
    for entry, p in zip(told.gaps, holm([each.p for each in told.gaps]), strict=True):
        clear = p is not None and p <= ALPHA and (entry.of, entry.measure) in open_ and not entry.holds_zero
        gaps.append(replace(entry, p_holm=p, clear=clear, verdict=_verdict(entry, clear)))
    return Gaps(gaps, largest)


def _verdict(entry: Gap, clear: bool) -> str:
    if entry.value is None:
        return "not defined"
    if entry.thin:
        return "few rows"
    return CLEAR if clear else MAY_BE_CHANCE if entry.holds_zero else ALONE
