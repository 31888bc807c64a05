"""How a code is built: letters, digits and signs."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from dataops_core.checks.code_values import code_slips
from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.missing_tokens import means_missing
from dataops_core.values.text import words_in

USUAL = 0.75  # of the cells at least are built alike where others are built in a second way
SOME = 0.004  # of the cells at least are built so, or it is no second way
LONGEST = 40
MANY = 200_000  # rows of which fewer are looked at
WORDS = 3  # "IMO", "pp." or "S." belong to a form; where words differ from cell to cell, they are what the cells say
_ORDER = "<>=≤≥"  # less and more are no ways of writing
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
        if mask.any():
            forms = minority_forms(column)
            mask &= ~in_forms(column, forms[1]) if forms else True
        if mask.any() and mask.sum() <= 0.05 * column.present:
            mask &= ~column.where(each(lambda text: means_missing(text) or text == column.name))
            # a slip is not made that often
            usual_too = [text for text, n in column.tally.items() if n >= max(5, 0.005 * column.present)]
            mask &= ~column.holding(usual_too) if usual_too else True
            slips = code_slips(column)
            mask &= ~column.holding([*slips.short, *slips.decimal])
        if mask.sum() <= 0.02 * column.present:
            return (mask, f'"{usual}"') if mask.any() else None
    return None


def minority_forms(column: ColumnView) -> tuple[str, list[str]] | None:
    """The loose shape of most codes of a column, and the shapes of others that hold as many numbers, but other signs
    around them: "(205) 353-2859" among "205-353-2859".
    """
    size = 2000 if column.rows <= MANY else 500
    if np.mean([any(c.isdigit() for c in text) for text in column.sample(500)] or [False]) < 0.9:
        return None
    if len({word for text in column.sample(500)[:100] for word in words_in(text)}) > 4 * WORDS:
        return None
    some = [text for text in column.sample(size) if len(text) <= LONGEST and any(c.isdigit() for c in text)]
    if len(some) < 100 or len(some) < 0.9 * min(size, column.present):
        return None
    counts = Counter(shape(text, loose=True) for text in some)
    usual, count = counts.most_common(1)[0]
    numbers = _lengths(some, usual)
    some = [text for text in some if not set(text) & set(_ORDER)]
    if count < USUAL * len(some) or not numbers or len(usual) > LONGEST:
        return None
    others = [
        told
        for told, n in counts.items()
        if told != usual and n >= max(3, SOME * len(some)) and _lengths(some, told) & numbers
    ]
    words = {told: _words(some, told) for told in (usual, *others)}
    others = [told for told in others if len(words[told]) <= WORDS and (not words[told] or words[told] >= words[usual])]
    if len(words[usual]) > WORDS:
        return None
    return (usual, others) if others and sum(counts[told] for told in others) <= (1 - USUAL) * len(some) else None


def _lengths(some: list[str], told: str) -> set[tuple[int, ...]]:
    """How many digits the numbers in texts of a loose shape have, one after the other, where these are always alike."""
    held = Counter(
        tuple(len(run) for run in re.findall("[0-9]+", text)) for text in some if shape(text, loose=True) == told
    )
    total = sum(held.values())
    return {lengths for lengths, n in held.items() if n >= 0.05 * total and lengths}


def any_code(column: ColumnView) -> bool:
    """Whether what looks like numbers with a word before them ("IMO 9612351") are codes of one length."""
    lengths = {len("".join(re.findall("[0-9]+", text))) for text in column.sample(200)}
    return column.parsed is not None and column.parsed.type == "integer" and len(lengths) == 1 and lengths.pop() >= 5


def _words(some: list[str], told: str) -> set[str]:
    """The words in texts of a loose shape."""
    return {word for text in some if shape(text, loose=True) == told for word in words_in(text)}


def in_forms(column: ColumnView, forms: list[str]) -> np.ndarray:
    """Which cells have one of these loose shapes (rows,)."""
    found = [column.matching(rf"\s*{_pattern(told, True)}\s*", whole=True) for told in forms]
    return np.any(found, axis=0) if found else np.zeros(column.rows, dtype=bool)


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
