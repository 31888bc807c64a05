"""Charts: Plotly, one look, each with a text for those who do not see it, and its numbers as a table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dataops_core.facts.bins import whole_labels

NAMED = 30  # values that all have their label on an axis
LEAST_TICKS = 5  # the greatest count up to which each has its line
CONFIG = {"displayModeBar": False}  # it would lie over the legend


def distribution(facts: Mapping[str, Any], title: str, key: str) -> None:
    """How the values of a column are spread, from its facts."""
    edges = _edges(facts)
    if edges:
        labels = (
            whole_labels(edges)
            if facts["type"] == "integer"
            else [f"{_short(a)} to {_short(b)}" for a, b in zip(edges[:-1], edges[1:], strict=True)]
        )
        told = {"binned": True, "labels": labels, "before": None, "after": facts["histogram"]["counts"]}
    else:
        tops = facts["top"]
        told = {
            "binned": False,
            "labels": [t["value"] for t in tops],
            "before": None,
            "after": [t["count"] for t in tops],
        }
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
    # by place: two labels may read alike
    values = {
        "automargin": True,
        "tickvals": list(range(len(table))),
        "ticktext": [plain(label) for label in drawn.index],
    }
    rows = {"title": {"text": "Rows"}, "rangemode": "tozero"}
    axes = (
        {"xaxis": _ticks([str(label).split(" to ")[0] for label in table.index]), "yaxis": rows}
        if binned
        else {"xaxis": rows, "yaxis": values}
    )
    layout = {
        "title": {"text": plain(title), "font": {"size": 15}},
        "margin": {"l": 8, "r": 8, "t": 44, "b": 8},
        "bargap": 0.12,
        "height": 270 if binned else 110 + 26 * len(table) * (1 if len(table.columns) == 1 else 1.4),
        "showlegend": len(table.columns) > 1,
        "legend": {
            "orientation": "h",
            "y": 1,
            "yanchor": "bottom",
            "x": 1,
            "xanchor": "right",
            "traceorder": "normal",
        },
    }
    series_drawn = [
        go.Bar(name=column, marker_color=colour, **_ends(drawn, column, binned))
        for column, colour in zip(drawn.columns, colours(len(drawn.columns)), strict=True)
    ]
    figure = go.Figure(series_drawn, layout | axes)
    most = table.iloc[:, -1].to_numpy().argmax()
    st.plotly_chart(
        figure,
        key=key,
        config=CONFIG,
        alt=f"{title}: bars of how many rows have which value; most have {table.index[most]}.",
    )
    with st.popover("The numbers", icon=":material/table:", key=f"{key}.popover"):
        st.dataframe(table.rename_axis("Value"), key=f"{key}.numbers", alt=f"{title}, as numbers", placeholder="")


def _ends(table: pd.DataFrame, name: str, binned: bool) -> dict[str, Any]:
    places, labels = list(range(len(table))), [plain(label) for label in table.index]
    ends = {"x": places, "y": table[name]} if binned else {"x": table[name], "y": places, "orientation": "h"}
    return ends | {
        "customdata": labels,
        "hovertemplate": "%{customdata}: %{" + ("y" if binned else "x") + "} rows<extra></extra>",
    }


def colours(number: int) -> list[str]:
    """Two colours that differ in lightness too, for the mode that is on."""
    dark = st.context.theme.type == "dark"
    return (["#8b95a5", "#6ea8ee"] if dark else ["#9aa5b5", "#1f5fae"])[2 - number :]


def _edges(facts: Mapping[str, Any]) -> list[Any]:
    histogram = facts.get("histogram")
    return histogram["edges"] if histogram and len(histogram["counts"]) > 1 and facts["distinct"] > 12 else []


def _ticks(labels: Sequence[str], *, all_of: bool = False) -> dict[str, Any]:
    """The labels of an axis by place: as many as a narrow screen has room for; `all_of` shows each, slanted where they
    are many.
    """
    texts = [plain(label) for label in labels]
    if all_of and len(texts) <= NAMED:
        return {
            "tickvals": list(range(len(texts))),
            "ticktext": texts,
            "tickangle": 0 if sum(map(len, texts)) <= 40 else -50,
            "automargin": True,
        }
    step = max(1, -(-len(texts) * (7 * max(map(len, texts), default=1) + 12) // 300))
    return {"tickvals": list(range(len(texts)))[::step], "ticktext": texts[::step], "tickangle": 0, "automargin": True}


def _short(edge: Any) -> str:
    return edge[:10] if isinstance(edge, str) else f"{edge:,.4g}"


def _cut(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def plain(text: str) -> str:
    """Text that stays text in a figure, where Plotly would take <b> for markup. Cut it before, never after."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def against(told: Mapping[str, Any], key: str) -> None:
    """A column against another: its mean, or the shares of its values, per group."""
    labels = [
        _cut(str(g["value"])) if "value" in g else f"{_short(g['low'])} to {_short(g['high'])}" for g in told["groups"]
    ]
    if told["missing"]:
        labels.append("(missing)")
    groups = [*told["groups"], *([told["missing"]] if told["missing"] else [])]
    _lines_or_shares(labels, groups, f"{told['target']} by {told['column']}", key, bars=True)


def along(told: Mapping[str, Any], key: str) -> None:
    """A column over time: its mean, or the shares of its values, per period."""
    _lines_or_shares(
        [p["start"] for p in told["periods"]],
        told["periods"],
        f"{told['column']} per {told['period']}",
        key,
        bars=False,
    )


def _lines_or_shares(
    labels: list[str], groups: Sequence[Mapping[str, Any]], title: str, key: str, *, bars: bool
) -> None:
    if not groups:
        st.caption("There is nothing to draw: no values.")
        return
    table = pd.DataFrame({"Rows": [g["n"] for g in groups]}, index=labels)
    if "shares" in next((g for g in groups if g.get("shares")), {}):
        values = list(dict.fromkeys(value for g in groups for value in g["shares"]))
        for value in values:
            table[_cut(str(value))] = [g["shares"].get(value, 0.0) for g in groups]
    else:
        table["Mean"] = [g.get("mean") for g in groups]
    drawn = table.drop(columns="Rows")
    mark = go.Bar if bars else go.Scatter
    more = {} if bars else {"mode": "lines+markers"}
    figure = go.Figure(
        [
            mark(
                name=plain(name),
                x=list(range(len(table))),
                y=drawn[name],
                customdata=[plain(label) for label in labels],
                hovertemplate="%{customdata}: %{y:.4g}<extra></extra>",
                marker_color=colour,
                **more,
            )
            for name, colour in zip(drawn.columns, many(len(drawn.columns)), strict=True)
        ]
    )
    figure.update_layout(
        title={"text": plain(title), "font": {"size": 15}},
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        height=320,
        barmode="stack" if len(drawn.columns) > 1 else "group",
        showlegend=len(drawn.columns) > 1,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 1, "xanchor": "right", "traceorder": "normal"},
        xaxis=_ticks(labels, all_of=bars),
        yaxis={
            "title": {"text": "Share of rows" if len(drawn.columns) > 1 or "Mean" not in drawn else "Mean"},
            "rangemode": "tozero" if bars else "normal",
            "tickformat": ".0%" if "Mean" not in drawn else "",
        },
    )
    st.plotly_chart(
        figure, key=key, config=CONFIG, alt=f"{title}, for {len(labels)} groups; the numbers are in the table below."
    )
    with st.popover("The numbers", icon=":material/table:", key=f"{key}.popover"):
        st.dataframe(table, key=f"{key}.numbers", alt=f"{title}, as numbers", placeholder="")


def history(values: pd.Series, title: str, key: str, form: str) -> None:
    """One figure over what came one after the other, by name; what is missing leaves a gap."""
    labels = [str(label) for label in values.index]
    figure = go.Figure(
        go.Scatter(
            x=list(range(len(values))),
            y=values,
            mode="lines+markers",
            marker_color=many(1)[0],
            customdata=[plain(label) for label in labels],
            hovertemplate="%{customdata}: %{y:" + form + "}<extra></extra>",
        )
    )
    figure.update_layout(
        title={"text": plain(title), "font": {"size": 15}},
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        height=220,
        showlegend=False,
        xaxis=_ticks([label.rpartition(" ")[2] for label in labels]),
        yaxis={"tickformat": form, "automargin": True, **_range(values, form)},
    )
    known = values.dropna()
    last = f"the last is {format(known.iloc[-1], form if form != ',d' else ',.0f')}" if len(known) else "none is known"
    st.plotly_chart(figure, key=key, config=CONFIG, alt=f"{title} over {len(values)} deliveries: {last}.")


def _range(values: pd.Series, form: str) -> dict[str, Any]:
    """Shares up to 100 % and at least ten points high; counts from 0 on, without halves."""
    known = values.dropna()
    if form == ".0%":
        return {"range": [min(0.9, float(known.min()) if len(known) else 0.9) - 0.01, 1.01]}
    few = {"dtick": 1} if form == ",d" and len(known) and known.max() <= LEAST_TICKS else {}
    return {"rangemode": "tozero", **few}


def heatmap(told: Mapping[str, Any], title: str, key: str, most: int) -> None:
    """A map of how columns go together, in clustered order."""
    rows = [told["rows"][at] for at in told["row_order"]][:most]
    columns = [told["columns"][at] for at in told["column_order"]][:most]
    at = {name: n for n, name in enumerate(told["rows"])}, {name: n for n, name in enumerate(told["columns"])}
    table = pd.DataFrame(
        [[told["values"][at[0][row]][at[1][column]] for column in columns] for row in rows],
        index=rows,
        columns=columns,
        dtype="float64",
    )
    dark = st.context.theme.type == "dark"
    middle = empty()
    figure = go.Figure(
        go.Heatmap(
            z=table.to_numpy(),
            hoverongaps=False,
            x=[plain(_cut(c)) for c in columns],
            y=[plain(_cut(r)) for r in rows],
            zmin=0 if told["measure"] in ("cramers_v", "epsilon") else -1,
            zmax=1,
            colorscale=[
                *([] if told["measure"] in ("cramers_v", "epsilon") else [[0, "#d98032" if dark else "#b35806"]]),
                [0 if told["measure"] in ("cramers_v", "epsilon") else 0.5, middle],
                [1, "#6ea8ee" if dark else "#1f5fae"],
            ],
            hovertemplate="%{y} and %{x}: %{z:.3f}<extra></extra>",
            xgap=1,
            ygap=1,
        )
    )
    figure.update_layout(
        title={"text": plain(title), "font": {"size": 15}},
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        height=min(900, 160 + 24 * len(rows)),
        yaxis={"autorange": "reversed", "automargin": True, "type": "category"},
        xaxis={"automargin": True, "type": "category"},
    )
    strongest = _strongest(table)
    st.plotly_chart(
        figure, key=key, config=CONFIG, alt=f"{title}: a map of {len(rows)} by {len(columns)} columns. {strongest}"
    )
    st.caption(strongest)
    if max(len(told["rows"]), len(told["columns"])) > most:
        st.caption(f"The first {most} columns of {len(told['rows'])}.")
    with st.popover("The numbers", icon=":material/table:", key=f"{key}.popover"):
        st.dataframe(table.round(4), key=f"{key}.numbers", alt=f"{title}, as numbers", placeholder="")


def _strongest(table: pd.DataFrame) -> str:
    pairs = [
        (abs(value), row, column, value)
        for row in table.index
        for column, value in table.loc[row].items()
        if row != column and not pd.isna(value) and (column not in table.index or str(row) < str(column))
    ]
    best = sorted(pairs, reverse=True, key=lambda pair: pair[0])[:3]
    return (
        "Strongest: " + ", ".join(f"{row} and {column} ({value:.2f})" for _, row, column, value in best) + "."
        if best
        else ""
    )


def empty() -> str:
    """The color of nothing, at the foot of a scale."""
    return "#15181d" if st.context.theme.type == "dark" else "#f4f6f9"


def many(number: int) -> list[str]:
    """Colours that tell lines or parts apart, for the mode that is on."""
    dark = st.context.theme.type == "dark"
    some = (
        ["#6ea8ee", "#e6a15c", "#7bc8a4", "#d58bd0", "#c9c46a", "#8fb3c9", "#e58585", "#a0a8b8"]
        if dark
        else ["#1f5fae", "#b35806", "#1b7a52", "#8d3b88", "#6f6a12", "#47708a", "#b03030", "#5f6878"]
    )
    return [some[at % len(some)] for at in range(number)]


def pairs(shares: Sequence[Mapping[str, Any]], before: str, after: str, title: str, key: str) -> None:
    """The shares of values or ranges in two tables, side by side."""
    table = pd.DataFrame(
        {before: [s["reference"] for s in shares], after: [s["other"] for s in shares]},
        index=[_cut(str(s["of"])) for s in shares],
    )
    figure = go.Figure(
        [
            go.Bar(
                name=plain(name),
                x=list(range(len(table))),
                y=table[name],
                marker_color=colour,
                customdata=[plain(label) for label in table.index],
                hovertemplate="%{customdata}: %{y:.1%}<extra></extra>",
            )
            for name, colour in zip(table.columns, colours(2), strict=True)
        ]
    )
    figure.update_layout(
        title={"text": plain(title), "font": {"size": 15}},
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        height=320,
        bargap=0.15,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 1, "xanchor": "right"},
        xaxis=_ticks([str(label) for label in table.index], all_of=True),
        yaxis={"title": {"text": "Share of rows"}, "tickformat": ".0%", "rangemode": "tozero"},
    )
    st.plotly_chart(
        figure,
        key=key,
        config=CONFIG,
        alt=f"{title}: shares in {before} and in {after}; the numbers are in the table below.",
    )
    with st.popover("The numbers", icon=":material/table:", key=f"{key}.popover"):
        st.dataframe(table, key=f"{key}.numbers", alt=f"{title}, as numbers", placeholder="")
