"""The whole profile of a table: facts per column, and all findings, ranked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dataops_core.checks.check import Finding, column_findings, ranked, table_findings
from dataops_core.facts import column_facts
from dataops_core.table import Column, Table

Progress = Callable[[float, str], None]


def column_profile(table: Table, column: Column) -> dict[str, Any]:
    """Facts and findings of one column; a finding's rows are given as positions, which do not depend on row ids."""
    series = table.frame([column.name])[column.name]
    facts = column_facts(series, column.kind)
    found = column_findings(series, facts, column, np.arange(table.rows))
    return {"facts": facts, "findings": [finding.to_json() for finding in found]}


def profile_table(
    table: Table, known: Mapping[str, Any] | None = None, progress: Progress = lambda _share, _note: None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The profile of a table and the profiles of its columns; columns in `known` are not looked at again.

    A profile is JSON: rows, columns, duplicate_rows, missing_cells, facts (per column), findings (gravest first).
    """
    ids = table.frame([]).index.to_numpy()
    parts: dict[str, Any] = {}
    findings: list[Finding] = []
    for number, column in enumerate(table.columns):
        progress(number / (len(table.columns) + 1), f"Column {column.name}")
        parts[column.name] = (known or {}).get(column.name) or column_profile(table, column)
        for plain in parts[column.name]["findings"]:
            finding = Finding.from_json(plain)
            findings.append(replace(finding, rows=tuple(int(i) for i in ids[list(finding.rows)])))
    progress(len(table.columns) / (len(table.columns) + 1), "Whole rows")
    whole = table_findings(table, ids)
    facts = {name: part["facts"] for name, part in parts.items()}
    return {
        "rows": table.rows, "columns": len(table.columns),
        "duplicate_rows": next((f.count for f in whole if f.check == "duplicate_rows"), 0),
        "missing_cells": sum(fact["missing"] for fact in facts.values()), "facts": facts,
        "findings": [finding.to_json() for finding in ranked([*findings, *whole])],
    }, parts
