"""Read a Parquet file batch by batch straight into a table at rest; the answer is that of `read_parquet_frame`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.progress import Progress
from dataops_core.read.arrow.arrow_frame import changed_problems, lossy_name, simple_column
from dataops_core.read.arrow.parquet import PARQUET_FAULTS, columns_written, parquet_file
from dataops_core.read.content import Content
from dataops_core.read.names import RESERVED_NAME, check_flaws, clean_names, nameless, table_flaws
from dataops_core.read.options import Blanked
from dataops_core.read.text.text_blocks import NotPlain
from dataops_core.table import Table, write_table
from dataops_core.table.arrow_hash import text_parts

CELLS = 1_000_000  # in one batch
TYPES = {
    pa.string(): "text",
    pa.int64(): "integer",
    pa.float64(): "decimal",
    pa.bool_(): "boolean",
    pa.timestamp("us"): "datetime",
}


def read_plain_parquet(
    content: Content,
    out: Path,
    options: dict,
    tell: Progress,
) -> tuple[Table, dict, list[dict], dict[str, Blanked]] | None:
    """The table, complete options and problems of a Parquet file; None where its frame is needed as a whole.

    That is so for nested columns, values beyond our types, types or missing tokens asked for, and broken files.
    """
    given = {key: value for key, value in options.items() if value is not None}
    problems: list[dict] = []
    try:
        with content.opened() as stream, parquet_file(stream, content.size()) as file:
            about = columns_written(file.metadata)
            schema = file.schema_arrow
            keep = [at for at, name in enumerate(schema.names) if not (about and name == RESERVED_NAME)]
            raw = [schema.names[at] for at in keep]
            plain = [simple_column(pa.chunked_array([], type=schema.field(at).type)) for at in keep]
            if not file.metadata.num_rows or not keep or "missing_tokens" in given or any(c is None for c in plain):
                return None
            names = clean_names(raw, "the schema", problems)
            ends = [column.type for column in plain if column is not None]
            types = {name: TYPES[kind] for name, kind in zip(names, ends, strict=True)}
            if any(types.get(name) != kind for name, kind in (given.get("types") or {}).items()):
                return None
            kinds = [schema.field(at).type for at in keep]
            problems += changed_problems(
                [
                    f'"{name}" ({kind} → {end})'
                    for name, kind, end in zip(names, kinds, ends, strict=True)
                    if lossy_name(kind)
                ]
            )
            complete: dict[str, Any] = {"format": "parquet", "types": types, "columns": names}

            def pieces() -> Iterator[pa.Table]:
                held: set[int] = set()
                rows = 0
                for batch in file.iter_batches(max(1, CELLS // len(schema.names)), use_threads=False):
                    batch.validate(full=True)  # texts that are not UTF-8, indices beyond the end
                    columns = plain_columns(batch, keep)
                    held |= {at for at, column in enumerate(columns) if column.null_count < len(column)}
                    rows += batch.num_rows
                    yield pa.Table.from_arrays(columns, names=names)
                    tell(0.05 + 0.95 * rows / file.metadata.num_rows, "Reading")
                flaws = table_flaws(raw, held & set(nameless(raw)), rows)
                if check_flaws(flaws, "the schema", given.get("lenient")):
                    complete["lenient"] = True

            written = {name: kind for name, _, kind, _ in about or ()}
            return write_table(out, pieces(), {n: k for n, k in written.items() if n in types}), complete, problems, {}
    except (NotPlain, *PARQUET_FAULTS) as error:
        if isinstance(error, MemoryError):
            raise
        return None


def plain_columns(batch: pa.RecordBatch, keep: Sequence[int]) -> list[pa.ChunkedArray]:
    """The columns of a batch in our own types; raises NotPlain where a value does not fit."""
    done = []
    for at in keep:
        column = simple_column(pa.chunked_array([batch.column(at)]))
        if column is None:
            raise NotPlain("a value beyond our types")
        if pa.types.is_floating(column.type):
            lost = pc.is_nan(column)
            column = pc.if_else(lost, pa.scalar(None, pa.float64()), column) if pc.any(lost).as_py() else column
        elif pa.types.is_string(column.type):
            for chunk in column.chunks:
                data = text_parts(chunk)[1]
                if len(data) and data.max() > 127:
                    chunk.validate(full=True)
        done.append(column)
    return done
