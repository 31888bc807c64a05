"""What a query finds in a database, as a Parquet file."""

from __future__ import annotations

import functools
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from dataops_core.errors import InputError, SettingError
from dataops_core.progress import Progress
from dataops_core.read.places.folders import is_allowed
from dataops_core.read.places.rules import FOLDERS, HOSTS, Rules
from dataops_core.read.places.secrets import cleaned, shown
from dataops_core.read.places.target import file_name

DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
}
FILES = frozenset({"sqlite", "duckdb"})
PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306}
ROWS = 20_000  # fetched at a time
SECONDS = 30
_QUERY = re.compile(r"\s*\(*\s*(?:select|with|values|table|from)\b", re.IGNORECASE)
_NAME = re.compile(r'[^\W\d]\w*(?:\.[^\W\d]\w*)?|"[^"]+"|`[^`]+`')
_INTO = re.compile(r"\binto\b(?:\s|/\*.*?\*/)*(?:outfile|dumpfile)\b", re.IGNORECASE | re.DOTALL)


def fetch_query(
    address: str, secrets: tuple[str, ...], folder: Path, rules: Rules, progress: Progress, query: str = ""
) -> Path:
    """Run a query, or read a table, of a database, and write the rows to a Parquet file of the folder.

    The query stands behind a # in the address, unless it is given; a name alone means the whole table. The connection
    may only read.
    """
    url, _, behind = address.partition("#")
    asked, where = (query or behind).strip().rstrip(";"), shown(address)
    if not asked:
        raise SettingError(
            "Nothing says what to read.",
            where,
            "Put a table's name or a query behind a #: …/sales#SELECT * FROM orders.",
        )
    _check_query(asked, where)
    statement = f"SELECT * FROM {asked}" if _NAME.fullmatch(asked) else asked  # noqa: S608 - the own query of whoever asks
    named = asked.strip('"`') if _NAME.fullmatch(asked) else ""
    out = folder / f"{file_name(named) if named else 'query'}.parquet"
    kind = url.split("://", 1)[0].split("+", 1)[0]
    if kind in ("mysql", "mariadb") and _INTO.search(asked):
        raise SettingError("This query would write a file.", where, "Leave out INTO.")
    try:
        rows = _duckdb(url, statement, rules) if kind == "duckdb" else _sqlalchemy(url, kind, statement, rules, where)
        _write(rows, out, rules, progress, where)
    except (InputError, SettingError):
        raise
    except Exception as error:  # noqa: BLE001 - each driver has classes of its own
        said = cleaned(str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0], secrets)
        raise InputError(f"The database says: {said[:300]}.", where, "Check the address and the query.") from None
    return out


def _check_query(asked: str, where: str) -> None:
    """Raises SettingError for all but a table's name and a single query: nothing else is sent to a database."""
    bare = re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"", "", asked)
    if ";" in bare or (";" in asked and "\\" in asked) or not (_NAME.fullmatch(asked) or _QUERY.match(asked)):
        raise SettingError(
            "This is not a single query.",
            where,
            "Give the name of a table, or one query that begins with SELECT or WITH.",
        )


def _file_of(url: str, rules: Rules, where: str) -> Path:
    path = Path(url.split("://", 1)[1].split("?", 1)[0].removeprefix("/"))
    if not path.is_file():
        raise InputError("There is no such database file.", where, "Write it as sqlite:///folder/file.db#table.")
    if not rules.own and not is_allowed(path, rules):
        raise SettingError(
            "This file lies in no folder that may be read.",
            where,
            f"Whoever runs the workbench can allow it: {FOLDERS}.",
        )
    return path.resolve()


def _sqlalchemy(
    url: str, kind: str, statement: str, rules: Rules, where: str
) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
    import sqlalchemy as sa

    engine: Any
    if kind == "sqlite":
        path = _file_of(url, rules, where)
        opened = functools.partial(sqlite3.connect, f"file:{quote(str(path))}?mode=ro", uri=True)
        engine = sa.create_engine("sqlite://", creator=opened, poolclass=sa.NullPool)
    else:
        made = sa.make_url(url).set(drivername=DRIVERS[kind])
        if not rules.own:
            _check_host(made, kind, rules, where)
        try:
            seconds = {"connect_timeout": SECONDS}
            engine = sa.create_engine(made, poolclass=sa.NullPool, connect_args=seconds, hide_parameters=True)
        except ImportError as error:
            raise SettingError(
                f"Nothing here opens {kind}:// addresses.", where, f"Install the package {error.name}."
            ) from None
    with engine.connect() as connection:
        if kind == "postgresql":
            connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        elif kind in PORTS:
            connection.execute(sa.text("SET SESSION TRANSACTION READ ONLY"))
            connection.commit()
        result = connection.execution_options(stream_results=True).exec_driver_sql(statement)
        names = [str(name) for name in result.keys()]  # noqa: SIM118 - no mapping
        yield names, []
        while some := result.fetchmany(ROWS):
            yield names, some
        connection.rollback()


def _check_host(url: Any, kind: str, rules: Rules, where: str) -> None:
    """Databases are asked only where the configuration names their host: an address may not send them elsewhere."""
    if url.query or (url.host or "").lower() not in rules.hosts:
        raise SettingError(
            "This database is not among those that may be asked.",
            where,
            f"Whoever runs the workbench can allow its host: {HOSTS}=name[,name]. Options behind a ? are not allowed.",
        )
    rules.addresses(url.host, url.port or PORTS[kind], where)


def _duckdb(url: str, statement: str, rules: Rules) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
    import duckdb

    guards: dict[str, Any] = {"enable_external_access": "false", "autoinstall_known_extensions": "false"}
    with duckdb.connect(str(_file_of(url, rules, shown(url))), read_only=True, config=guards) as connection:
        result = connection.execute(statement)
        names = [entry[0] for entry in result.description or ()]
        yield names, []
        while some := result.fetchmany(ROWS):
            yield names, some


def _write(
    rows: Iterator[tuple[list[str], Sequence[Sequence[Any]]]], out: Path, rules: Rules, progress: Progress, where: str
) -> None:
    parts: list[pa.Table] = []
    size = done = 0
    for names, some in rows:
        if len(set(names)) < len(names):
            raise InputError("Two columns have the same name.", where, "Name them in the query: SELECT a AS b.")
        columns = [_column(list(column)) for column in zip(*some, strict=True)] or [pa.nulls(0) for _ in names]
        parts.append(pa.table(dict(zip(names, columns, strict=True))))
        size, done = size + parts[-1].nbytes, done + len(some)
        rules.check_size(size, where)
        progress(0.0, f"{done:,} rows fetched")
    schema = pa.schema([pa.field(name, _type(parts, name)) for name in parts[0].column_names])
    pq.write_table(pa.concat_tables([part.cast(schema) for part in parts]), out, compression="zstd")


def _type(parts: list[pa.Table], name: str) -> pa.DataType:
    """The type that a column has in all parts; text where the parts differ in more than whole and decimal numbers."""
    kinds = {part.schema.field(name).type for part in parts} - {pa.null()}
    if kinds == {pa.int64(), pa.float64()}:
        return pa.float64()
    return kinds.pop() if len(kinds) == 1 else pa.string()


def _column(cells: list[Any]) -> pa.Array:
    """The cells of a column in the type that holds them all; as text where there is none."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if Decimal in kinds and kinds <= {Decimal, int}:
        numbers = [None if cell is None else float(cell) for cell in cells]
        if all(cell is None or Decimal(repr(number)) == cell for cell, number in zip(cells, numbers, strict=True)):
            return pa.array(numbers, pa.float64())
        return _texts(cells)
    if kinds & {list, dict, tuple, set}:
        return _texts([None if cell is None else json.dumps(cell, default=str, ensure_ascii=False) for cell in cells])
    if len(kinds) > 1 and not kinds <= {int, float}:
        return _texts(cells)
    try:
        made = pa.array(cells)
    except (pa.ArrowException, OverflowError):
        return _texts(cells)
    plain = (pa.types.is_int64, pa.types.is_float64, pa.types.is_boolean, pa.types.is_string, pa.types.is_timestamp)
    known = any(test(made.type) for test in (*plain, pa.types.is_date, pa.types.is_null))
    return made if known else _texts(cells)


def _texts(cells: list[Any]) -> pa.Array:
    return pa.array(
        [
            None if cell is None else cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
            for cell in cells
        ],
        pa.string(),
    )
