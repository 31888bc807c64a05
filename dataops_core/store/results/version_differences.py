"""What differs between two versions besides their cells: how rules fare, and what became of groups of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dataops_core.errors import DataOpsError
from dataops_core.fairness.group_definitions import groups_of
from dataops_core.fairness.groups import groups
from dataops_core.hashing import canonical, sha256
from dataops_core.source_hash import source_hash
from dataops_core.store import states
from dataops_core.store.store import Store


@dataclass(frozen=True)
class RuleDifference:
    """A rule that fares otherwise, came or went: its sentence, its state in both versions (empty: not there), and the
    rows that failed it.
    """

    says: str
    before: str
    after: str
    failing_before: int
    failing_after: int


@dataclass(frozen=True)
class GroupDifference:
    """A group of people in both versions: rows, and the share of good outcomes where an outcome is known."""

    group: str
    rows_before: int
    rows_after: int
    rate_before: float | None
    rate_after: float | None


@dataclass(frozen=True)
class ColumnDifference:
    """The groups of a sensitive column, and how far apart the groups with the highest and the lowest share are."""

    column: str
    gap_before: float | None
    gap_after: float | None
    groups: tuple[GroupDifference, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {**asdict(self), "groups": [asdict(each) for each in self.groups]}


def rule_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[RuleDifference]:
    """The rules of two versions, by their manifests, that do not fare alike; those that are worse now come first."""
    known = [_rules(each) for each in (before, after)]
    found = []
    for key in dict.fromkeys([*known[1], *known[0]]):
        old, new = (each.get(key) for each in known)
        if old and new and (old["status"], old["failing"]) == (new["status"], new["failing"]):
            continue
        told = new or old or {}
        found.append(
            RuleDifference(
                told["says"],
                old["status"] if old else "",
                new["status"] if new else "",
                old["failing"] if old else 0,
                new["failing"] if new else 0,
            )
        )
    return sorted(found, key=lambda each: each.failing_before - each.failing_after)


def _rules(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    told = manifest.get("rules") or {}
    return {canonical({**each["rule"], "severity": ""}): each for each in told.get("rules", ())}


def group_differences(
    store: Store, before: str, after: str, roles: Mapping[str, Any], *, run: bool = True
) -> list[ColumnDifference] | None:
    """The groups of the sensitive columns in two states; kept once counted, and None where `run` is false and they are
    not known yet. Amounts are put into the ranges of the first state.

    These are counts of the data: whether a gap is more than chance is told by the page Bias.
    """
    asked = {key: roles.get(key) for key in ("sensitive", "target", "favorable")}
    if not asked["sensitive"]:
        return []
    code = source_hash(__name__)
    key = f"groups of versions:{sha256(canonical([before, after, asked]))}:{code}"
    known = store.cached(key)
    if known is None and run:
        known = [each.to_json() for each in _counted(store, before, after, asked)]
        store.keep({key: known})
    return (
        None
        if known is None
        else [
            ColumnDifference(**{**each, "groups": tuple(GroupDifference(**group) for group in each["groups"])})
            for each in known
        ]
    )


def _counted(store: Store, before: str, after: str, asked: Mapping[str, Any]) -> list[ColumnDifference]:
    tables = [states.table(store, state) for state in (before, after)]
    found = []
    for name in asked["sensitive"]:
        if any(name not in table.names for table in tables):
            continue
        target = asked["target"] if all(asked["target"] in table.names for table in tables) else None
        told = []
        try:
            cuts = {c: list(ends) for c, ends in groups_of(tables[0].frame([name]), [name]).cuts.items()}
            for table in tables:
                told.append(_groups(table, name, target, asked["favorable"], cuts))
        except DataOpsError:  # a version without rows, or without the good outcome, has no groups to compare
            continue
        names = dict.fromkeys([*told[0], *told[1]])
        lines = [
            GroupDifference(
                group,
                *(each.get(group, {}).get("n", 0) for each in told),
                *(each.get(group, {}).get("rate") for each in told),
            )
            for group in names
        ]
        found.append(ColumnDifference(name, _gap(told[0]), _gap(told[1]), tuple(lines)))
    return found


def _groups(table: Any, name: str, target: str | None, favorable: str | None, cuts: Any) -> dict[str, Any]:
    if target is None or favorable is None:
        return dict(groups(table, [name], cuts=cuts)["groups"])
    return dict(groups(table, [name], target=target, favorable=favorable, cuts=cuts)["groups"])


def _gap(told: Mapping[str, Mapping[str, Any]]) -> float | None:
    """How far apart the highest and the lowest share are; thin groups and unknown ones have no part."""
    rates = [
        each["rate"] for each in told.values() if each["rate"] is not None and not (each["thin"] or each["unknown"])
    ]
    return max(rates) - min(rates) if len(rates) > 1 else None
