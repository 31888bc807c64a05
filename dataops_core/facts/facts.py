"""Facts of a table, per column: counted, not judged."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.table import Table, shown, type_of

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 20
TOP = 10


def column_facts(column: pd.Series, kind: str) -> dict[str, Any]:
    """The facts of one tidy column as plain JSON values.

    Every column: rows, missing, distinct (missing not counted), top (the most frequent values, ties in order of the
    value). Numbers, over their finite values: mean, sd (n - 1), min, max, quantiles (linear interpolation, type 7 of
    Hyndman & Fan 1996), zeros, negatives, infinite, histogram (20 equal bins from min to max). Dates: min, max and a
    histogram. Text: shortest, longest and mean length in characters.

    >>> facts = column_facts(pd.Series([1.0, 2.0, 2.0, None]), "number")
    >>> facts["missing"], facts["distinct"], facts["top"][0]
    (1, 2, {'value': '2', 'count': 2})
    """
    present = column.dropna()
    facts: dict[str, Any] = {
        "type": type_of(column), "kind": kind, "rows": len(column), "missing": len(column) - len(present),
    }
    facts |= _values(present)
    if facts["type"] in ("integer", "decimal"):
        facts |= _number(present.to_numpy(dtype="float64"))
    elif facts["type"] == "datetime":
        facts |= _datetime(present)
    elif facts["type"] == "text" and len(present):
        lengths = present.str.len()
        facts |= {"shortest": int(lengths.min()), "longest": int(lengths.max()), "mean_length": float(lengths.mean())}
    return facts


def _values(present: pd.Series) -> dict[str, Any]:
    counts = present.value_counts(sort=False)
    if counts.empty:
        return {"distinct": 0, "top": []}
    least = counts.nlargest(TOP).min()
    best = counts[counts >= least].reset_index()
    best.columns = pd.Index(["value", "count"])
    best = best.sort_values(["count", "value"], ascending=[False, True]).head(TOP)
    top = [{"value": v, "count": int(c)} for v, c in zip(shown(best["value"]), best["count"], strict=True)]
    return {"distinct": len(counts), "top": top}


def _number(values: np.ndarray) -> dict[str, Any]:
    finite = values[np.isfinite(values)]
    facts: dict[str, Any] = {"infinite": int(len(values) - len(finite))}
    if not len(finite):
        return facts
    low, high = float(finite.min()), float(finite.max())
    with np.errstate(over="ignore", invalid="ignore"):
        facts |= {
            "mean": _plain(finite.mean()), "sd": _plain(finite.std(ddof=1)) if len(finite) > 1 else None,
            "min": low, "max": high, "zeros": int((finite == 0).sum()), "negatives": int((finite < 0).sum()),
            "quantiles": {f"{q:g}": _plain(x) for q, x in zip(QUANTILES, np.quantile(finite, QUANTILES), strict=True)},
        }
    return facts | {"histogram": _histogram(finite, low, high)}


def _histogram(values: np.ndarray, low: float, high: float) -> dict[str, Any] | None:
    if not math.isfinite(high - low):
        return None
    edges = np.linspace(low, high, BINS + 1) if high > low else np.array([low, low])
    if not (np.diff(edges) > 0).all():
        return {"edges": [low, high], "counts": [len(values)]}
    counts, _ = np.histogram(values, bins=edges)
    return {"edges": [float(edge) for edge in edges], "counts": [int(count) for count in counts]}


def _datetime(present: pd.Series) -> dict[str, Any]:
    if present.empty:
        return {}
    moments = present.to_numpy(dtype="datetime64[us]").astype("int64").astype("float64")
    histogram = _histogram(moments, float(moments.min()), float(moments.max()))
    if histogram:
        edges = np.array(histogram["edges"]).astype("int64").astype("datetime64[us]")
        histogram["edges"] = [str(edge)[:19] for edge in edges]
    first, last = shown(pd.Series([present.min(), present.max()], dtype="datetime64[us]"))
    return {"min": first, "max": last, "histogram": histogram}


def _plain(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None


def duplicated_rows(table: Table) -> np.ndarray:
    """A boolean per row: whether an equal row stands before it (missing equals missing); a column in memory at a time.

    Rows are compared by a 64-bit hash first; only rows whose hashes agree are then compared in full.
    """
    keys: np.ndarray = np.zeros(table.rows, dtype=np.uint64)
    for name in table.names:
        column = pd.util.hash_pandas_object(table.frame([name])[name], index=False).to_numpy(dtype=np.uint64)
        keys = keys * np.uint64(0x9E3779B97F4A7C15) + column
    suspects = pd.Series(keys).duplicated(keep=False).to_numpy()
    result = np.zeros(table.rows, dtype=bool)
    places = np.flatnonzero(suspects)
    if len(places) and table.names:
        ids = table.frame([]).index.to_numpy()[places]
        rows = table.rows_by_id(ids.tolist())
        result[places] = rows.duplicated().to_numpy()
    return result
