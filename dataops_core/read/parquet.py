"""Read Parquet into a frame: every Arrow type becomes one of the five types, and what changed is reported."""

from __future__ import annotations

import io
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dataops_core.table.kinds import tidy


def parquet_kinds(data: bytes) -> dict[str, str]:
    """The kinds that the workbench wrote into a Parquet file; none for other files."""
    about = (pq.read_metadata(io.BytesIO(data)).metadata or {}).get(b"dataops")
    return {name: kind for name, _type, kind, _hash in json.loads(about)["columns"]} if about else {}


def read_parquet_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read a Parquet file: a tidy frame, the complete options, and the problems met."""
    frame = tidy(pq.read_table(io.BytesIO(data)).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}.get).reset_index(drop=True))
    frame = frame.drop(columns="__row_id__", errors="ignore")
    return frame, {**(options or {}), "format": "parquet"}, []
