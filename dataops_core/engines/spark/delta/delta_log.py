"""What a Delta table holds, and a commit to its log, by the package deltalake, in a process of its own.

What to do comes as JSON on stdin, and one line of JSON on stdout says what became of it.
"""

from __future__ import annotations

import base64
import datetime
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

READ = {"timestampNtz"}  # features of a table that change nothing in how its files are read here
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def look(asked: dict[str, Any]) -> dict[str, Any]:
    """The files of the table's current version, with the values that the log has of them, and its columns."""
    import deltalake
    import pyarrow as pa

    table = deltalake.DeltaTable(asked["table"])
    protocol, about = table.protocol(), table.metadata()
    mapped = (about.configuration.get("delta.columnMapping.mode") or "none") != "none"
    other = sorted({*(protocol.reader_features or [])} - READ) + (["columnMapping"] if mapped else [])
    fields = pa.schema(table.schema().to_arrow())
    files = []
    for add in pa.table(table.get_add_actions()).to_pylist():
        fixed = {name: _plain(value) for name, value in (add.get("partition") or {}).items()}
        path = Path(asked["table"], add["path"])
        files.append(
            {"file": str(path if path.exists() else Path(asked["table"], unquote(add["path"]))), "fixed": fixed}
        )
    return {
        "outcome": "done",
        "version": table.version(),
        "other": other,
        "features": protocol.writer_features or [],
        "fields": [[field.name, str(field.type)] for field in fields],
        "partitions": about.partition_columns,
        "files": sorted(files, key=lambda each: each["file"]),
    }


def commit(asked: dict[str, Any]) -> dict[str, Any]:
    """Make files that lie in the table's folder its next version; a table that is not there yet begins with them."""
    import deltalake
    import pyarrow as pa
    import pyarrow.parquet as pq
    from deltalake.transaction import AddAction, create_table_with_add_actions

    table = Path(asked["table"])
    actions = [
        AddAction(
            name,
            (table / name).stat().st_size,
            values,
            (table / name).stat().st_mtime_ns // 1_000_000,
            True,
            json.dumps({"numRecords": pq.read_metadata(table / name).num_rows}),
        )
        for name, values in zip(asked["files"], asked["values"], strict=True)
    ]
    columns = pa.ipc.read_schema(pa.BufferReader(base64.b64decode(asked["schema"])))
    schema = deltalake.Schema.from_arrow(columns)
    mark = deltalake.CommitProperties(custom_metadata=asked["mark"])
    if asked["version"] is None:
        create_table_with_add_actions(str(table), schema, actions, commit_properties=mark)
    else:
        there = deltalake.DeltaTable(str(table), version=asked["version"])
        parted = asked["partitions"] or None
        there.create_write_transaction(actions, "overwrite", schema, partition_by=parted, commit_properties=mark)
    return {"outcome": "done", "version": deltalake.DeltaTable(str(table)).version()}


def _plain(value: Any) -> Any:
    """A partition value as plain JSON: a moment as microseconds since 1970."""
    if isinstance(value, datetime.datetime):
        return (value.replace(tzinfo=datetime.UTC) - EPOCH) // datetime.timedelta(microseconds=1)
    if isinstance(value, datetime.date):
        return (value - EPOCH.date()).days * 86_400_000_000
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def main() -> None:
    """Do what is asked."""
    from deltalake.exceptions import CommitFailedError, DeltaError

    asked = json.load(sys.stdin)
    try:
        told = {"look": look, "commit": commit}[asked["do"]](asked)
    except CommitFailedError:
        told = {"outcome": "conflict"}
    except (DeltaError, OSError, ValueError) as error:
        told = {"outcome": "failed", "said": (str(error).strip() or type(error).__name__).split("\n", 1)[0][:300]}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
    os._exit(0)  # its threads can abort a process that ends as others do
