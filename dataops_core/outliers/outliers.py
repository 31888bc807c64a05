"""The rows that stand out, why, and what to do about each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip, nearest
from dataops_core.models import training
from dataops_core.outliers.judge import ACTIONS, ORDER, Judge, judges
from dataops_core.outliers.multivariate import reasons_together
from dataops_core.steps._classes import group_keys, group_name
from dataops_core.steps.treat_outliers import learn_bounds
from dataops_core.steps.treat_unusual_rows import learn_unusual
from dataops_core.table import Table, shown
from dataops_core.wording import counted

METHODS = ("iqr", "mad", "isolation_forest", "lof")


def outliers(
    table: Table,
    *,
    columns: Sequence[str] | None = None,
    method: Literal["iqr", "mad", "isolation_forest", "lof"] = "iqr",
    by: Sequence[str] | None = None,
    split: str | None = None,
    seed: int = 0,
    limit: int = 200,
    share: float = 1.0,
) -> dict[str, Any]:
    """The rows that stand out, with reasons in plain words, whether each is likely an error or a rare truth, and what
    to do.

    iqr, mad: values beyond the bounds that treat_outliers learns from the training rows (also per group of `by`), and
    values that cannot be by their column's name. isolation_forest, lof: the rows that treat_unusual_rows takes as
    unusual (`share` percent). Without `columns`: all numbers that are no identifiers (and, for rows as a whole, dates).

    {"method", "columns", "rows", "flagged", "shown", "counts": {"error", "unclear", "rare"}, "outliers", "words",
    "not_judged" (columns without bounds), "step"}; the gravest first, at most `limit` of `outliers`, each {"row": row
    id, "verdict", "why", "action", "score", "reasons"}; each of `reasons` {"column", "value", "usual", "verdict",
    "words"}. "step" is the recipe step that treats what was flagged. Raises SettingError for a method or columns that
    do not fit.
    """
    if method not in METHODS:
        raise SettingError(f'There is no method "{method}".', "outliers", nearest(method, METHODS))
    together = method in ("isolation_forest", "lof")
    names = _columns(table, columns, together)
    for name in (*(by or []), *([split] if split else [])):
        table.column(name)
    frame = table.frame(list(dict.fromkeys([*names, *(by or []), *([split] if split else [])])))
    rows = training(frame, split)
    empty: dict[str, Any] = {
        "method": method,
        "columns": names,
        "rows": len(frame),
        "flagged": 0,
        "shown": 0,
        "counts": dict.fromkeys(ORDER, 0),
        "outliers": [],
        "not_judged": [],
        "step": None,
    }
    try:
        learned = (
            learn_unusual(rows, names, method, share, seed=seed)
            if together
            else learn_bounds(rows, names, method, by=list(by or []))
        )
    except Skip as reason:
        learned = {}
        if together:
            return empty | {"words": str(reason)}
    made = judges(frame, names)
    if together:
        found = reasons_together(frame, rows, names, learned, made, limit)
        settings: dict[str, Any] = {"columns": names, "method": method, "share": share}
        step = {"op": "treat_unusual_rows", "with": settings | {"what": "mark"}}
    else:
        found = _alone(frame, learned, made, list(by or []))
        step = {
            "op": "treat_outliers",
            "with": {"columns": names, "method": method, "what": "mark", **({"by": list(by)} if by else {})},
        }
    told = sorted(
        (_row(int(frame.index[at]), score, reasons) for at, score, reasons in found["rows"]),
        key=lambda row: (ORDER.index(row["verdict"]), -row["score"], row["row"]),
    )
    without = [] if together else [name for name in names if name not in learned]
    counts = {verdict: sum(row["verdict"] == verdict for row in told) for verdict in ORDER}
    return empty | {
        "flagged": found["flagged"],
        "shown": min(limit, len(told)),
        "counts": counts,
        "outliers": told[:limit],
        "words": _words(found["flagged"], len(frame), counts, without),
        "not_judged": without,
        "step": step if learned and found["flagged"] else None,
    }


def _columns(table: Table, columns: Sequence[str] | None, together: bool) -> list[str]:
    takes = ("integer", "decimal", "datetime") if together else ("integer", "decimal")
    wrong = [name for name in columns or () if table.column(name).type not in takes]
    if wrong:
        raise SettingError(
            f'Column "{wrong[0]}" holds no numbers.',
            "outliers",
            "Choose columns of numbers, or read it as numbers first (parse_numbers).",
        )
    names = (
        list(columns)
        if columns
        else [column.name for column in table.columns if column.type in takes and column.kind != "id"]
    )
    if not names:
        raise SettingError(
            "There is no column of numbers to look for outliers in.",
            "outliers",
            "Read columns as numbers first (parse_numbers).",
        )
    return names


def _alone(frame: pd.DataFrame, learned: dict[str, Any], made: dict[str, Judge], by: list[str]) -> dict[str, Any]:
    """Each value by itself: beyond its bounds, or impossible."""
    keys, found = group_keys(frame, by), dict[int, list[tuple[float, dict[str, Any]]]]()
    for name, judge in made.items():
        bounds = learned.get(name, {"low": None, "high": None})
        own = {tuple(key): each for key, each in bounds.get("groups", [])}
        wanted = [own.get(key, bounds) for key in keys]
        low = np.array([-np.inf if each["low"] is None else each["low"] for each in wanted], dtype="float64")
        high = np.array([np.inf if each["high"] is None else each["high"] for each in wanted], dtype="float64")
        with np.errstate(invalid="ignore"):
            far = (judge.numbers < low) | (judge.numbers > high)
            finite = np.where(np.isfinite(judge.numbers), judge.numbers, np.nan)
            width = np.where(np.isfinite(high - low) & (high > low), high - low, 1.0)
            distance = np.fmax(low - finite, finite - high) / width
        values = shown(frame[name])
        middle = _middle(finite)
        for at in np.flatnonzero(far | judge.impossible):
            verdict, why, action = judge.of(int(at))
            bound = low[at] if judge.numbers[at] < low[at] else high[at]
            group = f" among {group_name(keys[at])}" if keys[at] in own else ""
            side = "below" if judge.numbers[at] < low[at] else "above"
            beyond = (
                f"{side} {bound:,.6g}, the {'least' if side == 'below' else 'greatest'} usual value{group} (the median"
                f" is {middle:,.6g})"
                if far[at]
                else "impossible"
            )
            reason = {
                "column": name,
                "value": values.iloc[at],
                "usual": [_json(low[at]), _json(high[at])],
                "verdict": verdict,
                "action": action,
                "words": f"{name} is {values.iloc[at]}: {beyond}; {why}.",
            }
            found.setdefault(int(at), []).append((float(np.nan_to_num(distance[at], nan=1e9, posinf=1e9)), reason))
    rows = [(at, max(score for score, _ in each), [reason for _, reason in each]) for at, each in found.items()]
    return {"flagged": len(rows), "rows": rows}


def _middle(numbers: np.ndarray) -> float:
    known = numbers[~np.isnan(numbers)]
    return float(np.median(known)) if len(known) else 0.0


def _json(bound: float) -> float | None:
    return float(bound) if np.isfinite(bound) else None


def _row(row: int, score: float, reasons: list[dict[str, Any]]) -> dict[str, Any]:
    first = min(reasons, key=lambda reason: ORDER.index(reason["verdict"]))
    plain = [{key: value for key, value in reason.items() if key != "action"} for reason in reasons]
    action = first.get("action", ACTIONS["unclear"])
    return {
        "row": row,
        "verdict": first["verdict"],
        "why": first["words"],
        "action": action,
        "score": round(max(score, 0.0), 6),
        "reasons": plain,
    }


def _words(flagged: int, rows: int, counts: dict[str, int], without: list[str]) -> str:
    unknown = f" Not judged, for too few of the values differ: {', '.join(without)}." if without else ""
    if not flagged:
        return f"No row stands out.{unknown}"
    parts = [
        f"{counts[verdict]:,} {said}"
        for verdict, said in (
            ("error", "likely wrong"),
            ("unclear", "to be looked at"),
            ("rare", "likely rare but true"),
        )
        if counts[verdict]
    ]
    more = f" (of the {sum(counts.values()):,} most unusual ones)" if sum(counts.values()) < flagged else ""
    stand = "stands" if flagged == 1 else "stand"
    return f"{flagged:,} of {counted(rows, 'row')} {stand} out: {', '.join(parts)}{more}.{unknown}"
