"""Target leakage."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.steps.drop_columns import drop_columns
from dataops_core.values.numbers import moments_as_floats


@check("Target leakage", group="Target", scope="table", severity="error", fix=drop_columns)
def target_leakage(look: TableView) -> Iterator[Hit]:
    """A column that tells the target almost perfectly.

    Mostly it was filled in after the outcome was known. A model trained with it looks brilliant, and fails on new rows.
    """
    target = look.context.target
    if target not in look.table.names or look.distinct(target) < 2:
        return
    numeric = look.facts[target]["type"] in ("integer", "decimal") and look.distinct(target) > 20
    for name in look.named(least=2):
        if name == target:
            continue
        told = _follows(look, name, target) if numeric else _tells(look, name, target)
        if told:
            mask = ~(look.cells(name).missing | look.cells(target).missing)
            yield Hit(mask, f"{name} tells {target} {told}.", {"columns": [name]}, columns=(name, target))


def _follows(look: TableView, name: str, target: str) -> str:
    if look.facts[name]["type"] not in ("integer", "decimal"):
        return ""
    one, other = look.cells(name).numbers, look.cells(target).numbers
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < 30 or not look.facts[name].get("sd"):
        return ""
    with np.errstate(invalid="ignore", divide="ignore"):
        r = float(np.corrcoef(one[both], other[both])[0, 1])
    return f"(correlation {r:.4f})" if abs(r) > 0.999 else ""


def _tells(look: TableView, name: str, target: str) -> str:
    """How well the usual target of each value (or range of a number) gives the target, in words; empty
    where not well.
    """
    goal = look.codes(target)
    if look.distinct(name) <= min(1000, look.rows / 10):
        given = look.codes(name)
    elif look.facts[name]["type"] in ("integer", "decimal", "datetime"):
        cells = look.cells(name)
        values = cells.numbers if cells.type != "datetime" else moments_as_floats(cells.moments)
        edges = (
            np.unique(np.quantile(values[np.isfinite(values)], np.linspace(0, 1, 51)[1:-1]))
            if np.isfinite(values).any()
            else np.array([])
        )
        given = np.where(np.isfinite(values), np.searchsorted(edges, values), -1)
    else:
        return ""
    both = (given >= 0) & (goal >= 0)
    if both.sum() < 50:
        return ""
    width = int(goal.max()) + 1
    table = np.bincount(
        given[both].astype(np.int64) * width + goal[both], minlength=(int(given.max()) + 1) * width
    ).reshape(-1, width)
    right, chance = table.max(axis=1).sum() / table.sum(), table.sum(axis=0).max() / table.sum()
    return f"in {right:.1%} of the rows" if 1 - right <= 0.03 * (1 - chance) else ""
