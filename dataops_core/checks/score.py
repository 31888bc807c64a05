"""The scorecard: six sides of quality, each one formula over the findings, and what got better or worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DIMENSIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "completeness": ("cells", ("missing_cells", "disguised_missing", "blank_rows")),
    "uniqueness": ("rows", ("duplicate_rows", "near_duplicate_records", "duplicate_ids")),
    "validity": (
        "cells",
        (
            "impossible_values",
            "numbers_as_text",
            "numbers_mixed_with_words",
            "dates_as_text",
            "dates_mixed_with_words",
            "total_rows",
            "mojibake",
            "encoded_characters",
            "codes_as_numbers",
            "repeated_headers",
            "control_characters",
            "homoglyphs",
            "unusual_pattern",
            "invalid_emails",
            "wrong_check_digits",
            "out_of_locale",
            "spaces_around_text",
            "marks_beside_values",
        ),
    ),
    "consistency": (
        "cells",
        (
            "case_variants",
            "yes_no_variants",
            "spelling_variants",
            "mixed_date_formats",
            "ambiguous_dates",
            "mixed_units",
            "other_scale",
            "several_forms",
            "several_names",
            "broken_formula",
            "unexpected_gaps",
            "contradicting_sources",
            "broken_dependency",
            "broken_sum",
            "end_before_start",
            "wrong_date_parts",
            "drift_in_file",
            "missing_together",
        ),
    ),
    "timeliness": ("dates", ("future_dates", "absurd_dates")),
    "accuracy": ("numbers", ("outliers", "rounding_heaping", "finer_numbers", "stuck_values", "constant_per_group")),
}
OUTSIDE = {  # about what a column is good for, not about a fault of its cells
    "constant_column",
    "near_constant",
    "skewed",
    "rare_categories",
    "too_many_categories",
    "row_identifier",
    "direct_identifiers",
    "identifiers_in_text",
    "duplicate_columns",
    "class_imbalance",
    "target_leakage",
    "outcome_gap",
    "sorted_rows",
    "rows_on_both_sides",
}
BY_ROWS = {"wrong_values"}  # known only once rows are compared: a score counts what every profile knows
FORMULAS = {
    "completeness": "1 − (missing cells + cells that stand for missing) ÷ all cells",
    "uniqueness": "1 − (rows that repeat another, nearly repeat it, or repeat its identifier) ÷ all rows",
    "validity": "1 − cells with a value or form that cannot be ÷ all cells that hold something",
    "consistency": (
        "1 − cells that contradict others (spelling, formats, units, dependencies, sums, order of dates) ÷ all cells"
        " that hold something"
    ),
    "timeliness": "1 − dates in the future or of an absurd year ÷ all dates; no figure without dates",
    "accuracy": (
        "1 − numbers that are suspect (far out, rounded, stuck, one value for a whole group) ÷ all numbers; a hint"
        " only: the truth is not in the file"
    ),
}


@dataclass(frozen=True)
class Score:
    """One side of quality: a share from 0 to 1 (None where there is nothing to measure), and the counts it
    is made of.
    """

    name: str
    value: float | None
    affected: int
    looked_at: int
    findings: tuple[str, ...]


def scores(profile: Mapping[str, Any]) -> list[Score]:
    """The sides of quality of a profiled table.

    The cells that several findings of a side name in one column are counted once, as often as the largest of them. A
    comparison of rows changes no score: what it found to be part of another finding ("folded") counts as before.

    >>> profile = {"rows": 4, "columns": 1, "missing_cells": 1, "findings": [],
    ...            "facts": {"a": {"type": "text", "missing": 1}}}
    >>> [(s.name, s.value) for s in scores(profile)][0]
    ('completeness', 0.75)
    """
    return [_score(profile, name, *DIMENSIONS[name]) for name in DIMENSIONS]


def _score(profile: Mapping[str, Any], name: str, of: str, checks: Sequence[str]) -> Score:
    facts, rows = profile["facts"], profile["rows"]
    own = [each for each in (*profile["findings"], *profile.get("folded", ())) if each["check"] in checks]
    if name == "completeness":
        hidden = sum(f["count"] for f in own if f["check"] == "disguised_missing" and f["fix"])
        affected, whole = (
            min(sum(fact["missing"] or 0 for fact in facts.values()) + hidden, rows * len(facts)),
            rows * len(facts),
        )
    elif of == "rows":
        affected, whole = max((f["count"] for f in own), default=0), rows
    else:
        kinds = {"dates": ("datetime",), "numbers": ("integer", "decimal")}.get(of)
        whole = sum(rows - (fact["missing"] or 0) for fact in facts.values() if kinds is None or fact["type"] in kinds)
        most: dict[str, int] = {}
        for finding in own:
            column = finding["columns"][0] if finding["columns"] else ""
            most[column] = max(most.get(column, 0), finding["count"])
        affected = min(sum(most.values()), whole)
    return Score(
        name, 1 - affected / whole if whole else None, affected, whole, tuple(sorted({f["check"] for f in own}))
    )


def total(some: Sequence[Score], weights: Mapping[str, float] | None = None) -> float | None:
    """The weighted mean of the sides that have a figure; None where none has, or all weigh nothing."""
    pairs = [(score.value, (weights or {}).get(score.name, 1.0)) for score in some if score.value is not None]
    weight = sum(w for _, w in pairs)
    return sum(value * w for value, w in pairs) / weight if weight > 0 else None


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What became of the findings between two profiles: `better` and `worse`, each with check, columns and both counts.

    Told are faults of cells and rows, by their share: where only rows went away, and as large a share is left, nothing
    changed. What a file's reading made missing is no fault of the table.
    """
    counts = [
        {
            (f["check"], tuple(f["columns"])): (f["title"], f["count"], f["share"])
            for f in (*profile["findings"], *profile.get("folded", ()))
            if f["check"] not in OUTSIDE | BY_ROWS and not (f["check"] == "disguised_missing" and not f["fix"])
        }
        for profile in (before, after)
    ]
    told: dict[str, list[dict[str, Any]]] = {"better": [], "worse": []}
    for key in {**counts[0], **counts[1]}:
        (_, one, was), (_, other, now) = counts[0].get(key, ("", 0, 0.0)), counts[1].get(key, ("", 0, 0.0))
        if abs(was - now) > 0.05 * max(was, now):
            title = (counts[0].get(key) or counts[1][key])[0]
            told["worse" if now > was else "better"].append(
                {"check": key[0], "title": title, "columns": list(key[1]), "before": one, "after": other}
            )
    return told
