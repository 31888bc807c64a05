"""Join a table."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._pieces import Rows
from dataops_core.steps._tables import (
    check_columns,
    joined_type,
    key_codes,
    needed_table,
    new_ids,
    stacked,
    taken,
)
from dataops_core.steps.step import Columns, Label, step


@step(
    "Join a table",
    group="Columns",
    reach="table",
    drops_rows=True,
    adds_rows=True,
    says="Joined the table {table} by {keys} ({how})",
)
def join_table(
    df: pd.DataFrame,
    table: Annotated[str, Label("Table", "The name of the other table")],
    keys: Annotated[list[str], Columns(), Label("Keys", "The columns whose cells say which rows belong together")],
    their_keys: Annotated[
        list[str], Label("Keys there", "These columns in the other table, in the same order; none: of the same names")
    ] = [],  # noqa: B006
    how: Annotated[
        Literal["left", "inner", "full"],
        Label("Rows", "left: all rows of this table; inner: those with a match; full: also those of the other table"),
    ] = "left",
    several: Annotated[
        Literal["refuse", "first", "all"],
        Label("Several matches", "What to do where a key comes in several rows there; all: a row for each of them"),
    ] = "refuse",
    columns: Annotated[
        list[str], Label("Columns there", "The columns to bring along; none chosen: all that are no keys")
    ] = [],  # noqa: B006
    suffix: Annotated[str, Label("Suffix", "What is added to a name that this table has already")] = "_other",
    content: Annotated[
        str, Label("Content hash", "Which state of the other table is meant; filled in when the step first runs")
    ] = "",
    other: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Bring columns of another table along, row by row, where the key columns are equal.

    Keys must be equal letter by letter: trim spaces and change case first. A missing key matches nothing. Rows keep
    their order; rows that several matches or a full join add stand at the end. The other table is named with its
    content hash, so that a replay uses the same one. Do not use it to put tables of the same columns below one
    another: that is "append rows".

    >>> orders = pd.DataFrame({"shop": ["a", "b"], "sum": [5, 7]})
    >>> shops = pd.DataFrame({"shop": ["b", "a"], "city": ["Delft", "Ghent"]})
    >>> join_table(orders, "shops", ["shop"], other=shops)["city"].tolist()
    ['Ghent', 'Delft']
    """
    found = needed_table(table, other, "join_table")
    theirs = their_keys or keys
    mine, yours = key_codes(df, found, keys, theirs, "join_table")
    wanted = columns or [name for name in found.columns if name not in theirs]
    check_columns(found, wanted, "join_table")
    order = np.argsort(yours, kind="stable")
    order = order[yours[order] >= 0]
    begin, end = np.searchsorted(yours[order], mine), np.searchsorted(yours[order], mine, side="right")
    matches = np.where(mine >= 0, end - begin, 0)
    repeated = int((matches > 1).sum())
    if repeated and several == "refuse":
        raise SettingError(
            f'{repeated:,} rows match several rows of "{table}", and would become {int(matches[matches > 1].sum()):,}.',
            "join_table",
            'Add a key column, drop duplicates there, or set "several" to "first" or "all".',
        )
    left = np.flatnonzero(matches > 0) if how == "inner" else np.arange(len(df))
    right = np.where(matches[left] > 0, np.append(order, -1)[begin[left]], -1)
    kept = len(left)
    if several == "all":
        more = np.maximum(matches - 1, 0)
        again = np.repeat(np.arange(len(df)), more)
        nth = np.arange(len(again)) - np.repeat(np.cumsum(more) - more, more)
        left, right = np.append(left, again), np.append(right, order[begin[again] + 1 + nth])
    if how == "full":
        alone = np.flatnonzero(~np.isin(yours, mine[mine >= 0]))
        left, right = np.append(left, np.full(len(alone), -1)), np.append(right, alone)
    index = pd.Index([*df.index[left[:kept]], *new_ids(df, len(left) - kept)], dtype="int64", name=df.index.name)
    made = {}
    for name in df.columns:
        if how == "full" and name in keys:
            key = found[theirs[keys.index(name)]]
            both = stacked(df[name], key, joined_type(df[name], key) or "text")
            made[name] = taken(both, np.where(left >= 0, left, len(df) + right), index)
        else:
            made[name] = taken(df[name], left, index)
    for name in wanted:
        new = name
        while new in made:
            new += suffix or "_"
        made[new] = taken(found[name], right, index)
    return pd.DataFrame(made, index=index, columns=list(made))


@join_table.reports
def join_report(
    df: pd.DataFrame,
    table: str,
    keys: list[str],
    their_keys: list[str],
    other: pd.DataFrame,
    **_: object,
) -> str:
    """How well the keys of two tables match: unique or not on both sides, rows that match, those that are repeated."""
    mine, yours = key_codes(df, other, keys, their_keys or keys, "join_table")
    sizes = np.bincount(yours[yours >= 0], minlength=int(max(mine.max(initial=-1), yours.max(initial=-1))) + 1)
    matches = np.where(mine >= 0, np.append(sizes, 0)[mine], 0)
    matched = int((matches > 0).sum())
    unused = len(yours) - int(np.isin(yours, mine[mine >= 0]).sum())

    def keys_of(codes: np.ndarray) -> str:
        counts = np.unique(codes[codes >= 0], return_counts=True)[1]
        return "unique" if not (counts > 1).any() else f"not unique ({int((counts > 1).sum()):,} come several times)"

    several = int((matches > 1).sum())
    fan_out = f" {several:,} rows match several, {int(matches[matches > 1].sum()):,} in all." if several else ""
    return (
        f"{matched:,} of {len(df):,} rows ({matched / max(1, len(df)):.1%}) match, {len(df) - matched:,} do not."
        f'{fan_out} {unused:,} of {len(other):,} rows of "{table}" match nothing.'
        f" Keys are {keys_of(mine)} here and {keys_of(yours)} there."
    )


@join_table.piecewise
def pieces_of_join(how: str, several: str, **_settings: object) -> Rows | None:
    """Each row looks up its match, unless rows are added at the end of the table."""
    return Rows() if how != "full" and several != "all" else None
