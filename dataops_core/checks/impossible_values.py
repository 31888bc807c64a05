"""Impossible values."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from dataops_core.checks.cells import Cells
from dataops_core.checks.check import Hit, check
from dataops_core.checks.look import Context
from dataops_core.checks.stand_ins import CODES
from dataops_core.steps.mark_missing import mark_missing
from dataops_core.table import shown

# words in a column's name (all of one group), and the range in which its values can lie
RANGES: tuple[tuple[tuple[frozenset[str], ...], float, float], ...] = tuple(
    (tuple(frozenset(word.split()) for word in names), low, high) for names, low, high in (
        (("age", "alter", "leeftijd", "edad"), 0, 120), (("latitude", "lat"), -90, 90), (("longitude", "lon", "lng"), -180, 180),
        (("percent", "percentage", "pct"), 0, 100), (("probability", "prob"), 0, 1), (("month",), 1, 12), (("weekday",), 0, 7),
        (("day of month",), 1, 31), (("hour",), 0, 24), (("minute",), 0, 60), (("heart rate", "pulse", "heartrate", "bpm"), 20, 300),
        (("systolic", "sbp"), 40, 300), (("diastolic", "dbp"), 20, 200), (("body temperature", "body temp", "temp body"), 25, 45),
        (("ph",), 0, 14), (("humidity",), 0, 100), (("oxygen saturation", "spo"), 0, 100), (("bmi",), 5, 150), (("battery",), 0, 100),
        (("wind direction",), 0, 360), (("gpa",), 0, 5), (("kelvin",), 0, math.inf),
        (("price", "weight", "height", "length", "width", "depth", "quantity", "qty", "duration", "distance", "area", "population", "speed",
          "pressure", "volume", "visits", "children", "stock", "mileage", "salary", "wage", "rent", "concentration"), 0, math.inf),
    )
)
_SIGNED = {
    "change", "growth", "difference", "diff", "delta", "return", "refund", "balance", "relative", "deviation", "error", "gain", "log", "score",
    "z", "index", "norm", "scaled", "per", "variation", "adjustment", "correction", "movement", "net", "profit",
}


@check("Impossible values", group="Numbers", types=["integer", "decimal"], severity="error", fix=mark_missing,
       no_fix="There are too many different values to list; filter the rows by range instead.")
def impossible_values(column: Cells, context: Context) -> Hit | None:
    """Values that cannot be, by the column's name: an age of 240, a latitude of 412, a negative price.

    They are slips or codes. One of them can move an average more than a hundred true values.
    """
    span = _span(column.words)
    if span is None or column.facts.get("min") is None or (column.facts["min"] >= span[0] and column.facts["max"] <= span[1]):
        return None
    mask = (column.numbers < span[0]) | (column.numbers > span[1])
    if mask.sum() > 0.4 * column.present:  # then the name means something else
        return None
    bad = np.unique(column.numbers[mask])
    if len(bad) and set(bad.tolist()) <= set(CODES) and mask.sum() > len(bad):  # said as disguised missing values
        return None
    told = [str(text) for text in shown(pd.Series(bad[:51], dtype="float64"))]
    reach = f"outside {span[0]:g} to {span[1]:g}" if math.isfinite(span[1]) else f"below {span[0]:g}"
    fix = {"columns": [column.name], "tokens": told} if len(told) <= 50 else None
    return Hit(mask, f"{mask.sum():,} cells lie {reach}: {', '.join(told[:6])}.", fix)


def _span(words: set[str]) -> tuple[float, float] | None:
    for names, low, high in RANGES:
        if any(name <= words for name in names) and not (words & _SIGNED and (low, high) not in ((0, 120), (-90, 90), (-180, 180))):
            return low, high
    return None
