"""Files of databases."""

from dataops_core.read.databases import read_duckdb_frame, read_sqlite_frame
from dataops_core.read.format import Format, register

register(
    Format(
        "sqlite",
        "SQLite",
        read_sqlite_frame,
        (".sqlite", ".sqlite3", ".db"),
        marks=(b"SQLite format 3\x00",),
        needs=("pyarrow",),
        place=110,
    ),
    Format(
        "duckdb",
        "DuckDB",
        read_duckdb_frame,
        (".duckdb",),
        marks=(b"DUCK",),
        marks_at=8,
        needs=("duckdb", "pyarrow"),
        place=120,
    ),
)
