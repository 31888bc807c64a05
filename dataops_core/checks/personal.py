"""Cells that name a person directly, as the recognizer of the house says (dataops_core/privacy)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.checks.column_view import ColumnView, Mask, each
from dataops_core.privacy import DIRECT, Recognition, recognize_column
from dataops_core.privacy.cells import MOSTLY, PLAIN, SIGNS, cell_test
from dataops_core.privacy.header_words import kinds_named
from dataops_core.privacy.recognize_column import names_nobody
from dataops_core.privacy.values import CANDIDATES, ColumnValues, column_values, distinct_values, varied_values

_ALL = 20_000  # different texts up to which each is searched for what has no sign of its own: names, addresses


def recognized(column: ColumnView) -> list[Recognition]:
    """The direct identifiers of a column that are certain or likely, what tells most first; looked for once."""
    known: list[Recognition] | None = column.__dict__.get("recognized")
    if known is None:
        found = _look(column) if column.type in ("text", "integer", "decimal") and column.present else []
        known = column.__dict__["recognized"] = [each for each in found if each.state != "ask"]
    return known


def _look(column: ColumnView) -> list[Recognition]:
    numbers = column.type != "text"
    if numbers and names_nobody(column.name, column.type, column.facts["min"], column.facts["max"]):
        return []
    return recognize_column(_values(column))


def _values(column: ColumnView) -> ColumnValues:
    """The values as the recognizer looks at them; taken from the column where it holds each once already."""
    if column.varied:
        return varied_values(column.name, pa.chunked_array(column.varied), column.distinct)
    if column.dictionary is None:
        return column_values(column.table, column.name)
    return distinct_values(column.name, column.type, column.dictionary[0], column.counts)


def personal_cells(column: ColumnView) -> Iterator[tuple[str, Mask]]:
    """What the cells of a column are that names a person directly, and which cells."""
    for found in recognized(column):
        if not found.inside:
            yield DIRECT[found.type], _cells(column, found)


def embedded_cells(column: ColumnView) -> Iterator[tuple[str, Mask]]:
    """What names a person directly inside longer texts, and which cells; cells that are nothing else are not counted
    (see personal_cells).
    """
    inside = [found for found in recognized(column) if found.inside]
    if not inside:
        return
    whole = np.logical_or.reduce([np.zeros(column.rows, dtype=bool), *(mask for _, mask in personal_cells(column))])
    for found in inside:
        mask = _cells(column, found) & ~whole
        if mask.any():
            yield DIRECT[found.type], mask


def identifying_cells(column: ColumnView) -> Mask:
    """Which cells hold a direct identifier, alone or among other words."""
    none = np.zeros(column.rows, dtype=bool)
    return np.logical_or.reduce([none, *(_cells(column, found) for found in recognized(column))])


def _cells(column: ColumnView, found: Recognition) -> Mask:
    if column.type != "text":
        return ~column.missing
    test = cell_test(found)
    if not found.inside and found.type == "person_name" and found.share >= MOSTLY:
        return ~column.missing
    sign = SIGNS.get(found.type) if found.inside else None
    if sign is not None:
        signed = column.matching(sign)
        return signed & column.where(each(lambda text: _has(sign, text) and test(text))) if signed.any() else signed
    if found.inside and column.distinct > _ALL:  # most of a minute for a million remarks: some of them must do
        looked_at = set(_values(column).values[:CANDIDATES])
        return column.where(each(lambda text: text in looked_at and test(text)))
    plain = PLAIN.get(found.type)
    return column.where(each(test) if plain is None else _plain_first(plain, test))


def _plain_first(pattern: str, test: Callable[[str], bool]) -> Callable[[pa.Array], np.ndarray]:
    """A test on an array of texts that looks one by one only at those which a pattern (RE2) does not settle."""

    def told(some: pa.Array) -> np.ndarray:
        passed = np.array(pc.match_substring_regex(some, pattern), dtype=bool)
        left = np.flatnonzero(~passed)
        passed[left] = each(test)(some.take(pa.array(left)))
        return passed

    return told


def _has(sign: str, text: str) -> bool:
    import re

    return re.search(sign, text) is not None


def holds_person_names(column: ColumnView) -> bool:
    """Whether a column of text holds the names of persons."""
    return column.type == "text" and any(
        found.type == "person_name" and not found.inside for found in recognized(column)
    )


def is_about_persons(column: ColumnView) -> bool:
    """Whether a column's name says that it names persons or how to reach them, however often each of them comes up."""
    named = kinds_named(column.name)
    return bool(named & set(DIRECT)) and "thing" not in named
