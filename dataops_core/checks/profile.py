"""The whole profile of a table: facts per column, and all findings, ranked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dataops_core.checks.check import Finding, column_hits, ranked, table_hits
from dataops_core.checks.column_view import ColumnView, row_ids
from dataops_core.checks.folded import FOLDED, is_folded
from dataops_core.checks.meant_type import MeantType, meant_type, parsed_table
from dataops_core.checks.table_view import Context, TableView
from dataops_core.facts import Engine, column_facts
from dataops_core.progress import Progress, no_progress
from dataops_core.read import Blanked
from dataops_core.table import Column, Table
from dataops_core.table.narrow import WIDE, narrowed

TOGETHER = 20_000_000  # cells as meant that are held at once

Keep = Callable[[Finding, np.ndarray], None]


def column_profile(
    look: TableView, column: Column, keep: Keep | None = None, blanked: Blanked | None = None
) -> dict[str, Any]:
    """Facts and findings of one column; a finding's rows are given as positions, which do not depend on row ids."""
    facts = look.facts[column.name]
    found = []
    failed: list[dict[str, Any]] = []
    if "failed" in facts:
        failed.append({"check": "facts", "columns": [column.name], "reason": facts["failed"]})
    cells = look.fresh(column, blanked)
    for check, hit in column_hits(cells, look.context, failed):
        found.append(check.finding(hit, (column.name,)))
        if keep:
            keep(found[-1], np.flatnonzero(hit.mask))
    if "failed" not in facts:
        with suppress(Exception):  # who needs it later, and fails then, is noted
            look.remember(cells)
    return {"facts": facts, "findings": [finding.to_json() for finding in found], "failed_checks": failed}


def meant_facts(look: TableView, columns: Sequence[Column], folder: Path) -> dict[str, dict[str, Any]]:
    """What columns are meant to hold, and, where this differs from what is stored, the facts of the values as meant.

    By column: type, storage, fit, misfits (cells), misfit_values, learned (see MeantType), and facts (or None).
    """
    found: dict[str, dict[str, Any]] = {}
    waiting: dict[str, tuple[ColumnView, MeantType]] = {}
    for number, column in enumerate(columns, 1):
        if "failed" not in look.facts[column.name]:
            view = look.fresh(column)
            meant = meant_type(view)
            found[column.name] = {**meant.to_json(), "facts": None}
            if meant.converts:
                waiting[column.name] = (view, meant)
        if waiting and (number == len(columns) or len(waiting) * look.rows > TOGETHER or len(waiting) >= WIDE):
            part = parsed_table(waiting, folder / f"{number}.parquet", look.rows)
            with Engine(part) as engine:
                for each in part.columns:
                    found[each.name]["facts"] = column_facts(engine, each)
            waiting = {}
    return found


def profile_table(
    table: Table,
    known: Mapping[str, Any] | None = None,
    progress: Progress = no_progress,
    context: Context = Context(),  # noqa: B008 - a frozen value
    keep: Keep | None = None,
    blanked: Mapping[str, Blanked] | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The profile of a table and the profiles of its columns; columns in `known` are not looked at again.

    A profile is JSON: rows, columns, duplicate_rows, missing_cells (None where a column could not be counted), facts
    (per column), context, findings (gravest first), failed_checks (those that raised, and "facts" for a column that
    could not be counted: check, columns, reason). `blanked` are the cells that reading made missing (see read.Source).
    `keep` is told every finding with the ids of all its rows; columns in `known` are passed over then.
    """
    with tempfile.TemporaryDirectory(prefix="dataops-profile-") as folder:
        return _profile(table, narrowed(table, Path(folder)), known or {}, progress, context, keep, blanked or {})


def _profile(
    table: Table,
    narrow: dict[str, Table],
    known: Mapping[str, Any],
    progress: Progress,
    context: Context,
    keep: Keep | None,
    blanked: Mapping[str, Blanked],
) -> tuple[dict[str, Any], dict[str, Any]]:
    ids = row_ids(table)
    parts: dict[str, Any] = {}
    findings: list[Finding] = []
    failed: list[dict[str, Any]] = []
    facts: dict[str, dict[str, Any]] = {}
    look = TableView(table, facts, context, narrow)
    waiting: list[tuple[Finding, np.ndarray]] = []  # findings that may be part of another one

    def told(finding: Finding, places: np.ndarray) -> None:
        if keep and finding.check in FOLDED:
            waiting.append((finding, ids[places]))
        elif keep:
            keep(finding, ids[places])

    steps = 2 * len(table.columns) + 3
    with Engine(table, narrow.values()) as engine:  # gone before the checks begin, and its memory with it
        for number, column in enumerate(table.columns):
            progress(number / steps, f"Counting {column.name}")
            facts[column.name] = known[column.name]["facts"] if column.name in known else column_facts(engine, column)
    asked = [column for column in table.columns if column.name not in known]
    with tempfile.TemporaryDirectory(prefix="dataops-meant-") as folder:
        for name, meant in meant_facts(look, asked, Path(folder)).items():
            facts[name] = {**facts[name], "meant": meant}
    for number, column in enumerate(table.columns, len(table.columns)):
        progress(number / steps, f"Column {column.name}")
        parts[column.name] = known.get(column.name) or column_profile(
            look, column, told if keep else None, blanked.get(column.name)
        )
        if table.rows > 100_000:
            pa.default_memory_pool().release_unused()  # columns differ in size: what one leaves seldom fits the next
        failed += parts[column.name].get("failed_checks", ())
        findings += [Finding.from_json(plain) for plain in parts[column.name]["findings"]]
    progress((steps - 3) / steps, "Columns together")
    named: dict[str, np.ndarray] = {}
    together: list[Finding] = []
    for check, hit in table_hits(look, failed):
        together.append(check.finding(hit, (), ids))
        if check.name == "several_names":
            named.setdefault(hit.columns[0], np.zeros(table.rows, dtype=bool))[hit.mask] = True
        if keep:
            keep(together[-1], ids[hit.mask])
    for finding, places in waiting:
        if keep and not is_folded(look, finding, named):
            keep(finding, places)
    findings = [
        replace(finding, rows=tuple(int(i) for i in ids[list(finding.rows)]))
        for finding in findings
        if not is_folded(look, finding, named)
    ] + together
    missing = [fact["missing"] for fact in facts.values()]
    return {
        "rows": table.rows,
        "columns": len(table.columns),
        "duplicate_rows": next((f.count for f in findings if f.check == "duplicate_rows"), 0),
        "missing_cells": None if None in missing else sum(missing),
        "facts": facts,
        "context": context.to_json(),
        "findings": [finding.to_json() for finding in ranked(findings)],
        "failed_checks": failed,
    }, parts
