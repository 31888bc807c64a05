"""Findings that follow from counts alone, for engines that never hold a column in one place; they name no rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataops_core.checks import REGISTRY, ranked
from dataops_core.checks.check import Finding
from dataops_core.checks.constant_column import constant_column, says_constant
from dataops_core.checks.duplicate_rows import duplicate_rows
from dataops_core.checks.near_constant import deviating, near_constant, says_deviating
from dataops_core.wording import counted

COUNTED = (constant_column, duplicate_rows, near_constant)  # the checks whose findings follow from counts


def counted_profile(
    rows: int, facts: Mapping[str, Mapping[str, Any]], doubled: int, not_there: Sequence[str], *, findings: bool
) -> dict[str, Any]:
    """A profile in the shape that `profile_table` gives, from facts and the number of rows that repeat an earlier one.

    `left_out` names the facts (`not_there`) and the checks that memory has beside these.
    """
    found = [*_column_findings(facts), *_duplicates(doubled, rows)] if findings else []
    missing = [each["missing"] for each in facts.values()]
    checks = [name for name in REGISTRY if name not in {each.name for each in COUNTED}] if findings else []
    return {
        "rows": rows,
        "columns": len(facts),
        "duplicate_rows": doubled,
        "missing_cells": None if None in missing else sum(missing),
        "facts": facts,
        "findings": [each.to_json() for each in ranked(found)],
        "failed_checks": [
            {"check": "facts", "columns": [name], "reason": each["failed"]}
            for name, each in facts.items()
            if "failed" in each
        ],
        "left_out": {"facts": list(not_there), "checks": checks},
    }


def _column_findings(facts: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    found = []
    for name, each in facts.items():
        if "failed" in each or not each["rows"]:
            continue
        said, fix = says_constant(each), {"columns": [name]}
        if said:
            found.append(constant_column.counted((name,), each["rows"], each["rows"], said[0], fix, said[1]))
        count = deviating(each)
        if count:
            found.append(near_constant.counted((name,), count, each["rows"], says_deviating(each, count), fix))
    return found


def _duplicates(count: int, rows: int) -> list[Finding]:
    if not count or count > 0.5 * rows:  # then what tells the rows apart is missing, not doubled
        return []
    said = f"{counted(count, 'row repeats', 'rows repeat')} an earlier row in every column."
    return [duplicate_rows.counted((), count, rows, said, {"columns": []})]
