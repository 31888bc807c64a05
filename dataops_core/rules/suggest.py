"""Suggests rules from the data, offline: each kind proposes, the whole table decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from dataops_core.facts import Engine, column_facts
from dataops_core.progress import Progress, no_progress
from dataops_core.rules.check import Checker
from dataops_core.rules.margins import least_share
from dataops_core.rules.rule import KINDS, SUGGESTERS, Candidate, Rule
from dataops_core.rules.view import SuggestView
from dataops_core.table import Table


def suggest_rules(
    table: Table,
    *,
    kinds: Collection[str] = (),
    today: str | None = None,
    tables: Mapping[str, Table] = MappingProxyType({}),
    reference: Table | None = None,
    facts: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Progress = no_progress,
) -> list[Rule]:
    """The rules that a table suggests, in the order of its kinds, with support and confidence counted on all rows.

    A rule that some rows break is suggested as a warning, with a share of rows that leaves room for chance. `tables`
    are others whose keys this one may hold; `reference` is one whose columns it should be spread like; `facts` are
    taken as they are where they are known.
    """
    with Engine(table) as engine:
        known = dict(facts or {})
        for number, column in enumerate(table.columns):
            progress(0.4 * number / max(1, len(table.columns)), f"Counting {column.name}")
            if column.name not in known:
                known[column.name] = column_facts(engine, column)
        engine.let_go()
        view = SuggestView(engine, known, today, tables, reference)
        candidates: list[Candidate] = []
        asked = [name for name in ORDER if name in SUGGESTERS and (not kinds or name in kinds)]
        for number, name in enumerate(asked):
            progress(0.4 + 0.4 * number / len(asked), f"Looking for rules: {KINDS[name].title}")
            candidates += SUGGESTERS[name](view)
        progress(0.8, "Counting the rows that meet each rule")
        counts = Checker(engine, tables, today).counts([each.rule for each in candidates])
    made = (_settled(each, count) for each, count in zip(candidates, counts, strict=True))
    return [rule for rule in made if rule is not None]


ORDER = (
    "row_count",
    "freshness",
    "type",
    "not_missing",
    "unique",
    "reference",
    "allowed",
    "range",
    "pattern",
    "length",
    "order",
    "arithmetic",
    "dependency",
    "conditional",
    "distribution",
)


def _settled(candidate: Candidate, count: tuple[int, int] | None) -> Rule | None:
    """The rule with what was counted; None where too many rows break it, or too few say anything."""
    rule = candidate.rule
    if count is None:
        return rule if rule.condition is None else None
    rows, failing = count
    if rows < candidate.least_rows or failing > (1 - candidate.floor) * rows:
        return None
    least = least_share(failing, rows)
    if failing and (least <= 0.5 or 1 - least > 5 * (1 - candidate.floor) + 0.02):
        return None  # there are too few rows to leave room for chance
    confidence = 1 - failing / rows if rows else 1.0
    return rule.changed(support=rows, confidence=confidence, least=least, severity="warn" if failing else rule.severity)
