"""Constraints as JSON has them: read, and refused where they make no sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dataops_core.synthetic.constraints.catalog  # noqa: F401 - offers them all
from dataops_core.errors import SettingError, nearest
from dataops_core.synthetic.constraints.constraint import TYPES, Constraint, lacks


def from_json(plain: Any) -> Constraint:
    """The constraint in {"type", "columns", …}; counts and sentences in it are ignored. Raises SettingError for an
    unknown type, columns that are no texts, too few of them, or one that is named twice.
    """
    like = 'Write it as {"type": "order", "columns": [COLUMN, COLUMN]}.'
    if not isinstance(plain, Mapping) or not isinstance(plain.get("type"), str) or not _texts(plain.get("columns")):
        raise SettingError(f"This constraint cannot be read: {_short(plain)}.", "constraints", like)
    kind = str(plain["type"])
    if kind not in TYPES:
        raise SettingError(f'There is no constraint "{kind}".', "constraints", nearest(kind, list(TYPES)))
    columns = tuple(plain["columns"])
    if len(columns) < TYPES[kind].least:
        raise lacks(kind, columns)
    made = TYPES[kind].read(columns, plain)
    if len(set(made.bound)) < len(made.bound):
        raise SettingError(
            f"A constraint names a column twice: {', '.join(made.bound)}.", made.place, "Name each column once."
        )
    return made


def all_from_json(given: Any) -> tuple[Constraint, ...]:
    """The constraints in a list of them. Raises SettingError where it is none."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise SettingError(
            f"The constraints cannot be read: {_short(given)}.",
            "constraints",
            'Write them as [{"type": "order", "columns": [COLUMN, COLUMN]}].',
        )
    return tuple(from_json(each) for each in given)


def _texts(given: Any) -> bool:
    return isinstance(given, Sequence) and not isinstance(given, str) and all(isinstance(each, str) for each in given)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
