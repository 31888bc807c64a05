"""A Delta table: each version is the next version of the table, and its commit names it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dataops_core.errors import ConflictError, InputError, SettingError
from dataops_core.progress import Progress
from dataops_core.publish.publisher import Given, Outgoing, Published, Publisher, check_letters, foreign, register
from dataops_core.scratch import folder_beside

WRITER = Path(__file__).parents[1] / "delta_writer.py"


def publish_delta(version: Outgoing, address: str, _given: Given, progress: Progress) -> Published:
    """Write the version as the next version of a Delta table; columns that came, went or changed come with it.

    What the package deltalake does is done in a process of its own: it can abort when it ends, though all is written.
    """
    is_bucket = "://" in address
    if is_bucket and not address.startswith("s3://"):
        raise SettingError("Nothing writes Delta tables there.", address, "Name a folder, or s3://bucket/folder.")
    table = address.rstrip("/") if is_bucket else str(Path(address).expanduser().absolute())
    check_letters(version, f"delta:{table}")
    progress(0.1, "Writing the rows")
    rows = version.folder / "rows.parquet"
    with pq.ParquetWriter(rows, version.schema()) as writer:
        for batch in version.batches():
            writer.write_batch(batch)
    progress(0.4, "Writing the Delta table")
    mark = {f"dataops.{key}": str(value) for key, value in version.about.items()}
    asked = {"table": table, "rows": str(rows), "mark": mark, "beside": ""}
    if is_bucket:
        told = _written(asked, table)
    else:
        try:
            Path(table).parent.mkdir(parents=True, exist_ok=True)
            with folder_beside(Path(table)) as beside:
                told = _written({**asked, "beside": str(beside / "table")}, table)
        except OSError as error:
            told = {"outcome": "failed", "said": error.strerror}
    if told["outcome"] == "foreign":
        raise foreign(version, f"delta:{table}", "What lies there was not published from here.")
    if told["outcome"] == "conflict":
        raise ConflictError("Somebody else wrote to the table meanwhile.", f"delta:{table}", "Publish again.")
    if told["outcome"] != "done":
        raise InputError(
            f"The Delta table cannot be written: {told['said']}.", f"delta:{table}", "Check the place and its rights."
        )
    return Published.of(
        "delta",
        f"delta:{table}",
        version,
        already=told["already"],
        use=f'deltalake.DeltaTable("{table}", version={told["version"]}).to_pandas()',
        delta_version=told["version"],
    )


def _written(asked: dict[str, Any], table: str) -> dict[str, Any]:
    """What the process that writes answers on its last line."""
    done = subprocess.run(  # noqa: S603 - our own file, which needs nothing else of ours
        [sys.executable, "-P", str(WRITER)], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    try:
        told: dict[str, Any] = json.loads(done.stdout.strip().rsplit("\n", 1)[-1])
    except ValueError:
        raise InputError(
            f"The Delta table cannot be written: the process that writes ended with code {done.returncode}.",
            f"delta:{table}",
            "Publish again: a version that is there already is not written twice.",
        ) from None
    return told


register(
    Publisher(
        "delta",
        "A Delta table",
        "The rows as a Delta table (Spark, Databricks, DuckDB, Polars read it); the next version is its next version",
        "delta:/srv/tables/orders",
        ("delta:",),
        publish_delta,
        packages=("deltalake",),
        install="pip install -r requirements-publish.txt",
        order=50,
    )
)
