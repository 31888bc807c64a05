"""The content hash: a table's names, types and values, independent of how a file was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dataops_core.table.kinds import tidy, type_of


class ContentHash:
    """A hash over columns' names, types and values in row order, fed batch by batch.

    Per column three streams are hashed: which cells are there (one byte a row), the length of each text, and the
    values (int64, float64, one byte for a boolean, microseconds since 1970 for a datetime, UTF-8 for text). Missing
    cells count as zero, -0.0 as 0.0. How rows were cut into batches makes no difference; row ids do not count.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.types: dict[str, str] = {}
        self._streams: dict[str, tuple[hashlib._Hash, hashlib._Hash, hashlib._Hash]] = {}

    def update(self, frame: pd.DataFrame) -> None:
        """Take in the next rows of the table; the frame must be tidy."""
        self.rows += len(frame)
        for name in frame.columns:
            column = frame[name]
            self.types.setdefault(name, type_of(column))
            if name not in self._streams:
                self._streams[name] = (hashlib.sha256(), hashlib.sha256(), hashlib.sha256())
            there, lengths, values = self._streams[name]
            missing = column.isna().to_numpy(dtype=bool)
            there.update((~missing).astype(np.uint8).tobytes())
            kind = self.types[name]
            if kind == "text":
                texts = [
                    "" if gone else text for text, gone in zip(column.to_numpy(dtype=object), missing, strict=True)
                ]
                lengths.update(np.fromiter(map(len, texts), dtype="<i8", count=len(texts)).tobytes())
                values.update("".join(texts).encode("utf-8", "surrogatepass"))
            elif kind == "decimal":
                numbers = np.where(missing, 0.0, column.to_numpy(dtype="float64", na_value=np.nan)) + 0.0
                values.update(numbers.astype("<f8").tobytes())
            elif kind == "datetime":
                moments = column.to_numpy(dtype="datetime64[us]").astype("<i8")
                values.update(np.where(missing, 0, moments).astype("<i8").tobytes())
            else:
                values.update(column.to_numpy(dtype="<i8" if kind == "integer" else np.uint8, na_value=0).tobytes())

    def columns(self) -> dict[str, str]:
        """The hash of each column's type and values, by name (renaming a column does not change it)."""
        return {
            name: column_hash(self.types[name], [stream.digest() for stream in streams])
            for name, streams in self._streams.items()
        }

    def hexdigest(self) -> str:
        """The content hash of everything taken in so far, as 64 hexadecimal digits."""
        return table_hash(self.rows, self.columns())


def column_hash(kind: str, digests: Sequence[bytes]) -> str:
    """The hash of a column of this storage type, from the digests of its three streams."""
    return hashlib.sha256(kind.encode() + b"".join(digests)).hexdigest()


def table_hash(rows: int, columns: Mapping[str, str]) -> str:
    """The content hash of a table, from the hashes of its columns by name, in order."""
    head = {"rows": rows, "columns": [[name, value] for name, value in columns.items()]}
    return hashlib.sha256(json.dumps(head, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def content_hash(frame: pd.DataFrame) -> str:
    """The content hash of a whole frame.

    >>> one = pd.DataFrame({"a": [1, 2]})
    >>> content_hash(one) == content_hash(one.set_index(pd.Index([7, 8])))
    True
    """
    total = ContentHash()
    total.update(tidy(frame))
    return total.hexdigest()
