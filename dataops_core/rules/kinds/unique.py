"""No two rows share a key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np

from dataops_core.rules.rule import Candidate, Fix, Rule, kind, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._conditions import Node
from dataops_core.table import Column

EXPECTED = 30.0  # pairs of equal rows that chance would make, where a key is composed of columns
MOST_COLUMNS = 14


@kind
@dataclass(frozen=True, kw_only=True)
class Unique(Rule):
    """No two rows share a key."""

    name: ClassVar[str] = "unique"
    title: ClassVar[str] = "Unique"
    about: ClassVar[str] = "No two rows have the same value in the column, or in all of the columns together."
    key_columns: tuple[str, ...] = setting("Columns", "columns", "One column, or several that make the key together")

    @property
    def condition(self) -> Node:
        """The key comes once."""
        return Node("unique", tuple(self.key_columns))

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        if len(self.key_columns) == 1:
            return f"Each {self.key_columns[0]} comes once"
        return f"Each combination of {' and '.join(self.key_columns)} comes once"

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Keep one row of each."""
        settings = {"columns": list(self.key_columns), "keep": "first"}
        return Fix(f"Keep the first row of each {', '.join(self.key_columns)}", "drop_duplicate_rows", settings)


@suggests(Unique)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Columns that name rows; if there is none, pairs or triples that are unique beyond what chance could do."""
    keys = [column.name for column in view.named() if view.is_key(column.name)]
    for name in keys:
        yield Candidate(Unique(key_columns=(name,)))
    nearly = [column.name for column in view.named("text", "integer") if name_nearly(view, column)]
    for name in nearly:
        if name not in keys:
            yield Candidate(Unique(key_columns=(name,)), floor=0.95)
    if keys or nearly or view.rows < 100:
        return
    usable = [
        column.name
        for column in view.named("text", "integer", "datetime")
        if view.present(column.name) == view.rows and 2 <= view.distinct(column.name) < view.rows
    ]
    usable = sorted(usable, key=lambda name: -view.distinct(name))[:MOST_COLUMNS]
    for size in (2, 3):
        found = [names for names in combinations(usable, size) if _unique_beyond_chance(view, names)]
        for names in found[:3]:
            yield Candidate(Unique(key_columns=tuple(name for name in view.table.names if name in names)))
        if found:
            return


def name_nearly(view: SuggestView, column: Column) -> bool:
    """Whether a column is called an identifier, and nearly every value comes once."""
    distinct = view.distinct(column.name)
    return column.kind == "id" and 0.95 * view.present(column.name) <= distinct < view.present(column.name)


def _unique_beyond_chance(view: SuggestView, names: tuple[str, ...]) -> bool:
    """No two rows of the sample share the key, and many would by chance."""
    chance = float(np.prod([view.collision[name] for name in names]))
    if view.rows**2 / 2 * chance < EXPECTED:
        return False
    codes = np.zeros(len(view.sample), dtype=np.int64)
    for name in names:
        codes = codes * (int(view.codes[name].max(initial=0)) + 2) + view.codes[name] + 1
    return len(np.unique(codes)) == len(codes)
