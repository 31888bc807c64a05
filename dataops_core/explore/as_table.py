"""The numbers of a chart as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd


def as_table(chart: Mapping[str, Any]) -> pd.DataFrame:
    """What `chart_data` told, one row for each bar, box, point, square or flow."""
    kind = chart["kind"]
    if kind in ("density", "heatmap"):
        names = [str(x) for x in chart["x"][: len(chart["counts"][0])]]
        return pd.DataFrame(chart["counts"], index=chart["y"][: len(chart["counts"])], columns=names)
    if kind == "parallel":
        flows = [[*flow["values"], flow["rows"]] for flow in chart["flows"]]
        return pd.DataFrame(flows, columns=[*chart["columns"], "rows"])
    if kind == "missing":
        return pd.DataFrame(chart["blocks"], columns=chart["columns"])
    rows = []
    for part in chart["parts"]:
        split = {key: part[key] for key in ("color", "facet") if chart[key]}
        rows += [{**split, **row} for row in _rows(chart, part)]
    return pd.DataFrame(rows)


def _rows(chart: Mapping[str, Any], part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    kind = chart["kind"]
    if kind == "bar":
        for value, count in zip(chart["values"], part["counts"], strict=True):
            yield {"value": value, "rows": count}
    elif kind == "histogram":
        for low, high, count in zip(chart["edges"][:-1], chart["edges"][1:], part["counts"], strict=True):
            yield {"from": low, "to": high, "rows": count}
    elif kind in ("box", "violin"):
        names = [f"{point:.0%}" for point in chart["points"]]
        for box in part["boxes"]:
            yield {"value": box["value"], "rows": box["rows"], **dict(zip(names, box["quantiles"], strict=True))}
    else:
        for x, y in zip(part["x"], part["y"], strict=True):
            yield {"x": x, "y": y}
