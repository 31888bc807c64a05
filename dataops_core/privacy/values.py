"""The values of a column as the recognizer looks at them: each once, with how many cells hold it, bounded in number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.table import Table, opened

AT_ONCE = 2_000_000  # cells of a column that are held at once; of a longer one, piece after piece
PIECE = 500_000  # cells of one
DRAWN = 1 << 16  # different values of a longer column that are held; up to so many, nothing is drawn
LOOKED_AT = 3_000  # different values that every recognizer looks at, spread evenly over the column
CANDIDATES = 20_000  # different values with a sign of personal data that are read to the end


@dataclass(frozen=True)
class ColumnValues:
    """A column's name and type, the values looked at, and how many cells hold each of them.

    `candidates` are those among all values that hold an @, a long run of digits, or another sign of personal data.
    """

    name: str
    type: str
    values: list[str]
    counts: np.ndarray
    candidates: list[str]
    candidate_counts: np.ndarray
    distinct: int
    cells: int

    @property
    def looked_at_cells(self) -> int:
        """How many cells hold a value that is looked at."""
        return int(self.counts.sum())

    @property
    def is_whole(self) -> bool:
        """Whether all values are looked at."""
        return len(self.values) == self.distinct

    def matching(self, test: Callable[[str], bool]) -> np.ndarray:
        """Which of the values pass a test; shape (values,)."""
        return np.fromiter((test(value) for value in self.values), dtype=bool, count=len(self.values))

    def share(self, mask: np.ndarray) -> float:
        """The share of the values that a mask holds; of different values, so that a frequent one counts once."""
        return float(mask.mean()) if len(mask) else 0.0

    def counted(self, mask: np.ndarray) -> int:
        """How many cells hold the values of a mask."""
        return int(self.counts[mask].sum())


# RE2; what has none of these signs holds no address, number or link
_SIGN = r"@|\d[\d\s()./-]{5,}\d|[A-Za-z]{2}\d{2}|://|www\.|\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{4,}"


def values_of(name: str, kind: str, cells: pa.Array | pa.ChunkedArray | pd.Series) -> ColumnValues:
    """The values of cells of one type."""
    array = pa.array(cells, from_pandas=True) if isinstance(cells, pd.Series) else cells
    if kind == "text" and not pa.types.is_string(array.type):
        array = array.cast(pa.string())
    encoded = (array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array).dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    codes = np.asarray(encoded.indices.fill_null(-1))
    counts = np.bincount(codes[codes >= 0], minlength=len(encoded.dictionary))
    return distinct_values(name, kind, encoded.dictionary, counts)


def distinct_values(name: str, kind: str, distinct: pa.Array, counts: np.ndarray) -> ColumnValues:
    """The values of a column of one type, given each once in the order in which it first comes, and its cells."""
    places = _spread(len(distinct), LOOKED_AT)
    hits = np.zeros(0, dtype=np.int64)
    if kind == "text" and len(distinct) > LOOKED_AT:
        hits = np.flatnonzero(np.asarray(pc.match_substring_regex(distinct, _SIGN)))
        hits = hits[_spread(len(hits), CANDIDATES)]
    return ColumnValues(
        name,
        kind,
        _texts(distinct.take(pa.array(places)), kind),
        counts[places],
        _texts(distinct.take(pa.array(hits)), kind),
        counts[hits],
        len(distinct),
        int(counts.sum()),
    )


def varied_values(name: str, cells: pa.ChunkedArray, distinct: int) -> ColumnValues:
    """The values of a column of text in most cells of which stands a value of their own; `distinct` says how many.

    Those at rows spread evenly, each once: to find all that differ would cost more than to look at these.
    """
    there = cells.drop_null()
    values = pc.unique(there.take(pa.array(_spread(len(there), LOOKED_AT))))
    hits = np.flatnonzero(np.asarray(pc.match_substring_regex(there, _SIGN)))
    candidates = pc.unique(there.take(pa.array(hits[_spread(len(hits), CANDIDATES)])))
    wanted = pc.unique(pa.chunked_array([values, candidates]))
    places = pc.index_in(there, value_set=wanted).drop_null().to_numpy()
    counts = np.bincount(places, minlength=len(wanted))
    return ColumnValues(
        name,
        "text",
        values.to_pylist(),
        counts[pc.index_in(values, value_set=wanted).to_numpy()],
        candidates.to_pylist(),
        counts[pc.index_in(candidates, value_set=wanted).to_numpy()],
        distinct,
        len(there),
    )


def _texts(values: pa.Array, kind: str) -> list[str]:
    return [str(value) for value in (values if kind == "datetime" else values.cast(pa.string())).to_pylist()]


def _spread(size: int, most: int) -> np.ndarray:
    """At most so many places, evenly over all."""
    return np.arange(size) if size <= most else np.unique(np.linspace(0, size - 1, most).astype(np.int64))


def column_values(table: Table, name: str) -> ColumnValues:
    """The values of a column of a table, with bounded memory."""
    kind = table.column(name).type
    if table.rows > AT_ONCE:
        return values_in_pieces(name, kind, (piece.column(name) for piece in table.arrow_batches([name], PIECE)))
    with opened(table.path) as file:
        return values_of(name, kind, file.read(columns=[name]).column(0))


def values_in_pieces(name: str, kind: str, pieces: Iterable[pa.ChunkedArray]) -> ColumnValues:
    """The values of a column that comes piece after piece, in the memory of one piece.

    With up to DRAWN different values they are what `values_of` finds. Of more, those with the least hashes are looked
    at: a fair draw, with exact counts of cells; `distinct` is then an estimate from the greatest of these hashes, with
    a standard error of 0.4 % (Bar-Yossef et al., RANDOM 2002).
    """
    drawn, hits, at, cells = _LeastHashes(DRAWN), _LeastHashes(CANDIDATES), 0, 0
    for piece in pieces:
        array = piece.cast(pa.string()) if kind == "text" and not pa.types.is_string(piece.type) else piece
        encoded = array.combine_chunks().dictionary_encode()
        codes = np.asarray(encoded.indices.fill_null(-1))
        counts = np.bincount(codes[codes >= 0], minlength=len(encoded.dictionary))
        first = np.full(len(counts), len(codes))
        np.minimum.at(first, codes[codes >= 0], np.flatnonzero(codes >= 0))
        hashes = _hashes(encoded.dictionary)
        drawn.add(hashes, encoded.dictionary, counts, at + first)
        if kind == "text":
            signs = np.asarray(pc.match_substring_regex(encoded.dictionary, _SIGN))
            hits.add(hashes[signs], encoded.dictionary.filter(pa.array(signs)), counts[signs], at + first[signs])
        at, cells = at + len(codes), cells + int(counts.sum())
    if drawn.is_whole:
        return distinct_values(name, kind, *drawn.least(DRAWN))
    values, counts = drawn.least(LOOKED_AT)
    candidates, candidate_counts = hits.least(CANDIDATES)
    return ColumnValues(
        name,
        kind,
        _texts(values, kind),
        counts,
        _texts(candidates, kind),
        candidate_counts,
        drawn.estimate,
        cells,
    )


def _hashes(values: pa.Array) -> np.ndarray:
    """A 64-bit hash of each value; shape (values,)."""
    if pa.types.is_temporal(values.type):
        values = values.view(pa.int64())
    plain = values.to_numpy(zero_copy_only=False)
    return pd.util.hash_array(plain, categorize=False)


@dataclass
class _LeastHashes:
    """The values with the least hashes of all that come, each with its cells and the place where it first stands.

    What is among them in the end was so all along, so that its cells are counted from the first to the last.
    """

    most: int
    hashes: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    values: pa.Array | None = None
    counts: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    first: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    is_whole: bool = True

    def add(self, hashes: np.ndarray, values: pa.Array, counts: np.ndarray, first: np.ndarray) -> None:
        """Take in the different values of a piece."""
        if not self.is_whole:
            low = hashes <= self.hashes[-1]
            hashes, values, counts, first = hashes[low], values.filter(pa.array(low)), counts[low], first[low]
        known = values if self.values is None else pa.concat_arrays([self.values, values])
        least, at, places = np.unique(np.concatenate([self.hashes, hashes]), return_index=True, return_inverse=True)
        sums = np.bincount(places, np.concatenate([self.counts, counts]), len(least)).astype(np.int64)
        self.is_whole = self.is_whole and len(least) <= self.most
        self.hashes, at, self.counts = least[: self.most], at[: self.most], sums[: self.most]
        self.values, self.first = known.take(pa.array(at)), np.concatenate([self.first, first])[at]

    def least(self, most: int) -> tuple[pa.Array, np.ndarray]:
        """The values with the least hashes, in the order in which they first stand, and the cells of each."""
        order = np.argsort(self.first[:most], kind="stable")
        values = pa.array([], pa.string()) if self.values is None else self.values
        return values.take(pa.array(order)), self.counts[order]

    @property
    def estimate(self) -> int:
        """About how many different values there were."""
        if self.is_whole:
            return len(self.hashes)
        return round((self.most - 1) / (float(self.hashes[-1]) / 2.0**64))
