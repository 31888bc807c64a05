"""Bars as inline SVG, each with a text for those who do not see it; small, and as wide as there is room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from dataops_core.templates import render
from dataops_core.wording import counted

if TYPE_CHECKING:
    from markupsafe import Markup

_HIGH = 90
Text = TypeVar("Text", bound=str)


def figure(number: float) -> str:
    """A number as people read it: 1,234,567, 0.25, 1.2e+18.

    >>> figure(1234567.0), figure(0.25), figure(3.14159265), figure(-0.0)
    ('1,234,567', '0.25', '3.14159', '0')
    """
    if number == int(number) and abs(number) < 1e15:
        return f"{int(number):,}"
    return f"{number:,.6g}" if abs(number) < 1e6 else f"{number:,.2f}" if abs(number) < 1e15 else f"{number:.3g}"


def share(part: float, whole: float) -> str:
    """A share in per cent, never rounded to none or all.

    >>> share(1, 100000), share(99999, 100000), share(1, 4), share(0, 5)
    ('under 0.1 %', 'over 99.9 %', '25 %', '0 %')
    """
    if not whole or not part:
        return "0 %"
    percent = 100 * part / whole
    if percent < 0.1:
        return "under 0.1 %"
    if 99.9 < percent < 100:
        return "over 99.9 %"
    return f"{percent:.1f}".removesuffix(".0") + " %"


def within(parts: Iterable[Text], budget: int) -> list[Text]:
    """The first of these texts that fit into so many bytes together: a file has an end.

    >>> within(["ab", "cd", "e"], 4)
    ['ab', 'cd']
    """
    kept = []
    for part in parts:
        budget -= len(part.encode())
        if budget < 0:
            break
        kept.append(part)
    return kept


def _edge(edge: Any) -> str:
    return edge[:10] if isinstance(edge, str) else figure(edge)


def histogram(told: Mapping[str, Any], name: str, rows: int) -> Markup:
    """A histogram with its end bins."""
    below, above, counts = told["below"], told["above"], told["counts"]
    bins = [*([below] if below else []), *counts, *([above] if above else [])]
    most = max(*bins, 1)
    wide = 100 / len(bins)
    first, last = 1 if below else 0, len(bins) - (1 if above else 0)
    inner = _path(bins, range(first, last), wide, most)
    ends = _path(bins, [at for at in range(len(bins)) if not first <= at < last], wide, most)
    low, high = _edge(told["edges"][0]), _edge(told["edges"][-1])
    top = max(range(len(counts)), key=lambda at: counts[at])
    spoken = (
        f"Histogram of {name}: {len(counts)} bars from {low} to {high}. Most rows, {counts[top]:,}"
        f" ({share(counts[top], rows)}), lie between {_edge(told['edges'][top])} and {_edge(told['edges'][top + 1])}."
    )
    lie = [
        f"{n:,} {'row lies' if n == 1 else 'rows lie'} {side}"
        for n, side in ((below, f"below {low}"), (above, f"above {high}"))
        if n
    ]
    beyond = " and ".join(lie)
    paler = "the paler bar at the end" if len(lie) == 1 else "the paler bars at the ends"
    return render(
        "report/templates/histogram.html",
        high=_HIGH,
        spoken=f"{spoken} {beyond}." if beyond else spoken,
        inner=inner,
        ends=ends,
        first=low,
        last=high,
        highest=counted(max(bins), "row"),
        beyond=f"{beyond}: {paler}" if beyond else "",
    )


def _path(bins: Sequence[int], places: Sequence[int] | range, wide: float, most: int) -> str:
    parts = []
    for at in places:
        if bins[at]:
            high = max(1.0, _HIGH * bins[at] / most)
            parts.append(f"M{at * wide + wide * 0.06:.3g} {_HIGH}v-{high:.3g}h{wide * 0.88:.3g}V{_HIGH}z")
    return "".join(parts)
