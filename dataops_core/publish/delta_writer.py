"""Write rows as the next version of a Delta table, in a process of its own.

What to do comes as JSON on stdin, and one line of JSON on stdout says what became of it.
"""

from __future__ import annotations

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

    mode = "error"
    try:
        if deltalake.DeltaTable.is_deltatable(asked["table"]):
            history = deltalake.DeltaTable(asked["table"]).history()
            same = [entry["version"] for entry in history if entry.get(ID) == asked["mark"][ID]]
            if same:
                return {"outcome": "done", "already": True, "version": same[0]}
            if not any(ID in entry for entry in history):
                return {"outcome": "foreign"}
            mode = "overwrite"
        elif not _is_free(asked["table"]):
            return {"outcome": "foreign"}
        with pq.ParquetFile(asked["rows"]) as file:
            import pyarrow as pa

            deltalake.write_deltalake(
                asked["table"],
                pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches()),
                mode=mode,
                schema_mode="overwrite" if mode == "overwrite" else None,
                commit_properties=deltalake.CommitProperties(custom_metadata=asked["mark"]),
            )
        history = deltalake.DeltaTable(asked["table"]).history()
        made = next(entry["version"] for entry in history if entry.get(ID) == asked["mark"][ID])
    except CommitFailedError:
        return {"outcome": "conflict"}
    except (DeltaError, OSError, ValueError) as error:
        return {"outcome": "failed", "said": str(error).strip().split("\n", 1)[0][:300]}
    return {"outcome": "done", "already": False, "version": made}


def _is_free(table: str) -> bool:
    """Whether nothing lies in the place yet; what lies in a bucket, its own conditions guard."""
    return "://" in table or not Path(table).is_dir() or not any(Path(table).iterdir())


if __name__ == "__main__":
    print(json.dumps(write(json.load(sys.stdin))), flush=True)
    os._exit(0)  # its threads can abort a process that ends as others do
