"""The fixes of several findings as steps of one recipe, in an order in which no step gets in the way of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dataops_core.recipe.recipe import RecipeStep

# Values are merged as the profile saw them, before their spaces and signs change; rows are compared once their text is
# clean, and columns go when nothing looks at them any more.
ORDER = (
    "drop_rows_with_missing",
    "filter_rows",
    "merge_values",
    "replace_values",
    "repair_characters",
    "trim_spaces",
    "mark_missing",
    "parse_numbers",
    "parse_dates",
    "treat_outliers",
    "fill_missing",
    "drop_duplicate_rows",
    "set_kind",
    "drop_columns",
)
ONCE = ("parse_numbers", "parse_dates", "treat_outliers", "fill_missing", "set_kind")  # for a column


def steps_of_fixes(findings: Iterable[Mapping[str, Any]]) -> list[RecipeStep]:
    """The steps that mend these findings of one profile; findings without a step are passed over.

    Steps that differ in their columns alone are one step. Where two findings want the same column parsed or filled, the
    first one's way is taken.

    >>> trim = [{"fix": {"op": "trim_spaces", "with": {"columns": [name]}}} for name in "ab"]
    >>> [(step.op, step.settings) for step in steps_of_fixes(trim)]
    [('trim_spaces', {'columns': ['a', 'b']})]
    """
    made: list[tuple[str, dict[str, Any]]] = []
    treated: set[tuple[str, str]] = set()
    for finding in findings:
        fix = finding.get("fix")
        if not fix:
            continue
        op, settings = fix["op"], dict(fix["with"])
        if op in ONCE and not _untreated(op, settings, treated):
            continue
        for other, known in made:
            if other == op and _same_but_columns(known, settings):
                known["columns"] = [*known["columns"], *(n for n in settings["columns"] if n not in known["columns"])]
                break
        else:
            if (op, settings) not in made:
                made.append((op, settings))
    made.sort(key=lambda step: ORDER.index(step[0]) if step[0] in ORDER else len(ORDER))
    return [RecipeStep(op, settings) for op, settings in made]


def _untreated(op: str, settings: dict[str, Any], treated: set[tuple[str, str]]) -> bool:
    """Take out the columns that an earlier fix treats in the same way; returns whether anything is left to do."""
    named = settings.get("columns", [settings["column"]] if "column" in settings else [])
    left = [name for name in named if (op, name) not in treated]
    treated |= {(op, name) for name in left}
    if "columns" in settings:
        settings["columns"] = left
    return bool(left) or not named


def _same_but_columns(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if "columns" not in one or "columns" not in other:
        return False
    return {k: v for k, v in one.items() if k != "columns"} == {k: v for k, v in other.items() if k != "columns"}
