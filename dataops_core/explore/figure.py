"""The figure of a chart's numbers, drawn with Plotly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dataops_core.facts.bins import whole_labels

LIGHT = ["#1f5fae", "#b35806", "#1b7a52", "#8d3b88", "#6f6a12", "#47708a", "#b03030", "#5f6878"]


def figure(chart: Mapping[str, Any], colors: Sequence[str] = LIGHT, empty: str = "#ffffff") -> go.Figure:
    """The figure of what `chart_data` told; `empty` is the color of squares without rows."""
    return DRAWERS[chart["kind"]](chart, colors, empty)


def describe(chart: Mapping[str, Any]) -> str:
    """The chart in a sentence, for those who do not see it."""
    names = " and ".join(chart["columns"]) if chart["columns"] and chart["kind"] != "missing" else "all columns"
    split = "".join(
        f", {word} {chart[key]}" for key, word in (("color", "colored by"), ("facet", "one for each")) if chart.get(key)
    )
    return f"{TITLES[chart['kind']]} of {names}{split}; {chart['rows']:,} rows"


TITLES = {
    "histogram": "Histogram",
    "bar": "Bars",
    "box": "Boxes",
    "violin": "Violins",
    "scatter": "Scatter chart",
    "density": "Density",
    "line": "Means over time",
    "heatmap": "Counts",
    "parallel": "Parallel categories",
    "missing": "Missing cells",
}


def _facets(chart: Mapping[str, Any]) -> list[str | None]:
    return list(dict.fromkeys(part["facet"] for part in chart["parts"])) or [None]


def _canvas(chart: Mapping[str, Any], x: str = "", y: str = "") -> tuple[go.Figure, dict[str | None, int]]:
    """An empty figure with a panel for each facet, all on the same scales; and the place of each."""
    facets = _facets(chart)
    titles = [plain(f"{chart['facet']}: {each}") for each in facets] if chart["facet"] else None
    made = make_subplots(rows=1, cols=len(facets), shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.02)
    made.update_xaxes(title_text=plain(x), automargin=True)
    made.update_yaxes(title_text=plain(y), automargin=True, col=1)
    made.update_layout(
        legend={"title": {"text": plain(chart["color"] or "")}},
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        height=440,
        barmode="stack",
    )
    return made, {facet: place for place, facet in enumerate(facets, 1)}


def _colored(chart: Mapping[str, Any], colors: Sequence[str]) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
    """Each part with its name and color in the legend, which has every color once."""
    order = list(dict.fromkeys(part["color"] for part in chart["parts"]))
    seen: set[str | None] = set()
    for part in chart["parts"]:
        color = part["color"]
        yield (
            part,
            {
                "name": plain(color or "rows"),
                "legendgroup": color or "",
                "showlegend": color is not None and color not in seen,
                "marker": {"color": colors[order.index(color) % len(colors)]},
            },
        )
        seen.add(color)


def _histogram(chart: Mapping[str, Any], colors: Sequence[str], _: str) -> go.Figure:
    made, places = _canvas(chart, chart["columns"][0], "rows")
    edges = chart["edges"]
    dates = isinstance(edges[0], str)
    labels = (
        whole_labels(edges)
        if chart["whole"]
        else [f"{_short(a)} to {_short(b)}" for a, b in zip(edges[:-1], edges[1:], strict=True)]
    )
    middles = edges[:-1] if dates else [(a + b) / 2 for a, b in zip(edges[:-1], edges[1:], strict=True)]
    width = None if dates else edges[1] - edges[0]
    for part, look in _colored(chart, colors):
        made.add_bar(
            x=middles,
            y=part["counts"],
            width=width,
            customdata=labels,
            row=1,
            col=places[part["facet"]],
            **look,
            hovertemplate="%{customdata}: %{y:,} rows<extra>%{fullData.name}</extra>",
        )
    made.update_layout(bargap=0.02)
    return made


def _bar(chart: Mapping[str, Any], colors: Sequence[str], _: str) -> go.Figure:
    made, places = _canvas(chart, "rows", chart["columns"][0])
    values = [cut(each) for each in chart["values"]]
    for part, look in _colored(chart, colors):
        made.add_bar(
            x=part["counts"],
            y=values,
            orientation="h",
            row=1,
            col=places[part["facet"]],
            **look,
            hovertemplate="%{y}: %{x:,} rows<extra>%{fullData.name}</extra>",
        )
    made.update_yaxes(autorange="reversed", type="category")
    made.update_layout(height=max(260, 120 + 24 * len(values)))
    return made


def _box(chart: Mapping[str, Any], colors: Sequence[str], _: str) -> go.Figure:
    made, places = _canvas(chart, chart["by"] or "", chart["of"])
    for part, look in _colored(chart, colors):
        boxes = part["boxes"]
        quantiles = list(zip(*(box["quantiles"] for box in boxes), strict=True)) or [()] * 7
        made.add_box(
            x=[cut(box["value"] or chart["of"]) for box in boxes],
            lowerfence=quantiles[1],
            q1=quantiles[2],
            median=quantiles[3],
            q3=quantiles[4],
            upperfence=quantiles[5],
            row=1,
            col=places[part["facet"]],
            **look,
        )
    made.update_layout(boxmode="group")
    made.update_xaxes(type="category")
    return made


def _violin(chart: Mapping[str, Any], colors: Sequence[str], _: str) -> go.Figure:
    made, _places = _canvas(chart, chart["by"] or "", chart["of"])
    for part in chart["parts"]:
        for place, box in enumerate(part["boxes"]):
            name = cut(box["value"] or chart["of"])
            made.add_violin(
                y=box["quantiles"],
                x=[name] * len(box["quantiles"]),
                name=name,
                showlegend=False,
                box_visible=True,
                points=False,
                spanmode="hard",
                line_color=colors[place % len(colors)],
            )
    made.update_xaxes(type="category")
    return made


def _scatter(chart: Mapping[str, Any], colors: Sequence[str], _: str) -> go.Figure:
    made, places = _canvas(chart, *chart["columns"])
    for part, look in _colored(chart, colors):
        look["marker"] |= {"size": 6, "opacity": 0.55}
        made.add_scatter(x=part["x"], y=part["y"], mode="markers", row=1, col=places[part["facet"]], **look)
    return made


def _squares(chart: Mapping[str, Any], x: list[Any], y: list[Any], colors: Sequence[str], empty: str) -> go.Figure:
    made, _places = _canvas({**chart, "parts": []}, *chart["columns"])
    made.add_heatmap(
        x=x,
        y=y,
        z=[[each or None for each in row] for row in chart["counts"]],
        zmin=0,
        colorscale=[[0, empty], [1, colors[0]]],
        colorbar={"title": {"text": "rows"}},
        hoverongaps=False,
        hovertemplate="%{x}, %{y}: %{z:,} rows<extra></extra>",
    )
    return made


def _density(chart: Mapping[str, Any], colors: Sequence[str], empty: str) -> go.Figure:
    return _squares(chart, chart["x"], chart["y"], colors, empty)


def _heatmap(chart: Mapping[str, Any], colors: Sequence[str], empty: str) -> go.Figure:
    made = _squares(chart, [cut(x) for x in chart["x"]], [cut(y) for y in chart["y"]], colors, empty)
    made.update_xaxes(type="category")
    made.update_yaxes(type="category", autorange="reversed")
    made.update_layout(height=max(300, 160 + 22 * len(chart["y"])))
    return made


def _line(chart: Mapping[str, Any], colors: Sequence[str], _: str) -> go.Figure:
    made, places = _canvas(chart, f"{chart['time']} (by {chart['unit']})", f"mean {chart['of']}")
    for part, look in _colored(chart, colors):
        made.add_scatter(
            x=part["x"],
            y=part["y"],
            customdata=part["rows"],
            mode="lines+markers" if len(part["x"]) < 60 else "lines",
            line_color=look.pop("marker")["color"],
            row=1,
            col=places[part["facet"]],
            **look,
            hovertemplate="%{x}: %{y:,.4g} (mean of %{customdata:,} rows)<extra>%{fullData.name}</extra>",
        )
    return made


def _parallel(chart: Mapping[str, Any], colors: Sequence[str], _: str) -> go.Figure:
    flows = chart["flows"]
    first = list(dict.fromkeys(flow["values"][0] for flow in flows))
    made = go.Figure(
        go.Parcats(
            dimensions=[
                {"label": plain(name), "values": [cut(flow["values"][at]) for flow in flows]}
                for at, name in enumerate(chart["columns"])
            ],
            counts=[flow["rows"] for flow in flows],
            line={
                "color": [colors[first.index(flow["values"][0]) % len(colors)] for flow in flows],
                "shape": "hspline",
            },
        )
    )
    made.update_layout(margin={"l": 40, "r": 40, "t": 36, "b": 8}, height=460)
    return made


def _missing(chart: Mapping[str, Any], colors: Sequence[str], empty: str) -> go.Figure:
    starts = [1 + chart["block"] * at for at in range(len(chart["blocks"]))]
    # a scale up to all cells would leave few gaps pale
    most = max((share for block in chart["blocks"] for share in block), default=0)
    made = go.Figure(
        go.Heatmap(
            x=[cut(name) for name in chart["columns"]],
            y=starts,
            z=chart["blocks"],
            zmin=0,
            zmax=max(most, 0.02),
            colorscale=[[0, empty], [1, colors[1]]],
            colorbar={"title": {"text": "missing"}, "tickformat": ".0%"},
            hovertemplate="%{x}, from row %{y:,}: %{z:.1%} missing<extra></extra>",
        )
    )
    made.update_yaxes(autorange="reversed", title_text="row of the file", automargin=True)
    made.update_xaxes(type="category", automargin=True)
    made.update_layout(margin={"l": 8, "r": 8, "t": 36, "b": 8}, height=460)
    return made


def plain(text: str) -> str:
    """Text that stays text in a figure, where Plotly would take <b> for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str) -> str:
    """A label that is not longer than an axis has room for."""
    return plain(text if len(text) <= 24 else text[:23] + "…")


def _short(edge: Any) -> str:
    return edge[:10] if isinstance(edge, str) else f"{edge:,.4g}"


DRAWERS: dict[str, Callable[[Mapping[str, Any], Sequence[str], str], go.Figure]] = {
    "histogram": _histogram,
    "bar": _bar,
    "box": _box,
    "violin": _violin,
    "scatter": _scatter,
    "density": _density,
    "line": _line,
    "heatmap": _heatmap,
    "parallel": _parallel,
    "missing": _missing,
}
