"""Read Feather (Arrow IPC) and ORC files into a frame."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from dataops_core.errors import InputError
from dataops_core.read.arrow.arrow_frame import arrow_frame
from dataops_core.read.bounds import MOST_RATIO, memory_limit, spelled_bytes
from dataops_core.read.names import check_flaws, check_width, clean_names, nameless, table_flaws
from dataops_core.table.kinds import type_of


def read_feather_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read a Feather file, or an Arrow stream: a tidy frame, the complete options, and the problems met."""
    given = {key: value for key, value in (options or {}).items() if value is not None}

    def read() -> pa.Table:
        if data.startswith(b"FEA1"):
            import pyarrow.feather

            return pyarrow.feather.read_table(pa.BufferReader(data))
        if data.startswith(b"ARROW1"):
            return pa.ipc.open_file(pa.BufferReader(data)).read_all()
        return pa.ipc.open_stream(pa.BufferReader(data)).read_all()

    return _frame(read, "feather", "Feather", given, len(data))


def read_orc_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read an ORC file: a tidy frame, the complete options, and the problems met."""
    import pyarrow.orc

    given = {key: value for key, value in (options or {}).items() if value is not None}

    def read() -> pa.Table:
        return pyarrow.orc.ORCFile(pa.BufferReader(data)).read()

    return _frame(read, "orc", "ORC", given, len(data))


def _frame(read: Any, form: str, called: str, given: dict, size: int) -> tuple[pd.DataFrame, dict, list[dict]]:
    problems: list[dict] = []
    try:
        table = read()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, OverflowError, RuntimeError, KeyError) as error:
        if isinstance(error, MemoryError):
            raise
        raise InputError(
            f"The {called} file cannot be read: {error}.", "the whole file", "Fetch or write it again."
        ) from None
    check_width(table.num_columns)
    if table.nbytes > memory_limit() // 8 and table.nbytes > MOST_RATIO * size:
        raise InputError(
            f"The {called} file unpacks to {spelled_bytes(table.nbytes)}, from {spelled_bytes(size)}.",
            "the whole file",
            "Write it again with fewer rows.",
        )
    names = clean_names(table.column_names, "the schema", problems)
    frame = arrow_frame(table.columns, names, given, problems)
    if not table.num_rows:
        problems.append(
            {"what": "The table has no rows.", "where": "the whole file", "fix": "Check the file.", "count": 1}
        )
    held = {at for at in nameless(table.column_names) if frame[names[at]].notna().any()}
    flawed = check_flaws(table_flaws(table.column_names, held, table.num_rows), "the schema", given.get("lenient"))
    complete: dict[str, Any] = {"format": form, "types": {n: type_of(frame[n]) for n in names}, "columns": names}
    complete |= {key: given[key] for key in ("missing_tokens",) if key in given}
    return frame, {**complete, **({"lenient": True} if flawed else {})}, problems
