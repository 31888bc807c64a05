"""Facts of a table, per column: counted, not judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from dataops_core.facts.bins import whole_edges
from dataops_core.facts.engine import EXACT_VALUES, HLL_ERROR, LOOKED_AT, Engine, FactsEngine
from dataops_core.table import Column, Table
from dataops_core.table.kinds import shown_value

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 50
MANY = 50_000  # values from which quantiles come straight from the rows


def table_facts(table: Table, columns: Sequence[str] | None = None) -> dict[str, dict[str, Any]]:
    """The facts of a table's columns, by name."""
    with Engine(table) as engine:
        return {
            column.name: column_facts(engine, column)
            for column in table.columns
            if columns is None or column.name in columns
        }


def column_facts(engine: FactsEngine, column: Column) -> dict[str, Any]:
    """The facts of one column as plain JSON values.

    Every column: rows, missing, distinct (missing not counted; with `distinct_error`, its relative standard error,
    where it is an estimate), singles (values that come once), entropy (bits), top and bottom (the most and least
    frequent values, ties in order of the value), bytes (uncompressed), monotonic ("rising", "falling" or None).
    Numbers, over their finite values: mean, sd (n - 1), min, max, skewness and kurtosis (the sample's G1 and G2, Joanes
    & Gill 1998, as pandas has them), quantiles (type 7 of Hyndman & Fan 1996), zeros, negatives, infinite, histogram;
    None where sums leave the range of float64. Dates: min, max, histogram, step (the usual time from one to the next),
    gap (the longest). Text: shortest, longest and mean length in characters, and the cells that have letters, digits,
    signs and so on (`classes`; `looked_at` cells).

    A column that cannot be counted gives what is known, None for the rest, and the reason as `failed`; it stops nobody
    else.
    """
    facts: dict[str, Any] = {"type": column.type, "kind": column.kind, "rows": engine.table_rows}
    try:
        how = engine.take(column)
        facts |= _values(engine, column, how)
        if column.type in ("integer", "decimal"):
            facts |= _number(engine, column, facts["distinct"] > MANY)
        elif column.type == "datetime":
            facts |= _datetime(engine)
        elif column.type == "text":
            facts |= _text(engine, column, facts["distinct"])
        return facts | engine.beside(column)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other columns go on, and the reason is told
        unknown: dict[str, Any] = {"missing": None, "distinct": None, "top": [], "bottom": []}
        if "missing" not in facts:
            with suppress(Exception):  # the same trouble again
                unknown["missing"] = engine.missing(column)
        return unknown | facts | {"failed": f"{type(error).__name__}: {error}"[:300]}


def _values(engine: FactsEngine, column: Column, how: str) -> dict[str, Any]:
    if how == "raw":
        seen = engine.seen
        return {
            "missing": seen["rows"] - seen["present"],
            "distinct": min(seen["distinct"], seen["present"]),
            "distinct_error": HLL_ERROR,
            "singles": None,
            "entropy": None,
            "top": [],
            "bottom": [],
            "sampled": f"Not every one of about {seen['distinct']:,} values was counted: more than {EXACT_VALUES:,}.",
        }
    told = engine.ask("values", column.type)[0]
    return {
        "missing": int(told["missing"] or 0),
        "distinct": told["distinct"],
        "distinct_error": None,
        "singles": told["singles"],
        "entropy": max(0.0, told["entropy"] or 0.0),
        "top": _told(engine.ask("top", column.type), column.type),
        "bottom": _told(engine.ask("bottom", column.type), column.type) if told["distinct"] > 1 else [],
    }


def _told(rows: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [{"value": shown_value(row["value"], kind), "count": int(row["n"])} for row in rows]


def _number(engine: FactsEngine, column: Column, many: bool) -> dict[str, Any]:
    told = engine.ask("number", column.type)[0]
    count = int(told["finite"] or 0)
    facts: dict[str, Any] = {"infinite": int(told["present"] or 0) - count}
    if not count:
        return facts
    facts |= {
        "mean": _plain(told["mean"]),
        "min": told["min"],
        "max": told["max"],
        "zeros": int(told["zeros"] or 0),
        "negatives": int(told["negatives"] or 0),
        **_shape(count, told["mean"], told["m2"], told["m3"], told["m4"]),
        "quantiles": _quantiles(
            engine,
            column.type,
            engine.holds_values and (many or (engine.small and max(abs(told["min"]), abs(told["max"])) < 2**53)),
        ),
    }
    return facts | {"histogram": _histogram(engine, column.type, *_reach(facts))}


def _shape(count: int, mean: float, m2: float, m3: float, m4: float) -> dict[str, Any]:
    """Standard deviation, skewness and kurtosis from the sums of powers about the mean; None where undefined."""
    n = float(count)
    told: dict[str, Any] = {"sd": None, "skewness": None, "kurtosis": None}
    if count > 1:
        told["sd"] = _plain(math.sqrt(m2 / (n - 1))) if m2 >= 0 else None
    if not told["sd"] or told["sd"] <= 1e-14 * abs(mean) or not math.isfinite(m4):
        return told
    second = m2 / n
    if count > 2 and second**1.5 > 0:
        told["skewness"] = _plain(math.sqrt(n * (n - 1)) / (n - 2) * (m3 / n) / second**1.5)
    if count > 3 and second**2 > 0:
        plain = (m4 / n) / second**2 - 3
        told["kurtosis"] = _plain((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * plain + 6))
    return told


def _quantiles(engine: FactsEngine, kind: str, many: bool) -> dict[str, float | None]:
    if many:  # NumPy puts a million numbers in their places many times as fast as the engine finds their quantiles
        values = engine.finite()
        places = {q: (len(values) - 1) * q for q in QUANTILES}
        values.partition(sorted({end for at in places.values() for end in (math.floor(at), math.ceil(at))}))
        ends = {q: (float(values[math.floor(at)]), float(values[math.ceil(at)])) for q, at in places.items()}
        return {
            f"{q:g}": int(low) if kind == "integer" and low == high else _plain(low + (places[q] % 1) * (high - low))
            for q, (low, high) in ends.items()
        }
    told = engine.ask("quantiles", kind)[0]
    return {
        f"{q:g}": (
            _plain(told[f"low_{q:g}"] + float(told[f"part_{q:g}"]) * (told[f"high_{q:g}"] - told[f"low_{q:g}"]))
            if told[f"high_{q:g}"] > told[f"low_{q:g}"]
            else told[f"low_{q:g}"]
        )
        for q in QUANTILES
    }


def _reach(facts: dict[str, Any]) -> tuple[float, float]:
    """The ends of the histogram: all values, or without those far out (three interquartile ranges), which
    get end bins.
    """
    low, high = facts["min"], facts["max"]
    first, third = facts["quantiles"]["0.25"], facts["quantiles"]["0.75"]
    if first is None or third is None or third <= first:
        return low, high
    return max(low, first - 3 * (third - first)), min(high, third + 3 * (third - first))


def _histogram(engine: FactsEngine, kind: str, low: float, high: float) -> dict[str, Any] | None:
    """Equal bins from low to high, the last one closed; `below` and `above` count what lies beyond."""
    if not math.isfinite(high - low):
        return None
    if kind == "integer" and high - low < 2**52:
        return _whole_histogram(engine, math.ceil(low), math.floor(high))
    edges = [float(edge) for edge in np.linspace(low, high, BINS + 1)]
    if not all(a < b for a, b in zip(edges[:-1], edges[1:], strict=True)):
        edges = [low, high]
    if low == high:  # away from the end of what float64 holds
        engine.bound(*((low - max(1.0, low), low) if low > 0 else (low, low + max(1.0, -low))))
    else:
        engine.bound(low, high)
    found = {int(row["bin"]): int(row["n"]) for row in engine.ask("histogram", kind)}
    counts = [found.get(at, 0) for at in range(BINS)]
    return {
        "edges": edges,
        "counts": counts if len(edges) > 2 else [sum(counts)],
        "below": found.get(-1, 0),
        "above": found.get(BINS, 0),
    }


def _whole_histogram(engine: FactsEngine, low: int, high: int) -> dict[str, Any]:
    """Bins of whole numbers: with others, some would hold more numbers than their neighbors and stand out for it."""
    edges = whole_edges(low, high, BINS)
    width = edges[1] - edges[0]
    engine.bound(edges[0], edges[0] + width * BINS)
    found = {int(row["bin"]): int(row["n"]) for row in engine.ask("histogram", "integer")}
    counts, above = [found.get(at, 0) for at in range(BINS)], found.get(BINS, 0)
    last = len(edges) - 1
    return {"edges": edges, "counts": counts[:last], "below": found.get(-1, 0), "above": above + sum(counts[last:])}


def _datetime(engine: FactsEngine) -> dict[str, Any]:
    told = engine.ask("ends", "datetime")[0]
    if told["min"] is None:
        return {}
    first, last = (float(np.datetime64(told[end], "us").astype("int64")) for end in ("min", "max"))
    histogram = _histogram(engine, "datetime", first, last)
    if histogram:
        histogram["edges"] = [_second(edge) for edge in histogram["edges"]]
    facts: dict[str, Any] = {
        "min": shown_value(told["min"], "datetime"),
        "max": shown_value(told["max"], "datetime"),
        "histogram": histogram,
        "step": None,
        "gap": None,
    }
    engine.step_out()
    for usual in engine.ask("usual", "datetime"):
        facts["step"] = {"seconds": usual["step"] / 1e6, "count": int(usual["n"])}
    for widest in engine.ask("gaps", "datetime"):
        end, long = widest["at"], widest["step"]
        facts["gap"] = {"seconds": long / 1e6, "from": _second(end - long), "to": _second(end)}
    return facts


def _second(microseconds: float) -> str:
    """The whole second in which a moment lies, as ISO text."""
    return str(np.datetime64(int(microseconds), "us").astype("datetime64[s]"))


def _text(engine: FactsEngine, column: Column, distinct: int) -> dict[str, Any]:
    if not distinct:
        return {}
    told = engine.ask("text", "text")[0]
    facts = {
        "shortest": int(told["shortest"]),
        "longest": int(told["longest"]),
        "mean_length": float(told["mean_length"]),
    }
    if distinct > LOOKED_AT:
        engine.look_at_some(column)
    seen = engine.ask("classes", "text")[0]
    return facts | {"classes": {name: int(count or 0) for name, count in seen.items()}}


def _plain(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
