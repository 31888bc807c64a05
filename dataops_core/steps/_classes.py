"""Classes of a target: which values it has, and when a column is none that has classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import cell_texts
from dataops_core.table.kinds import type_of

MOST_CLASSES = 100
MOST_NUMBERS = 20  # a column of numbers with more values than these is an amount


def class_codes(column: pd.Series, where: str) -> tuple[np.ndarray, list[str]]:
    """The class of each row as a place in the list of classes (sorted as text), and that list; -1 where the cell is
    missing.

    Raises SettingError for a column without classes: amounts, dates, more than a hundred values, or nothing at all.
    """
    storage, texts = type_of(column), cell_texts(column, time=True)
    classes = sorted({text for text in texts if text is not None})
    number = storage in ("integer", "decimal", "datetime")
    if not classes:
        raise SettingError(
            f'Column "{column.name}" holds nothing, so it has no classes.', where, "Choose another target."
        )
    if len(classes) > (MOST_NUMBERS if number else MOST_CLASSES):
        held = "an amount" if storage in ("integer", "decimal") else "a date" if number else "a text or an identifier"
        raise SettingError(
            f'Column "{column.name}" has {len(classes):,} different values: it is {held}, not a class.',
            where,
            f"Choose a target with few values (at most {MOST_NUMBERS if number else MOST_CLASSES}), or sum it up into a"
            " few groups first.",
        )
    place = {text: number for number, text in enumerate(classes)}
    return np.array([-1 if text is None else place[text] for text in texts], dtype="int64"), classes


def group_keys(frame: pd.DataFrame, columns: Sequence[str]) -> list[tuple[str | None, ...]]:
    """For each row the group that it belongs to: its cells in these columns as text, None where missing."""
    return (
        list(zip(*(cell_texts(frame[name], time=True) for name in columns), strict=True))
        if columns
        else [()] * len(frame)
    )


def group_name(key: Sequence[str | None]) -> str:
    """A group as people read it.

    >>> group_name(("F", None))
    'F, missing'
    """
    return ", ".join("missing" if part is None else part for part in key)
