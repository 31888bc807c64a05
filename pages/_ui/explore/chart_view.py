"""A chart with the rows behind what is selected in it, its numbers, and ways to take it away."""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dataops_core.explore.as_table import as_table
from dataops_core.explore.axes import MISSING, OTHERS
from dataops_core.explore.figure import cut, describe, figure
from dataops_core.facts import Engine, Where, rows_where
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import chart, grid
from pages._ui.formatting import count, md

SHOWN = 200


def panel(here: Dataset, state: str, table: Table, told: Mapping[str, Any]) -> None:
    """The chart, what it leaves out, the rows of the selected part, and the downloads."""
    made = figure(told, chart.many(8), chart.empty())
    name = "-".join([told["kind"], *(told["columns"][:4] if told["kind"] != "missing" else [])])
    with st.container(horizontal=True, vertical_alignment="center"):
        left_out = f"; {count(told['missing'], 'row')} without a value left out" if told["missing"] else ""
        st.markdown(md(describe(told)) + left_out + ".", width="stretch")
        with st.popover("Download", icon=":material/download:", key="explore.download"):
            picture = st.radio("Picture as", ["PNG", "SVG"], key="explore.format", horizontal=True)
            st.caption("The camera at the chart's upper right saves it.")
            st.download_button(
                "The chart as an HTML file",
                data=lambda: made.to_html(include_plotlyjs=True).encode(),
                file_name=f"{name}.html",
                mime="text/html",
                on_click="ignore",
                key="explore.html",
                help="One file that opens in any browser, offline",
            )
    picked = st.plotly_chart(
        made,
        key=f"explore.chart.{state[:8]}.{name}.{told['color']}.{told['facet']}",
        alt=describe(told),
        on_select="rerun",
        selection_mode=("points", "box"),
        config={
            "displaylogo": False,
            "modeBarButtonsToRemove": ["lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"],
            "toImageButtonOptions": {"format": picture.lower(), "filename": name, "scale": 2},
        },
    )
    conditions = conditions_of(told, picked["selection"])
    if conditions:
        with Engine(table) as engine:
            total, ids = rows_where(engine, conditions, SHOWN)
        said = " and ".join(_said(each) for each in conditions)
        st.markdown(f"**{count(total, 'row')}** where {md(said)}" + (f"; the first {SHOWN}:" if total > SHOWN else ":"))
        grid.some_rows(state, ids, "explore.rows", f"Rows where {said}", told["columns"])
    elif told["kind"] not in ("parallel", "missing", "violin"):
        st.caption("Select a part of the chart, by a click or a box, to see its rows.")
    with st.popover("The numbers", icon=":material/table:", key="explore.numbers.open"):
        numbers = as_table(told)
        part = numbers.iloc[: grid.ROWS, : grid.COLUMNS]
        st.dataframe(part, key="explore.numbers", alt="The chart as numbers", placeholder="")
        if part.size < numbers.size:
            st.caption(f"The first {count(len(part), 'row')} and {count(len(part.columns), 'column')} of the numbers.")


def conditions_of(told: Mapping[str, Any], selection: Mapping[str, Any]) -> list[Where]:
    """The conditions that the rows behind a selected part of a chart meet; none where nothing is selected."""
    points, boxes, kind = selection.get("points") or [], selection.get("box") or [], told["kind"]
    if kind == "histogram" and points:
        places = [point["point_index"] for point in points]
        return [_between(told["columns"][0], told["edges"], min(places), max(places))]
    if kind == "bar" and points:
        return _is(told["columns"][0], [told["values"][point["point_index"]] for point in points])
    if kind in ("scatter", "density", "line") and boxes:
        names = (told["time"], told["of"]) if kind == "line" else told["columns"]
        sides = (boxes[0]["x"], boxes[0]["y"])
        return [Where(name, "between", tuple(sorted(side))) for name, side in zip(names, sides, strict=True)]
    if kind == "density" and points:
        places = [max(0, bisect.bisect_right(told[axis], points[0][axis]) - 1) for axis in "xy"]
        return [_between(n, told[axis], at, at) for n, axis, at in zip(told["columns"], "xy", places, strict=True)]
    if kind == "scatter" and points:
        sides = [{str(point[axis]) for point in points} for axis in "xy"]
        return [Where(name, "is", tuple(side)) for name, side in zip(told["columns"], sides, strict=True)]
    if kind == "heatmap" and points:
        found = [next((v for v in told[axis] if cut(v) == points[0][axis]), OTHERS) for axis in "xy"]
        return [each for name, v in zip(told["columns"], found, strict=True) for each in _is(name, [v])]
    if kind == "box" and points and told["by"]:
        values = [
            box["value"] for part in told["parts"] for box in part["boxes"] if cut(box["value"]) == points[0]["x"]
        ]
        return _is(told["by"], values[:1])
    return []


def _between(column: str, edges: Sequence[Any], first: int, last: int) -> Where:
    """The values of some bins: each holds its lower end, and the last bin its upper end too."""
    low, high = edges[first], edges[last + 1]
    if last + 2 < len(edges) and not isinstance(high, str):
        high = math.nextafter(high, -math.inf)
    return Where(column, "between", (low, high))


def _is(column: str, values: list[str]) -> list[Where]:
    known = [None if value == MISSING else value for value in values if value != OTHERS]
    return [Where(column, "is", tuple(known))] if known else []


def _said(where: Where) -> str:
    values = " or ".join("missing" if each is None else str(each) for each in where.these)
    return f"{where.column} is {' to '.join(map(str, where.these)) if where.how == 'between' else values}"
