"""Marks beside values."""

from __future__ import annotations

import re

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.replace_values import replace_values
from dataops_core.wording import counted

_SIGN = r"[^\p{L}\p{N}\s)\]]"
_BRACKETS = rf"[(\[]{_SIGN}+[)\]]"
_AFTER = rf"(?:\s*{_BRACKETS}|\s*[*†‡§^~]+|\s[?!]+)\s*$"
_BEFORE = rf"^\s*(?:{_BRACKETS}|[*†‡§^~]+)\s*"
_VALUE = r"[\p{L}\p{N}]"
FEWEST, MOST = 3, 0.2  # cells; of the cells
DIFFERENT = 2  # values with a mark: one alone, such as the grade A*, is a value of its own
LONGEST = 60  # letters on average: longer texts are sentences
SHOWN, LISTED = 3, 100  # values in the message, and in the step


@check("Marks beside values", group="Text", types=["text"], fix=replace_values)
def marks_beside_values(column: ColumnView, context: Context) -> Hit | None:
    """Signs that somebody put beside a value: "Oslo (?)", "Bergen *".

    They say that it is uncertain, or point to a footnote, and make it another value: no search and no join finds it.
    """
    if column.as_meant.type != "text" or (not column.holds_any("(*[^~?!") and column.bytes[1] < 128):
        return None
    some = column.sample()
    if not some or sum(map(len, some)) > LONGEST * len(some):
        return None
    mask = (column.matching(_VALUE + f".*{_AFTER}") | column.matching(_BEFORE + _VALUE)) & ~column.missing
    if not FEWEST <= mask.sum() <= MOST * column.present:
        return None
    values = column.at(mask.nonzero()[0]).unique().to_pylist()
    if len(values) < DIFFERENT:
        return None
    shown = ", ".join(cell(value) for value in values[:SHOWN])
    patterns = [pattern.replace(_SIGN, r"[^\w\s)\]]") for pattern in (_AFTER, _BEFORE)]  # as the step reads them
    if len(values) > LISTED:
        settings = {"column": column.name, "mapping": dict.fromkeys(patterns, ""), "match": "pattern"}
    else:
        bare = {value: re.sub(patterns[1], "", re.sub(patterns[0], "", value)) for value in values}
        settings = {"column": column.name, "mapping": bare}
    return Hit(mask, f"{counted(mask.sum(), 'cell has', 'cells have')} a mark beside the value: {shown}.", settings)
