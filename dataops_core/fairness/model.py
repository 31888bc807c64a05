"""Measures of a model's decisions by group, through Fairlearn's MetricFrame; what is divided by nothing is None, never
0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.fairness.formulas import FAIRNESS, MODEL
from dataops_core.fairness.group_definitions import THIN, UNKNOWN
from dataops_core.stats.proportions import REPLICATES, percentiles, resampled_cells, wilson

CELLS = ("tn", "fp", "fn", "tp")
BINS = 10
# of each measure the cells that are counted, and those that they are counted of
PARTS_OF: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "selection_rate": (("tp", "fp"), CELLS, "nobody is in the group"),
    "tpr": (("tp",), ("tp", "fn"), "nobody in the group deserves the good decision"),
    "fpr": (("fp",), ("fp", "tn"), "everybody in the group deserves the good decision"),
    "fnr": (("fn",), ("tp", "fn"), "nobody in the group deserves the good decision"),
    "precision": (("tp",), ("tp", "fp"), "nobody in the group gets the good decision"),
    "accuracy": (("tp", "tn"), CELLS, "nobody is in the group"),
}
ACROSS = {"demographic_parity": ("selection_rate",), "equal_opportunity": ("tpr",), "equalised_odds": ("tpr", "fpr")}


def _four(truth: Any, chosen: Any) -> tuple[int, ...]:
    """The four cells of the confusion table: tn, fp, fn, tp."""
    return tuple(
        int(n) for n in np.bincount(2 * np.asarray(truth, dtype=int) + np.asarray(chosen, dtype=int), minlength=4)
    )


def model_measures(
    truth: Sequence[bool] | np.ndarray,
    chosen: Sequence[bool] | np.ndarray,
    groups: Sequence[str | None] | np.ndarray,
    *,
    chances: Sequence[float] | np.ndarray | None = None,
    control: Sequence[str | None] | np.ndarray | None = None,
    reference: str | None = None,
    thin: int = THIN,
    seed: int = 0,
    replicates: int = REPLICATES,
) -> dict[str, Any]:
    """Judge decisions by group; all arguments have one entry per row (rows,): whether the outcome is good, whether the
    decision is, the group (None: "unknown"), the probability of the good outcome, and the level of a control feature.

    "groups" holds for each group n and, for each of selection_rate, tpr, fpr, fnr, precision, accuracy, {"value",
    "hits", "of", "ci" (Wilson), "boot" (bootstrap, from the multinomial distribution of the confusion cells), "thin",
    "why"}; with chances, "calibration". "fairness" holds demographic parity, equal opportunity and equalised odds, as
    the difference (largest less smallest) and ratio (smallest by largest) over all groups where they are defined, and
    without thin ones; with the groups where it is not ("undefined"). With a control, "controlled" tells the same within
    each level. Raises SettingError for no rows.
    """
    good, made = np.asarray(truth, dtype=bool), np.asarray(chosen, dtype=bool)
    if not len(good):
        raise SettingError("There is no decision to judge.", "model", "Bring rows with an outcome and a decision.")
    names = _texts(groups)
    counts = _counted(good, made, names, None)[""]
    if reference is not None and reference not in counts:
        raise SettingError(f'There is no group "{reference}".', "reference", nearest(reference, counts))
    told: dict[str, Any] = {
        "rows": len(good),
        "reference": reference or _largest(counts),
        "thin": thin,
        "about": MODEL,
        "about_fairness": FAIRNESS,
        "seed": seed,
        "overall": _told(np.sum(list(counts.values()), axis=0), thin),
        "groups": _by_group(counts, thin, seed, replicates),
        "fairness": _fairness(counts, thin),
    }
    if chances is not None:
        given = np.asarray(chances, dtype="float64")
        told["overall"]["calibration"] = _calibration(given, good, thin)
        for name, each in told["groups"].items():
            here = names == name
            each["calibration"] = _calibration(given[here], good[here], thin)
    if control is not None:
        told["controlled"] = {
            level: {
                "groups": {name: _told(each, thin) for name, each in inside.items()},
                "fairness": _fairness(inside, thin),
            }
            for level, inside in _counted(good, made, names, _texts(control)).items()
        }
    return told


def _texts(groups: Sequence[str | None] | np.ndarray) -> np.ndarray:
    """Names without gaps: MetricFrame raises for a missing one, and a missing group is one."""
    return np.array([UNKNOWN if pd.isna(name) else str(name) for name in groups], dtype=object)


def _largest(counts: dict[str, np.ndarray]) -> str:
    known = [name for name in counts if name != UNKNOWN] or list(counts)
    return max(known, key=lambda name: (int(counts[name].sum()), name))


def _counted(
    good: np.ndarray, made: np.ndarray, names: np.ndarray, control: np.ndarray | None
) -> dict[str, dict[str, np.ndarray]]:
    """The confusion cells (4,) of every group, by level of the control feature ("" without one); a group without rows
    has none.
    """
    from fairlearn.metrics import MetricFrame

    features = {"group": pd.Series(names, name="group")}
    levels = None if control is None else pd.Series(control, name="control")
    frame = MetricFrame(
        metrics={"cells": _four},
        y_true=good,
        y_pred=made,
        sensitive_features=pd.DataFrame(features),
        control_features=levels,
    )
    told: dict[str, dict[str, np.ndarray]] = {}
    for key, cells in frame.by_group["cells"].items():
        level, name = ("", key) if control is None else key
        if isinstance(cells, tuple):  # NaN where no row has both
            told.setdefault(level, {})[name] = np.array(cells, dtype="int64")
    return told


def _rate(cells: np.ndarray, measure: str) -> tuple[np.ndarray, np.ndarray]:
    """Hits and what they are counted of, from cells (…, 4)."""
    hits, of, _ = PARTS_OF[measure]
    return sum(cells[..., CELLS.index(c)] for c in hits), sum(cells[..., CELLS.index(c)] for c in of)  # type: ignore[return-value]


def _told(cells: np.ndarray, thin: int, drawn: np.ndarray | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"n": int(cells.sum()), "cells": dict(zip(CELLS, (int(n) for n in cells), strict=True))}
    for measure, (_, _, why) in PARTS_OF.items():
        hits, of = (int(n) for n in _rate(cells, measure))
        if not of:
            told[measure] = {"value": None, "hits": 0, "of": 0, "ci": None, "boot": None, "thin": True, "why": why}
            continue
        low, high = wilson(hits, of)
        boot = None
        if drawn is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                top, below = _rate(drawn, measure)
                boot = percentiles(top / below)
        told[measure] = {
            "value": hits / of,
            "hits": hits,
            "of": of,
            "ci": [float(low), float(high)],
            "boot": list(boot) if boot else None,
            "thin": of < thin,
        }
    return told


def _by_group(counts: dict[str, np.ndarray], thin: int, seed: int, replicates: int) -> dict[str, dict[str, Any]]:
    """What is told of each group; rows are resampled over all groups at once, as MetricFrame does it, but by their
    cells.
    """
    order = sorted(counts, key=lambda name: (name == UNKNOWN, -int(counts[name].sum()), name))
    size = max(1, 2_000_000 // (4 * max(1, replicates)))  # groups drawn at once
    told = {}
    whole = np.array([counts[name] for name in order])
    rng = np.random.SeedSequence(seed % 2**32).generate_state(len(order) // size + 1)
    for number, first in enumerate(range(0, len(order), size)):
        part = whole[first : first + size]
        rest = whole.sum() - part.sum()
        drawn = resampled_cells(np.concatenate([part.ravel(), [rest]]), replicates, int(rng[number]))[:, :-1].reshape(
            -1, *part.shape
        )
        for at, name in enumerate(order[first : first + size]):
            told[name] = _told(part[at], thin, drawn[:, at])
    return told


def _fairness(counts: dict[str, np.ndarray], thin: int) -> dict[str, dict[str, Any]]:
    """Differences and ratios over groups, of each measure and of the three notions of fairness."""
    told: dict[str, dict[str, Any]] = {}
    for measure in PARTS_OF:
        pairs = {name: _rate(cells, measure) for name, cells in counts.items()}
        rates = {name: (int(hits) / int(of), int(of)) for name, (hits, of) in pairs.items() if of}
        told[measure] = _apart(
            {name: rate for name, (rate, _) in rates.items()}, [name for name in counts if name not in rates]
        )
        told[measure]["without_thin"] = _apart({name: rate for name, (rate, of) in rates.items() if of >= thin}, [])
    for notion, measures in ACROSS.items():
        parts = [told[measure] for measure in measures]
        differences, ratios = [part["difference"] for part in parts], [part["ratio"] for part in parts]
        known = None not in differences
        told[notion] = {
            "difference": max(differences) if known else None,
            "ratio": min(ratios) if None not in ratios else None,
            "undefined": sorted({name for part in parts for name in part["undefined"]}),
        } | next(({"why": part["why"]} for part in parts if "why" in part), {})
    return told


def _apart(rates: dict[str, float], undefined: list[str]) -> dict[str, Any]:
    if len(rates) < 2:
        return {
            "difference": None,
            "ratio": None,
            "undefined": undefined,
            "why": "fewer than two groups have such a rate",
        }
    lowest, highest = min(rates, key=lambda name: (rates[name], name)), max(rates, key=lambda name: (rates[name], name))
    told: dict[str, Any] = {
        "difference": rates[highest] - rates[lowest],
        "ratio": rates[lowest] / rates[highest] if rates[highest] else None,
        "lowest": lowest,
        "highest": highest,
        "undefined": undefined,
    }
    return told if rates[highest] else told | {"why": "all rates are 0, so none can be divided by another"}


def _calibration(chances: np.ndarray, good: np.ndarray, thin: int) -> dict[str, Any]:
    """How near probabilities are to what happened: mean of both, the expected calibration error, and the points of a
    curve.
    """
    if not len(chances):
        return {
            "mean_predicted": None,
            "observed": None,
            "gap": None,
            "error": None,
            "curve": [],
            "thin": True,
            "why": "nobody is in the group",
        }
    place = np.minimum((chances * BINS).astype(int), BINS - 1)
    points = [
        {"mean": float(chances[here].mean()), "observed": float(good[here].mean()), "rows": int(here.sum())}
        for at in np.unique(place)
        for here in [place == at]
    ]
    return {
        "mean_predicted": float(chances.mean()),
        "observed": float(good.mean()),
        "gap": float(chances.mean() - good.mean()),
        "error": sum(point["rows"] * abs(point["mean"] - point["observed"]) for point in points) / len(chances),
        "curve": points,
        "thin": len(chances) < thin,
    }
