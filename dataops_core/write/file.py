"""Write a table as CSV, TSV, Parquet, Excel, JSON or JSON Lines, plain or gzip, whole or not at all."""

from __future__ import annotations

import gzip
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TextIO

import pyarrow.parquet as pq

from dataops_core.errors import SettingError, nearest
from dataops_core.scratch import replaced
from dataops_core.table import ROW_ID, Column, Table
from dataops_core.write.excel import write_excel
from dataops_core.write.text import (
    guarded,
    moment_form,
    moment_forms,
    plain_cells,
    spelled_cells,
    spelled_moment,
    write_records,
)

WRITABLE = (".csv", ".tsv", ".parquet", ".xlsx", ".json", ".jsonl", ".csv.gz", ".tsv.gz", ".json.gz", ".jsonl.gz")


def format_of(out: Path) -> str:
    """The suffix that tells the format of a table to be written. Raises SettingError for one that cannot be."""
    suffix = "".join(Path(out.name.lower()).suffixes[-2:])
    if suffix not in WRITABLE:
        suffix = out.suffix.lower()
    if suffix not in WRITABLE:
        raise SettingError(f'Tables cannot be written as "{suffix}".', out.name, nearest(suffix, WRITABLE))
    return suffix


def write_rows(rows: Iterable[Sequence[str]], out: Path) -> None:
    """Write rows of cells as delimited text, each as long as it is; raises SettingError for another format."""
    suffix = format_of(out)
    if suffix.removesuffix(".gz") not in (".csv", ".tsv"):
        raise SettingError(f'Cells as in the source cannot be written as "{suffix}".', out.name, "Write .csv or .tsv.")
    try:
        with replaced(out) as unfinished, text_output(unfinished, packed=suffix.endswith(".gz")) as file:
            for some in batched(rows, 10_000):
                write_records(file, "\t" if suffix.startswith(".tsv") else ",", some)
    except OSError as error:
        raise SettingError(
            f"The file cannot be written: {error.strerror or error}.", str(out), "Choose another place."
        ) from error


def batched(rows: Iterable[Sequence[str]], size: int) -> Iterator[list[Sequence[str]]]:
    """Rows in lists of so many."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def write_file(table: Table, out: Path, *, safe: bool = False) -> None:
    """Write a table to a file; the format is told by the file's suffix.

    Text is UTF-8, lines end with "\\n", a missing cell is empty. `safe` puts ' before text that a spreadsheet program
    would run as a formula. Read again, the file gives the same content hash, except that CSV cannot tell: text that
    looks like another type or a missing token, empty text from a missing cell, columns with nothing in them.
    """
    suffix = format_of(out)
    try:
        with replaced(out) as unfinished:
            if suffix == ".parquet":
                write_parquet(table, unfinished)
            elif suffix == ".xlsx":
                write_excel(table, unfinished)
            else:
                write = {".csv": write_csv, ".tsv": write_tsv, ".json": write_json, ".jsonl": write_jsonl}
                with text_output(unfinished, packed=suffix.endswith(".gz")) as file:
                    write[suffix.removesuffix(".gz")](table, file, safe)
    except OSError as error:
        raise SettingError(
            f"The file cannot be written: {error.strerror or error}.", str(out), "Choose another place."
        ) from error


@contextmanager
def text_output(path: Path, *, packed: bool) -> Iterator[TextIO]:
    """A text file to write to; a packed one holds no time, so that the same table gives the same bytes."""
    with path.open("wb") as raw:
        if not packed:
            with io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
                yield text
            return
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as pack:
            with io.TextIOWrapper(pack, encoding="utf-8", newline="") as text:
                yield text


def write_parquet(table: Table, path: Path) -> None:
    """The table as Parquet without row ids; its types and kinds stay in the file's metadata."""
    schema = pq.read_schema(table.path)
    schema = schema.remove(schema.get_field_index(ROW_ID))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for piece in table.arrow_batches():
            writer.write_table(piece.drop_columns([ROW_ID]), row_group_size=100_000)
        about = {
            "columns": [[c.name, c.type, c.kind, c.hash] for c in table.columns],
            "content_hash": table.content_hash,
        }
        writer.add_key_value_metadata({"dataops": json.dumps(about, ensure_ascii=True)})


def write_csv(table: Table, file: TextIO, safe: bool) -> None:
    """The table as CSV."""
    write_delimited(table, file, ",", safe)


def write_tsv(table: Table, file: TextIO, safe: bool) -> None:
    """The table as tab-separated text."""
    write_delimited(table, file, "\t", safe)


def write_delimited(table: Table, file: TextIO, delimiter: str, safe: bool) -> None:
    """The table as delimited text, quoted where a cell needs it."""
    forms = {column.name: form_of(table, column) for column in table.columns}
    write_records(file, delimiter, [[guarded(name) if safe else name for name in table.names]])
    for frame in table.batches():
        columns = [spelled_cells(plain_cells(frame[c.name]), c.type, forms[c.name], safe) for c in table.columns]
        write_records(file, delimiter, list(zip(*columns, strict=True)))


def form_of(table: Table, column: Column) -> str:
    """How finely the moments of a column are spelled, the same in all its cells."""
    if column.type != "datetime":
        return ""
    return moment_form(
        set().union(*(moment_forms(plain_cells(part[column.name])) for part in table.batches([column.name])))
    )


def json_records(table: Table) -> Iterator[str]:
    """Each row as a JSON object; moments as ISO text, missing cells as null, numbers without end as text."""
    forms = {c.name: form_of(table, c) for c in table.columns if c.type == "datetime"}
    for frame in table.batches():
        columns = []
        for name in table.names:
            cells = plain_cells(frame[name])
            if name in forms:
                cells = [None if cell is None else spelled_moment(cell, forms[name]) for cell in cells]
            elif table.column(name).type == "decimal":
                cells = [str(cell) if cell is not None and math.isinf(cell) else cell for cell in cells]
            columns.append(cells)
        for row in zip(*columns, strict=True):
            yield json.dumps(dict(zip(table.names, row, strict=True)), ensure_ascii=False)


def write_json(table: Table, file: TextIO, safe: bool) -> None:
    """The table as one JSON array of records."""
    file.write("[")
    file.writelines((",\n" if number else "\n") + record for number, record in enumerate(json_records(table)))
    file.write("\n]\n")


def write_jsonl(table: Table, file: TextIO, safe: bool) -> None:
    """The table as JSON Lines."""
    file.writelines(record + "\n" for record in json_records(table))


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    try:
        with replaced(path) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingError(
            f"The file cannot be written: {error.strerror}.", str(path), "Choose another place."
        ) from error
