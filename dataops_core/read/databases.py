"""Read a table of a SQLite or DuckDB database file into a frame."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from dataops_core.errors import InputError, SettingError, nearest
from dataops_core.read.arrow.arrow_frame import arrow_frame
from dataops_core.read.bounds import check_cells
from dataops_core.read.names import check_flaws, check_width, clean_names, nameless, table_flaws
from dataops_core.read.values import value_frame
from dataops_core.table.kinds import type_of

ROWS, CELLS = "SELECT count(*) FROM {}", "SELECT * FROM {}"
TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY 1"
WHOLE = "Copy the database again while nothing writes to it."


def read_sqlite_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read one table or view of a SQLite database: a tidy frame, the complete options, and the problems met."""
    import sqlite3

    given = {key: value for key, value in (options or {}).items() if value is not None}
    problems: list[dict] = []
    with tempfile.TemporaryDirectory(prefix="dataops-read-") as folder:
        path = Path(folder) / "object"
        path.write_bytes(data)
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            known = [name for (name,) in connection.execute(TABLES) if not name.startswith("sqlite_")]
            sizes = {name: connection.execute(ROWS.format(quoted(name))).fetchone()[0] for name in known}
            name = choose_name(sizes, given, problems)
            cursor = connection.execute(CELLS.format(quoted(name)))
            raw = [entry[0] for entry in cursor.description]
            check_width(len(raw))
            check_cells(sizes[name], len(raw), sizes[name] * len(raw), 0, len(data), f'table "{name}"')
            rows = cursor.fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise InputError(f"The SQLite database cannot be read: {error}.", "the whole file", WHOLE) from None
        finally:
            connection.close()
    names = clean_names(raw, f'table "{name}"', problems)
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in raw]
    frame, facts = value_frame(names, columns, given, problems, "row", None, "missing_tokens" in given)
    if "missing_tokens" not in given:
        facts.pop("missing_tokens", None)
    more = check_columns(frame, raw, names, name, given, problems)
    return frame, {"format": "sqlite", "sheet": name, **facts, **more}, problems


def read_duckdb_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read one table or view of a DuckDB database: a tidy frame, the complete options, and the problems met.

    The database may not reach other files or the network.
    """
    import duckdb

    given = {key: value for key, value in (options or {}).items() if value is not None}
    problems: list[dict] = []
    guards: dict[str, Any] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "threads": "2",
    }
    with tempfile.TemporaryDirectory(prefix="dataops-read-") as folder:
        path = Path(folder) / "object.duckdb"
        path.write_bytes(data)
        try:
            connection = duckdb.connect(str(path), read_only=True, config=guards)
        except (duckdb.Error, OSError) as error:
            raise InputError(f"The DuckDB database cannot be read: {error}.", "the whole file", WHOLE) from None
        try:
            query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY 1"
            known = [name for (name,) in connection.execute(query).fetchall()]
            sizes = {name: connection.execute(ROWS.format(quoted(name))).fetchall()[0][0] for name in known}
            name = choose_name(sizes, given, problems)
            table: Any = connection.sql(CELLS.format(quoted(name))).to_arrow_table()
        except duckdb.Error as error:
            raise InputError(f"The DuckDB database cannot be read: {error}.", "the whole file", WHOLE) from None
        finally:
            connection.close()
    check_width(table.num_columns)
    names = clean_names(table.column_names, f'table "{name}"', problems)
    frame = arrow_frame(table.columns, names, given, problems)
    facts: dict[str, Any] = {"types": {n: type_of(frame[n]) for n in names}, "columns": names}
    facts |= {key: given[key] for key in ("missing_tokens",) if key in given}
    more = check_columns(frame, table.column_names, names, name, given, problems)
    return frame, {"format": "duckdb", "sheet": name, **facts, **more}, problems


def quoted(name: str) -> str:
    """A name as SQL takes it: in quotes, those in it twice."""
    return '"' + name.replace('"', '""') + '"'


def choose_name(sizes: dict[str, int], given: dict, problems: list[dict]) -> str:
    """The table asked for, or the one with the most rows."""
    wanted = given.get("sheet")
    if not sizes:
        raise InputError("The database has no table.", "the whole file", "Choose another file.")
    if wanted is not None and wanted not in sizes:
        raise SettingError(f'There is no table "{wanted}".', "sheet", nearest(wanted, sizes))
    name = wanted or max(sizes, key=lambda each: sizes[each])
    others = [f"{other} ({rows:,} rows)" for other, rows in sizes.items() if other != name]
    if others and wanted is None:
        problems.append(
            {
                "what": f'The table "{name}" was read; there are others: {", ".join(others[:20])}.',
                "where": f'table "{name}"',
                "fix": "Choose another table if you meant that one.",
                "count": len(others),
            }
        )
    return name


def check_columns(
    frame: pd.DataFrame, raw: Sequence[str], names: list[str], name: str, given: dict, problems: list[dict]
) -> dict[str, bool]:
    """Note a table without rows, and check its column names."""
    if not len(frame):
        problems.append(
            {"what": "The table has no rows.", "where": f'table "{name}"', "fix": "Choose another table.", "count": 1}
        )
    held = {at for at in nameless(list(raw)) if frame[names[at]].notna().any()}
    flawed = check_flaws(table_flaws(list(raw), held, len(frame)), f'table "{name}"', given.get("lenient"))
    return {"lenient": True} if flawed else {}
