"""Parquet."""

from dataops_core.read.arrow.parquet import read_parquet_frame
from dataops_core.read.format import Format, register

register(
    Format(
        "parquet", "Parquet", read_parquet_frame, (".parquet", ".pq"), marks=(b"PAR1",), needs=("pyarrow",), place=30
    )
)
