"""Values are keys of another table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataops_core.rules.rule import Candidate, Fix, Rule, kind, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._conditions import Node
from dataops_core.table import Column, Table

FEWEST = 20
SLIPS = 0.02


@kind
@dataclass(frozen=True, kw_only=True)
class Reference(Rule):
    """Values are keys of another table."""

    name: ClassVar[str] = "reference"
    title: ClassVar[str] = "Reference to another table"
    about: ClassVar[str] = "Every value is a key of another table: each order belongs to a customer."
    key_columns: tuple[str, ...] = setting("Columns", "columns", "One column, or several that make the key together")
    table: str = setting("Table", "text", "The name of the other table")
    table_columns: tuple[str, ...] = setting("Its key columns", "columns", "As many, in the same order")

    @property
    def condition(self) -> Node:
        """The key is in the other table."""
        return Node("in table", (tuple(self.key_columns), self.table, tuple(self.table_columns)))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of this table."""
        return tuple(self.key_columns)

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        return f"Each {' and '.join(self.key_columns)} is found in {' and '.join(self.table_columns)} of {self.table}"

    def problems(self) -> Iterator[str]:
        """Keys of different sizes."""
        if len(self.key_columns) != len(self.table_columns):
            yield "There must be as many columns here as in the other table."

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Nothing that a step knows: the key or the other table is wrong."""
        return Fix(f"Correct the keys, or add the missing rows to {self.table}")


@suggests(Reference)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Columns whose values are nearly all keys of another table, under a name that goes with it."""
    for name, other in view.tables.items():
        keys = [
            column for column in other.columns if column.type in ("text", "integer") and _is_key(other, column.name)
        ]
        for column in view.named("text", "integer"):
            if view.distinct(column.name) < FEWEST:
                continue
            for key in keys:
                if (
                    key.type == column.type
                    and _named_alike(column.name, key.name, name)
                    and _covered(view, column, other, key)
                ):
                    yield Candidate(
                        Reference(key_columns=(column.name,), table=name, table_columns=(key.name,)), floor=1 - SLIPS
                    )


def _is_key(table: Table, name: str) -> bool:
    cells = table.frame([name])[name]
    return bool(len(cells) >= FEWEST and cells.notna().all() and cells.is_unique)


def _named_alike(mine: str, theirs: str, table: str) -> bool:
    one, two, of = (each.casefold().replace("_", "").replace(" ", "") for each in (mine, theirs, table))
    return one == two or one.endswith(two) or (of.rstrip("s") in one)


def _covered(view: SuggestView, column: Column, other: Table, key: Column) -> bool:
    mine = view.sample[column.name].dropna()
    return bool(np.mean(mine.isin(other.frame([key.name])[key.name])) >= 1 - SLIPS)
