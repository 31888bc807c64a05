"""One column along another: the target per value of a column, a column per period of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dataops_core.errors import SettingError
from dataops_core.facts.engine import Engine
from dataops_core.facts.pairs import role
from dataops_core.table import Table

BINS = 10
MOST = 30  # values of the column that are told
SHARES = 8  # values of the target that are told
LATEST = 200  # periods that are told
# of the periods of pair_expressions, which Ibis makes slow to import
DAYS = {
    "day": 1.0,
    "week": 7.0,
    "month": 30.44,
    "quarter": 91.3,
    "year": 365.24,
}


def against_target(table: Table, column: str, target: str) -> dict[str, Any]:
    """The target per value of a column, or per tenth of its numbers, as plain JSON values.

    `{"column", "target", "as", "groups", "missing", "left_out"}`; a group is `{"value" | "low", "high", "n", "there"}`
    with the `mean` of the target's numbers or the `shares` of its most frequent values, among the cells of the target
    that are `there`. `missing` is the group of rows without a value in the column, or None; `left_out` counts the rows
    of values beyond the MOST most frequent. Equal numbers share a bin, so that there may be fewer than ten. A date as
    target is told by its `mean` in microseconds since 1970.
    """
    x, y = table.column(column), table.column(target)
    with Engine(table) as engine:
        expression = "grouped" if role(y) == "number" else "crossed"
        engine.take_pair((x, "missing" if role(x) == "number" else "category"), (y, role(y)), complete=False)
        told = _along(engine.ask(expression, "pair"), expression)
        gone, ends = told.get(None), {}
        if role(x) == "number":
            engine.take_pair((x, "number"), (y, role(y)), complete=False)
            engine.bin_pair(0, BINS)
            ends = {row["x"]: row for row in engine.ask("bin_ends", "pair")}
            told = _along(engine.ask(expression, "pair"), expression)
    groups = [{**_label(value, ends), **group} for value, group in told.items() if value is not None]
    groups = sorted(groups, key=(lambda g: g["low"]) if ends else (lambda g: (-g["n"], g["value"])))
    return {
        "column": column,
        "target": target,
        "as": [role(x), role(y)],
        "groups": groups[:MOST],
        "missing": gone,
        "left_out": sum(group["n"] for group in groups[MOST:]),
    }


def over_time(table: Table, column: str, time_column: str) -> dict[str, Any]:
    """A column per day, week, month, quarter or year: the finest that makes at most sixty, as plain JSON values.

    `{"column", "time", "period", "periods", "undated", "left_out"}`; a period is `{"start", "n", "missing"}` (missing:
    the share of cells) with the `mean` of numbers or the `shares` of the values that are most frequent over all.
    Periods without rows are not told, rows without a date count as `undated`, those before the LATEST periods as
    `left_out`.
    """
    x, when = table.column(column), table.column(time_column)
    if when.type != "datetime":
        raise SettingError(
            f'"{time_column}" is not a date.', "time", "Choose a column of dates, or read the text as dates first."
        )
    with Engine(table) as engine:
        engine.take_pair((when, "date"), (x, role(x)), complete=False)
        ends = engine.ask("moments", "pair")[0]
        span = (ends["last"] - ends["first"]).total_seconds() / 86400 if ends["first"] else 0.0
        period = next((name for name in DAYS if span / DAYS[name] < 60), "year")
        engine.cut_pair(period)
        expression = "grouped" if role(x) == "number" else "crossed"
        told = _along(engine.ask(expression, "pair"), expression)
    dated = sum(group["n"] for group in told.values())
    periods = [
        {
            "start": start.isoformat()[:10],
            "n": g["n"],
            "missing": 1 - g.pop("there") / g["n"],
            **{k: v for k, v in g.items() if k != "n"},
        }
        for start, g in sorted(told.items())
    ]
    return {
        "column": column,
        "time": time_column,
        "period": period,
        "periods": periods[-LATEST:],
        "undated": table.rows - dated,
        "left_out": sum(group["n"] for group in periods[:-LATEST]),
    }


def _along(rows: Sequence[dict[str, Any]], expression: str) -> dict[Any, dict[str, Any]]:
    """What is told of each x."""
    if expression == "grouped":
        return {
            row["x"]: {
                "n": row["n"],
                "there": row["there"],
                "mean": _finite(row["about"] + row["s1"] / row["there"]) if row["there"] else None,
            }
            for row in rows
        }
    found: dict[Any, dict[Any, int]] = {}
    every: dict[str, int] = {}
    for row in rows:
        found.setdefault(row["x"], {})[row["y"]] = row["n"]
        if row["y"] is not None:
            every[row["y"]] = every.get(row["y"], 0) + row["n"]
    shown = sorted(every, key=lambda value: (-every[value], value))[:SHARES]
    told = {}
    for x, counts in found.items():
        there = sum(n for value, n in counts.items() if value is not None)
        told[x] = {
            "n": sum(counts.values()),
            "there": there,
            "shares": {v: counts.get(v, 0) / there for v in shown} if there else {},
        }
    return told


def _label(value: str, ends: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"low": ends[value]["low"], "high": ends[value]["high"]} if ends else {"value": value}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
