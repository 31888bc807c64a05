"""Counts that tell the kind of a new column while its rows go by, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.table.arrow_hash import text_parts
from dataops_core.table.kinds import ID_NAME, guess_kind
from dataops_core.values.random import GOLDEN, mixed

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
        """Count more rows."""
        if len(self.seen) <= FEW:
            self.window.update(column.unique().drop_null().slice(0, FEW + 1).to_pylist())
            if len(self.window) > FEW:
                self.end_window()

    def end_window(self) -> None:
        """Add up what the rows since the last window hold."""
        self.seen |= self.window
        self.length += sum(map(len, self.window))
        self.window.clear()

    def distinct(self) -> int:
        """How many distinct values there were."""
        return len(self.seen)


class _AllValues:
    """How many distinct values a column has, and how long its texts are; values that only rise need no comparing."""

    def __init__(self) -> None:
        self.seen: list[np.ndarray] = []
        self.window: list[tuple[np.ndarray, np.ndarray]] = []
        self.rows = self.length = 0
        self.many, self.rising, self.last = False, True, pa.scalar(None)

    def update(self, column: pa.ChunkedArray) -> None:
        """Count more rows."""
        if self.many:
            return
        self.rows += len(column)
        for chunk in column.chunks:
            held = chunk.drop_null()
            if len(held):
                self.rising = self.rising and rises(held, self.last)
                self.last = held[-1]
                self.window.append(_marks(held))

    def end_window(self) -> None:
        """Add up what the rows since the last window hold."""
        if self.window:
            marks = np.concatenate([marks for marks, _ in self.window])
            sizes = np.concatenate([sizes for _, sizes in self.window])
            if not self.rising:
                order = np.argsort(marks)
                marks = marks[order]
                first = np.concatenate([[True], marks[1:] != marks[:-1]])
                marks, sizes = marks[first], sizes[order][first]
            self.length += int(sizes.sum())
            self.seen.append(marks)
            self.many = len(marks) < self.rows and self.distinct() > LIMIT
        self.window, self.rows = [], 0

    def distinct(self) -> int:
        """How many distinct values there were."""
        if len(self.seen) > 1 and not self.rising:
            marks = np.sort(np.concatenate(self.seen))
            self.seen = [marks[np.concatenate([[True], marks[1:] != marks[:-1]])]]
        return sum(map(len, self.seen))


def rises(values: pa.Array, last: pa.Scalar) -> bool:
    """Whether each value is greater than the one before it.

    >>> rises(pa.array([1, 2, 4]), pa.scalar(0)), rises(pa.array(["b", "a"]), pa.scalar(None))
    (True, False)
    """
    steps = pc.less(values[:-1], values[1:])
    return steps.true_count == len(steps) and (not last.is_valid or pc.less(last, values[0]).as_py())


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
    marks = mixed(sizes + np.uint64(GOLDEN))
    starts, rows, left = bounds[:-1], np.arange(len(column)), sizes
    while len(rows):
        some = left > 0
        if not some.all():
            rows, starts, left = rows[some], starts[some], left[some]
        part = np.minimum(left, np.uint64(8))
        word = words[starts] & (np.uint64(2**64 - 1) >> (np.uint64(8) * (np.uint64(8) - part)))
        marks[rows] = mixed(marks[rows] ^ word)
        starts, left = starts + 8, left - part
    return marks
