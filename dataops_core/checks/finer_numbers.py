"""More decimals than the rest."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.wording import counted

USUAL, PLACES = 0.95, 2  # of the numbers have so many decimals at the most
GREATEST = 1e15  # numbers beyond have no decimals
GLANCE = 20_000  # numbers that tell how many decimals are usual
FEWEST, LEAST = 3, 100  # finer numbers, and different ones; numbers of the column
QUARTERS = 4  # halves and quarters stand among whole numbers by nature


@check(
    "More decimals than the rest",
    group="Numbers",
    types=["integer", "decimal", "text"],
    severity="note",
    no_fix="Nothing tells what was measured: look where these rows come from.",
)
def finer_numbers(column: ColumnView, context: Context) -> Hit | None:
    """Numbers with more decimals than nearly all others of the column: 149.86 among whole centimeters.

    They may have been converted from another unit, averaged or guessed, and are not exact though they seem so.
    """
    meant = column.as_meant
    if meant.type != "decimal" or column.kind == "id" or column.present < LEAST:
        return None
    numbers = np.where(np.abs(meant.numbers) < GREATEST, meant.numbers, np.nan)
    some = numbers[~np.isnan(numbers)][:GLANCE]
    usual = next((places for places in range(PLACES + 1) if _are_finer(some, places).mean() <= 1 - USUAL), None)
    if usual is None:
        return None
    finer = _are_finer(numbers, usual)
    if not usual:
        finer &= (numbers * QUARTERS) % 1 != 0
    if finer.sum() > (1 - USUAL) * column.present:
        return None
    if len(np.unique(numbers[finer])) < FEWEST:
        return None
    others = "are whole" if not usual else f"have {counted(usual, 'decimal')} at most"
    shown = ", ".join(f"{number:.10g}" for number in numbers[finer][:FEWEST].tolist())
    return Hit(
        finer,
        f"{counted(finer.sum(), 'number has', 'numbers have')} more decimals than nearly all others, which {others}:"
        f" {shown}.",
    )


def _are_finer(numbers: np.ndarray, places: int) -> np.ndarray:
    """Which numbers have more decimals than that (numbers,)."""
    shifted = numbers * 10.0**places
    return np.abs(shifted - np.round(shifted)) >= 1e-6 * np.maximum(1.0, np.abs(shifted) * 1e-6)
