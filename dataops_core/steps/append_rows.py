"""Append rows of a table."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._pieces import RowsBelow
from dataops_core.steps._tables import check_columns, joined_type, needed_table, new_ids, stacked
from dataops_core.steps.step import Label, step
from dataops_core.table.kinds import type_of


@step("Append rows", group="Rows", reach="table", adds_rows=True, says="Appended the rows of {table}[ ({names})]")
def append_rows(
    df: pd.DataFrame,
    table: Annotated[str, Label("Table", "The name of the other table")],
    names: Annotated[
        dict[str, str], Label("Names", "Columns there that have another name here: the name there, and the name here")
    ] = {},  # noqa: B006
    new_columns: Annotated[
        Literal["drop", "keep"], Label("New columns", "What to do with columns that only the other table has")
    ] = "drop",
    content: Annotated[
        str, Label("Content hash", "Which state of the other table is meant; filled in when the step first runs")
    ] = "",
    other: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Put the rows of another table below those of this one; columns are matched by their names.

    Columns that the other table lacks are missing in its rows. The other table is named with its content hash, so
    that a replay uses the same one. Do not use it for columns of the same rows: that is "join a table".

    >>> may, june = pd.DataFrame({"shop": ["a"], "sum": [5]}), pd.DataFrame({"Shop": ["b"], "sum": [7]})
    >>> append_rows(may, "june", {"Shop": "shop"}, other=june).to_dict("list")
    {'shop': ['a', 'b'], 'sum': [5, 7]}
    """
    found = renamed(needed_table(table, other, "append_rows"), names)
    extra = [name for name in found.columns if name not in df.columns] if new_columns == "keep" else []
    index = pd.Index([*df.index, *new_ids(df, len(found))], dtype="int64", name=df.index.name)
    made = {}
    for name in [*df.columns, *extra]:
        mine = df[name] if name in df.columns else pd.Series([None] * len(df), dtype=object)
        theirs = found[name] if name in found.columns else pd.Series([None] * len(found), dtype=object)
        if name not in found.columns:
            kind = type_of(mine)
        elif name not in df.columns:
            kind = type_of(theirs)
        else:
            kind = joined_type(mine, theirs) or ""
        if not kind:
            raise SettingError(
                f'"{name}" holds {type_of(mine)} here and {type_of(theirs)} in "{table}".',
                "append_rows",
                "Convert one of them first (set_kind, parse_numbers, parse_dates).",
            )
        made[name] = stacked(mine, theirs, kind).set_axis(index)
    return pd.DataFrame(made, index=index, columns=list(made))


def renamed(other: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The other table with its columns called as here; SettingError where two would be called alike."""
    check_columns(other, list(names), "append_rows")
    found = other.rename(columns=names)
    doubled = found.columns[found.columns.duplicated()]
    if len(doubled):
        raise SettingError(
            f'Two columns of the other table would be called "{doubled[0]}".', "append_rows", "Change the names."
        )
    return found


@append_rows.reports
def append_report(
    df: pd.DataFrame, table: str, names: dict[str, str], new_columns: str, other: pd.DataFrame, **_: object
) -> str:
    """Which columns of two tables match by name, and which only one of them has."""
    found = renamed(other, names)
    both = [name for name in df.columns if name in found.columns]
    only_here = [str(name) for name in df.columns if name not in found.columns]
    only_there = [str(name) for name in found.columns if name not in df.columns]
    said = f"{len(other):,} rows appended; {len(both)} of {len(df.columns)} columns match by name."
    if only_here:
        said += f' Missing in "{table}": {", ".join(only_here[:8])}.'
    if only_there:
        done = "Kept from" if new_columns == "keep" else "Left out of"
        said += f' {done} "{table}": {", ".join(only_there[:8])}.'
    return said


@append_rows.piecewise
def pieces_of_append(**_settings: object) -> RowsBelow:
    """The other table's rows follow."""
    return RowsBelow()
