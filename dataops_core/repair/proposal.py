"""A proposed repair of one cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dataops_core.record import Record

CAUSES = {
    "agreement": "Contradicts the rows it belongs to",
    "missing": "Missing, but the rows it belongs to agree",
    "row": "Contradicts other numbers or dates of its row",
    "source": "Other sources say otherwise",
    "slip": "A slip of the pen",
    "characters": "Broken, look-alike or unseen characters",
    "synonym": "Another word for the same answer",
    "measure": "In another unit than the rest of the column",
    "scale": "In another unit than the rest, throughout some rows",
    "point": "The decimal point was left out",
    "unit": "Unit or sign written in several ways",
    "format": "Written in another form than the rest of the column",
    "spelling": "Another writing or name of a usual value",
    "split": "Two values in one cell",
    "swapped": "Stands in the column of another value",
    "label": "Said by a person",
}


@dataclass(frozen=True)
class Repair(Record):
    """What a cell holds (None: nothing), what it should hold, how sure that is (None: not tested), and why.

    `row` counts from 0; `cause` is one of CAUSES; `by` names the columns whose groups agree on it.
    """

    row: int
    column: str
    old: str | None
    new: str | None
    sure: float | None
    cause: str
    why: str
    by: Sequence[str] = ()
