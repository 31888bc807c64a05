"""The facts of a column as Ibis expressions: written once, compiled to the SQL of DuckDB and of Spark (see `sql/`).

All start from one relation, `cells(value, n)`: each value of a column once, with the number of rows that hold it (a row
for the missing ones too). Only what both engines offer is used; `compile.py` writes the SQL, and a test holds the two
together. Nothing here runs at the user's: the workbench runs the compiled text, which saves a second at every start.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 50
TOP = 10
MOST = sys.float_info.max
TYPES = {"text": "string", "integer": "int64", "decimal": "float64", "boolean": "boolean", "datetime": "timestamp(6)"}
CLASSES = {  # of the characters in a text: how many cells have any
    "letters": r"\p{L}",
    "digits": r"[0-9]",
    "spaces": r"[\t\n\f\r ]",  # spelled out: \s is another set of characters in each engine
    "signs": r"[^\p{L}\p{M}0-9\t\n\f\r ]",
    "beyond_ascii": r"[^\x00-\x7F]",
    "capitals": r"\p{Lu}",
}


def cells_of(kind: str) -> ir.Table:
    """The relation that all expressions start from, for one storage type."""
    return ibis.table({"value": TYPES[kind], "n": "int64"}, name="cells")


def counted(kind: str) -> ir.Table:
    """`cells` from the column itself, `source(value)`."""
    source = ibis.table({"value": TYPES[kind]}, name="source")
    return source.group_by("value").aggregate(n=source.count())


def estimated(kind: str) -> ir.Table:
    """How many values a column has, by HyperLogLog, where counting each one would need too much memory."""
    source: Any = ibis.table({"value": TYPES[kind]}, name="source")
    return source.aggregate(rows=source.count(), present=source.value.count(), distinct=source.value.approx_nunique())


def values(kind: str) -> ir.Table:
    """Rows, missing, distinct, values that come once, and Shannon's entropy in bits."""
    cells: Any = cells_of(kind)
    total = cells.filter(cells.value.notnull()).aggregate(present=cells.n.sum())
    both = cells.cross_join(total)
    share = both.n / both.present
    there = both.value.notnull()
    return both.aggregate(
        rows=both.n.sum(),
        missing=both.n.sum(where=~there),
        distinct=both.value.count(),
        singles=both.value.count(where=both.n == 1),
        entropy=-(share * share.log2()).sum(where=there),
    )


def top(kind: str) -> ir.Table:
    """The most frequent values; ties in order of the value."""
    cells: Any = cells_of(kind)
    return cells.filter(cells.value.notnull()).order_by(cells.n.desc(), cells.value).limit(TOP)


def bottom(kind: str) -> ir.Table:
    """The least frequent values; ties in order of the value."""
    cells: Any = cells_of(kind)
    return cells.filter(cells.value.notnull()).order_by(cells.n, cells.value).limit(TOP)


def ends(kind: str) -> ir.Table:
    """The least and the greatest value."""
    cells: Any = cells_of(kind)
    return cells.aggregate(min=cells.value.min(), max=cells.value.max())


def _finite(kind: str) -> Any:
    cells: Any = cells_of(kind)
    if kind == "integer":
        return cells.filter(cells.value.notnull()).mutate(value=cells.value.cast("float64"))
    # neither infinite nor NaN; for Spark, Ibis 12 writes isinf() as FALSE
    return cells.filter(cells.value.between(-MOST, MOST))


def number(kind: str) -> ir.Table:
    """Counts and moments of the finite values.

    The mean is corrected by the mean of what remains, and the higher moments are summed about it: a single pass over
    sums of squares would lose most digits of a column like NIST's NumAcc4.
    """
    cells: Any = cells_of(kind)
    finite = _finite(kind)
    first = finite.cross_join(
        finite.aggregate(count=finite.n.sum(), about=(finite.n * finite.value).sum() / finite.n.sum())
    )
    mean = first.aggregate(
        count=first["count"].max(),
        mean=first.about.max() + (first.n * (first.value - first.about)).sum() / first["count"].max(),
    )
    second = finite.cross_join(mean)
    off = second.value - second["mean"]
    told = second.aggregate(
        finite=second.n.sum(),
        mean=second["mean"].max(),
        min=second.value.min(),
        max=second.value.max(),
        zeros=second.n.sum(where=second.value == 0),
        negatives=second.n.sum(where=second.value < 0),
        m2=(second.n * off * off).sum(),
        m3=(second.n * off * off * off).sum(),
        m4=(second.n * off * off * off * off).sum(),
    )
    return told.cross_join(cells.aggregate(present=cells.n.sum(where=cells.value.notnull())))


def quantiles(kind: str) -> ir.Table:
    """Quantiles of the finite values by linear interpolation (type 7 of Hyndman & Fan 1996), from the
    counted values.
    """
    finite = _finite(kind)
    ordered = finite.mutate(
        reached=finite.n.sum().over(ibis.cumulative_window(order_by=finite.value)),
        total=finite.n.sum().over(ibis.window()),
    )
    asked = {}
    for q in QUANTILES:
        place = (ordered.total - 1) * q
        low = place.floor()
        asked[f"low_{q:g}"] = ordered.value.min(where=ordered.reached > low)
        asked[f"high_{q:g}"] = ordered.value.min(where=(ordered.reached > low + 1) | (ordered.reached == ordered.total))
        asked[f"part_{q:g}"] = (place - low).max()
    return ordered.aggregate(**asked)


def histogram(kind: str) -> ir.Table:
    """Rows per bin between the ends of `bounds(low, high)`: -1 is what lies below, BINS what lies above."""
    bounds: Any = ibis.table({"low": "float64", "high": "float64"}, name="bounds")
    finite = _finite(kind) if kind != "datetime" else _moments()
    both = finite.cross_join(bounds)
    inside = ibis.least(((both.value - both.low) / (both.high - both.low) * BINS).floor(), BINS - 1)
    put = ibis.cases((both.value < both.low, -1), (both.value > both.high, BINS), else_=inside)
    return both.mutate(bin=put.cast("int64")).group_by("bin").aggregate(n=both.n.sum())


def _moments() -> Any:
    """Microseconds since 1970, exact in both engines: Ibis's epoch_seconds() keeps fractions in DuckDB and drops them
    in Spark.
    """
    cells: Any = cells_of("datetime")
    since: Any = ibis.timestamp("1970-01-01")
    return cells.filter(cells.value.notnull()).mutate(value=cells.value.delta(since, unit="microsecond"))


def steps(kind: str = "datetime") -> ir.Table:
    """How far it is from a moment to the next one, in microseconds: each distance, how often it comes, where it first
    ends.
    """
    moments = _moments()
    apart = moments.mutate(
        step=moments.value - moments.value.lag().over(ibis.window(order_by=moments.value)), at=moments.value
    )
    apart = apart.filter(apart.step > 0)  # where values were not counted, equal moments follow one another
    return apart.group_by("step").aggregate(n=apart.count(), at=apart["at"].min())


def _stepped() -> ir.Table:
    """What `steps` gave."""
    return ibis.table({"step": "int64", "n": "int64", "at": "int64"}, name="steps")


def gaps(kind: str = "datetime") -> ir.Table:
    """The longest step between moments that follow one another, in microseconds, and the moment at which it
    first ends.
    """
    return _stepped().order_by(ibis.desc("step")).limit(1)


def usual(kind: str = "datetime") -> ir.Table:
    """The step that comes most often, in microseconds; of equals the shortest."""
    return _stepped().order_by(ibis.desc("n"), "step").limit(1)


def text(kind: str = "text") -> ir.Table:
    """Lengths in characters."""
    cells: Any = cells_of("text")
    there = cells.filter(cells.value.notnull())
    size = there.value.length()
    return there.aggregate(
        shortest=size.min(),
        longest=size.max(),
        mean_length=(size * there.n).sum() / there.n.sum(),
        empty=there.n.sum(where=size == 0),
    )


def classes(kind: str = "text") -> ir.Table:
    """How many cells have a character of each class."""
    cells: Any = cells_of("text")
    there = cells.filter(cells.value.notnull())
    return there.aggregate(
        looked_at=there.n.sum(),
        **{name: there.n.sum(where=there.value.re_search(class_)) for name, class_ in CLASSES.items()},
    )


EXPRESSIONS: dict[str, tuple[Callable[[str], ir.Table], tuple[str, ...]]] = {
    "counted": (counted, tuple(TYPES)),
    "estimated": (estimated, tuple(TYPES)),
    "values": (values, tuple(TYPES)),
    "top": (top, tuple(TYPES)),
    "bottom": (bottom, tuple(TYPES)),
    "ends": (ends, ("datetime",)),
    "number": (number, ("integer", "decimal")),
    "quantiles": (quantiles, ("integer", "decimal")),
    "histogram": (histogram, ("integer", "decimal", "datetime")),
    "steps": (steps, ("datetime",)),
    "gaps": (gaps, ("datetime",)),
    "usual": (usual, ("datetime",)),
    "text": (text, ("text",)),
    "classes": (classes, ("text",)),
}
