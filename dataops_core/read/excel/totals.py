"""Rows of totals below a table, and notes: what a sheet holds besides its rows. Embedded in exported scripts."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

TOTAL = re.compile(
    r"\s*(?:grand |sub-?)?(?:total|totals|sum|gesamt(?:summe)?|summe|insgesamt|totale|totaal|somme|suma)\b.{0,20}",
    re.IGNORECASE,
)
AMOUNT = re.compile(r"[^0-9-]{0,8}(-?[0-9][0-9., '\u00a0\u2019]*)[^0-9]{0,8}")


def loose_number(cell: Any) -> float | None:
    """A cell as a number, with or without a currency sign; None where it is none.

    >>> loose_number(3), loose_number("EUR 1,204.50"), loose_number("1.204,50"), loose_number("x")
    (3.0, 1204.5, 1204.5, None)
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell) if math.isfinite(cell) else None
    found = AMOUNT.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        return None
    digits = re.sub("[ '\u00a0\u2019]", "", found[1])
    decimal = re.search("[.,]([0-9]{1,2})$", digits)
    whole = re.sub("[.,]", "", digits[: decimal.start()] if decimal else digits)
    return float(f"{whole}.{decimal[1]}" if decimal else whole)


def total_places(rows: Sequence[Sequence[Any]]) -> list[int]:
    """The places of rows that hold totals: labelled as one, with a number that is the sum of the rows above it, all of
    them or those since the total before.

    >>> total_places([["a", 1], ["b", 2], ["Total", 3], ["Total costs", 8]])
    [2]
    """
    marked = {at for at, row in enumerate(rows) if any(isinstance(cell, str) and TOTAL.fullmatch(cell) for cell in row)}
    if not marked or len(marked) > max(1, len(rows) // 2):
        return []
    width = max(map(len, rows))
    found = set()
    for column in range(width):
        whole = part = 0.0
        for at, row in enumerate(rows):
            number = loose_number(row[column]) if column < len(row) else None
            if at not in marked:
                whole, part = whole + (number or 0.0), part + (number or 0.0)
                continue
            if number and any(abs(number - added) <= max(0.0051, 1e-9 * abs(added)) for added in (whole, part)):
                found.add(at)
            part = 0.0
    return sorted(found)
