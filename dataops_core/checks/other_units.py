"""Cells in another unit than the rest of a column, whose numbers stand there without one: "118 °F" among 48.2."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.meant_type import ParsedView
from dataops_core.checks.number_forms import form
from dataops_core.steps.parse_numbers import ZEROS, number_in
from dataops_core.values.text import MONEY

_MONEY = re.compile(
    rf"^\W*[^\W\d]|[{MONEY}]|\b(?:eur|usd|gbp|chf|jpy|sek|nok|dkk|pln|czk|aud|cad|cny|inr)\b", re.IGNORECASE
)
_MARKED = r"[0-9]\s?[A-Za-z°µ%‰]"
_BEFORE_UNIT = re.compile(r"[-+−]?[\d.,'’\s]*\d")
REACH = 1.5  # interquartile ranges about the middle half of the numbers without a unit are where those lie
ELSEWHERE = 0.9  # of the numbers with a unit lie outside
LEAST = 3
SEVERAL = 10  # numbers show on which level they lie
SURELY = 4.5  # standard errors from the middle rank
LEVEL = 1.5


def in_other_unit(column: ColumnView) -> np.ndarray:
    """Which cells of a column of numbers carry a unit and, as numbers, lie where those without one do not (rows,).

    Money is left out: a sign of a currency stands at great amounts first, and most of them are in one currency.
    """
    meant = column if isinstance(column, ParsedView) else column.parsed
    nothing = np.zeros(column.rows, dtype=bool)
    if not isinstance(meant, ParsedView) or meant.type == "datetime":
        return nothing
    raw = meant.raw
    marked = raw.matching(_MARKED)
    rest = meant.numbers[~marked & ~meant.missing]
    if not marked.any() or len(rest) < 0.55 * raw.present:
        return nothing
    first, third = np.quantile(rest, [0.25, 0.75])
    if third <= first:
        return nothing
    low, high = first - REACH * (third - first), third + REACH * (third - first)
    decimal = str((meant.meant.learned or {}).get("decimal", "."))
    counts = Counter(raw.at(np.flatnonzero(marked)).to_pylist())
    texts: dict[str, list[str]] = {}
    apart, every = Counter[str](), Counter[str]()
    held: dict[str, list[float]] = {}
    for text, count in counts.items():
        unit, number = _measure(text, decimal)
        if unit and number is not None:
            texts.setdefault(unit, []).append(text)
            every[unit] += count
            held.setdefault(unit, []).extend([number] * count)
            apart[unit] += 0 if low <= number <= high else count
    ordered = np.sort(rest)
    other = [
        unit
        for unit in texts
        if every[unit] >= LEAST and (apart[unit] >= ELSEWHERE * every[unit] or _shifted(np.array(held[unit]), ordered))
    ]
    return raw.holding([text for unit in other for text in texts[unit]]) if other else nothing


def _shifted(some: np.ndarray, ordered: np.ndarray) -> bool:
    """Whether numbers lie on another level than all others: their ranks do by far (Mann & Whitney 1947), and their
    median is half as great again or more, or two thirds and less.
    """
    if len(some) < SEVERAL:
        return False
    ranks = (np.searchsorted(ordered, some) + np.searchsorted(ordered, some, "right")) / (2 * len(ordered))
    own, usual = float(np.median(some)), float(ordered[len(ordered) // 2])
    ratio = own / usual if own > 0 and usual > 0 else 1.0
    return bool(abs(ranks.mean() - 0.5) * np.sqrt(12 * len(some)) >= SURELY and max(ratio, 1 / ratio) >= LEVEL)


def _measure(text: str, decimal: str) -> tuple[str, float | None]:
    """Unit and number of a measure; no unit where it is none, or money."""
    bare = text.strip()
    known, digits = form(bare), _BEFORE_UNIT.match(bare)
    if known is None or known.unit in ("", *ZEROS) or digits is None or _MONEY.search(bare):
        return "", None
    number = number_in(bare, decimal, True, "12 % is 12")  # "1.5k" is 1500
    if number is None:
        number = number_in(digits[0], decimal, True, "12 % is 12")
    return known.unit, None if number is None else float(number)
