"""How a code is built: letters, digits and signs."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.missing_tokens import means_missing

PLACES = {"zip", "zipcode", "postal", "postcode", "plz", "phone", "telephone", "tel", "mobile", "fax"}


def shape(text: str, loose: bool = False) -> str:
    """Letters as A or a, digits as 9, other signs as they are; `loose`: runs of any length count as one.

    >>> shape("AB-1234"), shape("AB-1234", loose=True)
    ('AA-9999', 'A-9')
    """
    told = text.strip()
    for pattern, sign in (("[A-Z]", "A"), ("[a-z]", "a"), ("[0-9]", "9")):
        told = re.sub(f"{pattern}+" if loose else pattern, sign, told)
    return told


def deviating(column: ColumnView) -> tuple[np.ndarray, str] | None:
    """Which cells deviate from the one shape that at least 98 % of a column of codes have, and that shape in words."""
    some = column.sample(500)
    if (
        column.present < 100
        or not some
        or np.mean([any(c.isdigit() for c in text) and len(text) <= 30 for text in some]) < 0.9
    ):
        return None
    for loose in (False, True):
        usual, count = Counter(shape(text, loose) for text in some).most_common(1)[0]
        if count < 0.9 * len(some) or "9" not in usual or not re.search("[Aa]|9[^9]9|^9+$", usual):
            continue
        mask = ~column.matching(rf"\s*{_pattern(usual, loose)}\s*", whole=True) & ~column.missing
        if mask.any() and mask.sum() <= 0.05 * column.present:
            mask &= ~column.where(each(means_missing))
            # a slip is not made that often
            usual_too = [text for text, n in column.tally.items() if n >= max(5, 0.005 * column.present)]
            mask &= ~column.holding(usual_too) if usual_too else True
        if mask.sum() <= 0.02 * column.present:
            return (mask, f'"{usual}"') if mask.any() else None
    return None


def _pattern(usual: str, loose: bool) -> str:
    """The regular expression of a shape."""
    classes = {"A": "[A-Z]", "a": "[a-z]", "9": "[0-9]"}
    return "".join(f"{classes[c]}{'+' if loose else ''}" if c in classes else re.escape(c) for c in usual)


def of_another_custom(column: ColumnView, mask: np.ndarray) -> np.ndarray:
    """Which of the deviating cells have letters where the others have none, or none where they have: of another
    country, not slips. A code with something before or behind it ("D-50667") is still one of the column's own.
    """
    usual = Counter(shape(text) for text in column.sample(500)).most_common(1)
    lettered = bool(re.search("[Aa]", usual[0][0])) if usual else False

    def foreign(text: str) -> bool:
        told = shape(text)
        return bool(re.search("[Aa]", told)) != lettered and usual[0][0] not in told

    return mask & column.where(each(foreign))
