"""Whether a gap between groups is still there among people who are alike in something else: department, job, region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dataops_core.errors import SettingError
from dataops_core.fairness.group_definitions import groups_of, named_ranges, outcome_of
from dataops_core.record import Record, absent, spread
from dataops_core.stats.proportions import cell_counts, newcombe
from dataops_core.table import Table

Z = 1.959964
SHOWN = 100  # strata that are listed
MOST_GROUPS = 50


@dataclass(frozen=True, kw_only=True)
class BreslowDay(Record):
    """The test that all strata have one common odds ratio (Breslow & Day 1980)."""

    statistic: float
    df: int
    p: float


@dataclass(frozen=True, kw_only=True)
class Odds(Record):
    """The odds ratio of the reference against a group; above 1 the reference has the better odds."""

    odds_ratio: float | None
    ci: tuple[float, float] | None  # 95 % interval
    why: str | None = absent()  # why there is none


@dataclass(frozen=True, kw_only=True)
class CrudeOdds(Record):
    """The comparison over all rows."""

    odds: Odds = spread()
    reference_rate: float | None = None  # share of the good outcome
    group_rate: float | None = None
    gap: float | None = None  # the group's rate less the reference's
    gap_ci: tuple[float, float] | None = None  # 95 % interval (Newcombe)


@dataclass(frozen=True, kw_only=True)
class AdjustedOdds(Record):
    """The comparison within strata (Mantel & Haenszel 1959; interval by Robins, Breslow & Greenland 1986)."""

    odds: Odds = spread()
    breslow_day: BreslowDay | None


@dataclass(frozen=True, kw_only=True)
class Standardised(Record):
    """The rates that both would have if both were spread over the strata as all rows are."""

    reference_rate: float | None = None
    group_rate: float | None = None
    gap: float | None = None
    gap_ci: tuple[float, float] | None = None
    covered: float  # the share of rows in strata that hold both
    e_value: float | None = None  # risk ratio of something unseen that would explain the gap away; 1: nothing need be
    why: str | None = absent()


@dataclass(frozen=True, kw_only=True)
class StratumSide(Record):
    """One side of a comparison in a stratum."""

    n: int  # rows
    rate: float | None  # share of the good outcome


@dataclass(frozen=True, kw_only=True)
class Stratum(Record):
    """Both sides of a comparison in one stratum."""

    stratum: str
    reference: StratumSide
    group: StratumSide


@dataclass(frozen=True, kw_only=True)
class GroupWithinStrata(Record):
    """A group against the reference, overall and within strata."""

    crude: CrudeOdds
    adjusted: AdjustedOdds
    standardised: Standardised
    strata: list[Stratum]  # the 100 largest
    reverses: bool  # a clear gap turns round within strata (Simpson's paradox)
    vanishes: bool  # a clear gap is no longer clear within strata
    words: str


@dataclass(frozen=True, kw_only=True)
class Confounding(Record):
    """Whether gaps between groups are still there among people who are alike in something else."""

    sensitive: list[str]
    target: str
    favorable: str
    strata: list[str]  # columns within which groups are compared
    reference: str
    ranges: dict[str, list[str]]  # what the ranges of amounts are called, by column
    rows: int  # with an outcome
    of: int
    by_group: dict[str, GroupWithinStrata]  # the 50 largest
    not_told: int  # groups that are too many


def confounding(
    table: Table,
    target: str,
    favorable: str,
    sensitive: Sequence[str],
    strata: Sequence[str],
    *,
    reference: str | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
) -> Confounding:
    """Compare each group with the reference overall and within strata, such as departments; rows without an outcome are
    left out.

    The 50 largest groups are told; within strata odds ratios are Mantel and Haenszel's, and the E-value says how
    strongly, as a risk ratio, something unseen would have to go with both group and outcome to explain the gap away
    (VanderWeele & Ding 2017). Raises SettingError where strata and groups are the same column, or strata are too many.
    """
    frame = table.frame()
    found = groups_of(frame, [table.column(name).name for name in sensitive], cuts)
    outcome = outcome_of(frame, table.column(target).name, favorable)
    if not strata or set(strata) & {*sensitive, target}:
        what = (
            "No column is chosen to compare within."
            if not strata
            else "A column cannot be what is compared and what is compared within."
        )
        raise SettingError(what, "strata", "Choose other columns that could explain the gap.")
    layers = groups_of(frame, [table.column(name).name for name in strata])
    rows = outcome.known
    if len(layers.names) > max(50, int(rows.sum()) // 5):
        raise SettingError(
            f"The strata divide the rows into {len(layers.names):,} parts, too few rows in each.",
            "strata",
            "Choose columns with fewer values.",
        )
    shape = (len(found.names), len(layers.names), 2)
    cells = cell_counts(shape, found.codes[rows], layers.codes[rows], outcome.good[rows])
    name = found.reference(reference)
    base = found.names.index(name)
    others = sorted((at for at in range(len(found.names)) if at != base), key=lambda at: -int(found.sizes[at]))[
        :MOST_GROUPS
    ]
    return Confounding(
        sensitive=list(found.columns),
        target=target,
        favorable=favorable,
        strata=list(strata),
        reference=name,
        ranges=named_ranges(found, frame) | named_ranges(layers, frame),
        rows=int(rows.sum()),
        of=len(frame),
        by_group={
            found.names[at]: _compared(
                cells[base], cells[at], cells.sum(axis=(0, 2)), layers.names, name, found.names[at]
            )
            for at in others
        },
        not_told=max(0, len(found.names) - 1 - MOST_GROUPS),
    )


def mantel_haenszel(cells: np.ndarray) -> tuple[float, tuple[float, float]] | None:
    """The common odds ratio and its 95 % interval of tables (strata, 2 groups, 2: bad and good); None where it is not
    defined.
    """
    a, b, c, d = (cells[:, 0, 1], cells[:, 0, 0], cells[:, 1, 1], cells[:, 1, 0])
    n = (a + b + c + d).astype("float64")
    a, b, c, d, n = (part[n > 0] for part in (a, b, c, d, n))
    r, s = a * d / n, b * c / n
    if not r.sum() or not s.sum():
        return None
    p, q = (a + d) / n, (b + c) / n
    variance = (
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    ratio, width = float(r.sum() / s.sum()), Z * float(np.sqrt(variance))
    return ratio, (float(ratio * np.exp(-width)), float(ratio * np.exp(width)))


def breslow_day(cells: np.ndarray) -> BreslowDay | None:
    """The test that tables (strata, 2 groups, 2: bad and good) have one common odds ratio; None where fewer than two of
    them can be compared.
    """
    from statsmodels.stats.contingency_tables import StratifiedTable

    whole = [table for table in cells.astype("float64") if table.sum(axis=0).all() and table.sum(axis=1).all()]
    if len(whole) < 2 or mantel_haenszel(np.array(whole)) is None:
        return None
    with np.errstate(all="ignore"):
        found = StratifiedTable(whole).test_equal_odds()
    return (
        BreslowDay(statistic=float(found.statistic), df=len(whole) - 1, p=float(found.pvalue))
        if np.isfinite(found.pvalue)
        else None
    )


def e_value(ratio: float) -> float:
    """How strongly something unseen would have to go with both sides of a risk ratio to explain it away (VanderWeele &
    Ding 2017).

    >>> round(e_value(3.9), 2)  # their example: maternal feeding and death from respiratory infection
    7.26
    """
    above = max(ratio, 1 / ratio)
    return float(above + np.sqrt(above * (above - 1)))


def _odds(found: tuple[float, tuple[float, float]] | None) -> Odds:
    if found is None:
        why = "one of the groups has only one outcome wherever both can be compared"
        return Odds(odds_ratio=None, ci=None, why=why)
    return Odds(odds_ratio=found[0], ci=found[1])


def _compared(
    base: np.ndarray, group: np.ndarray, everyone: np.ndarray, names: list[str], reference: str, name: str
) -> GroupWithinStrata:
    """One group against the reference, from counts (strata, 2) of each; everyone is (strata,)."""
    pair = np.stack([base, group], axis=1)  # (strata, group, bad and good)
    sizes = pair.sum(axis=2)
    both = sizes.all(axis=1)
    crude = _crude(pair.sum(axis=0))
    adjusted = AdjustedOdds(odds=_odds(mantel_haenszel(pair)), breslow_day=breslow_day(pair))
    standardised = _standardised(pair[both], everyone[both], int(everyone.sum()))
    largest = sorted(range(len(names)), key=lambda at: (-int(sizes[at].sum()), names[at]))[:SHOWN]
    reverses, vanishes, words = _said(crude, adjusted, standardised, reference, name)
    return GroupWithinStrata(
        crude=crude,
        adjusted=adjusted,
        standardised=standardised,
        strata=[Stratum(stratum=names[at], reference=_side(pair[at, 0]), group=_side(pair[at, 1])) for at in largest],
        reverses=reverses,
        vanishes=vanishes,
        words=words,
    )


def _side(counts: np.ndarray) -> StratumSide:
    n = int(counts.sum())
    return StratumSide(n=n, rate=float(counts[1] / n) if n else None)


def _crude(pair: np.ndarray) -> CrudeOdds:
    odds, hits, of = _odds(mantel_haenszel(pair[None])), pair[:, 1], pair.sum(axis=1)
    if not of.all():
        return CrudeOdds(odds=odds)
    low, high = newcombe(hits[1], of[1], hits[0], of[0])
    rates = hits / of
    return CrudeOdds(
        odds=odds,
        reference_rate=float(rates[0]),
        group_rate=float(rates[1]),
        gap=float(rates[1] - rates[0]),
        gap_ci=(float(low), float(high)),
    )


def _standardised(pair: np.ndarray, everyone: np.ndarray, rows: int) -> Standardised:
    """Rates if both groups were spread over the strata as everybody is; only strata that hold both can be used."""
    covered = float(everyone.sum() / rows) if rows else 0.0
    if not len(pair):
        return Standardised(covered=covered, why="no stratum holds people of both groups")
    shares, sizes = (everyone / everyone.sum())[:, None], pair.sum(axis=2)
    within = pair[:, :, 1] / sizes
    # a rate of 0 or 1 is not sure (Agresti & Caffo 2000)
    rates, smooth = (within * shares).sum(axis=0), (pair[:, :, 1] + 1) / (sizes + 2)
    width = Z * float(np.sqrt((shares**2 * smooth * (1 - smooth) / sizes).sum()))
    gap = float(rates[1] - rates[0])
    return Standardised(
        reference_rate=float(rates[0]),
        group_rate=float(rates[1]),
        gap=gap,
        gap_ci=(max(-1.0, gap - width), min(1.0, gap + width)),
        covered=covered,
        e_value=(1.0 if abs(gap) <= width else e_value(float(rates[1] / rates[0]))) if rates.all() else None,
    )


def _said(
    overall: CrudeOdds, within: AdjustedOdds, standardised: Standardised, reference: str, name: str
) -> tuple[bool, bool, str]:
    """Whether the picture reverses or vanishes, in words."""
    crude, adjusted = overall.odds, within.odds
    if crude.odds_ratio is None or adjusted.odds_ratio is None or crude.ci is None or adjusted.ci is None:
        why = adjusted.why or crude.why
        return False, False, f"{name} and {reference} cannot be compared within strata: {why}."
    clear, still = (not ends[0] <= 1 <= ends[1] for ends in (crude.ci, adjusted.ci))
    reverses = bool(clear and (crude.odds_ratio - 1) * (adjusted.odds_ratio - 1) < 0)
    vanishes = bool(clear and not still)
    rates = (
        f"Overall {overall.group_rate:.1%} of {name} and {overall.reference_rate:.1%} of {reference} have the good"
        " outcome"
    )
    odds = (
        f"odds of {reference} against {name}: {crude.odds_ratio:.2f} overall, {adjusted.odds_ratio:.2f} among"
        " those who are alike"
    )
    interval = f"95 % interval {adjusted.ci[0]:.2f} to {adjusted.ci[1]:.2f}"
    if reverses:
        better, worse = (name, reference) if adjusted.odds_ratio < 1 else (reference, name)
        more = (
            f"{better} do better"
            if still
            else f"{better} do, if anything, a little better than {worse}, and the difference is not clear"
        )
        words = (
            f"The picture reverses (Simpson's paradox). {rates}; among those who are alike, {more} ({odds};"
            f" {interval})."
        )
    elif vanishes:
        words = (
            f"The gap is explained by the strata. {rates}; among those who are alike no gap is clear ({odds};"
            f" {interval})."
        )
    elif clear:
        words = f"The gap stays. {rates}; among those who are alike it is still clear ({odds}; {interval})."
    else:
        words = (
            f"{rates}; no clear gap overall{', but there is one among those who are alike' if still else ''} ({odds};"
            f" {interval})."
        )
    unseen = standardised.e_value
    if still and unseen is not None and unseen > 1:
        words += (
            " Something that is not among the strata would have to go with both group and outcome by a risk ratio of"
            f" {unseen:.2f} each to explain it (E-value)."
        )
    if within.breslow_day is not None and within.breslow_day.p < 0.05:
        words += (
            f" The strata do not share one odds ratio (Breslow-Day test, p {within.breslow_day.p:.3f}): look at"
            " each of them."
        )
    return reverses, vanishes, words
