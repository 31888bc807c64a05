"""Direct identifiers."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dataops_core.checks.check import Hit, by_value, check
from dataops_core.steps.drop_columns import drop_columns
from dataops_core.table import Column

_EMAIL = re.compile(r"\s*[\w.+'-]+@[\w-]+(\.[\w-]+)+\s*")
_PHONE = re.compile(r"\s*(\+|00)\d[\d\s().-]{6,18}\d\s*")


@check("Direct identifiers", group="Privacy", types=["text"], fix=drop_columns)
def direct_identifiers(column: pd.Series, facts: Mapping[str, Any], about: Column) -> Hit | None:
    """E-mail addresses or phone numbers: data that names a person.

    Keep it only where it is needed. Whoever gets this dataset gets these people too.
    """
    for what, pattern in (("e-mail addresses", _EMAIL), ("phone numbers", _PHONE)):
        mask = by_value(column, functools.partial(_fits, pattern))
        if mask.any():
            fix = {"columns": [about.name]} if mask.sum() > 0.5 * column.notna().sum() else None
            return Hit(mask, f"{mask.sum():,} cells are {what}.", fix)
    return None


def _fits(pattern: re.Pattern[str], text: str) -> bool:
    return bool(pattern.fullmatch(text))
