"""All that differs between two versions, gathered; and as one HTML file that can be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dataops_core.errors import IntegrityError
from dataops_core.report.document import HIDDEN, between, document, percent
from dataops_core.report.mask import masked_document
from dataops_core.store import states, versions
from dataops_core.store.people.veil import OPEN, Veil
from dataops_core.store.results.diffs import all_spreads, renamings
from dataops_core.store.results.version_differences import ColumnDifference, RuleDifference, rule_differences
from dataops_core.store.store import Store
from dataops_core.store.versions import Version
from dataops_core.table import Difference

FEW = 10  # rows below which a value or a group is not named in a file that leaves
NAMED = ("category", "boolean", "number", "datetime")  # kinds of columns whose values the file may have


@dataclass(frozen=True)
class Differences:
    """What differs between two versions: schema, rows and cells; how columns are spread; rules; groups of people."""

    cells: Difference
    distributions: Mapping[str, Mapping[str, Any]]
    rules: tuple[RuleDifference, ...]
    groups: tuple[ColumnDifference, ...]

    def to_json(self, hide: Veil = OPEN) -> dict[str, Any]:
        """The same as plain JSON values."""
        more = {
            "distributions": {
                name: {**told, "distance": distance(told)} for name, told in sorted(self.distributions.items())
            },
            "rules": [asdict(each) for each in self.rules],
            "groups": [each.to_json() for each in self.groups],
        }
        plain: dict[str, Any] = self.cells.to_json() | hide.of(more)
        return plain


def gather(
    store: Store, dataset: str, one: int, other: int, seen: tuple[str, str] | None = None
) -> tuple[Version, Version, Differences]:
    """Both versions, and what differs from the one to the other; kept once computed. `seen` are the states in their
    place that the store's person may see. Raises SettingError for a synthetic one.
    """
    found = versions.compare(store, dataset, one, other)
    before, after = (versions.get(store, dataset, number) for number in (one, other))
    if found is None:
        raise IntegrityError("The versions cannot be compared.", f"versions {one} and {other}", "Run `dataops fsck`.")
    groups = versions.compare_groups(store, before, after, seen) or []
    rules = rule_differences(before.manifest, after.manifest)
    spread = _distributions(store, before, after, found, seen or (before.state, after.state))
    return before, after, Differences(found, spread, tuple(rules), tuple(groups))


def _distributions(
    store: Store, before: Version, after: Version, found: Difference, seen: tuple[str, str]
) -> dict[str, dict[str, Any]]:
    """How columns whose values changed are spread in both versions; of all columns but identifiers where rows came or
    went.
    """
    old, new = (states.table(store, state) for state in seen)
    renamed = renamings(before.recipe, after.recipe)
    pairs = {renamed.get(name, name): name for name in old.names}
    moved = found.rows_dropped or found.rows_added
    asked = [
        (pairs[column.name], column.name)
        for column in new.columns
        if column.name in pairs and column.kind != "id" and (moved or column.name in found.cells_changed)
    ]
    return all_spreads(store, old, new, asked)


def distance(told: Mapping[str, Any]) -> float | None:
    """How far two distributions are apart: the share of rows that would have to move (total variation), from 0 to 1;
    None where there is no common scale, or no row.

    >>> distance({"before": [1, 1], "after": [1, 3]})
    0.25
    """
    before, after = told["before"], told["after"]
    if before is None or not sum(before) or not sum(after):
        return None
    shares = zip(before, after, strict=True)
    return round(sum(abs(a / sum(before) - b / sum(after)) for a, b in shares) / 2, 6)


def html_report(
    store: Store, dataset: str, one: int, other: int, name: str, hide: Veil, seen: tuple[str, str] | None = None
) -> str:
    """The report of two versions of a dataset, called `name`, as one HTML file that loads nothing. Values and groups of
    fewer than ten rows are not named, nor are values of texts and identifiers.
    """
    before, after, found = gather(store, dataset, one, other, seen)
    kinds = {column.name: column.kind for column in states.table(store, after.state).columns}
    rows = {
        "rows": _rows(found.cells),
        "columns": _columns(found.cells),
        "cells": [
            (column, f"{number:,}", f"{found.cells.cells_emptied.get(column, 0):,}")
            for column, number in found.cells.cells_changed.items()
        ],
        "rules": _rules(found, hide),
        "versions": [(f"Version {each.number}", each.id, each.content_hash) for each in (before, after)],
    }
    made = document(
        "store/results/templates/difference.html",
        kind="Difference report",
        title=name,
        intro=f"From version {one} to version {other}. Values and groups of fewer than {FEW} rows are not named, nor"
        " are values of texts and identifiers.",
        found=found,
        rows=rows,
        spread=_spread(found, kinds, hide),
        groups=[_groups(each, hide) for each in found.groups],
        within=WITHIN,
        one=one,
        other=other,
    )
    return masked_document(made)


def _rows(found: Difference) -> list[tuple[str, str, str]]:
    return [
        ("Rows", f"{found.rows_before:,}", f"{found.rows_after:,}"),
        ("Rows dropped", "", f"{found.rows_dropped:,}"),
        ("Rows added", "", f"{found.rows_added:,}"),
        ("Rows changed", "", f"{found.rows_changed:,}"),
    ]


def _columns(found: Difference) -> list[tuple[str, str, str]]:
    return [
        *((old, old, new) for old, new in found.columns_renamed.items()),
        *((name, "there", "removed") for name in found.columns_removed),
        *((name, "", "added") for name in found.columns_added),
        *((name, old, new) for name, (old, new) in found.columns_retyped.items()),
    ]


def _spread(
    found: Differences, kinds: Mapping[str, str], hide: Veil
) -> list[tuple[str, float, list[tuple[str, str, str]]]]:
    """Of each column whose values may be named: its name, how far it moved, and its values with their rows."""
    spread = []
    for name, told in found.distributions.items():
        far = distance(told)
        if far is None or kinds.get(name) not in NAMED:
            continue
        counted = [each for each in zip(told["labels"], told["before"], told["after"], strict=True) if any(each[1:])]
        rows = [(hide.text(label), f"{old:,}", f"{new:,}") for label, old, new in _without_rare(counted)]
        spread.append((name, far, rows))
    return spread


def _without_rare(counted: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Values with their rows before and after; those of few rows stand together, with the next rare one where they
    would still be few.

    >>> _without_rare([("a", 60, 61), ("b", 3, 2), ("c", 20, 20)])
    [('a', 60, 61), ('(other values)', 23, 22)]
    """
    kept = sorted(counted, key=lambda each: (-_least(*each[1:]), each[0]))
    rest = (0, 0)
    while kept and (_is_few(*kept[-1][1:]) or _is_few(*rest)):
        _, old, new = kept.pop()
        rest = rest[0] + old, rest[1] + new
    found = [each for each in counted if each in kept]
    return [*found, ("(other values)", *rest)] if any(rest) else found


def _least(*counts: int) -> int:
    return min((count for count in counts if count), default=0)


def _is_few(*counts: int) -> bool:
    return 0 < _least(*counts) < FEW


def _rules(found: Differences, hide: Veil) -> list[tuple[str, ...]]:
    return [
        (
            hide.text(each.says),
            *(side or "not there" for side in (each.before, each.after)),
            *(f"{n:,}" for n in (each.failing_before, each.failing_after)),
        )
        for each in found.rules
    ]


def _groups(column: ColumnDifference, hide: Veil) -> dict[str, Any]:
    """A column that tells groups apart, with the lines of both versions."""
    small = {each.group for each in column.groups if _is_few(each.rows_before, each.rows_after)}
    if len(small) == 1 and len(column.groups) > 2:  # the whole less the others would tell it
        others = [each for each in column.groups if each.group not in small]
        small.add(min(others, key=lambda each: (_least(each.rows_before, each.rows_after), each.group)).group)
    sides: dict[str, list[tuple[str, ...]]] = {"before": [], "after": []}
    for side, rows in sides.items():
        for each in column.groups:
            told = {key.removesuffix(f"_{side}"): value for key, value in asdict(each).items() if key.endswith(side)}
            if each.group in small:
                rows.append((hide.text(each.group), *[HIDDEN] * 2, "", "", "", ""))
                continue
            shown = (percent(told["rate"]), between(told["rate_ci"])) if told["rate"] is not None else ("", "")
            gap = (percent(told["gap"], sign=True), between(told["gap_ci"], sign=True))
            rows.append((
                *(hide.text(each.group), f"{told['rows']:,}", *shown),
                *(gap if told["gap"] is not None else ("", "")),
                told["verdict"],
            ))  # fmt: skip
    return {"name": hide.text(column.column), "reference": column.reference, **sides}


WITHIN = (
    "Intervals and verdicts hold within each version: by Wilson and Newcombe, and corrected by Holm for all groups and"
    " columns. Two versions may share rows, so they do not say whether a change between versions is more than chance."
)
