"""The rows that stand out, why, and what to do about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip, nearest
from dataops_core.models import training
from dataops_core.outliers.judge import ACTIONS, ORDER, Judge, judges
from dataops_core.outliers.multivariate import reasons_together
from dataops_core.outliers.reasons import Flagged, Reason
from dataops_core.record import Record
from dataops_core.steps._classes import group_keys, group_name
from dataops_core.steps.step import Learned, Params, StepJson
from dataops_core.steps.treat_outliers import learn_bounds
from dataops_core.steps.treat_unusual_rows import learn_unusual
from dataops_core.table import Table, shown
from dataops_core.wording import counted

METHODS = ("iqr", "mad", "isolation_forest", "lof")


@dataclass(frozen=True, kw_only=True)
class OutlyingRow(Record):
    """A row that stands out."""

    row: int  # its id
    verdict: str  # error, unclear or rare: the gravest of its reasons
    why: str
    action: str  # what to do
    score: float
    reasons: list[Reason]


@dataclass(frozen=True, kw_only=True)
class Outliers(Record):
    """The rows that stand out."""

    method: str
    columns: list[str]
    rows: int
    flagged: int = 0
    shown: int = 0
    counts: dict[str, int]  # by verdict
    outliers: list[OutlyingRow]  # the gravest first
    not_judged: list[str]  # columns without bounds
    step: StepJson | None = None  # that treats what was flagged
    words: str


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
) -> Outliers:
    """The rows that stand out, with reasons in plain words, whether each is likely an error or a rare truth, and what
    to do.

    iqr, mad: values beyond the bounds that treat_outliers learns from the training rows (also per group of `by`), and
    values that cannot be by their column's name. isolation_forest, lof: the rows that treat_unusual_rows takes as
    unusual (`share` percent). Without `columns`: all numbers that are no identifiers (and, for rows as a whole, dates).

    The gravest come first, at most `limit` of them. Raises SettingError for a method or columns that do not fit.
    """
    if method not in METHODS:
        raise SettingError(f'There is no method "{method}".', "outliers", nearest(method, METHODS))
    together = method in ("isolation_forest", "lof")
    names = _columns(table, columns, together)
    for name in (*(by or []), *([split] if split else [])):
        table.column(name)
    frame = table.frame(list(dict.fromkeys([*names, *(by or []), *([split] if split else [])])))
    rows = training(frame, split)
    nothing = Outliers(
        method=method,
        columns=names,
        rows=len(frame),
        counts=dict.fromkeys(ORDER, 0),
        outliers=[],
        not_judged=[],
        words="",
    )
    try:
        learned = (
            learn_unusual(rows, names, method, share, seed=seed)
            if together
            else learn_bounds(rows, names, method, by=list(by or []))
        )
    except Skip as reason:
        learned = {}
        if together:
            return replace(nothing, words=str(reason))
    made = judges(frame, names)
    if together:
        found = reasons_together(frame, rows, names, learned, made, limit)
        settings: Params = {"columns": names, "method": method, "share": share}
        step = {"op": "treat_unusual_rows", "with": settings | {"what": "mark"}}
    else:
        found = _alone(frame, learned, made, list(by or []))
        step = {
            "op": "treat_outliers",
            "with": {"columns": names, "method": method, "what": "mark", **({"by": list(by)} if by else {})},
        }
    told = sorted(
        (_row(int(frame.index[at]), score, reasons) for at, score, reasons in found.rows),
        key=lambda row: (ORDER.index(row.verdict), -row.score, row.row),
    )
    without = [] if together else [name for name in names if name not in learned]
    counts = {verdict: sum(row.verdict == verdict for row in told) for verdict in ORDER}
    return replace(
        nothing,
        flagged=found.count,
        shown=min(limit, len(told)),
        counts=counts,
        outliers=told[:limit],
        words=_words(found.count, len(frame), counts, without),
        not_judged=without,
        step=step if learned and found.count else None,
    )


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


def _alone(frame: pd.DataFrame, learned: Learned, made: dict[str, Judge], by: list[str]) -> Flagged:
    """Each value by itself: beyond its bounds, or impossible."""
    keys, found = group_keys(frame, by), dict[int, list[tuple[float, Reason]]]()
    for name, judge in made.items():
        bounds: Learned = learned.get(name, {"low": None, "high": None})
        own = {tuple(key): each for key, each in bounds.get("groups", [])}
        wanted: list[Learned] = [own.get(key, bounds) for key in keys]
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
            reason = Reason(
                column=name,
                value=values.iloc[at],
                usual=(_json(low[at]), _json(high[at])),
                verdict=verdict,
                words=f"{name} is {values.iloc[at]}: {beyond}; {why}.",
                action=action,
            )
            found.setdefault(int(at), []).append((float(np.nan_to_num(distance[at], nan=1e9, posinf=1e9)), reason))
    rows = [(at, max(score for score, _ in each), [reason for _, reason in each]) for at, each in found.items()]
    return Flagged(len(rows), rows)


def _middle(numbers: np.ndarray) -> float:
    known = numbers[~np.isnan(numbers)]
    return float(np.median(known)) if len(known) else 0.0


def _json(bound: float) -> float | None:
    return float(bound) if np.isfinite(bound) else None


def _row(row: int, score: float, reasons: list[Reason]) -> OutlyingRow:
    first = min(reasons, key=lambda reason: ORDER.index(reason.verdict))
    return OutlyingRow(
        row=row,
        verdict=first.verdict,
        why=first.words,
        action=first.action or ACTIONS["unclear"],
        score=round(max(score, 0.0), 6),
        reasons=reasons,
    )


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
