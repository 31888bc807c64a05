"""Requests for rows, as `Settings.where` takes them: as many rows of every group, or what a thin group lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.synthetic.plan.plan import halves
from dataops_core.table import Table

MOST = 200  # groups that are asked for at once


def groups(
    table: Table, columns: Sequence[str], *, seed: int = 0, rare: int = 1, key: str | None = None
) -> list[dict[str, Any]]:
    """The groups that columns make: {"values", "rows", "learned"}, largest first; "rows" are those of the table.

    "learned" says whether an engine gets to know all values of the group: those in fewer than `rare` of the rows that
    are learned from are merged, so nobody can ask for them. `key` is that of sequences, whose rows are learned from
    together or not at all. Rows with a missing cell are in no group. Raises SettingError for more than MOST groups.
    """
    names = list(dict.fromkeys([*columns, *(c.name for c in table.columns if c.kind == "id" or c.name == key)]))
    frame = table.frame(names)
    cells = frame[list(columns)].dropna()
    often = {
        name: column.value_counts()
        for name, column in frame.iloc[halves(table, frame, seed, key)[0]][list(columns)].items()
    }
    known = {name: set(counts.index[counts >= rare]) for name, counts in often.items()}
    counted = cells.groupby(list(columns), sort=True, observed=True).size()
    if len(counted) > MOST:
        raise SettingError(
            f"{', '.join(columns)}: {len(counted):,} groups are too many to ask for.",
            "where",
            f"Choose columns that make {MOST} groups at most.",
        )
    told = []
    for cell, rows in sorted(counted.items(), key=lambda each: -each[1]):
        values = dict(zip(columns, cell if isinstance(cell, tuple) else (cell,), strict=True))
        told.append(
            {
                "values": {name: _plain(value) for name, value in values.items()},
                "rows": int(rows),
                "learned": all(value in known[name] for name, value in values.items()),
            }
        )
    return told


def balanced(counts: Sequence[Mapping[str, Any]], total: int) -> list[dict[str, Any]]:
    """Requests for `total` rows in all, as many of each group that is learned; what cannot be shared out goes to the
    first ones.

    >>> few = {"values": {"sex": "f"}, "rows": 2, "learned": True}
    >>> many = {"values": {"sex": "m"}, "rows": 9, "learned": True}
    >>> [each["rows"] for each in balanced([many, few], 11)]
    [6, 5]

    Raises SettingError where no group is learned, or there are more groups than rows.
    """
    able = [each for each in counts if each["learned"]]
    if not able:
        raise SettingError(
            "None of these groups is large enough to be learned.",
            "where",
            "Choose other columns, or lower the number for rare values.",
        )
    if total < len(able):
        raise SettingError(
            f"{total:,} rows are too few for {len(able):,} groups.", "where", f"Ask for at least {len(able):,} rows."
        )
    return [
        {"values": dict(each["values"]), "rows": total // len(able) + (place < total % len(able))}
        for place, each in enumerate(able)
    ]


def filled(counts: Sequence[Mapping[str, Any]], values: Mapping[str, Any], wished: int) -> list[dict[str, Any]]:
    """The request for the rows that a group lacks to a wished number.

    >>> filled([{"values": {"sex": "f"}, "rows": 2, "learned": True}], {"sex": "f"}, 10)
    [{'values': {'sex': 'f'}, 'rows': 8}]

    Raises SettingError for a group that is not there or not learned, and where it lacks nothing.
    """
    found = next((each for each in counts if each["values"] == dict(values)), None)
    named = ", ".join(f"{name} = {value}" for name, value in values.items())
    if found is None or not found["learned"]:
        raise SettingError(
            f"Too few rows have {named} to learn from.",
            "where",
            "Choose a larger group, or lower the number for rare values.",
        )
    if wished <= found["rows"]:
        raise SettingError(
            f"{found['rows']:,} rows have {named} already.", "where", f"Wish for more than {found['rows']:,}."
        )
    return [{"values": dict(values), "rows": wished - found["rows"]}]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, pd.Timestamp) else value.item() if hasattr(value, "item") else value
