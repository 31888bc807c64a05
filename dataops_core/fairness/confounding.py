"""Whether a gap between groups is still there among people who are alike in something else: department, job, region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dataops_core.errors import SettingError
from dataops_core.fairness.intervals import newcombe
from dataops_core.fairness.people import groups_of, named_ranges, outcome_of
from dataops_core.table import Table

Z = 1.959964
SHOWN = 100  # strata that are listed
MOST_GROUPS = 50


def confounding(
    table: Table, target: str, favorable: str, sensitive: Sequence[str], strata: Sequence[str], *, reference: str | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
) -> dict[str, Any]:
    """Compare each group with the reference overall and within strata, such as departments; rows without an outcome are left out.

    "by_group" tells of each group (the 50 largest) the rates and the odds ratio of the reference against the group, overall
    ("crude") and within strata ("adjusted": Mantel and Haenszel 1959, interval by Robins, Breslow & Greenland 1986); rates that both
    would have if both were spread over the strata as all rows are ("standardised", directly); `reverses` where a clear gap turns
    round within strata (Simpson's paradox), `vanishes` where it is no longer clear, and words. An odds ratio above 1 says that the
    reference group has the better odds. Raises SettingError where strata and groups are the same column, or strata are too many.
    """
    frame = table.frame()
    found = groups_of(frame, [table.column(name).name for name in sensitive], cuts)
    outcome = outcome_of(frame, table.column(target).name, favorable)
    if not strata or set(strata) & {*sensitive, target}:
        what = "No column is chosen to compare within." if not strata else "A column cannot be what is compared and what is compared within."
        raise SettingError(what, "strata", "Choose other columns that could explain the gap.")
    layers = groups_of(frame, [table.column(name).name for name in strata])
    rows = outcome.known
    if len(layers.names) > max(50, int(rows.sum()) // 5):
        raise SettingError(f"The strata divide the rows into {len(layers.names):,} parts, too few rows in each.", "strata", "Choose columns with fewer values.")
    shape = (len(found.names), len(layers.names), 2)
    flat = np.ravel_multi_index((found.codes[rows], layers.codes[rows], outcome.good[rows].astype(int)), shape)
    cells = np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)
    name = found.reference(reference)
    base = found.names.index(name)
    others = sorted((at for at in range(len(found.names)) if at != base), key=lambda at: -int(found.sizes[at]))[:MOST_GROUPS]
    return {
        "sensitive": list(found.columns), "target": target, "favorable": favorable, "strata": list(strata), "reference": name,
        "ranges": named_ranges(found, frame) | named_ranges(layers, frame), "rows": int(rows.sum()), "of": len(frame),
        "by_group": {found.names[at]: _compared(cells[base], cells[at], cells.sum(axis=(0, 2)), layers.names, name, found.names[at]) for at in others},
        "not_told": max(0, len(found.names) - 1 - MOST_GROUPS),
    }


def mantel_haenszel(cells: np.ndarray) -> tuple[float, tuple[float, float]] | None:
    """The common odds ratio and its 95 % interval of tables (strata, 2 groups, 2: bad and good); None where it is not defined."""
    a, b, c, d = (cells[:, 0, 1], cells[:, 0, 0], cells[:, 1, 1], cells[:, 1, 0])
    n = (a + b + c + d).astype("float64")
    a, b, c, d, n = (part[n > 0] for part in (a, b, c, d, n))
    r, s = a * d / n, b * c / n
    if not r.sum() or not s.sum():
        return None
    p, q = (a + d) / n, (b + c) / n
    variance = (p * r).sum() / (2 * r.sum() ** 2) + (p * s + q * r).sum() / (2 * r.sum() * s.sum()) + (q * s).sum() / (2 * s.sum() ** 2)
    ratio, width = float(r.sum() / s.sum()), Z * float(np.sqrt(variance))
    return ratio, (float(ratio * np.exp(-width)), float(ratio * np.exp(width)))


def _odds(found: tuple[float, tuple[float, float]] | None) -> dict[str, Any]:
    if found is None:
        return {"odds_ratio": None, "ci": None, "why": "one of the groups has only one outcome wherever both can be compared"}
    return {"odds_ratio": found[0], "ci": list(found[1])}


def _compared(base: np.ndarray, group: np.ndarray, everyone: np.ndarray, names: list[str], reference: str, name: str) -> dict[str, Any]:
    """One group against the reference, from counts (strata, 2) of each; everyone is (strata,)."""
    pair = np.stack([base, group], axis=1)  # (strata, group, bad and good)
    sizes = pair.sum(axis=2)
    told: dict[str, Any] = {"crude": _odds(mantel_haenszel(pair.sum(axis=0, keepdims=True))), "adjusted": _odds(mantel_haenszel(pair))}
    hits, of = pair[:, :, 1].sum(axis=0), sizes.sum(axis=0)
    if of.all():
        low, high = newcombe(hits[1], of[1], hits[0], of[0])
        rates = hits / of
        told["crude"] |= {"reference_rate": float(rates[0]), "group_rate": float(rates[1]), "gap": float(rates[1] - rates[0]), "gap_ci": [float(low), float(high)]}
    else:
        told["crude"] |= {"reference_rate": None, "group_rate": None, "gap": None, "gap_ci": None}
    both = sizes.all(axis=1)
    told["standardised"] = _standardised(pair[both], everyone[both], int(everyone.sum()))
    told["strata"] = [
        {"stratum": names[at]} | {
            key: {"n": int(sizes[at, side]), "rate": float(pair[at, side, 1] / sizes[at, side]) if sizes[at, side] else None} for side, key in enumerate(("reference", "group"))
        } for at in sorted(range(len(names)), key=lambda at: (-int(sizes[at].sum()), names[at]))[:SHOWN]
    ]
    return told | _said(told, reference, name)


def _standardised(pair: np.ndarray, everyone: np.ndarray, rows: int) -> dict[str, Any]:
    """Rates if both groups were spread over the strata as everybody is; only strata that hold both can be used."""
    covered = float(everyone.sum() / rows) if rows else 0.0
    if not len(pair):
        return {"reference_rate": None, "group_rate": None, "gap": None, "covered": covered, "why": "no stratum holds people of both groups"}
    rates = (pair[:, :, 1] / pair.sum(axis=2) * (everyone / everyone.sum())[:, None]).sum(axis=0)
    return {"reference_rate": float(rates[0]), "group_rate": float(rates[1]), "gap": float(rates[1] - rates[0]), "covered": covered}


def _said(told: dict[str, Any], reference: str, name: str) -> dict[str, Any]:
    """Whether the picture reverses or vanishes, in words."""
    crude, adjusted = told["crude"], told["adjusted"]
    if crude["odds_ratio"] is None or adjusted["odds_ratio"] is None:
        return {"reverses": False, "vanishes": False, "words": f"{name} and {reference} cannot be compared within strata: {adjusted.get('why') or crude['why']}."}
    clear, still = (not each["ci"][0] <= 1 <= each["ci"][1] for each in (crude, adjusted))
    reverses = bool(clear and (crude["odds_ratio"] - 1) * (adjusted["odds_ratio"] - 1) < 0)
    vanishes = bool(clear and not still)
    rates = f"Overall {crude['group_rate']:.1%} of {name} and {crude['reference_rate']:.1%} of {reference} have the good outcome"
    odds = f"odds of {reference} against {name}: {crude['odds_ratio']:.2f} overall, {adjusted['odds_ratio']:.2f} among those who are alike"
    interval = f"95 % interval {adjusted['ci'][0]:.2f} to {adjusted['ci'][1]:.2f}"
    if reverses:
        better, worse = (name, reference) if adjusted["odds_ratio"] < 1 else (reference, name)
        more = f"{better} do better" if still else f"{better} do, if anything, a little better than {worse}, and the difference is not clear"
        words = f"The picture reverses (Simpson's paradox). {rates}; among those who are alike, {more} ({odds}; {interval})."
    elif vanishes:
        words = f"The gap is explained by the strata. {rates}; among those who are alike no gap is clear ({odds}; {interval})."
    elif clear:
        words = f"The gap stays. {rates}; among those who are alike it is still clear ({odds}; {interval})."
    else:
        words = f"{rates}; no clear gap overall{', but there is one among those who are alike' if still else ''} ({odds}; {interval})."
    return {"reverses": reverses, "vanishes": vanishes, "words": words}
