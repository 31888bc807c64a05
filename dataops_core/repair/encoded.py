"""A table as codes: every value of a column once, and its place there for every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.checks.missing_tokens import means_missing
from dataops_core.table import Table


@dataclass
class EncodedColumn:
    """A column: name, storage type, its values as text, and per row the place of its value (-1: missing)."""

    name: str
    type: str
    values: list[str]
    codes: np.ndarray
    _by_value: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def counts(self) -> np.ndarray:
        """How many rows hold each value (values,)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))

    def code_of(self, value: str) -> int:
        """The place of a value; a new one is added."""
        places = self._places()
        if value not in places:
            places[value] = len(self.values)
            self.values.append(value)
        return places[value]

    def _places(self) -> dict[str, int]:
        if len(self._by_value) != len(self.values):
            self._by_value = {value: at for at, value in enumerate(self.values)}
        return self._by_value

    def copy(self) -> EncodedColumn:
        """The same column with values and codes of its own."""
        return EncodedColumn(self.name, self.type, list(self.values), self.codes.copy())


@dataclass
class EncodedTable:
    """The columns of a table, in its order; all have as many codes as it has rows."""

    columns: list[EncodedColumn]

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return len(self.columns[0].codes) if self.columns else 0

    def copy(self) -> EncodedTable:
        """A copy whose cells can be changed."""
        return EncodedTable([column.copy() for column in self.columns])

    def place(self, name: str) -> int:
        """The place of the column with that name."""
        return next(at for at, column in enumerate(self.columns) if column.name == name)


def encoded(table: Table) -> EncodedTable:
    """A table as codes; cells that only say that nothing is known ("n/a") count as missing."""
    columns = []
    with pq.ParquetFile(table.path) as file:
        for column in table.columns:
            cells = file.read([column.name]).column(0).combine_chunks()
            columns.append(EncodedColumn(column.name, column.type, *_coded(cells, column.type)))
    return EncodedTable(columns)


def _coded(cells: pa.Array, kind: str) -> tuple[list[str], np.ndarray]:
    coded = cells.dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.unify_dictionaries().combine_chunks()
    values = as_written(coded.dictionary, kind)
    codes = np.asarray(coded.indices.fill_null(-1)).astype(np.int32)
    return values, _without(values, codes) if kind == "text" else codes


def as_written(values: pa.Array, kind: str) -> list[str]:
    """Values as text: days without a time of day, numbers as short as they can be."""
    if kind == "datetime":
        texts = pc.strftime(values, "%Y-%m-%dT%H:%M:%S").to_pylist()
        return [text.removesuffix("T00:00:00") for text in texts]
    if kind == "decimal":
        return [f"{value!r}".removesuffix(".0") for value in values.to_pylist()]
    return [value if isinstance(value, str) else str(value) for value in values.to_pylist()]


def _without(values: Sequence[str], codes: np.ndarray) -> np.ndarray:
    silent = [at for at, value in enumerate(values) if means_missing(value)]
    if not silent:
        return codes
    kept = np.arange(len(values) + 1, dtype=np.int32)
    kept[silent] = -1
    kept[-1] = -1
    return kept[codes]
