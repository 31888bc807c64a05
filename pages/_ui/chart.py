"""Charts: Plotly, one look, each with a text for those who do not see it, and its numbers as a table beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

_CONFIG = {"displayModeBar": False}  # it would lie over the legend


def distribution(facts: Mapping[str, Any], title: str, key: str) -> None:
    """How the values of a column are spread, from its facts."""
    edges = _edges(facts)
    if edges:
        labels = [f"{_short(a)} to {_short(b)}" for a, b in zip(edges[:-1], edges[1:], strict=True)]
        told = {"binned": True, "labels": labels, "before": None, "after": facts["histogram"]["counts"]}
    else:
        tops = facts["top"]
        told = {"binned": False, "labels": [t["value"] for t in tops], "before": None, "after": [t["count"] for t in tops]}
    bars(told, title, key, name="Rows")


def bars(told: Mapping[str, Any], title: str, key: str, name: str = "After") -> None:
    """Bars of rows per value or bin, with those before a change beside them where there are any (see facts.spread)."""
    if not told["labels"]:
        st.caption("There is nothing to draw: no values.")
        return
    series = {"Before": told["before"], name: told["after"]} if told["before"] else {name: told["after"]}
    table = pd.DataFrame(series, index=[_cut(label) for label in told["labels"]])
    binned = told["binned"]
    drawn = table if binned else table.iloc[::-1]  # values with names read best as lying bars, the most frequent on top
    figure = go.Figure([
        go.Bar(name=column, marker_color=colour, **_ends(drawn, column, binned))
        for column, colour in zip(drawn.columns, _colours(len(drawn.columns)), strict=True)
    ])
    figure.update_layout(
        title={"text": _plain(title), "font": {"size": 15}}, margin={"l": 8, "r": 8, "t": 44, "b": 8}, bargap=0.12,
        height=270 if binned else 110 + 26 * len(table) * (1 if len(table.columns) == 1 else 1.4),
        showlegend=len(table.columns) > 1, legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 1, "xanchor": "right", "traceorder": "normal"},
    )
    ticks = {"tickvals": list(range(len(table))), "ticktext": list(table.index)}  # by place: two labels may read alike
    if binned:
        some = {"tickvals": ticks["tickvals"][::4], "ticktext": [label.split(" to ")[0] for label in ticks["ticktext"][::4]]}
        figure.update_layout(xaxis={"tickangle": 0, **some}, yaxis={"title": {"text": "Rows"}, "rangemode": "tozero"})
    else:
        ticks["ticktext"] = list(drawn.index)
        figure.update_layout(yaxis={"automargin": True, **ticks}, xaxis={"title": {"text": "Rows"}, "rangemode": "tozero"})
    most = table.iloc[:, -1].to_numpy().argmax()
    st.plotly_chart(figure, key=key, config=_CONFIG, alt=f"{title}: bars of how many rows have which value; most have {table.index[most]}.")
    with st.popover("The numbers", icon=":material/table:", key=f"{key}.popover"):
        st.dataframe(table.rename_axis("Value"), key=f"{key}.numbers", alt=f"{title}, as numbers")


def _ends(table: pd.DataFrame, name: str, binned: bool) -> dict[str, Any]:
    places, labels = list(range(len(table))), list(table.index)
    ends = {"x": places, "y": table[name]} if binned else {"x": table[name], "y": places, "orientation": "h"}
    return ends | {"customdata": labels, "hovertemplate": "%{customdata}: %{" + ("y" if binned else "x") + "} rows<extra></extra>"}


def _colours(number: int) -> list[str]:
    """Two colours that differ in lightness too, for the mode that is on."""
    dark = st.context.theme.type == "dark"
    return (["#8b95a5", "#6ea8ee"] if dark else ["#9aa5b5", "#1f5fae"])[2 - number:]


def _edges(facts: Mapping[str, Any]) -> list[Any]:
    histogram = facts.get("histogram")
    return histogram["edges"] if histogram and len(histogram["counts"]) > 1 and facts["distinct"] > 12 else []


def _short(edge: Any) -> str:
    return edge[:10] if isinstance(edge, str) else f"{edge:,.4g}"


def _cut(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def _plain(text: str) -> str:
    return text.replace("<", "‹").replace(">", "›")
