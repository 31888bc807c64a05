"""The content hash of Arrow columns, taken from their buffers: the same as that of a frame with the same content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.table.fingerprint import ContentHash


class Stream(Protocol):
    """What takes bytes in, one piece after the other: a hash, or a list of them."""

    def update(self, data: Any, /) -> None:
        """Take in the next bytes."""


class ArrowHash(ContentHash):
    """The content hash, fed with Arrow tables."""

    def update_arrow(self, piece: pa.Table, types: Mapping[str, str]) -> None:
        """Take in the next rows as Arrow columns of string, int64, double, bool or timestamp[us], of these types."""
        self.rows += piece.num_rows
        for name, kind in types.items():
            self.types.setdefault(name, kind)
            if name not in self._streams:
                self._streams[name] = (hashlib.sha256(), hashlib.sha256(), hashlib.sha256())
            for chunk in piece.column(name).chunks:
                hash_chunk(chunk, kind, self._streams[name])


def text_parts(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The bounds of the texts in an Arrow column of strings (one more than there are rows), and the bytes between.

    >>> text_parts(pa.array(["ab", None, "c"]))[0].tolist()
    [0, 2, 2, 3]
    """
    _, bounds, data = column.buffers()
    ends = (
        np.frombuffer(bounds, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
        if len(column)
        else np.zeros(1, np.int32)
    )
    whole = np.frombuffer(data, dtype=np.uint8) if data is not None and len(data) else np.zeros(0, np.uint8)
    return ends - ends[0], whole[ends[0] : ends[-1]]


def hash_chunk(chunk: pa.Array, kind: str, streams: tuple[Stream, Stream, Stream]) -> None:
    """Feed the next cells of a column to its three streams: which are there, lengths of texts, values."""
    there, lengths, values = streams
    held = chunk.is_valid().to_numpy(zero_copy_only=False) if chunk.null_count else None
    there.update(b"\1" * len(chunk) if held is None else held.view(np.uint8).data)
    if kind == "text":
        bounds, data = text_parts(chunk)
        sizes = np.diff(bounds)
        if held is not None and sizes[~held].any():  # a missing text may have bytes that nobody sees
            chunk = chunk.fill_null("")
            bounds, data = text_parts(chunk)
            sizes = np.diff(bounds)
        if len(data) and data.max() > 127:
            sizes = pc.utf8_length(chunk.fill_null("")).to_numpy()
        lengths.update(sizes.astype("<i8").data)
        values.update(np.ascontiguousarray(data).data)
        return
    if kind == "boolean":
        values.update(chunk.fill_null(False).to_numpy(zero_copy_only=False).view(np.uint8).data)
        return
    numbers = _buffer_values(chunk, "<f8" if kind == "decimal" else "<i8")
    if held is not None:
        numbers = np.where(held, numbers, 0)
    values.update((numbers + 0.0 if kind == "decimal" else np.ascontiguousarray(numbers)).data)


def _buffer_values(chunk: pa.Array, dtype: str) -> np.ndarray:
    data = chunk.buffers()[1]
    return (
        np.frombuffer(data, dtype=dtype)[chunk.offset : chunk.offset + len(chunk)] if len(chunk) else np.zeros(0, dtype)
    )
