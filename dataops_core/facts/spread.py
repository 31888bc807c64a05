"""How a column was spread before a change and is after it, counted on one and the same scale."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dataops_core.facts.bins import whole_edges, whole_labels
from dataops_core.table import shown, type_of
from dataops_core.values.numbers import in_microseconds

BINS = 20
TOP = 10
NUMBERS = ("integer", "decimal")
FEW = 12


def spread(before: pd.Series | None, after: pd.Series) -> dict[str, Any]:
    """Rows per value or per bin, as `{"binned", "labels", "before", "after"}`; `before` is None where it cannot be
    compared.

    Numbers and dates with more than twelve values are put into twenty equal bins from the least to the greatest value
    of both; other columns are counted by value, those that are most frequent before or after. A column whose storage
    type changes (text read as dates) has no common scale: only what it is after is counted.

    >>> spread(pd.Series([1, 1, 5], dtype="Int64"), pd.Series([1, 5, 5], dtype="Int64"))
    {'binned': False, 'labels': ['5', '1'], 'before': [1, 2], 'after': [2, 1]}
    """
    if before is not None and _family(before) != _family(after):
        before = None
    both = [after] if before is None else [before, after]
    if type_of(after) != "text" and type_of(after) != "boolean" and max(column.nunique() for column in both) > FEW:
        return _binned(before, after)
    counts = [column.value_counts() for column in both]
    tops = [count.sort_index().sort_values(ascending=False, kind="stable").head(TOP).index for count in counts]
    values = pd.Index(tops[-1].tolist() + [value for value in tops[0] if value not in set(tops[-1])])
    labels = [str(text) for text in shown(pd.Series(values, dtype=after.dtype))]
    told = [[int(count.get(value, 0)) for value in values] for count in counts]
    return {"binned": False, "labels": labels, "before": told[0] if before is not None else None, "after": told[-1]}


def _family(column: pd.Series) -> str:
    kind = type_of(column)
    return "number" if kind in NUMBERS else kind


def _binned(before: pd.Series | None, after: pd.Series) -> dict[str, Any]:
    both = [_finite(column) for column in ([after] if before is None else [before, after])]
    every = np.concatenate(both)
    with np.errstate(over="ignore", invalid="ignore"):
        edges = np.linspace(every.min(), every.max(), BINS + 1) if len(every) else np.array([0.0, 1.0])
    if not np.isfinite(edges).all() or not (np.diff(edges) > 0).all():
        edges = np.array([every.min(), np.nextafter(every.max(), np.inf)])
    whole = (
        all(type_of(column) == "integer" for column in (before, after) if column is not None)
        and len(every)
        and np.ptp(every) < 2**52
    )
    if whole:
        edges = np.array(whole_edges(int(every.min()), int(every.max()), BINS))
    told = [[int(n) for n in np.histogram(values, bins=edges)[0]] for values in both]
    if whole:
        return {
            "binned": True,
            "labels": whole_labels(edges.tolist()),
            "before": told[0] if before is not None else None,
            "after": told[-1],
        }
    if type_of(after) == "datetime":
        words = [str(moment)[:10] for moment in edges.astype("int64").astype("datetime64[us]")]
    else:
        words = [f"{edge:,.4g}" if abs(edge) < 1e4 else f"{edge:,.0f}" for edge in edges]
    labels = [f"{low} to {high}" for low, high in zip(words[:-1], words[1:], strict=True)]
    return {"binned": True, "labels": labels, "before": told[0] if before is not None else None, "after": told[-1]}


def _finite(column: pd.Series) -> np.ndarray:
    values = in_microseconds(column)
    return values[np.isfinite(values)]
