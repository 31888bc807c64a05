"""Charts: Plotly, one look, each with a text for those who do not see it, and its numbers as a table beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def distribution(facts: Mapping[str, Any], title: str, key: str, before: Mapping[str, Any] | None = None) -> None:
    """How the values of a column are spread; with `before`, the same before a change, side by side."""
    series = [("Before", before), ("After", facts)] if before else [("Rows", facts)]
    table = pd.DataFrame({name: _bars(each) for name, each in series if each})
    if table.empty:
        st.caption("There is nothing to draw: no values.")
        return
    table = table.fillna(0).astype(int)
    binned = bool(_edges(facts))
    if not binned:  # values with names read best as lying bars, the most frequent on top
        table = table.sort_values(list(table.columns)[::-1], ascending=True)
    figure = go.Figure([
        go.Bar(name=name, marker_color=colour, **_ends(table, name, binned))
        for name, colour in zip(table.columns, _colours(len(table.columns)), strict=True)
    ])
    figure.update_layout(
        title={"text": _plain(title), "font": {"size": 15}}, margin={"l": 8, "r": 8, "t": 44, "b": 8}, bargap=0.12,
        height=270 if binned else 110 + 26 * len(table) * (1 if len(table.columns) == 1 else 1.4),
        showlegend=len(table.columns) > 1, legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 1, "xanchor": "right", "traceorder": "normal"},
    )
    if binned:
        figure.update_layout(xaxis={"type": "category", "nticks": 6, "tickangle": 0}, yaxis={"title": {"text": "Rows"}, "rangemode": "tozero"})
    else:
        figure.update_layout(yaxis={"type": "category", "automargin": True}, xaxis={"title": {"text": "Rows"}, "rangemode": "tozero"})
    most = table.iloc[:, -1].idxmax()
    st.plotly_chart(figure, key=key, config=_CONFIG, alt=f"{title}: bars of how many rows have which value; most have {most}.")
    with st.popover("The numbers", icon=":material/table:", key=f"{key}.popover"):
        st.dataframe(table.rename_axis("Value"), key=f"{key}.numbers", alt=f"{title}, as numbers")


def _ends(table: pd.DataFrame, name: str, binned: bool) -> dict[str, Any]:
    labels = [str(label) for label in table.index]
    return {"x": labels, "y": table[name]} if binned else {"x": table[name], "y": labels, "orientation": "h"}


def _colours(number: int) -> list[str]:
    """Two colours that differ in lightness too, for the mode that is on."""
    dark = st.context.theme.type == "dark"
    return (["#8b95a5", "#6ea8ee"] if dark else ["#9aa5b5", "#1f5fae"])[2 - number:]


def _edges(facts: Mapping[str, Any]) -> list[Any]:
    histogram = facts.get("histogram")
    return histogram["edges"] if histogram and len(histogram["counts"]) > 1 and facts["distinct"] > 12 else []


def _bars(facts: Mapping[str, Any]) -> pd.Series:
    edges = _edges(facts)
    if edges:
        labels = [f"{_short(a)} to {_short(b)}" for a, b in zip(edges[:-1], edges[1:], strict=True)]
        return pd.Series(facts["histogram"]["counts"], index=labels, dtype="int64").groupby(level=0, sort=False).sum()
    top = facts["top"]
    return pd.Series([each["count"] for each in top], index=[_cut(each["value"]) for each in top], dtype="int64").groupby(
        level=0, sort=False
    ).sum()


def _short(edge: Any) -> str:
    return edge[:10] if isinstance(edge, str) else f"{edge:,.4g}"


def _cut(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def _plain(text: str) -> str:
    return text.replace("<", "‹").replace(">", "›")
