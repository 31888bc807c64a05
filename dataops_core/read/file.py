"""Read a file of any known format into a table at rest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from dataops_core.errors import DataOpsError
from dataops_core.progress import Progress, no_progress
from dataops_core.read.arrow.fast_parquet import read_plain_parquet
from dataops_core.read.arrow.parquet import check_unchanged, parquet_kinds
from dataops_core.read.content import Content, file_content
from dataops_core.read.formats import REGISTRY
from dataops_core.read.limits import limited_memory, no_collection
from dataops_core.read.options import Blanked, Problem, ReadOptions, Source
from dataops_core.read.text.fast_text import read_plain_text
from dataops_core.read.text.large_text import read_large_text
from dataops_core.read.text.text import read_text_frame
from dataops_core.table import write_table

LARGE = 16_000_000  # bytes of a text that is read piece by piece, whatever stands in it


def read_file(
    path: Path,
    out: Path,
    options: ReadOptions | None = None,
    *,
    name: str | None = None,
    progress: Progress | None = None,
) -> Source:
    """Read a file and write it as a table to `out`; row ids count the data rows of the file from 0.

    `name` is the file's original name where `path` is a stored object. Read again with the options that come back,
    the file gives the very same content hash. Raises InputError where the file is not a table that can be read,
    and FlawError where it could be with `lenient`.
    """
    called, tell = name or path.name, progress or no_progress
    tell(0.0, "Opening the file")
    try:
        with limited_memory(), no_collection():
            source = read_content(path, out, called, options.to_json() if options else {}, tell)
    except DataOpsError as error:
        if called in error.where:
            raise
        raise type(error)(error.what, ", ".join(part for part in (called, error.where) if part), error.fix) from error
    tell(1.0, "Done")
    return source


def read_content(path: Path, out: Path, called: str, given: dict[str, Any], tell: Progress) -> Source:
    """The table of a file with this name, by the quick reader of its format, else by the careful one."""
    content = file_content(path, called)
    kind = given["format"] = given.get("format") or format_of_content(content)
    quick = {"csv": read_plain_text, "parquet": read_plain_parquet}.get(kind)
    found = quick(content, out, given, tell) if quick else None
    if found is None and kind == "csv" and content.size() > LARGE:
        table, complete, problems = read_large_text(content, out, given, tell)
        blanked: dict[str, Blanked] = {}
    elif found is None:
        frame, complete, problems = read_frame(
            kind, content.data, given, lambda share, what: tell(0.05 + share * 0.65, what)
        )
        kinds = parquet_kinds(content.data) if kind == "parquet" else {}
        table = write_table(
            out, batches_of(frame, tell), {key: value for key, value in kinds.items() if key in frame.columns}
        )
        blanked = {}
    else:
        table, complete, problems, blanked = found
    if kind == "parquet":
        problems += check_unchanged(content, given, complete, table)
    return Source(table, ReadOptions.from_json(complete), tuple(Problem(**problem) for problem in problems), blanked)


def read_frame(
    kind: str,
    data: bytes,
    given: Mapping[str, Any],
    tell: Progress,
) -> tuple[pd.DataFrame, dict, list[dict]]:
    """The frame, complete options and problems of a file in the given format."""
    if kind == "csv":
        return read_text_frame(data, dict(given), tell)
    tell(0.1, "Reading")
    return REGISTRY[kind].read(data, dict(given))


def batches_of(frame: pd.DataFrame, tell: Progress, rows: int = 100_000) -> Iterator[pd.DataFrame]:
    """A frame in pieces; at least one, so that a table without rows keeps its columns."""
    for start in range(0, max(1, len(frame)), rows):
        tell(0.7 + 0.3 * start / max(1, len(frame)), "Writing")
        yield frame.iloc[start : start + rows]


def format_of_content(content: Content) -> str:
    """The format of a file's content; all of it is looked at only where its start leaves open what it is."""
    head = content.head()
    named = _by_suffix(content.name) is not None
    return format_of(head if named or json_format(head) is None else content.data, content.name)


def format_of(data: bytes, name: str) -> str:
    """The format of a file, from its first bytes, else its name, else its text.

    >>> format_of(b"PAR1", "table"), format_of(b"a,b", "t.tsv"), format_of(b'[{"a": 1}]', "object")
    ('parquet', 'csv', 'json')
    """
    for each in REGISTRY.values():
        if any(data.startswith(mark, each.marks_at) for mark in each.marks):
            return each.name
    return _by_suffix(name) or json_format(data) or "csv"


def _by_suffix(name: str) -> str | None:
    suffix = Path(name).suffix.lower()
    return next((each.name for each in REGISTRY.values() if suffix in each.suffixes), None)


def json_format(data: bytes) -> str | None:
    """Whether bytes without a telling name are JSON or JSON Lines."""
    start = data[:100_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith((b"{", b"[")):
        return None
    line = start.split(b"\n", 1)[0]
    try:
        first = json.loads(line)
    except ValueError:
        return "json" if start[:2] in (b"[{", b'{"') or start[1:].lstrip()[:1] in (b"{", b'"') else None
    whole = len(line) >= len(data.strip())
    return "jsonl" if isinstance(first, dict) and not whole else "json"
