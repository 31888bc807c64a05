"""A table as codes: every value of a column once, and its place there for every row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.checks.missing_tokens import means_missing
from dataops_core.table import Table

PIECE = 10_000  # values written down at once


class Texts(Sequence[str]):
    """The values of a column of numbers or days as text, written down only when they are asked for."""

    def __init__(self, values: pa.Array, kind: str, more: Sequence[str] = ()) -> None:
        self._values, self._kind, self._more = values, kind, list(more)

    def __len__(self) -> int:
        return len(self._values) + len(self._more)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        if at >= len(self._values):
            return self._more[at - len(self._values)]
        return as_written(self._values.slice(at, 1), self._kind)[0]

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self._values), PIECE):
            yield from as_written(self._values.slice(start, PIECE), self._kind)
        yield from self._more

    def numbers(self) -> np.ndarray:
        """The values of a column of numbers as such (values,)."""
        known = np.asarray(self._values, dtype=float)
        return np.append(known, [float(text) for text in self._more])

    def append(self, value: str) -> None:
        """Add a value."""
        self._more.append(value)

    def copy(self) -> Texts:
        """The same values, to which others can be added."""
        return Texts(self._values, self._kind, self._more)


@dataclass
class EncodedColumn:
    """A column: name, storage type, its values as text, and per row the place of its value (-1: missing)."""

    name: str
    type: str
    values: list[str] | Texts
    codes: np.ndarray
    _by_value: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def numbers(self) -> np.ndarray:
        """The values of a column of numbers as such (values,)."""
        if isinstance(self.values, Texts):
            return self.values.numbers()
        return np.array([float(text) for text in self.values], dtype=float)

    def text_of(self, row: int) -> str | None:
        """What a row holds."""
        return self.values[self.codes[row]] if self.codes[row] >= 0 else None

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
        return EncodedColumn(self.name, self.type, self.values.copy(), self.codes.copy())


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


def encode(table: Table, names: Collection[str] | None = None) -> EncodedTable:
    """A table, or these columns of it, as codes; cells that only say that nothing is known ("n/a") count as missing."""
    columns = []
    with pq.ParquetFile(table.path) as file:
        for column in table.columns:
            if names is not None and column.name not in names:
                continue
            cells = file.read([column.name]).column(0).combine_chunks()
            columns.append(EncodedColumn(column.name, column.type, *_coded(cells, column.type)))
    return EncodedTable(columns)


def _coded(cells: pa.Array, kind: str) -> tuple[list[str] | Texts, np.ndarray]:
    coded = cells.dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.unify_dictionaries().combine_chunks()
    codes = np.asarray(coded.indices.fill_null(-1)).astype(np.int32)
    if kind != "text":
        return Texts(coded.dictionary, kind), codes
    values = coded.dictionary.to_pylist()
    return values, _without(values, codes)


def as_written(values: pa.Array, kind: str) -> list[str]:
    """Values as text: days without a time of day, numbers as short as they can be."""
    if kind == "datetime":
        texts = pc.strftime(values, "%Y-%m-%dT%H:%M:%S").to_pylist()
        return [text.removesuffix(".000000").removesuffix("T00:00:00") for text in texts]
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
