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
from dataops_core.read.content import Content
from dataops_core.read.names import RESERVED_NAME, check_flaws, clean_names, nameless, table_flaws
from dataops_core.read.values import value_frame
from dataops_core.table import Table
from dataops_core.table.kinds import tidy, type_of


def parquet_kinds(data: bytes) -> dict[str, str]:
    """The kinds that the workbench wrote into a Parquet file; none for other files."""
    return {name: kind for name, _type, kind, _hash in parquet_about(data)}


def parquet_about(data: bytes) -> list[list[str]]:
    """What the workbench wrote into a Parquet file on its columns: name, type, kind, hash."""
    about = (pq.read_metadata(io.BytesIO(data)).metadata or {}).get(b"dataops")
    return json.loads(about)["columns"] if about else []


def read_parquet_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read a Parquet file: a tidy frame, the complete options, and the problems met.

    Cells have their types already: no text counts as missing here, unless missing tokens are given.
    """
    given = {key: value for key, value in (options or {}).items() if value is not None}
    problems: list[dict] = []
    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()  # read_table cannot tell two columns of one name apart
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"The Parquet file cannot be read: {error}.", "the whole file", "Fetch or write it again.") from None
    ours = bool(parquet_about(data))
    keep = [at for at, name in enumerate(table.column_names) if not (ours and name == RESERVED_NAME)]
    table = table.select(keep)
    names = clean_names(table.column_names, "the schema", problems)
    series, changed, odd = {}, [], {}
    for name, column in zip(names, table.columns, strict=True):
        plain = simple_column(column)
        if plain is None:
            odd[name] = column.to_pylist()
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
        part, _ = value_frame(redo, cells, {**given, "types": wanted}, problems, "row", 1, "missing_tokens" in given)
        base = pd.DataFrame({n: part[n] if n in redo else base[n] for n in names}, columns=names)
    else:
        base = base[names] if names else base
    facts = {"types": {n: type_of(base[n]) for n in names}, "columns": names}
    if "missing_tokens" in given:
        facts["missing_tokens"] = given["missing_tokens"]
    if not rows:
        problems.append({"what": "The table has no rows.", "where": "the whole file", "fix": "Check the file.", "count": 1})
    held = {at for at in nameless(table.column_names) if base[names[at]].notna().any()}
    flaws = table_flaws(table.column_names, held, rows or ours)  # the workbench may write a table without rows
    flawed = check_flaws(flaws, "the schema", given.get("lenient"))
    return base, {"format": "parquet", **facts, **({"lenient": True} if flawed else {})}, problems


def check_unchanged(content: Content, given: Mapping[str, Any], complete: Mapping[str, Any], table: Table) -> list[dict]:
    """Compare what was read with the content hash that the workbench wrote into the file, where it did.

    Raises FlawError for a file that was altered since; with `lenient` that is a problem to be listed instead. A file read with
    other types or missing tokens than it was written with has no hash to compare with.
    """
    with content.opened() as stream:
        written = (pq.read_metadata(stream).metadata or {}).get(b"dataops")
    about = json.loads(written) if written else {}
    types = {name: kind for name, kind, *_ in about.get("columns", ())}
    if not about or "missing_tokens" in given or complete["types"] != types or table.content_hash == about.get("content_hash"):
        return []
    what, where = "The file was altered or damaged after the workbench wrote it: its cells do not match its content hash.", "the whole file"
    if not given.get("lenient"):
        raise FlawError(what, where, "Fetch or export it again, or read it as it is (lenient).")
    return [{"what": what, "where": where, "fix": "Check the cells against the source.", "count": 1}]


def changed_problems(changed: list[str]) -> list[dict]:
    """A problem that says which columns became another type."""
    return [{
        "what": f"Columns were converted: {', '.join(changed[:20])}{', …' * (len(changed) > 20)}.",
        "where": "the schema", "fix": "Check these columns.", "count": len(changed),
    }] if changed else []


def lossy_name(kind: pa.DataType) -> bool:
    """Whether a conversion of this Arrow type is worth telling."""
    return not (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_string(kind)
        or pa.types.is_large_string(kind) or pa.types.is_date(kind)
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
            return within_years(column.cast(pa.timestamp("us", kind.tz) if pa.types.is_timestamp(kind) else pa.timestamp("us")))
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
