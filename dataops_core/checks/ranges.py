"""Which values can be, by a column's name."""

from __future__ import annotations

import math

# words in a column's name (all of one group), and the range in which its values can lie
RANGES: tuple[tuple[tuple[frozenset[str], ...], float, float], ...] = tuple(
    (tuple(frozenset(word.split()) for word in names), low, high)
    for names, low, high in (
        (("age", "alter", "leeftijd", "edad"), 0, 120),
        (("latitude", "lat"), -90, 90),
        (("longitude", "lon", "lng"), -180, 180),
        (("percent", "percentage", "pct"), 0, 100),
        (("probability", "prob"), 0, 1),
        (("month",), 1, 12),
        (("weekday",), 0, 7),
        (("day of month",), 1, 31),
        (("hour",), 0, 24),
        (("minute",), 0, 60),
        (("heart rate", "pulse", "heartrate", "bpm"), 20, 300),
        (("systolic", "sbp"), 40, 300),
        (("diastolic", "dbp"), 20, 200),
        (("body temperature", "body temp", "temp body"), 25, 45),
        (("ph",), 0, 14),
        (("humidity",), 0, 100),
        (("oxygen saturation", "spo"), 0, 100),
        (("bmi",), 5, 150),
        (("battery",), 0, 100),
        (("wind direction",), 0, 360),
        (("gpa",), 0, 5),
        (("kelvin",), 0, math.inf),
        (
            (
                "price",
                "weight",
                "height",
                "length",
                "width",
                "depth",
                "quantity",
                "qty",
                "duration",
                "distance",
                "area",
                "population",
                "speed",
                "pressure",
                "volume",
                "visits",
                "children",
                "stock",
                "mileage",
                "salary",
                "wage",
                "rent",
                "concentration",
            ),
            0,
            math.inf,
        ),
    )
)
_SIGNED = {
    "change",
    "growth",
    "difference",
    "diff",
    "delta",
    "return",
    "refund",
    "balance",
    "relative",
    "deviation",
    "error",
    "gain",
    "log",
    "score",
    "z",
    "index",
    "norm",
    "scaled",
    "per",
    "variation",
    "adjustment",
    "correction",
    "movement",
    "net",
    "profit",
}


_TRADED = {
    "price",
    "quantity",
    "qty",
    "amount",
    "total",
    "sum",
    "sales",
    "revenue",
    "cost",
    "paid",
    "payment",
    "units",
    "sold",
    "charge",
    "fee",
    "turnover",
    "invoice",
    "order",
    "value",
}


def may_be_refunds(words: set[str]) -> bool:
    """Whether a negative number in a column with these words in its name may be a refund, a return or a correction.

    >>> may_be_refunds({"quantity"}), may_be_refunds({"age"})
    (True, False)
    """
    return bool(words & _TRADED)


def has_both_signs(words: set[str]) -> bool:
    """Whether a number in a column with these words in its name may as well be negative: a balance, a longitude.

    >>> has_both_signs({"balance"}), has_both_signs({"score"})
    (True, False)
    """
    span = span_of(words)
    return bool(words & _SIGNED - {"score", "index", "per", "z"}) or (span is not None and span[0] < 0)


def span_of(words: set[str]) -> tuple[float, float] | None:
    """The least and the greatest value that a column with these words in its name can hold; None where the name says
    nothing.

    >>> span_of({"age"}), span_of({"color"})
    ((0, 120), None)
    """
    for names, low, high in RANGES:
        if any(name <= words for name in names) and not (
            words & _SIGNED and (low, high) not in ((0, 120), (-90, 90), (-180, 180))
        ):
            return low, high
    return None
