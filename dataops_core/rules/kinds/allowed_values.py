"""A closed list of values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from dataops_core.rules.rule import Candidate, Fix, Rule, kind, listed, quarantine_fix, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._conditions import Node
from dataops_core.table import Column

MOST = 60
FEWEST, FEWEST_OF_ONE = 80, 300  # cells that a list rests on, and a list of one value
RAREST = 6  # rows of the rarest value in a list that is closed
FEW = 12  # different whole numbers that are codes rather than amounts
SLIP = 0.01  # of the rows, at most, hold what looks like a slip
VARIANTS = 0.1  # of the rows, at most, hold a value that is another one but for case and spaces


@kind
@dataclass(frozen=True, kw_only=True)
class Allowed(Rule):
    """A closed list of values."""

    name: ClassVar[str] = "allowed"
    title: ClassVar[str] = "Allowed values"
    about: ClassVar[str] = "Every cell holds one of the values of a list."
    column: str = setting("Column", "column")
    values: tuple[Any, ...] = setting("Values", "values", "One on each line")

    @property
    def condition(self) -> Node:
        """The cell holds one of the values."""
        return Node("in", (Node("column", (self.column,)), tuple(self.values)))

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        if len(self.values) == 1:
            return f"{self.column} is always {listed(self.values)}"
        return f"{self.column} is one of {listed(self.values)}"

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Merge what is a variant of an allowed value; the page proposes it."""
        if columns[self.column].type == "text":
            return Fix(f"Merge variants in {self.column}, or replace values that are not allowed", "merge_values")
        return quarantine_fix(self)


@suggests(Allowed)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Lists that look closed: few values, none of them rare; a rare slip of the pen is not in the list."""
    for column in view.named("text", "integer"):
        tally = view.tally(column.name)
        most = MOST if column.type == "text" else FEW
        if not tally or len(tally) > most + 20 or view.present(column.name) < FEWEST or view.is_key(column.name):
            continue
        kept = closed(tally)
        kept = without_variants(kept, tally) if column.type == "text" else kept
        if len(kept) == 1 and view.present(column.name) < FEWEST_OF_ONE:
            continue
        if kept and len(kept) <= most and (column.type == "text" or _are_codes(kept)):
            values = tuple(sorted(kept))
            view.closed.add(column.name)
            yield Candidate(Allowed(column=column.name, values=values), floor=1 - VARIANTS)


def closed(tally: Mapping[Any, int]) -> list[Any]:
    """The values of a list that looks closed; empty where it does not.

    How much of the source was not seen is told by the values that come once (Good 1953): where there are none, and
    none that come a few times, nothing is left to come. A rare value that is a slip of a frequent one does not count.

    >>> closed({"a": 500, "b": 300, "c": 40}), closed({"a": 500, "b": 3, "c": 1}), closed({"Paris": 500, "Pariss": 1})
    (['a', 'b', 'c'], [], ['Paris'])
    """
    total = sum(tally.values())
    common = [value for value, count in tally.items() if count >= RAREST]
    rare = [value for value, count in tally.items() if count < RAREST]
    if not common or sum(tally[value] for value in rare) > SLIP * total:
        return []
    if any(not _is_slip(value, common) for value in rare):
        return []
    counts = Counter(tally[value] for value in common)
    lowest = min(counts)
    # a long tail of ever rarer values goes on beyond what was seen
    if len(common) >= 8 and sum(n for count, n in counts.items() if count <= 2 * RAREST) > 0.25 * len(common):
        return []
    return common if lowest >= RAREST else []


def without_variants(values: list[Any], tally: Mapping[Any, int]) -> list[Any]:
    """Of values that are equal but for case and spaces the most frequent alone.

    >>> without_variants(["Delft", " Delft", "DELFT", "Gouda"], {"Delft": 90, " Delft": 9, "DELFT": 8, "Gouda": 70})
    ['Delft', 'Gouda']
    """
    best: dict[str, Any] = {}
    for value in sorted(values, key=lambda each: -tally[each]):
        best.setdefault(" ".join(str(value).split()).casefold(), value)
    return [value for value in values if value in best.values()]


def _is_slip(value: Any, common: list[Any]) -> bool:
    """Whether a text is a frequent one but for case, spaces or one or two letters."""
    if not isinstance(value, str):
        return False
    from rapidfuzz.distance import DamerauLevenshtein

    bare = " ".join(value.split()).casefold()
    for each in common:
        other = " ".join(str(each).split()).casefold()
        most = 0 if len(other) < 4 else 1 if len(other) < 8 else 2
        if DamerauLevenshtein.distance(bare, other, score_cutoff=most) <= most:
            return True
    return False


def _are_codes(values: list[Any]) -> bool:
    """Whether whole numbers are codes or grades: few, small, and without a gap that a new one could fill."""
    numbers = sorted(values)
    return len(numbers) <= FEW and numbers[-1] - numbers[0] <= 2 * len(numbers) and numbers[0] >= -1
