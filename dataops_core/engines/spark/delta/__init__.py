"""Delta tables: the current version of one is read, and a result becomes the next one."""

from dataops_core.engines.spark.delta.partitions import write_partitions
from dataops_core.engines.spark.delta.tables import (
    DeltaTable,
    DeltaTarget,
    Places,
    delta_mark,
    delta_table,
    delta_target,
    input_files,
    places_of,
)

__all__ = [
    "DeltaTable",
    "DeltaTarget",
    "Places",
    "delta_mark",
    "delta_table",
    "delta_target",
    "input_files",
    "places_of",
    "write_partitions",
]
