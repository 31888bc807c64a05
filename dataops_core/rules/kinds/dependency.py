"""A column follows from others: equal values here, one value there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from dataops_core.rules.rule import Candidate, Fix, Rule, kind, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._conditions import Node
from dataops_core.table import Column, write_table

EXACT = 0.999  # agreement in the sample beyond chance
FEWEST_ROWS = 200  # that share their group with another one
SLIPS = 0.03
MOST, MOST_COLUMNS = 24, 24


@kind
@dataclass(frozen=True, kw_only=True)
class Dependency(Rule):
    """A column follows from others."""

    name: ClassVar[str] = "dependency"
    title: ClassVar[str] = "Functional dependency"
    about: ClassVar[str] = "Rows with the same value in some columns have the same value in another one."
    given_columns: tuple[str, ...] = setting("Same", "columns", "The columns that decide: a zip code")
    column: str = setting("Then the same", "column", "The column that follows: the town")

    @property
    def condition(self) -> Node:
        """The column holds what most rows with the same given values hold."""
        return Node("follows", (self.column, *self.given_columns))

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        return f"Rows with the same {' and '.join(self.given_columns)} have the same {self.column}"

    def problems(self) -> Iterator[str]:
        """A column that follows from itself."""
        if self.column in self.given_columns:
            yield "A column cannot follow from itself."

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Give the rows the value on which the others agree."""
        settings = {"columns": [self.column], "by": list(self.given_columns), "missing": "keep"}
        return Fix(
            f"Give rows with the same {', '.join(self.given_columns)} the {self.column} that most of them have",
            "make_rows_agree",
            settings,
        )


@suggests(Dependency)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Dependencies that the repairs find in a sample, where they are all but exact."""
    from dataops_core.repair.dependencies import find
    from dataops_core.repair.encoding import encode

    names = [
        column.name
        for column in view.named()
        if not view.is_key(column.name) and view.distinct(column.name) > 1 and column.type != "decimal"
    ][:MOST_COLUMNS]
    if len(names) < 2 or view.rows < FEWEST_ROWS:
        return
    with TemporaryDirectory(prefix="dataops-rules-") as folder:
        table = encode(write_table(Path(folder) / "some.parquet", [view.sample[names]]))
    found = [each for each in find(table) if each.rows >= FEWEST_ROWS and each.strength >= 0.9]
    singles = {(each.deciding[0], each.following) for each in found if len(each.deciding) == 1}
    made = 0
    for each in sorted(found, key=lambda one: (len(one.deciding), -one.strength, -one.rows)):
        if len(each.deciding) > 1 and (
            each.strength < EXACT or any((place, each.following) in singles for place in each.deciding)
        ):
            continue
        if len(each.deciding) == 1 and _through_another(each.deciding[0], each.following, singles):
            continue
        yield Candidate(
            Dependency(given_columns=tuple(names[place] for place in each.deciding), column=names[each.following]),
            floor=1 - SLIPS,
            least_rows=FEWEST_ROWS,
        )
        made += 1
        if made == MOST:
            return


def _through_another(given: int, told: int, known: set[tuple[int, int]]) -> bool:
    """Whether it follows by way of a third column: zip code to town to state, or number of a hospital for its name."""
    for middle in {one for one, _ in known} - {given, told}:
        if (given, middle) in known and (middle, told) in known:
            same = (middle, given) in known  # two names of one thing: the first column stands for both
            if not same or (middle < given and (told, given) not in known) or (middle < given and middle < told):
                return True
    return False
