"""Probably wrong values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.wording import cell
from dataops_core.steps.step import Step
from dataops_core.wording import counted

SHOWN = 3  # old and new values in a message
WAYS = {  # how cells are wrong: of one cell, of several
    "case": ("differs in case alone from the usual writing", "differ in case alone from the usual writing"),
    "accents": (
        "differs in accents or umlauts alone from the usual writing",
        "differ in accents or umlauts alone from the usual writing",
    ),
    "signs": (
        "differs in signs between the words alone from the usual writing",
        "differ in signs between the words alone from the usual writing",
    ),
    "characters": ("holds broken or look-alike characters", "hold broken or look-alike characters"),
    "format": ("is written in another form", "are written in another form"),
    "measure": ("is in another unit", "are in another unit"),
    "missing": ("is missing, but the rows it belongs to agree", "are missing, but the rows they belong to agree"),
    "name": ("is another writing or name of a usual value", "are another writing or name of a usual value"),
    "point": ("lost its decimal point", "lost their decimal point"),
    "scale": ("is in another unit, as others of its group", "are in another unit, as others of their group"),
    "slip": ("holds a slip of the pen", "hold a slip of the pen"),
    "source": ("contradicts other sources", "contradict other sources"),
    "split": ("holds the value of another column, too", "hold the value of another column, too"),
    "swapped": ("stands in the column of another value", "stand in each other's column"),
    "unit": ("holds a unit or sign that others do not", "hold a unit or sign that others do not"),
    "value": (
        "contradicts its row or the rows it belongs to",
        "contradict their rows or the rows they belong to",
    ),
}


@dataclass(frozen=True)
class WrongValues:
    """Rows (a boolean per row) in which columns are wrong in the same way (one of WAYS), some old and new values (None:
    missing), and the step that repairs them, with its settings, where one step does; `source` is the one of several
    that tells them so.
    """

    columns: tuple[str, ...]
    way: str
    mask: np.ndarray
    examples: Sequence[tuple[str | None, str | None]]
    step: Step | None = None
    settings: Mapping[str, Any] | None = None
    source: str = ""


@check(
    "Probably wrong values",
    group="Between columns",
    scope="repairs",
    no_fix="Suggested repairs on page Clean, or the command repair, put the right values there.",
)
def wrong_values(found: Sequence[WrongValues]) -> Iterator[Hit]:
    """Cells for which the rest of the table tells another value: rows of the same thing, other columns of the row,
    values that are nearly the same.

    Each of them is counted as something that it is not.
    """
    for each in found:
        named = ", ".join(f"{_shown(old)} for {_shown(new)}" for old, new in each.examples[:SHOWN])
        yield Hit(
            each.mask,
            f"{_which(each)}: {named}{', …' if len(each.examples) > SHOWN else ''}.",
            each.settings,
            severity="note" if each.way == "missing" else None,
            columns=each.columns,
            step=each.step,
        )


def _which(each: WrongValues) -> str:
    """Which cells are wrong, and how."""
    number = int(np.count_nonzero(each.mask))
    if len(each.columns) > 1:
        names = f"{', '.join(each.columns[:-1])} and {each.columns[-1]}"
        return f"In {counted(number, 'row')} {names} {WAYS[each.way][1]}"
    if each.source:
        return f"{counted(number, 'cell')} of {cell(each.source)} {WAYS[each.way][number != 1]}"
    return f"{counted(number, 'cell')} {WAYS[each.way][number != 1]}"


def _shown(value: str | None) -> str:
    return "nothing" if value is None else cell(value)
