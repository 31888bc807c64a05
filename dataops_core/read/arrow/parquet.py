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
from dataops_core.read.arrow.arrow_frame import arrow_frame
from dataops_core.read.arrow.parquet_footer import parquet_footer
from dataops_core.read.bounds import MOST_RATIO, READ_MEMORY, memory_limit, spelled_bytes
from dataops_core.read.content import Content
from dataops_core.read.names import RESERVED_NAME, check_flaws, check_width, clean_names, nameless, table_flaws
from dataops_core.table import Table
from dataops_core.table.kinds import KINDS, TYPES, type_of

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
    footer = parquet_footer(source)
    if footer.rows < 0:
        raise InputError(
            "The Parquet file is damaged: it claims fewer than no rows.", "the whole file", "Fetch or write it again."
        )
    check_width(footer.columns)
    check_values(footer.unpacked, size)
    file = pq.ParquetFile(source, coerce_int96_timestamp_unit="us", buffer_size=1_000_000, pre_buffer=False)
    for at, most in footer.repeated:
        if most > memory_limit() // 8:
            check_texts(source, file.metadata.schema.column(at), 100_000, size)
    for at, longest in footer.growing:
        if longest * footer.rows > memory_limit() // 8:
            rows = max(256, 64_000_000 // max(1, longest))
            check_texts(source, file.metadata.schema.column(at), rows, size, as_dictionary=False)
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
    base = arrow_frame(table.columns, names, given, problems)
    rows = table.num_rows
    facts: dict[str, Any] = {"types": {n: type_of(base[n]) for n in names}, "columns": names}
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
