"""Columns that name nobody alone, and single people out together."""

from __future__ import annotations

import re

from dataops_core.privacy.header_words import kinds_named
from dataops_core.privacy.identifiers.name_lists import cities
from dataops_core.privacy.values import ColumnValues

KINDS = (
    "birth_date", "age", "sex", "postcode", "city", "region", "occupation", "education", "marital_status",
    "nationality",
    "language", "household", "admission_date",
)  # fmt: skip
_SEXES = {
    "m", "f", "male", "female", "man", "woman", "w", "männlich", "weiblich", "homme", "femme", "masculin",
    "féminin", "hombre",
    "mujer", "masculino", "femenino", "feminino", "maschio", "femmina", "vrouw", "mężczyzna", "kobieta", "kvinna",
    "kvinde",
    "mand", "diverse", "divers", "other", "non-binary", "d", "x", "unknown", "мужской", "женский", "м", "ж",
}  # fmt: skip


def quasi_identifier(column: ColumnValues) -> str | None:
    """What quasi-identifier a column is, by its name or its values, or None."""
    if column.distinct < 2:
        return None
    named = kinds_named(column.name)
    kind = next((kind for kind in KINDS if kind in named), None)
    if kind is not None:
        return kind
    lower = {value.strip().lower() for value in column.values}
    if (
        column.type == "text"
        and 2 <= column.distinct <= 6
        and lower <= _SEXES
        and len(lower - {"x", "other", "unknown"}) >= 2
    ):
        return "sex"
    if column.type == "text" and column.distinct >= 20 and not re.search(r"\d", "".join(column.values[:50])):
        towns = cities()
        if sum(value.strip().lower() in towns for value in column.values) >= 0.7 * len(column.values):
            return "city"
    return None
