"""Broken formula."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.derived import CLOSE, FACTORS, Formula, formulas, swapped_days
from dataops_core.checks.missing_codes import codes_for_missing
from dataops_core.checks.table_view import TableView
from dataops_core.wording import counted

ROUNDED = 0.055  # a number with one decimal place is off by half a tenth
MOST = 0.15
LEAST = 5  # rows that are off by one and the same factor


@check(
    "Broken formula",
    group="Between columns",
    scope="table",
    severity="error",
    no_fix="Which of the cells is wrong, only the source knows; filter the rows and look.",
)
def broken_formula(look: TableView) -> Iterator[Hit]:
    """Numbers that follow from other columns in nearly all rows (nights from two dates, a speed from distance and
    hours, a mean of two marks), but not in some, or in another unit there.

    At least one of the cells is wrong, and every figure by it with it.
    """
    blamed: dict[str, np.ndarray] = {}
    clear: dict[str, np.ndarray] = {}  # rows in which a formula holds
    for formula, name, mask in swapped_days(look):
        blamed[formula.total] = blamed.get(formula.total, np.zeros(look.rows, dtype=bool)) | mask
        yield Hit(
            mask,
            f"{counted(mask.sum(), 'date has', 'dates have')} day and month in each other's place, as"
            f" {formula.total} ({formula.said()}) tells.",
            columns=(name,),
        )
    for formula in sorted(formulas(look), key=lambda each: each.kind != "between"):
        off, names = formula.off(look), (formula.total, *formula.parts)
        broken = np.isfinite(off) & (off > 1.001)
        for name in names:
            broken &= ~blamed.get(name, np.zeros(look.rows, dtype=bool))
        broken &= ~_explained(look, formula)
        for factor, mask in _by_factor(look, formula, broken):
            open_ = [name for name in names if not _cleared(look, name, mask, clear)]
            columns = (formula.total,) if formula.kind == "between" else tuple(open_ or names)
            for name in columns:
                blamed[name] = blamed.get(name, np.zeros(look.rows, dtype=bool)) | mask
            broken &= ~mask
            yield Hit(
                mask,
                f"{counted(mask.sum(), 'row is', 'rows are')} in another unit: there {formula.total} is"
                f" {_times(factor)} {formula.said()}.",
                columns=columns,
            )
        for name in names:
            clear[name] = clear.get(name, np.zeros(look.rows, dtype=bool)) | (off <= 1.001)
        if broken.any():
            blamed[formula.total] = blamed.get(formula.total, np.zeros(look.rows, dtype=bool)) | broken
            yield Hit(
                broken,
                f"{formula.total} is {formula.said()} in all but {counted(broken.sum(), 'row')}.",
                columns=names,
            )


def _times(factor: float) -> str:
    return f"{factor:,.4g} times" if factor > 1 else f"one {1 / factor:,.4g}th of"


def _by_factor(look: TableView, formula: Formula, broken: np.ndarray) -> Iterator[tuple[float, np.ndarray]]:
    """The rows that are off by one factor that is that of two units, and the factor; marks have no units."""
    if formula.kind == "mean":
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        total = look.meant(formula.total).numbers
        ratio = np.where(broken & (total != 0), total / formula.made(look), np.nan)
    for factor in (each for one in FACTORS for each in (float(one), 1 / one)):
        near = np.abs(ratio / factor - 1) <= 2 * CLOSE + np.minimum(ROUNDED / np.abs(total), MOST)
        if near.sum() >= LEAST and np.abs(np.median(ratio[near]) / factor - 1) <= CLOSE:
            ratio[near] = np.nan
            yield factor, near


def _cleared(look: TableView, name: str, mask: np.ndarray, clear: dict[str, np.ndarray]) -> bool:
    """Whether another formula tells that a column is right in these rows."""
    return name in clear and bool(np.mean(clear[name][mask]) > 0.5)


def _explained(look: TableView, formula: Formula) -> np.ndarray:
    """Rows with a finding of their own for a cell: dates that cannot be, an end before the start, numbers in another
    scale.
    """
    mask = np.zeros(look.rows, dtype=bool)
    for name in (formula.total, *formula.parts):
        cells = look.meant(name)
        if cells.type in ("integer", "decimal"):
            mask |= codes_for_missing(cells)
        if cells.type == "datetime":
            for check_name in ("future_dates", "absurd_dates"):
                for hit in hits(REGISTRY[check_name], cells, look.context):
                    mask |= hit.mask
    if formula.kind == "between":
        with np.errstate(invalid="ignore"):
            mask |= formula.made(look) < 0
    names = {formula.total, *formula.parts}
    for check_name in ("other_scale", "broken_sum"):
        for hit in hits(REGISTRY[check_name], look):
            if names & set(hit.columns):
                mask |= hit.mask
    return mask
