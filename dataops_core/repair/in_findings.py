"""The findings of a profile with the right values that are proposed for their cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from dataops_core.repair.proposal import Repair


def repairs_of_findings(
    findings: Sequence[tuple[Collection[str], Collection[int]]], repairs: Sequence[Repair]
) -> list[list[dict[str, Any]]]:
    """Per finding (its columns, none: whole rows; and all its rows, from 0), the repairs of its cells, surest first."""
    by_row: defaultdict[int, list[Repair]] = defaultdict(list)
    for repair in repairs:
        by_row[repair.row].append(repair)
    made = []
    for columns, rows in findings:
        own = [
            repair
            for row in by_row.keys() & set(rows)
            for repair in by_row[row]
            if not columns or repair.column in columns
        ]
        own.sort(key=lambda repair: (-(repair.sure or 0), repair.row, repair.column))
        made.append([_plain(repair) for repair in own])
    return made


def _plain(repair: Repair) -> dict[str, Any]:
    return {
        "row": repair.row,
        "column": repair.column,
        "old": repair.old,
        "new": repair.new,
        "confidence": repair.sure,
        "why": repair.why,
    }
