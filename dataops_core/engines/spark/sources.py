"""The files of a folder on a cluster: each is looked at on a worker, text is read there by the house's own reader, and
all must be one table before anything else starts.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dataops_core.engines.spark.frames import Guard
from dataops_core.engines.spark.splits import Split, cut_file, one_value, split_rows
from dataops_core.engines.spark.table import ClusterTable, starts_of
from dataops_core.errors import DataOpsError, InputError
from dataops_core.read.arrow.fast_parquet import plain_columns
from dataops_core.read.arrow.parquet import PARQUET_FAULTS, parquet_file
from dataops_core.read.names import clean_names
from dataops_core.table import ARROW, ROW_ID, arrow_to_frame

if TYPE_CHECKING:
    from pyspark import SparkContext

HEAD = 1_000  # rows that the driver runs through every step first, to know what comes out
MOST_SHOWN = 5
_NATIVE: dict[pa.DataType, str] = {  # Parquet types that Spark reads as they are, and what they are here
    **dict.fromkeys((pa.int8(), pa.int16(), pa.int32(), pa.int64()), "integer"),
    **dict.fromkeys((pa.float32(), pa.float64()), "decimal"),
    pa.string(): "text",
    pa.bool_(): "boolean",
    **dict.fromkeys((pa.timestamp("us"), pa.timestamp("ms"), pa.date32()), "datetime"),
}


@dataclass(frozen=True)
class Piece:
    """A file of the source: the Parquet file that has its rows, how many, the types of its columns and which of these
    hold nothing at all, how it was read, and what was odd.
    """

    file: str
    parquet: str
    rows: int
    types: Mapping[str, str]
    empty: tuple[str, ...]
    read: Mapping[str, Any]
    problems: tuple[Mapping[str, Any], ...] = ()
    groups: tuple[int, ...] = ()  # the rows of each row group of the Parquet file
    fixed: Mapping[str, Any] = field(default_factory=dict)  # columns with one value, which is not in the file
    error: tuple[str, str, str] | None = None


Reader = Callable[[str, str], Piece]  # reads a file into a Parquet file of a folder


def staged_path(file: str, shared: str) -> Path:
    """Where a worker puts the rows of a file that it reads."""
    return Path(shared, f"{hashlib.sha256(file.encode()).hexdigest()[:16]}.{os.getpid()}.parquet")


def files_of(source: Path) -> list[Path]:
    """The files of a folder in the order of their names, or the one file; hidden ones and marks (_SUCCESS) left out."""
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise InputError("There is no such file or folder.", str(source), "Check the path.")
    if (source / "_delta_log").is_dir():
        raise InputError(
            "This is a Delta table: which of its files count stands in its log.",
            str(source),
            "Run a recipe on it (run … --on spark), if only one without steps, and take what that writes.",
        )
    inside = [path.relative_to(source) for path in source.rglob("*") if path.is_file()]
    return [source / name for name in visible(str(source), inside)]


def visible(folder: str, names: Sequence[PurePath]) -> list[PurePath]:
    """The files of a folder that count, in order; raises InputError where none does, or where folders hold a column."""
    found = sorted(name for name in names if not any(part.startswith(("_", ".")) for part in name.parts))
    if not found:
        raise InputError("The folder holds no files.", folder, "Name a folder of Parquet, CSV or JSON files.")
    parted = next((name for name in found if any("=" in part for part in name.parts[:-1])), None)
    if parted is not None:
        raise InputError(
            "Folders such as year=2024 hold a column in their names, which is not read.",
            f"{folder}/{parted.parent}",
            "Write the table with that column in its files, or name one of these folders.",
        )
    return found


def look(
    context: SparkContext,
    files: Sequence[Path | str],
    reader: Reader,
    shared: Path,
    piece: Callable[..., Piece] | None = None,
) -> list[Piece]:
    """Look at every file on the workers (`piece` says how, else `piece_of`); those that Spark does not read as the
    house does are read into `shared`.

    Raises one InputError that names the files which are broken, or which are not the same table as the others.
    """
    work = functools.partial(piece or piece_of, reader=reader, shared=str(shared))
    pieces = context.parallelize(list(map(str, files)), len(files)).map(work).collect()
    broken = [piece for piece in pieces if piece.error]
    if broken:
        what, where, fix = broken[0].error or ("", "", "")
        raise InputError(
            f"{len(broken):,} of {len(pieces):,} files cannot be read. {what}",
            where + _more([piece.file for piece in broken[1:]]),
            f"{fix} Nothing was written.",
        )
    return list(pieces)


def piece_of(file: str, reader: Reader, shared: str) -> Piece:
    """What a worker finds out about a file."""
    if not Path(shared).is_dir():
        error = (
            "The workers do not see the folder that the driver writes to.",
            shared,
            "Write to a file system that all machines of the cluster share.",
        )
        return Piece(file, "", 0, {}, (), {}, error=error)
    try:
        piece = _native(file) or reader(file, shared)
        return replace(piece, groups=row_groups(piece.parquet))
    except DataOpsError as error:
        return Piece(file, "", 0, {}, (), {}, error=(error.what, with_file(error.where, file), error.fix))
    except OSError as error:
        said = (f"The file cannot be read: {error.strerror or error}.", file, "Check the path and your rights there.")
        return Piece(file, "", 0, {}, (), {}, error=said)


def row_groups(parquet: str) -> tuple[int, ...]:
    """How many rows each row group of a Parquet file has."""
    about = pq.read_metadata(parquet)
    return tuple(about.row_group(at).num_rows for at in range(about.num_row_groups))


def common_types(pieces: Sequence[Piece]) -> dict[str, str]:
    """The type of each column over all files: whole numbers and decimals are decimals, a column without any value fits
    every type. Raises InputError where columns or types differ otherwise.
    """
    filled = [piece for piece in pieces if piece.rows] or [pieces[0]]
    names, types = list(filled[0].types), dict[str, str]()
    for piece in filled:
        if list(piece.types) != names:
            odd = [name for name in piece.types if name not in names] or [n for n in names if n not in piece.types]
            told = f'column "{odd[0]}"' if odd else "the order of the columns"
            raise InputError(
                f"The files are not one table: they differ in {told}.",
                f"{filled[0].file}, {piece.file}",
                "Rename or reorder the columns in one of them, or leave the file out.",
            )
    for name in names:
        known = [piece for piece in filled if name not in piece.empty] or filled
        found = {piece.types[name]: piece for piece in reversed(known)}
        if found.keys() - {"integer", "decimal"} and len(found) > 1:
            (first, one), (second, two) = sorted(found.items(), key=lambda pair: pair[1].file)[:2]
            raise InputError(
                f'Column "{name}" is {first} in one file and {second} in another.',
                f"{one.file}, {two.file}",
                f'Say what it is in the recipe, as "read": {{"types": {{"{name}": "text"}}}}, or mend the file.',
            )
        types[name] = "decimal" if len(found) > 1 else next(iter(found))
    return types


def opened(context: SparkContext, pieces: Sequence[Piece], shared: Path, guard: Guard = nullcontext) -> ClusterTable:
    """The files as one table; row ids count from 0 over all files in order."""
    types, rows = common_types(pieces), sum(piece.rows for piece in pieces)
    most, splits, start = split_rows(rows, len(types), context.defaultParallelism), list[Split](), 0
    for piece in pieces:
        for groups, size, before in cut_file(piece.groups, most):
            at = start + before
            splits.append(Split(piece.parquet, groups, size, piece.empty, at, at, ours=False, fixed=piece.fixed))
        start += piece.rows
    starts = starts_of(rows, len(types))
    return ClusterTable(
        context, types, rows, first_rows(pieces, types), str(shared), tuple(splits), None, guard, starts
    )


def first_rows(pieces: Sequence[Piece], types: Mapping[str, str], rows: int = HEAD) -> pd.DataFrame:
    """The first rows of the first file that has any, in the types of the whole table."""
    kinds, names = {name: ARROW[kind] for name, kind in types.items()}, list(types)
    piece = next((piece for piece in pieces if piece.rows), None)
    if piece is None:
        empty = pa.table({**{name: pa.array([], kinds[name]) for name in names}, ROW_ID: pa.array([], pa.int64())})
        return arrow_to_frame(empty, names)
    with pq.ParquetFile(piece.parquet) as file:
        batch = next(file.iter_batches(rows))
    there = [name for name in names if name not in (*piece.empty, *piece.fixed)]
    columns = plain_columns(batch, [batch.schema.names.index(name) for name in there])
    found = dict(zip(there, columns, strict=True))
    cells = {
        name: found[name].cast(kind) if name in found else one_value(piece.fixed.get(name), kind, batch.num_rows)
        for name, kind in kinds.items()
    }
    table = pa.table({**cells, ROW_ID: pa.array(range(batch.num_rows), pa.int64())})
    return arrow_to_frame(pa.table({name: pa.chunked_array(table.column(name)) for name in table.column_names}), names)


def _native(file: str) -> Piece | None:
    """A Parquet file whose columns Spark reads as the house does; None for any other file."""
    with open(file, "rb") as stream:
        if stream.read(4) != b"PAR1":
            return None
    try:
        with open(file, "rb") as stream, parquet_file(stream, Path(file).stat().st_size) as found:
            schema, rows = found.schema_arrow, found.metadata.num_rows
    except PARQUET_FAULTS as error:
        raise InputError(
            f"The Parquet file cannot be read: {error}.", file, "Fetch or write it again, or leave it out."
        ) from error
    names = list(schema.names)
    if any(field.type not in _NATIVE for field in schema) or clean_names(names, "", []) != names:
        return None
    return Piece(file, file, rows, {field.name: _NATIVE[field.type] for field in schema}, (), {})


def with_file(where: str, file: str) -> str:
    """Where something is, with the file that it is in."""
    return where if Path(file).name in where else ", ".join(part for part in (file, where) if part)


def _more(files: Sequence[str]) -> str:
    if not files:
        return ""
    shown = ", ".join(Path(file).name for file in files[:MOST_SHOWN])
    return f"; also {shown}" + (f" and {len(files) - MOST_SHOWN:,} more" if len(files) > MOST_SHOWN else "")
