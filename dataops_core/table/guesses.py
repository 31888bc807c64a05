"""Counts that tell the kind of a new column while its rows go by, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.table.arrow_hash import text_parts
from dataops_core.table.kinds import ID_NAME, guess_kind

WINDOW = 100_000  # rows in which lengths of distinct texts are added up
FEW = 1000  # more distinct texts than this make no category
LIMIT = 50_000


class Guesses:
    """The kinds of columns of these types, learned from their distinct values.

    Only what can change the answer is counted: distinct texts up to FEW, and all distinct values, as 64-bit hashes,
    where the name may be that of an identifier.
    """

    def __init__(self, types: Mapping[str, str]) -> None:
        self.types = dict(types)
        self._counts: dict[str, _FewTexts | _AllValues] = {}
        for name, kind in types.items():
            if kind in ("text", "integer") and ID_NAME.search(name):
                self._counts[name] = _AllValues()
            elif kind == "text":
                self._counts[name] = _FewTexts()

    def update(self, piece: pa.Table, ends_window: bool) -> None:
        """Count what the next rows hold."""
        for name, counts in self._counts.items():
            counts.update(piece.column(name))
            if ends_window:
                counts.end_window()

    def kind(self, name: str, rows: int) -> str:
        """The kind that a column most likely is, after all rows."""
        counts = self._counts.get(name)
        if counts is None:
            return guess_kind(name, self.types[name], rows, 0)
        counts.end_window()
        distinct = counts.distinct()
        return guess_kind(name, self.types[name], rows, distinct, counts.length / max(1, distinct))


class _FewTexts:
    """The distinct texts of a column, until they are many."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.window: set[str] = set()
        self.length = 0

    def update(self, column: pa.ChunkedArray) -> None:
        if len(self.seen) <= FEW:
            self.window.update(column.unique().drop_null().slice(0, FEW + 1).to_pylist())
            if len(self.window) > FEW:
                self.end_window()

    def end_window(self) -> None:
        self.seen |= self.window
        self.length += sum(map(len, self.window))
        self.window.clear()

    def distinct(self) -> int:
        return len(self.seen)


class _AllValues:
    """How many distinct values a column has, and how long its texts are."""

    def __init__(self) -> None:
        self.seen: list[np.ndarray] = []
        self.window: list[tuple[np.ndarray, np.ndarray]] = []
        self.rows = self.length = 0
        self.many = False

    def update(self, column: pa.ChunkedArray) -> None:
        if not self.many:
            self.rows += len(column)
            self.window += [_marks(chunk.drop_null()) for chunk in column.chunks]

    def end_window(self) -> None:
        if not self.window:
            return
        marks, at = np.unique(np.concatenate([marks for marks, _ in self.window]), return_index=True)
        self.length += int(np.concatenate([sizes for _, sizes in self.window])[at].sum())
        self.seen.append(marks)
        self.many = len(marks) < self.rows and self.distinct() > LIMIT
        self.window, self.rows = [], 0

    def distinct(self) -> int:
        if len(self.seen) > 1:
            self.seen = [np.unique(np.concatenate(self.seen))]
        return len(self.seen[0]) if self.seen else 0


def _marks(chunk: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """A 64-bit mark for each value, equal for equal values, and the lengths of texts."""
    if pa.types.is_integer(chunk.type):
        return chunk.to_numpy().view(np.uint64), np.zeros(len(chunk), dtype=np.int64)
    return text_marks(chunk), pc.utf8_length(chunk).to_numpy()


def text_marks(column: pa.Array) -> np.ndarray:
    """A 64-bit hash of each text, eight bytes at a time; no text is missing.

    >>> marks = text_marks(pa.array(["a", "b", "a", "a longer text", ""]))
    >>> len(set(marks.tolist())), bool(marks[0] == marks[2])
    (4, True)
    """
    bounds, data = text_parts(column)
    padded = np.concatenate([data, np.zeros(8, dtype=np.uint8)])
    words = np.ndarray((len(data) + 1,), dtype="<u8", buffer=padded.data, strides=(1,))
    sizes = np.diff(bounds).astype(np.uint64)
    marks = _mixed(sizes + np.uint64(0x9E3779B97F4A7C15))
    starts, rows, left = bounds[:-1], np.arange(len(column)), sizes
    while len(rows):
        some = left > 0
        if not some.all():
            rows, starts, left = rows[some], starts[some], left[some]
        part = np.minimum(left, np.uint64(8))
        word = words[starts] & (np.uint64(2**64 - 1) >> (np.uint64(8) * (np.uint64(8) - part)))
        marks[rows] = _mixed(marks[rows] ^ word)
        starts, left = starts + 8, left - part
    return marks


def _mixed(marks: np.ndarray) -> np.ndarray:
    """Marks whose bits all depend on each other (the finaliser of splitmix64)."""
    marks = (marks ^ (marks >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    marks = (marks ^ (marks >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return marks ^ (marks >> np.uint64(31))
