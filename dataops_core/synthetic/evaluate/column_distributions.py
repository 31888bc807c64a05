"""What a page draws of each column: real, synthetic and holdout rows side by side, as shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.record import Record, key
from dataops_core.synthetic.evaluate.align_columns import Aligned
from dataops_core.values.numbers import in_days

BINS = 20
TOP = 12


@dataclass(frozen=True, kw_only=True)
class NumberSeries(Record):
    """A column of numbers or dates: the share of each bin."""

    treated: Literal["number", "date"] = key("as")
    edges: list[float] | list[str]  # of the bins, one more than shares; of dates ISO days
    real: list[float] | None
    synthetic: list[float] | None
    holdout: list[float] | None
    outside: float  # share of synthetic cells beyond the edges


@dataclass(frozen=True, kw_only=True)
class CategorySeries(Record):
    """A column of categories: the share of each value."""

    treated: Literal["category"] = key("as")
    values: list[Any]  # up to 12, then "all others" and "missing" where there are such
    real: list[float] | None
    synthetic: list[float] | None
    holdout: list[float] | None


Series = NumberSeries | CategorySeries


def drawn(found: Aligned, holdout: pd.DataFrame) -> dict[str, Series]:
    """For each column its series; the third is the holdout, where there is one."""
    sides: dict[str, pd.DataFrame | None] = {
        "real": found.real,
        "synthetic": found.synthetic,
        "holdout": holdout if found.holdout is not None else None,
    }
    told: dict[str, Series] = {}
    for name in found.named("number", "date", "category"):
        cells = {side: None if frame is None else frame[name] for side, frame in sides.items()}
        told[name] = _categories(cells) if found.treated[name] == "category" else _numbers(cells, found.treated[name])
    return told


def _numbers(cells: dict[str, pd.Series | None], treated: str) -> NumberSeries:
    values = {side: None if column is None else in_days(column) for side, column in cells.items()}
    real = values["real"]
    known = real[np.isfinite(real)] if real is not None else np.zeros(0)
    low, high = np.quantile(known, [0.005, 0.995]) if len(known) else (0.0, 1.0)
    if high <= low:
        low, high = (known.min(), known.max()) if len(known) and known.max() > known.min() else (low - 0.5, low + 0.5)
    edges = np.linspace(low, high, BINS + 1)
    series: dict[str, list[float] | None] = {}
    outside = 0.0
    for side, column in values.items():
        if column is None:
            series[side] = None
            continue
        there = column[np.isfinite(column)]
        series[side] = (np.histogram(there, edges)[0] / max(1, len(there))).tolist()
        if side == "synthetic":
            outside = float(((there < low) | (there > high)).mean()) if len(there) else 0.0
    shown = [str(np.datetime64(int(edge), "D")) for edge in edges] if treated == "date" else edges.tolist()
    return NumberSeries(
        treated="date" if treated == "date" else "number",
        edges=shown,
        real=series["real"],
        synthetic=series["synthetic"],
        holdout=series["holdout"],
        outside=outside,
    )


def _categories(cells: dict[str, pd.Series | None]) -> CategorySeries:
    real = cells["real"]
    counts = real.value_counts() if real is not None else pd.Series(dtype="int64")
    top = sorted(counts.index, key=lambda value: (-int(counts[value]), str(value)))[:TOP]
    shares: dict[str, list[float] | None] = {}
    for side, column in cells.items():
        if column is None:
            shares[side] = None
            continue
        rows, found = max(1, len(column)), column.value_counts()
        named = [float(found.get(value, 0)) / rows for value in top]
        gone = float(column.isna().sum()) / rows
        shares[side] = [*named, max(0.0, float(found.sum()) / rows - sum(named)), gone]
    there = [share for share in shares.values() if share is not None]
    kept = [at for at in range(len(top) + 2) if at < len(top) or any(share[at] > 1e-12 for share in there)]
    values = [*top, "all others", "missing"]
    shown = {side: None if share is None else [share[at] for at in kept] for side, share in shares.items()}
    return CategorySeries(
        treated="category",
        values=[values[at] for at in kept],
        real=shown["real"],
        synthetic=shown["synthetic"],
        holdout=shown["holdout"],
    )
