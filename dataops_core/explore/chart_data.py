"""The numbers of a chart, counted on all rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dataops_core.errors import SettingError, nearest
from dataops_core.explore.axes import Axis, axis_of
from dataops_core.facts import Engine
from dataops_core.table import Table, opened

POINTS = 5_000  # rows that a scatter chart draws one by one; more are counted in bins
BINS, BINS_OF_TWO = 40, 48
COLORS, FACETS, BARS, BOXES, SQUARES, BLOCKS = 7, 6, 25, 15, 20, 120
BOX = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
VIOLIN = tuple(at / 100 for at in range(101))


@dataclass(frozen=True)
class Chart:
    """A kind of chart: its name for people, and for which sorts of columns it is ("n" number or date, "c" category)."""

    title: str
    fits: tuple[str, ...]
    splits: bool  # whether it can be colored by a column and drawn once per value of another


CHARTS = {
    "histogram": Chart("Histogram", ("n",), True),
    "bar": Chart("Bars", ("c",), True),
    "box": Chart("Boxes", ("cn", "nc", "n"), True),
    "violin": Chart("Violins", ("cn", "nc", "n"), False),
    "scatter": Chart("Scatter, or density where rows are many", ("nn",), True),
    "density": Chart("Density", ("nn",), False),
    "line": Chart("Line of means over time", ("dn", "nd"), True),
    "heatmap": Chart("Heat map of counts", ("cc",), False),
    "parallel": Chart("Parallel categories", ("cc", "ccc", "cccc"), False),
    "missing": Chart("Map of missing cells", (), False),
}


def fitting_charts(table: Table, columns: Sequence[str]) -> list[str]:
    """The kinds of charts that fit these columns, the most telling first; none where nothing fits."""
    if not columns:
        return ["missing"]
    sorts = "".join(_sort(table, name) for name in columns)
    loose = sorts.replace("d", "n")
    first = ["line"] if sorts in ("dn", "nd") else []
    fits = [name for name, chart in CHARTS.items() if sorts in chart.fits or loose in chart.fits]
    if loose == "nn":
        fits = ["scatter", "density"]
    return list(dict.fromkeys([*first, *(name for name in fits if name != "line" or sorts in ("dn", "nd"))]))


def _sort(table: Table, name: str) -> str:
    column = table.column(name)
    if column.type == "datetime":
        return "d"
    return "n" if column.type in ("integer", "decimal") and column.kind == "number" else "c"


def chart_data(
    table: Table, columns: Sequence[str], *, kind: str | None = None, color: str | None = None, facet: str | None = None
) -> dict[str, Any]:
    """The numbers of a chart as plain JSON values: `kind`, `columns`, `color`, `facet`, `rows` (that have all values),
    `missing` (rows that lack one), and `parts`, one for each value of `color` and `facet`.

    Raises SettingError where no such chart fits the columns.
    """
    fits = fitting_charts(table, columns)
    kind = kind or (fits[0] if fits else None)
    if kind is None or kind not in fits:
        fix = f"Charts that fit: {', '.join(fits)}." if fits else "Choose one to four columns of fitting types."
        if kind is not None and kind not in CHARTS:
            fix = nearest(kind, CHARTS)
        raise SettingError(f'A chart "{kind or "of these columns"}" does not fit.', ", ".join(columns) or "chart", fix)
    if (color or facet) and not CHARTS[kind].splits:
        raise SettingError(f'A chart "{kind}" cannot be split.', "color or facet", "Leave both out for this chart.")
    if kind == "missing":
        return _missing(table)
    with Engine(table) as engine:
        counted = _counted(engine, table, columns, color, facet)
        made = MAKERS[kind](counted)
    told = {"kind": kind, "columns": list(columns), "color": color, "facet": facet}
    return told | {"rows": counted.rows, "missing": table.rows - counted.rows} | made


@dataclass
class _Counted:
    """An engine with its columns as axes, and what splits the chart."""

    engine: Engine
    axes: list[Axis]
    color: Axis | None
    facet: Axis | None
    where: str
    rows: int

    @property
    def splits(self) -> str:
        """Color and facet of a row, as the engine calls them."""
        return ", ".join(axis.label if axis else "null" for axis in (self.color, self.facet))

    def ask(self, what: str, tail: str = "") -> list[tuple[Any, ...]]:
        """Ask something of each part: rows of color, facet, and what was asked for."""
        query = (  # without "having", a table without rows would answer with a row of nothing
            f"select {self.splits}, {what} from {self.engine.rows} where {self.where}"
            f" group by all having count(*) > 0 {tail}"
        )
        return self.engine.con.execute(query).fetchall()

    def parts(self, rows: Sequence[tuple[Any, ...]]) -> dict[tuple[str | None, str | None], list[tuple[Any, ...]]]:
        """Answers by color and facet, those with most rows first, "others" last."""
        found: dict[tuple[str | None, str | None], list[tuple[Any, ...]]] = {}
        for color, facet, *rest in rows:
            found.setdefault((color, facet), []).append(tuple(rest))
        order = [axis.values if axis else [None] for axis in (self.color, self.facet)]
        return {(one, other): found[one, other] for other in order[1] for one in order[0] if (one, other) in found}


def _counted(engine: Engine, table: Table, columns: Sequence[str], color: str | None, facet: str | None) -> _Counted:
    axes = [axis_of(engine, table.column(name), _sort(table, name)) for name in columns]
    splits = [
        axis_of(engine, table.column(name), "c", most) if name else None
        for name, most in ((color, COLORS), (facet, FACETS))
    ]
    where = " and ".join(axis.present for axis in axes)
    rows = engine.con.execute(f"select count(*) from {engine.rows} where {where}").fetchall()[0][0]
    return _Counted(engine, axes, splits[0], splits[1], where, int(rows))


def _histogram(it: _Counted) -> dict[str, Any]:
    axis = it.axes[0]
    edges = axis.edges(BINS)
    answers = it.ask(f"{axis.bin(edges)} as at, count(*)")
    parts = []
    for (color, facet), some in it.parts(answers).items():
        counts = [0] * (len(edges) - 1)
        for at, count in some:
            counts[int(at)] += int(count)
        parts.append({"color": color, "facet": facet, "counts": counts})
    return {"edges": axis.shown(edges), "whole": axis.whole, "parts": parts}


def _bar(it: _Counted) -> dict[str, Any]:
    axis = it.axes[0].top(BARS)
    values = axis.values
    parts = []
    for (color, facet), some in it.parts(it.ask(f"{axis.label} as value, count(*)")).items():
        by_value = {value: int(count) for value, count in some}
        parts.append({"color": color, "facet": facet, "counts": [by_value.get(value, 0) for value in values]})
    return {"values": list(values), "parts": parts}


def _spread(it: _Counted, points: Sequence[float]) -> dict[str, Any]:
    numbers = next(axis for axis in it.axes if axis.sort != "c")
    groups = next((axis.top(BOXES) for axis in it.axes if axis.sort == "c"), None)
    label = groups.label if groups else "null"
    asked = f"{label} as value, quantile_cont({numbers.number}, [{', '.join(map(str, points))}]), count(*)"
    parts = []
    for (color, facet), some in it.parts(it.ask(asked)).items():
        by_value = {value: (quantiles, int(count)) for value, quantiles, count in some}
        boxes = [
            {"value": value, "quantiles": numbers.shown(by_value[value][0]), "rows": by_value[value][1]}
            for value in (groups.values if groups else [None])
            if value in by_value
        ]
        parts.append({"color": color, "facet": facet, "boxes": boxes})
    return {"of": numbers.name, "by": groups.name if groups else None, "points": list(points), "parts": parts}


def _scatter(it: _Counted) -> dict[str, Any]:
    if it.rows > POINTS:
        if it.color or it.facet:
            raise SettingError(
                f"{it.rows:,} rows are too many to draw one by one.",
                "color or facet",
                f"Leave both out: the rows are then counted in bins. Up to {POINTS:,} rows are drawn one by one.",
            )
        return _density(it)
    x, y = it.axes
    parts = []
    answers = it.engine.con.execute(
        f"select {it.splits}, {x.number}, {y.number} from {it.engine.rows} where {it.where}"
    ).fetchall()
    for (color, facet), some in it.parts(answers).items():
        xs, ys = zip(*some, strict=True)
        parts.append({"color": color, "facet": facet, "x": x.shown(xs), "y": y.shown(ys)})
    return {"parts": parts}


def _density(it: _Counted) -> dict[str, Any]:
    x, y = it.axes
    across, up = x.edges(BINS_OF_TWO), y.edges(BINS_OF_TWO)
    counts = [[0] * (len(across) - 1) for _ in range(len(up) - 1)]
    for _, _, column, row, count in it.ask(f"{x.bin(across)} as a, {y.bin(up)} as b, count(*)"):
        counts[int(row)][int(column)] = int(count)
    return {"kind": "density", "x": x.shown(across), "y": y.shown(up), "counts": counts}


def _line(it: _Counted) -> dict[str, Any]:
    time = next(axis for axis in it.axes if axis.sort == "d")
    numbers = next(axis for axis in it.axes if axis is not time)
    unit = time.unit()
    parts = []
    asked = f"date_trunc('{unit}', {time.column})::varchar as t, avg({numbers.number}), count(*)"
    for (color, facet), some in it.parts(it.ask(asked, tail="order by t")).items():
        times, means, counts = zip(*some, strict=True)
        parts.append({"color": color, "facet": facet, "x": list(times), "y": list(means), "rows": list(counts)})
    return {"unit": unit, "of": numbers.name, "time": time.name, "parts": parts}


def _heatmap(it: _Counted) -> dict[str, Any]:
    x, y = (axis.top(SQUARES) for axis in it.axes)
    counts = [[0] * len(x.values) for _ in y.values]
    for _, _, one, other, count in it.ask(f"{x.label} as a, {y.label} as b, count(*)"):
        counts[y.values.index(other)][x.values.index(one)] += int(count)
    return {"x": list(x.values), "y": list(y.values), "counts": counts}


def _parallel(it: _Counted) -> dict[str, Any]:
    axes = [axis.top(COLORS) for axis in it.axes]
    labels = ", ".join(f"{axis.label} as c{number}" for number, axis in enumerate(axes))
    flows = [
        {"values": list(some[2:-1]), "rows": int(some[-1])}
        for some in it.ask(f"{labels}, count(*) as n", tail="order by n desc")
    ]
    return {"flows": flows}


def _missing(table: Table) -> dict[str, Any]:
    """The share of missing cells of each column in each block of rows, as the file has them."""
    size = max(1, math.ceil(table.rows / BLOCKS))
    number = math.ceil(table.rows / size)
    gone = np.zeros((number, len(table.columns)), dtype=np.int64)
    with opened(table.path) as file:
        start = 0
        for batch in file.iter_batches(100_000, columns=table.names):
            for at, name in enumerate(table.names):
                cells = batch.column(name)
                if cells.null_count:
                    places = start + np.flatnonzero(np.asarray(cells.is_null()))
                    gone[:, at] += np.bincount(places // size, minlength=number)
            start += len(batch)
    rows = np.minimum(size, table.rows - size * np.arange(number))
    blocks = (gone / rows[:, None]).tolist()
    told = {"kind": "missing", "columns": table.names, "color": None, "facet": None, "rows": table.rows, "missing": 0}
    return told | {"block": size, "blocks": blocks}


MAKERS: dict[str, Callable[[_Counted], dict[str, Any]]] = {
    "histogram": _histogram,
    "bar": _bar,
    "box": lambda it: _spread(it, BOX),
    "violin": lambda it: _spread(it, VIOLIN),
    "scatter": _scatter,
    "density": _density,
    "line": _line,
    "heatmap": _heatmap,
    "parallel": _parallel,
}
