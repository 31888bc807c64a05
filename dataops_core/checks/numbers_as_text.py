"""Numbers kept as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dataops_core.checks.check import Hit, by_value, check, words_of
from dataops_core.steps.parse_numbers import parse_numbers
from dataops_core.table import Column

# money sign or code, digits with thousands signs and decimals, unit or percent sign
_NUMBER = re.compile(
    r"\s*\(?\s*[-+−]?\s*([$€£¥₹]|[A-Z]{3}\b)?\s*[-+−]?\s*\d[\d.,'\s\u00a0\u202f]*([eE][-+]?\d+)?\s*([$€£¥₹%]|[A-Za-z]{1,4}\.?)?\s*\)?\s*"
)

# what is called so is written in digits, but nobody adds it up
_NAMES = {
    "zip", "zipcode", "postal", "postcode", "plz", "phone", "tel", "telephone", "mobile", "fax", "ssn", "iban", "account", "code", "id",
    "number", "nr", "no",
}


@check("Numbers kept as text", group="Numbers", types=["text"], fix=parse_numbers)
def numbers_as_text(column: pd.Series, facts: Mapping[str, Any], about: Column) -> Hit | None:
    """Money, percentages or measures that are stored as text.

    Text cannot be summed, averaged or compared: "9" comes after "10".
    """
    if about.kind == "id" or not facts["distinct"] or words_of(about.name) & _NAMES or _are_codes(column):
        return None
    mask = by_value(column, lambda text: len(text) < 40 and bool(_NUMBER.fullmatch(text)) and not _looks_like_date(text))
    if mask.sum() < 0.8 * column.notna().sum():
        return None
    return Hit(mask, f"{mask.sum():,} cells are numbers written as text.", {"columns": [about.name]})


def _are_codes(column: pd.Series) -> bool:
    """Zip codes and the like: digits only, all of one length, some with a leading zero."""
    values = column.dropna().unique()
    return all(v.isdigit() for v in values) and len({len(v) for v in values}) == 1 and any(v[0] == "0" for v in values)


def _looks_like_date(text: str) -> bool:
    return bool(re.fullmatch(r"\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*", text))
