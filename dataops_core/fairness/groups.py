"""The group table: how many, how many of them with the good outcome, what is missing of whom, and against the
population.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.fairness.group_definitions import THIN, Groups, Outcome, groups_of, named_ranges, outcome_of
from dataops_core.models import PARTS
from dataops_core.stats.proportions import wilson
from dataops_core.table import Table

DRAWS = 10_000


def groups(
    table: Table,
    sensitive: Sequence[str],
    *,
    target: str | None = None,
    favorable: str | None = None,
    reference: str | None = None,
    population: Mapping[str, float] | None = None,
    split: str | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
    thin: int = THIN,
    seed: int = 0,
) -> dict[str, Any]:
    """Count the groups that sensitive columns make, alone or together (up to three), "unknown" among them.

    Told are "groups": {name: {"n", "share", "labelled", "favorable", "rate", "ci", "missing", "missing_by_column",
    "thin", "unknown"}}: rate is favorable / labelled with its 95 % Wilson interval `ci`, None where nobody's outcome is
    known; missing is the share of empty cells in all other columns. "thin" marks a rate of fewer than `thin` rows:
    shown, not to be relied on. An amount with more than 20 values, such as age, is put into four ranges of about equal
    size ("ranges"), or into those that `cuts` ends. `population` gives counts or shares by group, and adds "population"
    with a test. Raises SettingError for what does not fit.
    """
    frame = table.frame()
    found = groups_of(frame, [table.column(name).name for name in sensitive], cuts)
    outcome = outcome_of(frame, table.column(target).name, favorable) if target is not None else None
    told = {
        "sensitive": list(found.columns),
        "ranges": named_ranges(found, frame),
        "target": target,
        "favorable": favorable,
        "reference": found.reference(reference),
        "thin": thin,
        "rows": len(frame),
        "groups": counted(frame, found, outcome, target, thin),
    }
    if population is not None:
        told["population"] = against_population(found, population, seed)
    if split is not None:
        parts = frame[table.column(split).name]
        told["by_part"] = {
            part: counted(
                frame[here],
                Groups(found.columns, found.names, found.codes[here], found.cuts, found.unknown),
                _part(outcome, here),
                target,
                thin,
            )
            for part in PARTS
            if (here := (parts == part).to_numpy(dtype=bool, na_value=False)).any()
        }
    return told


def _part(outcome: Outcome | None, here: np.ndarray) -> Outcome | None:
    return (
        None
        if outcome is None
        else Outcome(outcome.good[here], outcome.known[here], outcome.codes[here], outcome.classes)
    )


def counted(
    frame: pd.DataFrame, found: Groups, outcome: Outcome | None, target: str | None, thin: int
) -> dict[str, dict[str, Any]]:
    """The counts of every group, by its name."""
    size, sizes = len(found.names), found.sizes
    others = [name for name in frame.columns if name not in (*found.columns, target)]
    gaps = {
        name: np.bincount(found.codes, weights=gone, minlength=size)
        for name in others
        if (gone := frame[name].isna().to_numpy()).any()
    }
    labelled = np.bincount(found.codes[outcome.known], minlength=size) if outcome else np.zeros(size, dtype="int64")
    good = np.bincount(found.codes[outcome.good], minlength=size) if outcome else labelled
    low, high = wilson(good, labelled)
    lost = sum(gaps.values(), np.zeros(size))
    told = {}
    for at, name in enumerate(found.names):
        n, of = int(sizes[at]), int(labelled[at])
        told[name] = {
            "n": n,
            "share": n / len(frame),
            "labelled": of if outcome else None,
            "favorable": int(good[at]) if outcome else None,
            "rate": float(good[at] / of) if of else None,
            "ci": [float(low[at]), float(high[at])] if of else None,
            "missing": float(lost[at] / (n * len(others))) if n and others else None,
            "missing_by_column": {column: float(gone[at] / n) if n else None for column, gone in gaps.items()},
            "thin": (of if outcome else n) < thin,
            "unknown": name in found.unknown,
        }
    return told


def against_population(found: Groups, population: Mapping[str, float], seed: int = 0) -> dict[str, Any]:
    """How the groups' shares differ from a stated population's (counts or shares, scaled to their sum), with a test.

    Two groups: the exact binomial test; else Pearson's chi-square where every expected count reaches 5, else the same
    statistic against 10,000 tables drawn from the population. Groups of which the population says nothing are left out,
    and named.
    """
    from scipy.stats import binomtest, chi2

    stated = {str(name): float(value) for name, value in population.items()}
    total = sum(stated.values())
    if not stated or total <= 0 or not all(np.isfinite(value) and value >= 0 for value in stated.values()):
        raise SettingError(
            "The population has no people in it.", "population", "Give each group a count or a share, none below 0."
        )
    here = dict(zip(found.names, (int(size) for size in found.sizes), strict=True))
    observed = np.array([here.get(name, 0) for name in stated], dtype="float64")
    shares = np.array(list(stated.values())) / total
    rows = int(observed.sum())
    left_out = [name for name in found.names if name not in stated]
    told: dict[str, Any] = {
        "rows": rows,
        "not_stated": left_out,
        "groups": {},
        "test": None,
        "p": None,
        "statistic": None,
    }
    low, high = wilson(observed, rows)
    for at, name in enumerate(stated):
        told["groups"][name] = {
            "n": int(observed[at]),
            "share": float(observed[at] / rows) if rows else None,
            "ci": [float(low[at]), float(high[at])] if rows else None,
            "stated": float(shares[at]),
            "ratio": float(observed[at] / rows / shares[at]) if rows and shares[at] else None,
        }
    if not rows or len(stated) < 2:
        told["why"] = (
            "No row belongs to a group that the population names."
            if not rows
            else "A population of one group says nothing of shares."
        )
        return told
    if (observed[shares == 0] > 0).any():
        return told | {
            "test": "impossible",
            "p": 0.0,
            "why": "The population says that a group which is in the table does not exist.",
        }
    observed, shares = observed[shares > 0], shares[shares > 0]
    expected = rows * shares
    statistic = float(((observed - expected) ** 2 / expected).sum())
    if len(shares) == 2:
        p = float(binomtest(int(observed[0]), rows, float(shares[0])).pvalue)
        return told | {"test": "exact binomial test", "p": p, "statistic": statistic}
    if len(shares) == 1:
        return told | {"why": "A population of one group says nothing of shares."}
    if expected.min() >= 5:
        return told | {
            "test": "chi-square test",
            "p": float(chi2.sf(statistic, len(shares) - 1)),
            "statistic": statistic,
        }
    drawn = np.random.default_rng(seed).multinomial(rows, shares, size=DRAWS)
    as_far = int((((drawn - expected) ** 2 / expected).sum(axis=1) >= statistic - 1e-9).sum())
    return told | {
        "test": f"chi-square statistic against {DRAWS:,} drawn tables",
        "p": (1 + as_far) / (1 + DRAWS),
        "statistic": statistic,
    }
