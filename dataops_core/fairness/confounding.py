"""Whether a gap between groups is still there among people who are alike in something else: department, job, region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dataops_core.errors import SettingError
from dataops_core.fairness.group_definitions import groups_of, named_ranges, outcome_of
from dataops_core.stats.proportions import cell_counts, newcombe
from dataops_core.table import Table

Z = 1.959964
SHOWN = 100  # strata that are listed
MOST_GROUPS = 50


def confounding(
    table: Table,
    target: str,
    favorable: str,
    sensitive: Sequence[str],
    strata: Sequence[str],
    *,
    reference: str | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
) -> dict[str, Any]:
    """Compare each group with the reference overall and within strata, such as departments; rows without an outcome are
    left out.

    "by_group" tells of each group (the 50 largest) the rates and the odds ratio of the reference against the group,
    overall ("crude") and within strata ("adjusted": Mantel and Haenszel 1959, interval by Robins, Breslow & Greenland
    1986, with "breslow_day": p of one common odds ratio in all strata, Breslow & Day 1980); rates that both would have
    if both were spread over the strata as all rows are ("standardised", directly, with "gap_ci", and "e_value": how
    strongly, as a risk ratio, something unseen would have to go with both group and outcome to explain the gap away,
    VanderWeele & Ding 2017; 1: nothing need be explained); `reverses` where a clear gap turns round within strata
    (Simpson's paradox), `vanishes` where it is no longer clear, and words. An odds ratio above 1 says that the
    reference group has the better odds. Raises SettingError where strata and groups are the same column, or strata are
    too many.
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
    return {
        "sensitive": list(found.columns),
        "target": target,
        "favorable": favorable,
        "strata": list(strata),
        "reference": name,
        "ranges": named_ranges(found, frame) | named_ranges(layers, frame),
        "rows": int(rows.sum()),
        "of": len(frame),
        "by_group": {
            found.names[at]: _compared(
                cells[base], cells[at], cells.sum(axis=(0, 2)), layers.names, name, found.names[at]
            )
            for at in others
        },
        "not_told": max(0, len(found.names) - 1 - MOST_GROUPS),
    }


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


def breslow_day(cells: np.ndarray) -> dict[str, float] | None:
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
        {"statistic": float(found.statistic), "df": len(whole) - 1, "p": float(found.pvalue)}
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


def _odds(found: tuple[float, tuple[float, float]] | None) -> dict[str, Any]:
    if found is None:
        return {
            "odds_ratio": None,
            "ci": None,
            "why": "one of the groups has only one outcome wherever both can be compared",
        }
    return {"odds_ratio": found[0], "ci": list(found[1])}


def _compared(
    base: np.ndarray, group: np.ndarray, everyone: np.ndarray, names: list[str], reference: str, name: str
) -> dict[str, Any]:
    """One group against the reference, from counts (strata, 2) of each; everyone is (strata,)."""
    pair = np.stack([base, group], axis=1)  # (strata, group, bad and good)
    sizes = pair.sum(axis=2)
    told: dict[str, Any] = {
        "crude": _odds(mantel_haenszel(pair.sum(axis=0, keepdims=True))),
        "adjusted": _odds(mantel_haenszel(pair)) | {"breslow_day": breslow_day(pair)},
    }
    hits, of = pair[:, :, 1].sum(axis=0), sizes.sum(axis=0)
    if of.all():
        low, high = newcombe(hits[1], of[1], hits[0], of[0])
        rates = hits / of
        told["crude"] |= {
            "reference_rate": float(rates[0]),
            "group_rate": float(rates[1]),
            "gap": float(rates[1] - rates[0]),
            "gap_ci": [float(low), float(high)],
        }
    else:
        told["crude"] |= {"reference_rate": None, "group_rate": None, "gap": None, "gap_ci": None}
    both = sizes.all(axis=1)
    told["standardised"] = _standardised(pair[both], everyone[both], int(everyone.sum()))
    told["strata"] = [
        {"stratum": names[at]}
        | {
            key: {
                "n": int(sizes[at, side]),
                "rate": float(pair[at, side, 1] / sizes[at, side]) if sizes[at, side] else None,
            }
            for side, key in enumerate(("reference", "group"))
        }
        for at in sorted(range(len(names)), key=lambda at: (-int(sizes[at].sum()), names[at]))[:SHOWN]
    ]
    return told | _said(told, reference, name)


def _standardised(pair: np.ndarray, everyone: np.ndarray, rows: int) -> dict[str, Any]:
    """Rates if both groups were spread over the strata as everybody is; only strata that hold both can be used."""
    covered = float(everyone.sum() / rows) if rows else 0.0
    if not len(pair):
        return {
            "reference_rate": None,
            "group_rate": None,
            "gap": None,
            "gap_ci": None,
            "e_value": None,
            "covered": covered,
            "why": "no stratum holds people of both groups",
        }
    shares, sizes = (everyone / everyone.sum())[:, None], pair.sum(axis=2)
    within = pair[:, :, 1] / sizes
    # a rate of 0 or 1 is not sure (Agresti & Caffo 2000)
    rates, smooth = (within * shares).sum(axis=0), (pair[:, :, 1] + 1) / (sizes + 2)
    width = Z * float(np.sqrt((shares**2 * smooth * (1 - smooth) / sizes).sum()))
    gap = float(rates[1] - rates[0])
    told = {
        "reference_rate": float(rates[0]),
        "group_rate": float(rates[1]),
        "gap": gap,
        "gap_ci": [max(-1.0, gap - width), min(1.0, gap + width)],
        "covered": covered,
    }
    return told | {
        "e_value": (1.0 if abs(gap) <= width else e_value(float(rates[1] / rates[0]))) if rates.all() else None
    }


def _said(told: dict[str, Any], reference: str, name: str) -> dict[str, Any]:
    """Whether the picture reverses or vanishes, in words."""
    crude, adjusted = told["crude"], told["adjusted"]
    if crude["odds_ratio"] is None or adjusted["odds_ratio"] is None:
        return {
            "reverses": False,
            "vanishes": False,
            "words": f"{name} and {reference} cannot be compared within strata: {adjusted.get('why') or crude['why']}.",
        }
    clear, still = (not each["ci"][0] <= 1 <= each["ci"][1] for each in (crude, adjusted))
    reverses = bool(clear and (crude["odds_ratio"] - 1) * (adjusted["odds_ratio"] - 1) < 0)
    vanishes = bool(clear and not still)
    rates = (
        f"Overall {crude['group_rate']:.1%} of {name} and {crude['reference_rate']:.1%} of {reference} have the good"
        " outcome"
    )
    odds = (
        f"odds of {reference} against {name}: {crude['odds_ratio']:.2f} overall, {adjusted['odds_ratio']:.2f} among"
        " those who are alike"
    )
    interval = f"95 % interval {adjusted['ci'][0]:.2f} to {adjusted['ci'][1]:.2f}"
    if reverses:
        better, worse = (name, reference) if adjusted["odds_ratio"] < 1 else (reference, name)
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
    unseen = told["standardised"]["e_value"]
    if still and unseen is not None and unseen > 1:
        words += (
            " Something that is not among the strata would have to go with both group and outcome by a risk ratio of"
            f" {unseen:.2f} each to explain it (E-value)."
        )
    unequal = adjusted["breslow_day"] is not None and adjusted["breslow_day"]["p"] < 0.05
    if unequal:
        words += (
            f" The strata do not share one odds ratio (Breslow-Day test, p {adjusted['breslow_day']['p']:.3f}): look at"
            " each of them."
        )
    return {"reverses": reverses, "vanishes": vanishes, "words": words}
