"""What differs between two versions besides their cells: how rules fare, and what became of groups of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dataops_core.errors import DataOpsError
from dataops_core.fairness.gaps import Gaps, gaps
from dataops_core.fairness.gaps import judged as judge_gaps
from dataops_core.fairness.group_definitions import THIN, groups_of, outcome_of
from dataops_core.fairness.groups import GroupCounts, counted
from dataops_core.hashing import canonical, sha256
from dataops_core.record import Record
from dataops_core.source_hash import source_hash
from dataops_core.store import states
from dataops_core.store.store import Store
from dataops_core.table import Table


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
class GroupDifference(Record):
    """A group of people in both versions: rows, and, where an outcome is known, the share of good outcomes, its gap to
    the reference group, their 95 % intervals, and whether the gap is more than chance (see fairness/gaps).
    """

    group: str
    rows_before: int
    rows_after: int
    rate_before: float | None
    rate_after: float | None
    rate_ci_before: tuple[float, float] | None
    rate_ci_after: tuple[float, float] | None
    gap_before: float | None
    gap_after: float | None
    gap_ci_before: tuple[float, float] | None
    gap_ci_after: tuple[float, float] | None
    verdict_before: str
    verdict_after: str


@dataclass(frozen=True)
class ColumnDifference(Record):
    """The groups of a sensitive column, the one that others are compared with, how far apart the groups with the
    highest and the lowest share are, and whether that is more than chance; None where it is not known.
    """

    column: str
    reference: str
    gap_before: float | None
    gap_after: float | None
    clear_before: bool | None
    clear_after: bool | None
    groups: tuple[GroupDifference, ...]


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

    The intervals and verdicts hold within each version, corrected for all groups and columns of it; two versions may
    share rows, so they do not say whether a change from one to the other is more than chance.
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
    return None if known is None else [ColumnDifference.from_json(each) for each in known]


def _counted(store: Store, before: str, after: str, asked: Mapping[str, Any]) -> list[ColumnDifference]:
    tables = [states.table(store, state) for state in (before, after)]
    told: dict[str, list[dict[str, GroupCounts]]] = {}
    for name in asked["sensitive"]:
        if any(name not in table.names for table in tables):
            continue
        target = asked["target"] if all(asked["target"] in table.names for table in tables) else None
        try:
            cuts = {c: list(ends) for c, ends in groups_of(tables[0].frame([name]), [name]).cuts.items()}
            told[name] = [_groups(table, name, target, asked["favorable"], cuts) for table in tables]
        except DataOpsError:  # a version without rows, or without the good outcome, has no groups to compare
            continue
    references = {name: _reference(both) for name, both in told.items()}
    judged = [_judged({name: both[side] for name, both in told.items()}, references) for side in (0, 1)]
    return [_column(name, both, references[name], judged) for name, both in told.items()]


def _column(name: str, told: list[dict[str, GroupCounts]], reference: str, judged: list[Gaps]) -> ColumnDifference:
    gaps = [{each.group: each for each in side.gaps if each.of == name} for side in judged]
    largest = [next((each for each in side.largest if each.of == name), None) for side in judged]
    lines = []
    for group in dict.fromkeys([*told[0], *told[1]]):
        old, new = (each.get(group) for each in told)
        gap_old, gap_new = (each.get(group) for each in gaps)
        lines.append(
            GroupDifference(
                group,
                rows_before=old.n if old else 0,
                rows_after=new.n if new else 0,
                rate_before=old.rate if old else None,
                rate_after=new.rate if new else None,
                rate_ci_before=old.ci if old else None,
                rate_ci_after=new.ci if new else None,
                gap_before=gap_old.value if gap_old else None,
                gap_after=gap_new.value if gap_new else None,
                gap_ci_before=gap_old.ci if gap_old else None,
                gap_ci_after=gap_new.ci if gap_new else None,
                verdict_before=gap_old.verdict if gap_old else "",
                verdict_after=gap_new.verdict if gap_new else "",
            )
        )
    before, after = largest
    return ColumnDifference(
        name,
        reference,
        gap_before=before.value if before else None,
        gap_after=after.value if after else None,
        clear_before=before.clear if before and before.p is not None else None,
        clear_after=after.clear if after and after.p is not None else None,
        groups=tuple(lines),
    )


def _reference(told: list[dict[str, GroupCounts]]) -> str:
    """The group that others are compared with: the largest one of the first version that both have."""
    both = [name for name in told[0] if name in told[1] and not told[0][name].unknown]
    return max(both, key=lambda name: told[0][name].n, default="")


def _judged(told: Mapping[str, Mapping[str, GroupCounts]], references: Mapping[str, str]) -> Gaps:
    """The gaps of all columns of one version, judged together."""
    found = Gaps([], [])
    for name, groups_told in told.items():
        counts = {
            group: (each.favorable or 0, each.labelled)
            for group, each in groups_told.items()
            if each.labelled is not None and not each.unknown
        }
        here = gaps({"rate": counts} if counts else {}, references[name], of=name)
        found = Gaps([*found.gaps, *here.gaps], [*found.largest, *here.largest])
    return judge_gaps(found)


def _groups(table: Table, name: str, target: str | None, favorable: str | None, cuts: Any) -> dict[str, GroupCounts]:
    """The counts of the groups of a column; of the other columns nothing is read."""
    told = target if favorable is not None else None
    frame = table.frame([name] if told in (None, name) else [name, str(told)])
    found = groups_of(frame, [name], cuts)
    outcome = outcome_of(frame, told, favorable) if told is not None else None
    return counted(frame, found, outcome, told, THIN)
