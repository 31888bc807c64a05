"""The cells of one column as checks look at them: each value once, with what is needed to find its rows again."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.read import Blanked
from dataops_core.table import ROW_ID, Column, Table, opened
from dataops_core.table.arrow_hash import text_parts
from dataops_core.values.text import words_in

FEW = 50_000  # values up to which each one is looked at by Python code
WHOLE = 2_000_000  # rows up to which a column of text is held as one dictionary, however many values it has
PIECE = 50  # row groups taken at a time where it is not
SMALL = 10_000  # rows up to which a column is read once: opening the file takes longer than reading it

Mask = np.ndarray
_ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.float64(),
    "boolean": pa.bool_(),
    "datetime": pa.timestamp("us"),
}


def one_zero(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """The cells with 0.0 for -0.0, which are equal."""
    return pc.add(cells, 0.0) if pa.types.is_floating(cells.type) else cells


class ColumnView:
    """One column: facts, missing cells, numbers or moments or distinct values, and masks of rows.

    A mask is a boolean per row, in the order of the rows. Nothing is read before it is asked for.
    """

    def __init__(self, table: Table, about: Column, facts: Mapping[str, Any], blanked: Blanked | None = None) -> None:
        self.table, self.about, self.facts, self.blanked = table, about, facts, blanked
        self.name, self.type, self.kind, self.rows = about.name, about.type, about.kind, table.rows
        self._samples: dict[int, list[str]] = {}
        self.parsed: ColumnView | None = None  # the values as meant, where they differ from those stored

    @property
    def as_meant(self) -> ColumnView:
        """The column as its owner means it: numbers or moments where most of a column of text can be read as such."""
        return self.parsed or self

    @property
    def present(self) -> int:
        """How many cells hold something."""
        return (
            int(np.count_nonzero(~self.missing))
            if self.facts["missing"] is None
            else self.rows - int(self.facts["missing"])
        )

    @property
    def distinct(self) -> int:
        """How many values the column has, missing not counted; 0 where they could not be counted."""
        return int(self.facts["distinct"] or 0)

    @functools.cached_property
    def words(self) -> set[str]:
        """The words in the column's name."""
        return words_of(self.name)

    @functools.cached_property
    def missing(self) -> Mask:
        """Which cells are missing."""
        if self.facts["missing"] == 0:
            return np.zeros(self.rows, dtype=bool)
        if self.type in ("integer", "decimal"):
            return np.isnan(self.numbers)
        if self.type == "datetime":
            return np.isnat(self.moments)
        if not self.varied and self.dictionary is not None:
            return self.dictionary[1] < 0
        parts = [np.asarray(pc.is_null(part)) for part in self.varied or self.pieces()]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)

    @functools.cached_property
    def numbers(self) -> np.ndarray:
        """Numbers (or truth values) as float64, NaN where missing; shape (rows,)."""
        return filled(
            self.rows, "float64", (part.cast(pa.float64()).to_numpy(zero_copy_only=False) for part in self.pieces())
        )

    @functools.cached_property
    def moments(self) -> np.ndarray:
        """Moments as datetime64[us], NaT where missing; shape (rows,)."""
        return filled(self.rows, "datetime64[us]", (part.to_numpy(zero_copy_only=False) for part in self.pieces()))

    @functools.cached_property
    def varied(self) -> list[pa.Array]:
        """A column of text in which most cells hold a value of their own, as it is; empty for others.

        Looking at a value that comes twice two times costs less than finding out which values come twice.
        """
        if self.type != "text" or self.rows > WHOLE or self.distinct <= max(FEW, self.present // 2):
            return []
        return list(self.pieces())

    @functools.cached_property
    def bytes(self) -> tuple[int, int]:
        """The least and the greatest byte of all texts; (255, 0) where there is none. Most columns are plain ASCII, and
        most signs are not.
        """
        least, most = 255, 0
        for part in self.varied or ([self.dictionary[0]] if self.dictionary is not None else self.pieces()):
            data = text_parts(part)[1]
            if len(data):
                least, most = min(least, int(data.min())), max(most, int(data.max()))
        return least, most

    def holds_any(self, signs: str) -> bool:
        """Whether one of these ASCII signs stands in any text: much faster than a regular expression that needs one."""
        for part in self.varied or ([self.dictionary[0]] if self.dictionary is not None else self.pieces()):
            held = text_parts(part)[1].tobytes()
            if any(sign.encode() in held for sign in signs):
                return True
        return False

    @functools.cached_property
    def dictionary(self) -> tuple[pa.Array, np.ndarray] | None:
        """Each value once, in the order in which it first comes, and its place there for every row (-1: missing).

        None for text with too many values in too many rows.
        """
        if self.type == "text" and self.rows > WHOLE and self.distinct > WHOLE // 2:
            return None
        if (
            self.distinct == self.present and self.facts.get("distinct_error") is None
        ):  # each cell is a value of its own
            whole = pa.chunked_array(list(self.varied or self.pieces()), _ARROW[self.type])
            there = np.asarray(whole.is_valid())
            values = whole.drop_null().combine_chunks()
            return values, np.where(there, np.cumsum(there) - 1, -1).astype(np.int32)
        with pq.ParquetFile(self.table.path, read_dictionary=[self.name] if self.type == "text" else None) as file:
            whole = one_zero(file.read(columns=[self.name]).column(0))
        encoded = (
            (whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode())
            .unify_dictionaries()
            .combine_chunks()
        )
        if isinstance(encoded, pa.ChunkedArray):
            encoded = (
                encoded.chunk(0)
                if encoded.num_chunks
                else pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), pa.array([], pa.string()))
            )
        return encoded.dictionary, np.asarray(encoded.indices.fill_null(-1)).astype(np.int32, copy=False)

    @functools.cached_property
    def counts(self) -> np.ndarray:
        """How many rows hold each value of the dictionary."""
        assert self.dictionary is not None
        values, codes = self.dictionary
        return np.bincount(codes[codes >= 0], minlength=len(values))

    @functools.cached_property
    def texts(self) -> list[str] | None:
        """The distinct values of a column of text, where there are few (FEW)."""
        if self.type != "text" or self.distinct > FEW or self.dictionary is None:
            return None
        return [str(value) for value in self.dictionary[0].to_pylist()]

    @functools.cached_property
    def tally(self) -> dict[str, int]:
        """Rows by value, the most frequent first, for a column of text with few values; empty for others."""
        if self.texts is None:
            return {}
        pairs = sorted(zip(self.texts, self.counts.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
        return dict(pairs)

    def holding(self, values: Any) -> Mask:
        """Which rows hold one of these values (texts)."""
        wanted = pa.array(list(values), pa.string())
        if not len(wanted):
            return np.zeros(self.rows, dtype=bool)
        return self.where(lambda some: np.asarray(pc.is_in(some, value_set=wanted)))

    def where(self, test: Callable[[pa.Array], np.ndarray]) -> Mask:
        """Which rows hold a value that passes; the test gets an array of values, mostly each once, and answers with
        booleans.
        """
        if self.varied:
            return np.concatenate([_tested(part, test) for part in self.varied])
        if self.dictionary is not None:
            return _spread(*self.dictionary, test)
        parts = []
        for part in self.pieces():
            if self.distinct > self.present // 2:  # as in `varied`
                parts.append(_tested(part, test))
                continue
            encoded = part.dictionary_encode()
            parts.append(_spread(encoded.dictionary, np.asarray(encoded.indices.fill_null(-1)), test))
        return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)

    def matching(self, pattern: str, *, whole: bool = False) -> Mask:
        """Which cells of text match a regular expression (RE2) somewhere, or as a whole."""
        told = f"^(?:{pattern})$" if whole else pattern
        return self.where(lambda some: np.asarray(pc.match_substring_regex(some, told)))

    def sample(self, size: int = 1000) -> list[str]:
        """The texts of up to `size` rows spread evenly over the column; missing ones left out."""
        if size not in self._samples:
            self._samples[size] = self._sampled(size)
        return self._samples[size]

    def _sampled(self, size: int) -> list[str]:
        if self.varied:
            places = np.linspace(0, self.rows - 1, min(2 * size, self.rows)).astype(int)
            some = pa.chunked_array(self.varied).take(pa.array(places)).drop_null()
            return [str(value) for value in some[:size].to_pylist()]
        if self.dictionary is None:
            first = next(iter(self.pieces())).drop_null()
            return [str(v) for v in first[:size].to_pylist()]
        values, codes = self.dictionary
        some = codes[np.linspace(0, len(codes) - 1, min(2 * size, len(codes))).astype(int)] if len(codes) else codes
        return [str(v) for v in values.take(pa.array(some[some >= 0][:size])).to_pylist()] if self.distinct else []

    def at(self, places: np.ndarray) -> pa.Array:
        """The values at some rows; `places` are in order."""
        if self.varied:
            return pa.chunked_array(self.varied).take(pa.array(places)).combine_chunks()
        if "dictionary" in self.__dict__ and self.dictionary is not None:
            values, codes = self.dictionary
            return values.take(pa.array(codes[places], mask=codes[places] < 0))
        start, parts = 0, []
        for part in self.pieces():
            here = places[(places >= start) & (places < start + len(part))] - start
            parts.append(part.take(pa.array(here)))
            start += len(part)
        return pa.concat_arrays(parts) if parts else pa.array([], _ARROW[self.type])

    def pieces(self) -> Iterator[pa.Array]:
        """The column as Arrow arrays, in order, some row groups at a time."""
        return iter(self._small) if self.rows <= SMALL else self._read()

    @functools.cached_property
    def _small(self) -> list[pa.Array]:
        return list(self._read())

    def _read(self) -> Iterator[pa.Array]:
        with opened(self.table.path) as file:
            for start in range(0, file.num_row_groups, PIECE):
                some = list(range(start, min(start + PIECE, file.num_row_groups)))
                yield file.read_row_groups(some, columns=[self.name]).column(0).combine_chunks()


def filled(rows: int, dtype: str, parts: Iterable[np.ndarray]) -> np.ndarray:
    """Parts put together without a time at which all are held twice."""
    whole = np.empty(rows, dtype=dtype)
    start = 0
    for part in parts:
        whole[start : start + len(part)] = part
        start += len(part)
    return whole


def _spread(values: pa.Array, codes: np.ndarray, test: Callable[[pa.Array], np.ndarray]) -> Mask:
    """What was answered per value, per row."""
    passed = np.append(test(values).astype(bool) if len(values) else np.zeros(0, dtype=bool), False)
    return passed[codes] if passed.any() else np.zeros(len(codes), dtype=bool)


def _tested(values: pa.Array, test: Callable[[pa.Array], np.ndarray]) -> Mask:
    """What was answered on the values that are there, per row."""
    if not values.null_count:
        return np.asarray(test(values)).astype(bool)
    mask = np.zeros(len(values), dtype=bool)
    mask[np.asarray(values.is_valid())] = np.asarray(test(values.drop_null())).astype(bool)
    return mask


def each(test: Callable[[str], bool]) -> Callable[[pa.Array], np.ndarray]:
    """A test on an array of values from a test on one text."""
    return lambda some: np.fromiter((test(value) for value in some.to_pylist()), dtype=bool, count=len(some))


def row_ids(table: Table) -> np.ndarray:
    """The ids of a table's rows, in order; in four bytes each where that is enough."""
    parts = []
    with opened(table.path) as file:
        for batch in file.iter_batches(1_000_000, columns=[ROW_ID]):
            ids = batch.column(0).to_numpy()
            parts.append(ids.astype(np.int32) if ids.min() >= 0 and ids.max() < 2**31 else ids)
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)


def words_of(name: str) -> set[str]:
    """The words in a column's name, in lower case, with the plain singular of a plural.

    >>> sorted(words_of("PhoneNumber_2"))
    ['number', 'phone']
    >>> sorted(words_of("orderDates"))
    ['date', 'dates', 'order']
    """
    plain = re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).lower()
    found = set(words_in(plain))
    return found | {word[:-1] for word in found if len(word) > 3 and word.endswith("s") and not word.endswith("ss")}
