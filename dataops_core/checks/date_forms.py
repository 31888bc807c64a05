"""How a text writes a date."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from dataops_core.checks.column_view import ColumnView
from dataops_core.values.dates import MONTH_START, ORDINAL

_MONTH = rf"{MONTH_START}[a-z]*\.?"
_TIME = r"(?:[T\s,]+\d{1,2}:\d{2}.*)?"
_FORMS = tuple(
    (name, re.compile(rf"{pattern}{_TIME}", re.IGNORECASE))
    for name, pattern in (
        ("2020-12-31", r"[12]\d{3}-\d{1,2}-\d{1,2}"),
        ("2020/12/31", r"[12]\d{3}/\d{1,2}/\d{1,2}"),
        ("2020.12.31", r"[12]\d{3}\.\d{1,2}\.\d{1,2}"),
        ("31/12/2020", r"\d{1,2}/\d{1,2}/\d{4}"),
        ("31-12-2020", r"\d{1,2}-\d{1,2}-\d{4}"),
        ("31.12.2020", r"\d{1,2}\.\d{1,2}\.\d{4}"),
        ("31/12/20", r"\d{1,2}/\d{1,2}/\d{2}"),
        ("31-12-20", r"\d{1,2}-\d{1,2}-\d{2}"),
        ("31.12.20", r"\d{1,2}\.\d{1,2}\.\d{2}"),
        ("31 Dec 2020", rf"\d{{1,2}}{ORDINAL}?[\s-]{_MONTH}[\s,-]+\d{{2,4}}"),
        ("Dec 31, 2020", rf"{_MONTH}\s+\d{{1,2}}{ORDINAL}?,?\s+\d{{4}}"),
    )
)
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}")


def form(text: str) -> str | None:
    """The form of a date, named by an example; None where the text is none. 13/25/2020 is none either.

    >>> form("03/04/2021"), form("Dec 3, 2024"), form("soon")
    ('31/12/2020', 'Dec 31, 2020', None)
    """
    bare = text.strip()
    if not 6 <= len(bare) <= 40:
        return None
    name = next((name for name, pattern in _FORMS if pattern.fullmatch(bare)), None)
    numbers = parts(bare)
    if numbers is None and name is not None and name[2:3] in "/.-":
        return None
    if numbers is not None and (max(numbers) > 31 or min(numbers) > 12 or min(numbers) < 1):
        return None
    return name


def parts(text: str) -> tuple[int, int] | None:
    """The first two numbers of a date like 03/04/2021, where either may be the month."""
    match = _NUMBERS.match(text.strip())
    return (int(match[1]), int(match[2])) if match and not re.match(r"\s*\d{4}", text) else None


def forms(column: ColumnView) -> Mapping[str, str]:
    """The form of each value that is a date, where at least 80 % of a text column's cells are dates; else empty."""
    some = column.sample(300)
    if not some or sum(form(text) is not None for text in some) < 0.5 * len(some):
        return {}
    values = column.texts
    if values is None:
        return {}
    found = {text: told for text in values if (told := form(text)) is not None}
    return found if sum(column.tally[text] for text in found) >= 0.8 * column.present else {}


def date_orders(column: ColumnView) -> tuple[dict[str, str], Counter[str]]:
    """How each text of a column of dates is written, and how many cells each way has."""
    found = dict(forms(column))
    counts = Counter[str]()
    for text, form in found.items():
        found[text] = _order(text, form)
        counts[found[text]] += column.tally[text]
    for open_form in [form for form in counts if form.endswith("?")]:  # either order: it follows the sure ones
        sure = [form for form in counts if form.rstrip("<>") == open_form.rstrip("?") and form != open_form]
        counts[max(sure, key=lambda form: counts[form], default=open_form.rstrip("?"))] += counts.pop(open_form)
    return found, counts


def _order(text: str, form: str) -> str:
    """The form with what the numbers tell: ">" the day comes first, "<" the month does, "?" either may."""
    numbers = parts(text)
    if numbers is None:
        return form
    return form + (">" if numbers[0] > 12 else "<" if numbers[1] > 12 else "?")
