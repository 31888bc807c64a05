"""A table at rest: one Parquet file, read a slice at a time; every row has a stable hidden row id."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.errors import InputError, nearest
from dataops_core.scratch import replaced
from dataops_core.table.arrow_hash import ArrowHash
from dataops_core.table.fingerprint import table_hash
from dataops_core.table.guesses import WINDOW, Guesses
from dataops_core.table.kinds import DTYPES, type_of

ROW_ID = "__row_id__"
ROW_GROUP = 10_000
ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.float64(),
    "boolean": pa.bool_(),
    "datetime": pa.timestamp("us"),
}


@dataclass(frozen=True)
class Column:
    """A column's name, storage type, kind, and the hash of its content."""

    name: str
    type: str
    kind: str
    hash: str = ""


@dataclass(frozen=True)
class Table:
    """A handle on one Parquet file: cheap to make and to keep, holds no rows."""

    path: Path
    columns: tuple[Column, ...]
    rows: int
    content_hash: str

    @property
    def names(self) -> list[str]:
        """The columns' names, in order."""
        return [column.name for column in self.columns]

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of each column."""
        return {column.name: column.kind for column in self.columns}

    @property
    def cells(self) -> int:
        """Rows times columns: the measure of how much work the table is."""
        return self.rows * len(self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; a SettingError-like InputError names the nearest one."""
        if name in self._by_name:
            return self._by_name[name]
        raise InputError(f'There is no column "{name}".', "columns", nearest(name, self.names))

    @functools.cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The whole table, or some columns of it, in memory; the index holds the row ids."""
        return arrow_to_frame(
            pq.read_table(self.path, columns=self._with_ids(columns)), self.names if columns is None else columns
        )

    def batches(self, columns: Sequence[str] | None = None, rows: int = 100_000) -> Iterator[pd.DataFrame]:
        """The table in pieces of about `rows` rows, in order, memory bounded; at least one piece."""
        wanted = self.names if columns is None else columns
        for piece in self.arrow_batches(columns, rows):
            yield arrow_to_frame(piece, wanted)

    def arrow_batches(self, columns: Sequence[str] | None = None, rows: int = 100_000) -> Iterator[pa.Table]:
        """The same pieces as Arrow tables, with the row ids in the last column."""
        wanted = self._with_ids(columns)
        with pq.ParquetFile(self.path) as file:
            size, groups = max(1, rows // ROW_GROUP), file.num_row_groups
            if not groups:
                yield file.read(columns=wanted).select(wanted)
            for group in range(0, groups, size):
                some = list(range(group, min(group + size, groups)))
                yield file.read_row_groups(some, columns=wanted).select(wanted)

    def missing(self) -> dict[str, int]:
        """How many cells of each column are missing, in one go through the table: thousands of columns cost no more
        than their cells.
        """
        found = dict.fromkeys(self.names, 0)
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(max(1, 5_000_000 // max(1, len(self.columns))), use_threads=False):
                for name, column in zip(batch.schema.names, batch.columns, strict=True):
                    if name != ROW_ID:
                        empty = column.null_count
                        found[name] += empty + (
                            pc.sum(pc.is_nan(column)).as_py() or 0 if pa.types.is_floating(column.type) else 0
                        )
        return found

    def page(self, start: int, count: int, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """`count` rows from position `start` (0-based), reading only the row groups they lie in."""
        with pq.ParquetFile(self.path) as file:
            groups, first, skipped = [], 0, 0
            for number in range(file.num_row_groups):
                size = file.metadata.row_group(number).num_rows
                if first + size <= start:
                    skipped += size
                elif first < start + count:
                    groups.append(number)
                first += size
            part = file.read_row_groups(groups, columns=self._with_ids(columns))
        return arrow_to_frame(part.slice(max(0, start - skipped), count), self.names if columns is None else columns)

    def rows_by_id(self, ids: Iterable[int], columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows with these ids, in the table's order; ids that are not there are left out."""
        wanted = np.array(sorted(set(ids)), dtype="int64")
        parts = []
        with pq.ParquetFile(self.path) as file:
            at = file.schema_arrow.names.index(ROW_ID)
            for number in range(file.num_row_groups):
                bounds = file.metadata.row_group(number).column(at).statistics
                low, high = (bounds.min, bounds.max) if bounds and bounds.has_min_max else (-np.inf, np.inf)
                if ((wanted >= low) & (wanted <= high)).any():
                    here = file.read_row_group(number, columns=self._with_ids(columns))
                    keep = np.isin(here.column(ROW_ID).to_numpy(), wanted)
                    parts.append(here.filter(pa.array(keep)))
        if not parts:
            return self.page(0, 0, columns)
        return arrow_to_frame(pa.concat_tables(parts), self.names if columns is None else columns)

    def _with_ids(self, columns: Sequence[str] | None) -> list[str]:
        return [*(self.names if columns is None else columns), ROW_ID]


def arrow_to_frame(part: pa.Table, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of an Arrow table with row ids, as a tidy frame; the index holds the row ids."""
    index = pd.Index(part.column(ROW_ID).to_numpy(), dtype="int64", name="row")
    series = {}
    for name in columns:
        data = part.column(name)
        if pa.types.is_int64(data.type):
            values: Any = pd.array(data.fill_null(0).to_numpy(), dtype="Int64")
            values[data.is_null().to_numpy()] = pd.NA
        elif pa.types.is_boolean(data.type):
            values = pd.array(data.fill_null(False).to_numpy(), dtype="boolean")
            values[data.is_null().to_numpy()] = pd.NA
        elif pa.types.is_string(data.type):
            values = data.to_numpy()
        elif pa.types.is_timestamp(data.type):
            values = data.to_numpy().astype("datetime64[us]")
        else:
            values = data.to_numpy().astype("float64")
        series[name] = pd.Series(values, index=index, dtype=DTYPES[_storage(data.type)])
    return pd.DataFrame(series, index=index, columns=list(columns))


def types_of(piece: pd.DataFrame | pa.Table) -> dict[str, str]:
    """The storage types of the columns of a tidy frame, or of an Arrow table with row ids."""
    if isinstance(piece, pd.DataFrame):
        return {str(name): type_of(piece[name]) for name in piece.columns}
    return {field.name: _storage(field.type) for field in piece.schema if field.name != ROW_ID}


def _storage(kind: pa.DataType) -> str:
    return next(name for name, arrow in ARROW.items() if arrow == kind)


def opened(path: Path) -> pq.ParquetFile:
    """A table's file, opened; who looks at column after column parses its metadata once."""
    return pq.ParquetFile(path, metadata=metadata(path))


def metadata(path: Path) -> pq.FileMetaData:
    """The metadata of a table's file; of the file that was asked for last it is kept."""
    about = path.stat()
    return _metadata(path, about.st_ino, about.st_mtime_ns, about.st_size)


@functools.lru_cache(maxsize=1)  # a few thousand row groups are tens of megabytes
def _metadata(path: Path, *_state: int) -> pq.FileMetaData:
    return pq.read_metadata(path)


def write_table(
    path: Path,
    batches: Iterable[pd.DataFrame | pa.Table],
    kinds: Mapping[str, str] | None = None,
    hashes: Mapping[str, str] | None = None,
) -> Table:
    """Write tidy frames (index = row ids) as one table; columns whose kind is not given get a guessed one.

    Batches may be Arrow tables (string, int64, double, bool, timestamp[us]) as well; their rows are counted from 0,
    unless their last column is ROW_ID. `hashes` has the hashes of columns of which they are known.
    The file appears whole or not at all: it is written beside `path` and moved into place.
    """
    known, total, hashed = dict(kinds or {}), ArrowHash(), dict(hashes or {})
    writer: pq.ParquetWriter | None = None
    types: dict[str, str] = {}
    guesses = Guesses({})
    with replaced(path) as unfinished:
        try:
            for piece, ends_window in _pieces(batches):
                if writer is None:
                    types = types_of(piece)
                    guesses = Guesses({name: kind for name, kind in types.items() if name not in known})
                    writer = _writer(unfinished, piece)
                total.update_arrow(piece, {name: kind for name, kind in types.items() if name not in hashed})
                guesses.update(piece, ends_window)
                writer.write_table(piece, row_group_size=ROW_GROUP)
            if writer is None:
                raise InputError("There is no table to write.", str(path.name), "Bring at least a header line.")
            known |= {name: guesses.kind(name, total.rows) for name in types if name not in known}
            hashed |= total.columns()
            columns = tuple(Column(name, types[name], known[name], hashed[name]) for name in types)
            content = table_hash(total.rows, {column.name: column.hash for column in columns})
            about = {"columns": [[c.name, c.type, c.kind, c.hash] for c in columns], "content_hash": content}
            writer.add_key_value_metadata({"dataops": json.dumps(about, ensure_ascii=True)})
            writer.close()
            writer = None
        finally:
            if writer is not None:
                writer.close()
    return Table(path, columns, total.rows, content)


def _writer(path: Path, first: pa.Table) -> pq.ParquetWriter:
    """A writer for tables like this one; only texts that come again are worth a dictionary, and no text its bounds."""
    texts = [name for name in first.column_names if pa.types.is_string(first.schema.field(name).type)]
    again = [name for name in texts if 2 * len(first.column(name).unique()) <= first.num_rows]
    return pq.ParquetWriter(
        path,
        first.schema,
        compression="lz4",
        use_dictionary=again,
        column_encoding={ROW_ID: "DELTA_BINARY_PACKED"},
        write_statistics=[name for name in first.column_names if name not in texts],
    )


def _pieces(batches: Iterable[pd.DataFrame | pa.Table]) -> Iterator[tuple[pa.Table, bool]]:
    """Arrow tables with row ids, and whether each ends a window of the guesses: a frame does, else WINDOW rows do."""
    types: dict[str, str] = {}
    waiting: list[pa.Table] = []
    rows = start = 0
    for batch in batches:
        if isinstance(batch, pd.DataFrame):
            types = types or {name: type_of(batch[name]) for name in batch.columns}
            yield frame_to_arrow(batch, types), True
            continue
        if batch.column_names[-1:] == [ROW_ID]:
            yield batch, True
            continue
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= ROW_GROUP:  # row groups are whole, whatever the batches are
            whole = pa.concat_tables(waiting)
            for first in range(0, rows - ROW_GROUP + 1, ROW_GROUP):
                yield _numbered(whole.slice(first, ROW_GROUP), start), (start + ROW_GROUP) % WINDOW == 0
                start += ROW_GROUP
            waiting, rows = [whole.slice(rows - rows % ROW_GROUP)], rows % ROW_GROUP
    if rows or (waiting and not start):
        yield _numbered(pa.concat_tables(waiting), start), True


def _numbered(piece: pa.Table, start: int) -> pa.Table:
    return piece.append_column(ROW_ID, pa.array(np.arange(start, start + piece.num_rows)))


def frame_to_arrow(frame: pd.DataFrame, types: Mapping[str, str]) -> pa.Table:
    """A tidy frame as an Arrow table of these storage types, its row ids in the last column."""
    schema = pa.schema([(name, ARROW[kind]) for name, kind in types.items()] + [(ROW_ID, pa.int64())])
    arrays = [pa.array(frame[name], type=ARROW[kind], from_pandas=True) for name, kind in types.items()]
    arrays.append(pa.array(frame.index.to_numpy(dtype="int64")))
    return pa.Table.from_arrays(arrays, schema=schema)


def open_table(path: Path) -> Table:
    """The handle on a Parquet file that `write_table` wrote."""
    try:
        about = path.stat()
        return _handle(path, about.st_ino, about.st_mtime_ns, about.st_size)
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError("The table file cannot be opened.", str(path), "Restore the file, or rebuild it.") from error


@functools.lru_cache(maxsize=16)  # a page asks for the same few tables again and again
def _handle(path: Path, *_state: int) -> Table:
    metadata = pq.read_metadata(path)
    about = (metadata.metadata or {}).get(b"dataops")
    if about is None:
        raise InputError("This Parquet file was not written by the workbench.", str(path), "Read it as a source.")
    known = json.loads(about)
    columns = tuple(Column(*entry) for entry in known["columns"])
    return Table(path, columns, metadata.num_rows, known["content_hash"])
