"""Two columns together as Ibis expressions, compiled to the SQL of DuckDB and of Spark as those of one column are.

All start from one relation, `pair(x, y)`, a row per row of the table; numbers that are not finite are missing there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir

PERIODS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


def _pair(x: str, y: str) -> Any:
    return ibis.table({"x": x, "y": y}, name="pair")


def _sums(pair: Any) -> ir.Table:
    """Rows, and squares and products about the means: what a correlation is made of."""
    first = pair.cross_join(pair.aggregate(count=pair.count(), mean_x=pair.x.mean(), mean_y=pair.y.mean()))
    x, y = first.x - first.mean_x, first.y - first.mean_y
    return first.aggregate(
        n=first.count(), xx=(x * x).sum(), yy=(y * y).sum(), xy=(x * y).sum(), dx=x.sum(), dy=y.sum()
    )


def correlated(kind: str) -> ir.Table:
    """The sums of Pearson's correlation over the rows that have both numbers."""
    pair = _pair("float64", "float64")
    return _sums(pair.filter(pair.x.notnull() & pair.y.notnull()))


def rank_correlated(kind: str) -> ir.Table:
    """The same of the ranks, equal values sharing the mean of theirs: Spearman's correlation."""
    pair = _pair("float64", "float64")
    both = pair.filter(pair.x.notnull() & pair.y.notnull())
    return _sums(both.select(**{name: _average_rank(both[name]) for name in ("x", "y")}))


def _average_rank(column: Any) -> Any:
    first = ibis.rank().over(ibis.window(order_by=column)).cast("float64")
    return first + (column.count().over(ibis.window(group_by=column)).cast("float64") - 1) / 2


def crossed(kind: str) -> ir.Table:
    """Rows by both values."""
    pair = _pair("string", "string")
    return pair.group_by("x", "y").aggregate(n=pair.count())


def grouped(kind: str) -> ir.Table:
    """Numbers by value: rows, numbers that are there, their sum and sum of squares about the mean of all, which is
    told, too.
    """
    pair = _pair("string", "float64")
    first = pair.cross_join(pair.aggregate(about=pair.y.mean()))
    off = first.y - first.about
    return first.group_by("x").aggregate(
        n=first.count(), there=first.y.count(), about=first.about.max(), s1=off.sum(), s2=(off * off).sum()
    )


def missing_together(kind: str) -> ir.Table:
    """Rows with both cells missing, with one of them, with none."""
    pair = _pair("string", "string")
    no_x, no_y = pair.x.isnull(), pair.y.isnull()
    return pair.aggregate(
        both=pair.count(where=no_x & no_y),
        x_only=pair.count(where=no_x & ~no_y),
        y_only=pair.count(where=~no_x & no_y),
        neither=pair.count(where=~no_x & ~no_y),
    )


def _binned(bins: int) -> Callable[[str], ir.Table]:
    def binned(kind: str) -> ir.Table:
        """The number x put into bins of equally many rows; equal numbers share the bin of the first of them."""
        pair = _pair("float64", "string")
        there = pair.filter(pair.x.notnull())
        before = ibis.rank().over(ibis.window(order_by=there.x))
        all_ = there.count().over(ibis.window())
        return there.select(x=(before * bins / all_).floor().cast("int64").cast("string"), y=there.y, value=there.x)

    return binned


def bin_ends(kind: str) -> ir.Table:
    """The least and the greatest number of each bin, from `binned(x, y, value)`."""
    binned: Any = ibis.table({"x": "string", "y": "string", "value": "float64"}, name="binned")
    return binned.group_by("x").aggregate(n=binned.count(), low=binned.value.min(), high=binned.value.max())


def _by_period(unit: str) -> Callable[[str], ir.Table]:
    def by_period(kind: str) -> ir.Table:
        """The moment x cut to the period in which it lies."""
        pair = _pair("timestamp(6)", "string")
        there = pair.filter(pair.x.notnull())
        return there.select(x=there.x.truncate(PERIODS[unit]), y=there.y)

    return by_period


def moments(kind: str) -> ir.Table:
    """The first and the last moment x."""
    pair = _pair("timestamp(6)", "string")
    return pair.aggregate(first=pair.x.min(), last=pair.x.max())


PAIRS: dict[str, tuple[Callable[[str], ir.Table], tuple[str, ...]]] = {
    **{
        each.__name__: (each, ("pair",))
        for each in (correlated, rank_correlated, crossed, grouped, missing_together, moments)
    },
    "bin_ends": (bin_ends, ("pair",)),
    "binned10": (_binned(10), ("pair",)),
    "binned20": (_binned(20), ("pair",)),
    **{f"by_{unit}": (_by_period(unit), ("pair",)) for unit in PERIODS},
}
