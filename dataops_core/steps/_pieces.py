"""In which pieces a step of reach "table" can be done, for engines that never hold the whole table in one place.

Each step says it in its own file (`@sort_rows.piecewise`); the engines know these few shapes and no step by name.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rows:
    """Row by row: with these settings no row depends on another one."""


@dataclass(frozen=True)
class EqualRows:
    """On any part of the table in which all rows that are equal in these columns lie together, in the table's order;
    no columns: equal in all columns.

    `only_drops`: the step looks at these columns alone, and some rows stay as they are.
    """

    columns: tuple[str, ...]
    only_drops: bool = False


@dataclass(frozen=True)
class NewRows:
    """As EqualRows; what comes out is one new row for each group, in the order in which the groups first come."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """By sorting: the rows stay as they are and only their order changes; missing cells come last."""

    columns: tuple[str, ...]
    descending: bool


@dataclass(frozen=True)
class KeyColumns:
    """On these columns alone, for all rows at once: which rows stay, and what a new column holds, depends on nothing
    else; `copies`: but on which rows are copies of each other in all columns.
    """

    columns: tuple[str, ...]
    copies: bool = False


@dataclass(frozen=True)
class MoreRows:
    """Row by row, and several rows may come of one: what keeps its id stays where it is, new rows follow at the end."""


@dataclass(frozen=True)
class RowsBelow:
    """All rows stay as they are, in the columns and types that come out, and those of the other table follow."""


Pieces = Rows | EqualRows | NewRows | Order | KeyColumns | MoreRows | RowsBelow
