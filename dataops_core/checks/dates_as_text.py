"""Dates kept as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dataops_core.checks.check import Hit, by_value, check
from dataops_core.steps.parse_dates import parse_dates
from dataops_core.table import Column

_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\s*(\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}[\s-]{_MONTH}[\s-],?\s*\d{{4}}|{_MONTH}\s+\d{{1,2}},?\s+\d{{4}})([T\s]+\d{{1,2}}:\d{{2}}.*)?\s*",
    re.IGNORECASE,
)


@check("Dates kept as text", group="Dates", types=["text"], fix=parse_dates)
def dates_as_text(column: pd.Series, facts: Mapping[str, Any], about: Column) -> Hit | None:
    """Dates that are stored as text, often in several formats.

    Text cannot be sorted by time or subtracted, and 03/04 is two different days in two countries.
    """
    if not facts["distinct"]:
        return None
    mask = by_value(column, lambda text: bool(_DATE.fullmatch(text)))
    if mask.sum() < 0.8 * column.notna().sum():
        return None
    return Hit(mask, f"{mask.sum():,} cells are dates written as text.", {"columns": [about.name]})
