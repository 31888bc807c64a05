"""Read Parquet into a frame: every Arrow type becomes one of the five types, and what changed is reported."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.errors import FlawError, InputError
from dataops_core.read.bounds import MOST_RATIO, READ_MEMORY, memory_limit, spelled_bytes
from dataops_core.read.content import Content
from dataops_core.read.names import RESERVED_NAME, check_flaws, check_width, clean_names, nameless, table_flaws
from dataops_core.read.values import value_frame
from dataops_core.table import Table
from dataops_core.table.kinds import KINDS, TYPES, tidy, type_of

REPEATING = {"PLAIN_DICTIONARY", "RLE_DICTIONARY"}  # a text is stored once and named often
GROWING = "DELTA_BYTE_ARRAY"  # a text is stored as what it has more than the one before it
PARQUET_FAULTS = (pa.ArrowException, OSError, ValueError, OverflowError, RuntimeError, KeyError)


def parquet_kinds(data: bytes) -> dict[str, str]:
    """The kinds that the workbench wrote into a Parquet file; none for other files."""
    return {name: kind for name, _type, kind, _hash in columns_written(pq.read_metadata(io.BytesIO(data))) or ()}


def columns_written(metadata: Any) -> list[list[str]] | None:
    """What the workbench wrote on the columns: name, type, kind, hash; None where it, or whoever wrote the file, did
    not.
    """
    try:
        found = json.loads((metadata.metadata or {})[b"dataops"])["columns"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    whole = isinstance(found, list) and all(
        isinstance(entry, list)
        and len(entry) == 4
        and all(isinstance(part, str) for part in entry)
        and entry[1] in TYPES
        and entry[2] in KINDS
        for entry in found
    )
    return found if whole else None


def hash_written(metadata: Any) -> str:
    """The content hash that the workbench wrote; empty where there is none."""
    try:
        found = json.loads((metadata.metadata or {})[b"dataops"])["content_hash"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


def parquet_file(source: Any, size: int) -> Any:
    """A Parquet file, opened; refuses one that unpacks to far too much for its size."""
    file = pq.ParquetFile(source, coerce_int96_timestamp_unit="us", buffer_size=1_000_000, pre_buffer=False)
    metadata = file.metadata
    if metadata.num_rows < 0 or metadata.num_row_groups != file.num_row_groups:
        raise InputError(
            "The Parquet file is damaged: it claims fewer than no rows.", "the whole file", "Fetch or write it again."
        )
    check_width(metadata.num_columns)
    unpacked, repeated, growing = metadata.num_rows * 8, dict[int, int](), dict[int, int]()
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for at in range(group.num_columns):
            chunk = group.column(at)
            unpacked += max(chunk.total_uncompressed_size, 8 * chunk.num_values, 0)
            if chunk.physical_type == "BYTE_ARRAY" and chunk.num_values > 0 and GROWING in chunk.encodings:
                growing[at] = max(growing.get(at, 0), chunk.total_uncompressed_size)
            elif chunk.physical_type == "BYTE_ARRAY" and chunk.num_values > 0 and REPEATING & set(chunk.encodings):
                repeated[at] = repeated.get(at, 0) + chunk.num_values * max(0, chunk.total_uncompressed_size)
    check_values(unpacked, size)
    for at, most in repeated.items():
        if most > memory_limit() // 8:
            check_texts(source, metadata.schema.column(at), 100_000, size)
    for at, longest in growing.items():
        if longest * metadata.num_rows > memory_limit() // 8:
            check_texts(
                source, metadata.schema.column(at), max(256, 64_000_000 // max(1, longest)), size, as_dictionary=False
            )
    return file


def check_values(unpacked: int, size: int) -> None:
    """Refuse Parquet whose values take far more room than the file; up to an eighth of the allowed memory
    is harmless.
    """
    if unpacked > memory_limit() // 8 and unpacked > MOST_RATIO * size:
        raise InputError(
            f"The Parquet file unpacks to {spelled_bytes(unpacked)} or more, from {spelled_bytes(size)}.",
            "the whole file",
            f'If this is right, allow more memory: {READ_MEMORY}="{spelled_bytes(8 * unpacked)}".',
        )


def check_texts(source: Any, column: Any, rows: int, size: int, *, as_dictionary: bool = True) -> None:
    """Refuse texts that are stored in few bytes and are long; their lengths are added up, some rows at a time."""
    if column.path != column.name:  # nested: only the process's own limit guards it
        return
    again = pq.ParquetFile(
        source, read_dictionary=[column.name] if as_dictionary else None, buffer_size=1_000_000, pre_buffer=False
    )
    total = 0
    for batch in again.iter_batches(rows, columns=[column.name], use_threads=False):
        texts = batch.column(0)
        if pa.types.is_dictionary(texts.type):
            lengths = pc.binary_length(texts.dictionary).cast(pa.int64()).take(texts.indices)
        else:
            lengths = pc.binary_length(texts).cast(pa.int64())
        total += pc.sum(lengths).as_py() or 0
        check_values(total, size)


def read_parquet_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read a Parquet file: a tidy frame, the complete options, and the problems met.

    Cells have their types already: no text counts as missing here, unless missing tokens are given.
    """
    given = {key: value for key, value in (options or {}).items() if value is not None}
    problems: list[dict] = []
    try:
        file = parquet_file(pa.BufferReader(data), len(data))
        table = file.read()  # read_table cannot tell two columns of one name apart
        table.validate(full=True)  # texts that are not UTF-8, indices beyond the end
        ours = bool(columns_written(file.metadata))
    except PARQUET_FAULTS as error:
        if isinstance(error, MemoryError):
            raise
        raise InputError(
            f"The Parquet file cannot be read: {error}.", "the whole file", "Fetch or write it again."
        ) from None
    keep = [at for at, name in enumerate(table.column_names) if not (ours and name == RESERVED_NAME)]
    table = table.select(keep)
    names = clean_names(table.column_names, "the schema", problems)
    series, changed, odd = {}, [], {}
    for name, column in zip(names, table.columns, strict=True):
        plain = simple_column(column)
        if plain is None:
            odd[name] = python_values(column)
            changed.append(f'"{name}" ({column.type} → text)')
            continue
        if lossy_name(column.type):
            changed.append(f'"{name}" ({column.type} → {plain.type})')
        types = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
        series[name] = plain.to_pandas(types_mapper=types.get).reset_index(drop=True)
    problems += changed_problems(changed)
    facts: dict[str, Any] = {}
    again = dict(given.get("types") or {})
    rows = table.num_rows
    base = tidy(pd.DataFrame(series, index=pd.RangeIndex(rows))) if series else pd.DataFrame(index=pd.RangeIndex(rows))
    redo = [n for n in names if n in odd or (n in again and again[n] != type_of(base[n])) or "missing_tokens" in given]
    if redo or set(again) - set(names):
        cells = [odd[n] if n in odd else [None if pd.isna(v) else v for v in base[n].astype(object)] for n in redo]
        wanted = {**dict.fromkeys(odd, "text"), **{n: k for n, k in again.items() if n in redo or n not in names}}
        if not odd.keys() <= again.keys():
            wanted = {**wanted, **{n: again.get(n, "text") for n in odd}}
        part, _ = value_frame(redo, cells, {**given, "types": wanted}, problems, "row", None, "missing_tokens" in given)
        base = pd.DataFrame({n: part[n] if n in redo else base[n] for n in names}, columns=names)
    else:
        base = base[names] if names else base
    facts = {"types": {n: type_of(base[n]) for n in names}, "columns": names}
    if "missing_tokens" in given:
        facts["missing_tokens"] = given["missing_tokens"]
    if not rows:
        problems.append(
            {"what": "The table has no rows.", "where": "the whole file", "fix": "Check the file.", "count": 1}
        )
    held = {at for at in nameless(table.column_names) if base[names[at]].notna().any()}
    flaws = table_flaws(table.column_names, held, rows or ours)  # the workbench may write a table without rows
    flawed = check_flaws(flaws, "the schema", given.get("lenient"))
    return base, {"format": "parquet", **facts, **({"lenient": True} if flawed else {})}, problems


def check_unchanged(
    content: Content, given: Mapping[str, Any], complete: Mapping[str, Any], table: Table
) -> list[dict]:
    """Compare what was read with the content hash that the workbench wrote into the file, where it did.

    Raises FlawError for a file that was altered since; with `lenient` that is a problem to be listed instead. A file
    read with other types or missing tokens than it was written with has no hash to compare with.
    """
    with content.opened() as stream:
        metadata = pq.read_metadata(stream)
    columns, written = columns_written(metadata), hash_written(metadata)
    types = {name: kind for name, kind, *_ in columns or ()}
    if columns is None or "missing_tokens" in given or complete["types"] != types or table.content_hash == written:
        return []
    what, where = (
        "The file was altered or damaged after the workbench wrote it: its cells do not match its content hash.",
        "the whole file",
    )
    if not given.get("lenient"):
        raise FlawError(what, where, "Fetch or export it again, or read it as it is (lenient).")
    return [{"what": what, "where": where, "fix": "Check the cells against the source.", "count": 1}]


def python_values(column: pa.ChunkedArray) -> list[Any]:
    """The values of a column; as text where they are beyond what Python has, such as the year 300000."""
    try:
        return column.to_pylist()
    except (OverflowError, ValueError):
        return column.cast(pa.string()).to_pylist()


def changed_problems(changed: list[str]) -> list[dict]:
    """A problem that says which columns became another type."""
    return (
        [
            {
                "what": f"Columns were converted: {', '.join(changed[:20])}{', …' * (len(changed) > 20)}.",
                "where": "the schema",
                "fix": "Check these columns.",
                "count": len(changed),
            }
        ]
        if changed
        else []
    )


def lossy_name(kind: pa.DataType) -> bool:
    """Whether a conversion of this Arrow type is worth telling."""
    return not (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_date(kind)
        or (pa.types.is_timestamp(kind) and kind.tz is None)
    )


def simple_column(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """A column in int64, float64, bool, string or timestamp[us]; None where only text can hold all of it."""
    kind = column.type
    try:
        if pa.types.is_dictionary(kind):
            return simple_column(column.cast(kind.value_type))
        if pa.types.is_integer(kind):
            return column.cast(pa.int64())
        if pa.types.is_floating(kind):
            return column.cast(pa.float64())
        if pa.types.is_boolean(kind):
            return column
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
            return column.cast(pa.string())
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return within_years(
                column.cast(pa.timestamp("us", kind.tz) if pa.types.is_timestamp(kind) else pa.timestamp("us"))
            )
        if pa.types.is_decimal(kind) and kind.precision <= 15:
            return column.cast(pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return None


def within_years(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Moments without a zone (UTC), if all lie in the years 1 to 9999."""
    plain = column.cast(pa.timestamp("us"))
    numbers = pc.min_max(plain.cast(pa.int64()))
    low, high = numbers["min"].as_py(), numbers["max"].as_py()
    return plain if low is None or (low >= -62_135_596_800_000_000 and high < 253_402_300_800_000_000) else None
