"""Lineage of columns: which steps of a version touched a column, and from which columns of the raw file it comes.

It is told by what the steps' settings name and by what they were seen to change: a step that names no column may have
looked at all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dataops_core.errors import InputError, nearest
from dataops_core.recipe.recipe import RecipeStep, columns_named, from_json
from dataops_core.record import Record


@dataclass(frozen=True)
class Touch(Record):
    """What a step (by its number in the recipe, from 1) did to a column: made, changed, renamed or removed it; how many
    of its cells it changed, and which other columns its settings name.
    """

    step: int
    op: str
    sentence: str
    did: str
    cells: int
    using: tuple[str, ...]


@dataclass(frozen=True)
class ColumnLineage(Record):
    """A column: its name (the last one it had), whether the version has it, the columns of the raw file that it comes
    from, and the steps that touched it or those that it was made from.
    """

    column: str
    kept: bool
    sources: tuple[str, ...]
    steps: tuple[Touch, ...]


@dataclass(frozen=True)
class RowStep(Record):
    """A step that dropped or added rows, and so touched every column."""

    step: int
    op: str
    sentence: str
    dropped: int
    added: int


@dataclass(frozen=True)
class Lineage(Record):
    """The lineage of all columns of a version, and the steps that changed which rows there are."""

    columns: tuple[ColumnLineage, ...]
    rows: tuple[RowStep, ...]

    def of(self, name: str) -> ColumnLineage:
        """The column of that name; one that the version has goes before one that was removed."""
        found = [each for each in self.columns if each.column == name]
        if not found:
            names = [each.column for each in self.columns]
            raise InputError(f'The version has no column "{name}", and never had.', "--column", nearest(name, names))
        return found[0]


def lineage(version: Mapping[str, Any]) -> Lineage:
    """The lineage of the columns of a version, from its manifest."""
    entries = from_json(version["recipe"]).steps
    done = [
        (number, entry, told)
        for number, (entry, told) in enumerate(zip(entries, version["steps"], strict=False), 1)
        if told["status"] == "done"
    ]
    last = [column["name"] for column in version["data"]["columns"]]
    now = {name: ColumnLineage(name, True, (name,), ()) for name in _first(last, done)}
    gone: list[ColumnLineage] = []
    rows = []
    for number, entry, told in done:
        now = _after(now, gone, number, entry, told)
        if told.get("rows_dropped") or told.get("rows_added"):
            rows.append(RowStep(number, entry.op, told["sentence"], told["rows_dropped"], told["rows_added"]))
    kept = [now.get(name, ColumnLineage(name, True, (), ())) for name in last]
    return Lineage((*kept, *gone), tuple(rows))


def _first(last: list[str], done: list[tuple[int, RecipeStep, Mapping[str, Any]]]) -> list[str]:
    """The columns of the raw file: those of the version, with what the steps did to names taken back."""
    names = list(last)
    for _number, _entry, told in reversed(done):
        old = {new: name for name, new in told.get("columns_renamed", {}).items()}
        added = set(told.get("columns_added", ()))
        names = [old.get(name, name) for name in names if name not in added] + list(told.get("columns_removed", ()))
    return names


def _after(
    now: dict[str, ColumnLineage],
    gone: list[ColumnLineage],
    number: int,
    entry: RecipeStep,
    told: Mapping[str, Any],
) -> dict[str, ColumnLineage]:
    """The columns after one more step; those that it removed are added to `gone`."""
    renamed: Mapping[str, str] = told.get("columns_renamed", {})
    changed: Mapping[str, int] = told.get("cells_changed_by_column", {})
    named = [name for name in dict.fromkeys(columns_named(entry)) if name in now]
    after: dict[str, ColumnLineage] = {}

    def touch(did: str, cells: int = 0, using: tuple[str, ...] = ()) -> Touch:
        return Touch(number, entry.op, told["sentence"], did, cells, using)

    for name, each in now.items():
        new = renamed.get(name, name)
        made = replace(each, column=new)
        if name in renamed:
            made = replace(made, steps=(*made.steps, touch("renamed")))
        if cells := changed.get(new, changed.get(name, 0)):
            using = tuple(other for other in named if other != name and other not in _beside(entry, name))
            made = replace(
                made,
                sources=_joined(made.sources, *(now[other].sources for other in using)),
                steps=(*made.steps, touch("changed", cells, using)),
            )
        if name in told.get("columns_removed", ()):
            gone.append(replace(made, kept=False, steps=(*made.steps, touch("removed"))))
        else:
            after[new] = made
    for name in told.get("columns_added", ()):
        using = tuple(named or now)
        steps = _joined(*(now[other].steps for other in using))
        steps = tuple(sorted(steps, key=lambda each: each.step))
        sources = _joined(*(now[other].sources for other in using))
        after[name] = ColumnLineage(name, True, sources, (*steps, touch("made", 0, using)))
    return after


def _beside(entry: RecipeStep, name: str) -> set[str]:
    """The columns that stand in the same setting as a column: each of them is worked on by itself."""
    found = set()
    for value in entry.settings.values():
        if isinstance(value, list) and name in value:
            found |= {each for each in value if isinstance(each, str)}
    return found


def _joined(*some: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(each for one in some for each in one))
