"""Write rows as the next version of a Delta table, in a process of its own.

What to do comes as JSON on stdin, and one line of JSON on stdout says what became of it.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any

ID = "dataops.version_id"


def write(asked: dict[str, Any]) -> dict[str, Any]:
    """Write the table, unless one of its versions is this one already."""
    import deltalake
    import pyarrow.parquet as pq
    from deltalake.exceptions import CommitFailedError, DeltaError

    table, options, mode = asked["table"], _options(asked["table"]), "error"
    try:
        if deltalake.DeltaTable.is_deltatable(table, storage_options=options):
            history = deltalake.DeltaTable(table, storage_options=options).history()
            same = [entry["version"] for entry in history if entry.get(ID) == asked["mark"][ID]]
            if same:
                return {"outcome": "done", "already": True, "version": same[0]}
            if not any(ID in entry for entry in history):
                return {"outcome": "foreign"}
            mode = "overwrite"
        elif not _is_free(table):
            return {"outcome": "foreign"}
        with pq.ParquetFile(asked["rows"]) as file:
            import pyarrow as pa

            write: Any = deltalake.write_deltalake
            place = asked["beside"] if mode == "error" and asked["beside"] else table
            write(
                place,
                pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches()),
                mode=mode,
                schema_mode="overwrite" if mode == "overwrite" else None,
                commit_properties=deltalake.CommitProperties(custom_metadata=asked["mark"]),
                storage_options=options,
            )
        if place != table:  # a new table appears whole: in the place of nothing, or of an empty folder
            Path(place).replace(table)
        history = deltalake.DeltaTable(table, storage_options=options).history()
        made = next(entry["version"] for entry in history if entry.get(ID) == asked["mark"][ID])
    except CommitFailedError:
        return {"outcome": "conflict"}
    except (DeltaError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return {"outcome": "conflict"}
        return {"outcome": "failed", "said": str(error).strip().split("\n", 1)[0][:300]}
    return {"outcome": "done", "already": False, "version": made}


def _options(table: str) -> dict[str, str] | None:
    """What the package is told of a bucket: a commit is put on the condition that nobody else's is there, and a server
    on this machine or network may go without TLS where its address says so. Keys come from the environment.
    """
    if "://" not in table:
        return None
    plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
    return {"aws_conditional_put": "etag", **({"aws_allow_http": "true"} if plain else {})}


def _is_free(table: str) -> bool:
    """Whether nothing lies in the place yet; what lies in a bucket, its own conditions guard."""
    return "://" in table or not Path(table).is_dir() or not any(Path(table).iterdir())


if __name__ == "__main__":
    print(json.dumps(write(json.load(sys.stdin))), flush=True)
    os._exit(0)  # its threads can abort a process that ends as others do
