"""Why cells are missing: what can be seen, what can be tested, and what cannot be known."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from dataops_core.errors import SettingError, nearest
from dataops_core.imputation.mcar import little, little_of_scores
from dataops_core.imputation.missingness import missingness
from dataops_core.imputation.patterns import levels_of, over_time, patterns, shares_by, together
from dataops_core.models import features, one_thread, training
from dataops_core.progress import Progress, no_progress
from dataops_core.steps._mixed import is_number, numbers
from dataops_core.table import Table

MODELLED = 40  # columns with gaps that get a model, those with the most gaps first
UNKNOWN = (
    "What the data cannot tell: whether a value is missing because of what it is (high incomes left out by those who"
    " have them). No test sees that, for the values are not there. Ask how the data came about; if it is likely, treat"
    " every filled value with care."
)


def understand(
    table: Table,
    *,
    target: str | None = None,
    groups: Sequence[str] = (),
    time: str | None = None,
    split: str | None = None,
    seed: int = 0,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Count, compare and test where cells are missing (in the training rows, where there is a split); plain JSON
    values.

    "columns": missing cells and share of each; "patterns"; "together": pairs; "by_group" and "by_target": shares per
    group; "by_time"; "little": Little's test, and "little_of_scores" on ranks, by which it is put in words; "models":
    per column with gaps how well the others tell where; "verdicts": one sentence per column; "unknown": what cannot be
    known. Raises SettingError where a name is unknown.
    """
    seed %= 2**32
    for name in (*groups, *(each for each in (target, time, split) if each)):
        if name not in table.names:
            raise SettingError(f'There is no column "{name}".', "missing", nearest(name, table.names))
    frame = training(table.frame(), split)
    if time is not None and not is_number(frame[time]):
        raise SettingError(
            f'Column "{time}" holds no dates or numbers.',
            "missing",
            "Name a column of dates, or read it as dates first (parse_dates).",
        )
    counts = {name: int(frame[name].isna().sum()) for name in table.names if name != split}
    names = [name for name, count in counts.items() if count]
    gone = (
        np.column_stack([frame[name].isna().to_numpy(dtype=bool) for name in names])
        if names
        else np.zeros((len(frame), 0), dtype=bool)
    )
    told: dict[str, Any] = {
        "rows": len(frame),
        "complete_rows": int((~gone.any(axis=1)).sum()),
        "missing_cells": sum(counts.values()),
        "columns": {
            name: {"missing": count, "share": count / len(frame) if len(frame) else 0.0}
            for name, count in counts.items()
        },
        "patterns": patterns(gone, names),
        "together": together(gone, names),
        "by_group": {name: shares_by(levels_of(frame[name]), gone, names) for name in groups},
        "by_target": shares_by(levels_of(frame[target]), gone, names) if target else {},
        "by_time": over_time(frame[time], gone, names) if time else None,
    }
    progress(0.1, "counted")
    kinds = table.kinds
    measured = [name for name in table.names if name != split and kinds[name] == "number" and is_number(frame[name])]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        matrix = np.column_stack([numbers(frame[name]) for name in measured]) if measured else np.zeros((len(frame), 0))
        told["little"] = little(matrix, measured)
        told["little_of_scores"] = little_of_scores(matrix, measured)
        if "words" in told["little_of_scores"]:  # which holds its level whatever the columns look like
            told["little"]["words"] = f"{told['little_of_scores']['words']} (Little's test on ranks.)"
    progress(0.2, "Little's test")
    chosen = features(table.columns, frame, [split] if split else [])
    told["models"] = {}
    asked = sorted(names, key=lambda name: -counts[name])[:MODELLED]
    with one_thread():
        for number, name in enumerate(asked):
            progress(0.2 + 0.8 * number / len(asked), f"what tells where {name} is missing")
            told["models"][name] = missingness(frame, name, chosen, seed)
    told["verdicts"] = {
        name: told["models"][name]["words"] if name in told["models"] else "Not looked at: many columns have more gaps."
        for name in names
    }
    told["words"] = _words(told, names)
    told["unknown"] = UNKNOWN if names else ""
    progress(1.0, "done")
    return told


def _words(told: dict[str, Any], names: list[str]) -> str:
    if not names:
        return "Nothing is missing."
    rows, complete = told["rows"], told["complete_rows"]
    return (
        f"{len(names)} of {len(told['columns'])} columns have gaps; {complete:,} of {rows:,} rows"
        f" ({complete / rows:.1%}) are complete."
    )
