"""A table of a database: PostgreSQL, MySQL, SQLite, DuckDB. It is written beside the old one, and takes its place
at once.

Which version a table holds stands in its comment (with SQLite, which has none, in its definition), so that it moves
with the table. A table without such a mark is somebody else's, and stays.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops_core.errors import DataOpsError, InputError, SettingError
from dataops_core.progress import Progress
from dataops_core.publish.publisher import (
    Given,
    Outgoing,
    Published,
    Publisher,
    check_letters,
    foreign,
    register,
    shown_place,
)
from dataops_core.read.databases import quoted
from dataops_core.read.places.query import DRIVERS, SECONDS
from dataops_core.wording import counted

if TYPE_CHECKING:
    import sqlalchemy as sa

LONGEST = {"postgresql": 63, "mysql": 64, "mariadb": 64}  # bytes of a name
ROWS = 5_000  # written at a time
MARK = "dataops"
_PART = "__part_"


def publish_database(version: Outgoing, address: str, _given: Given, progress: Progress) -> Published:
    """Write the version as a table; raises ConflictError where the table is somebody else's."""
    url, _, behind = address.partition("#")
    where, name = shown_place(address), behind.strip().strip('"`') or version.name.lower().replace("-", "_")
    kind = re.sub(r"^postgres$", "postgresql", url.split("://", 1)[0].split("+", 1)[0].lower())
    schema, _, table = name.rpartition(".")
    if not behind.strip():
        where = f"{where}#{name}"
    _check_names(version, table, kind, where)
    try:
        write = _duckdb if kind == "duckdb" else _sqlalchemy
        already = write(version, url, kind, schema, table, where, progress)
    except DataOpsError:
        raise
    except Exception as error:  # noqa: BLE001 - each driver has classes of its own
        said = re.split(r"\n| Detail: |Traceback", str(getattr(error, "orig", None) or error).strip(), maxsplit=1)[0]
        raise InputError(
            f"The database says: {said[:300].rstrip('. ')}.",
            where,
            "Check the address, and what its user may do there.",
        ) from None
    return Published.of(
        "database",
        where,
        version,
        already=already,
        use=f"SELECT * FROM {name}",  # noqa: S608 - words to show
        rows=f"{version.table.rows:,}",
        columns=len(version.table.columns),
    )


def _check_names(version: Outgoing, table: str, kind: str, where: str) -> None:
    if not re.fullmatch(r"[^\W\d]\w*", table):
        raise SettingError(
            f'"{table}" is not a name for a table.', where, "Use letters, digits and underscores: …/sales#orders."
        )
    most = LONGEST.get(kind, 0)
    for name in (f"{table}{_PART}00000000", *version.table.names) if most else ():
        if len(name.encode()) > most:
            raise SettingError(f'The name "{name}" is longer than {most} bytes.', where, "Give it a shorter name.")
    if kind != "postgresql":
        check_letters(version, where)


def _mark(version: Outgoing) -> str:
    """What says in the database which version a table holds; no names: they could hold anything."""
    told = version.about
    return json.dumps({MARK: {key: told[key] for key in ("version", "version_id", "content_hash")}})


def _is_there(version: Outgoing, there: bool, mark: str | None, where: str) -> bool:
    """Whether the table holds this version; raises ConflictError where it is not one that was published from here."""
    if not there:
        return False
    found = re.search(r'\{"dataops": \{[^{}]*\}\}', mark or "")
    if not found:
        raise foreign(version, where, "A table of that name is there, and was not published from here.")
    return bool(json.loads(found[0])[MARK]["version_id"] == version.version_id)


def _beside(table: str) -> str:
    return f"{table}{_PART}{secrets.token_hex(4)}"


def _sqlalchemy(
    version: Outgoing, url: str, kind: str, schema: str, table: str, where: str, progress: Progress
) -> bool:
    import sqlalchemy as sa

    with _engine(url, kind, where) as engine:
        quote = engine.dialect.identifier_preparer.quote

        def full(name: str) -> str:
            return f"{quote(schema)}.{quote(name)}" if schema else quote(name)

        with engine.connect() as connection:
            if _is_there(version, *_known(connection, kind, schema, table), where):
                return True
        part = _beside(table)
        made = _definition(version, kind, schema, part)
        if kind in ("mysql", "mariadb"):  # it ends a transaction with each definition, but renames two tables at once
            _mysql(version, engine, made, table, full, where, progress)
            return False
        with engine.begin() as connection:
            if kind == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                text = str(sa.schema.CreateTable(made).compile(engine))
                connection.exec_driver_sql(text.replace("(", f"(/* {_mark(version)} */", 1))
            else:
                made.create(connection)
            _fill(version, connection, made, progress)
            there, mark = _known(connection, kind, schema, table)
            _is_there(version, there, mark, where)  # somebody may have made one meanwhile
            if there:
                connection.exec_driver_sql(f"DROP TABLE {full(table)}")
            connection.exec_driver_sql(f"ALTER TABLE {full(part)} RENAME TO {quote(table)}")
        return False


def _mysql(
    version: Outgoing, engine: sa.Engine, made: sa.Table, table: str, full: Any, where: str, progress: Progress
) -> None:
    old = _beside(table)
    try:
        with engine.begin() as connection:
            made.create(connection)
            _fill(version, connection, made, progress)
        with engine.connect() as connection:
            there, mark = _known(connection, "mysql", made.schema or "", table)
            _is_there(version, there, mark, where)
            gone = f"{full(table)} TO {full(old)}, " if there else ""
            connection.exec_driver_sql(f"RENAME TABLE {gone}{full(made.name)} TO {full(table)}")
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {full(made.name)}, {full(old)}")


@contextmanager
def _engine(url: str, kind: str, where: str) -> Iterator[sa.Engine]:
    import sqlalchemy as sa

    try:
        made = sa.make_url(url).set(drivername=DRIVERS[kind])
        if kind == "sqlite":
            path = Path(str(made.database or "")).expanduser()
            if not path.name:
                raise SettingError("The address names no file.", where, "Write it as sqlite:///folder/file.db#table.")
            path.parent.mkdir(parents=True, exist_ok=True)
            # the driver would begin transactions of its own, and leave definitions out of them
            options: dict[str, Any] = {"connect_args": {"isolation_level": None, "timeout": SECONDS}}
            made = made.set(database=str(path))
        else:
            options = {"connect_args": {"connect_timeout": SECONDS}}
        engine = sa.create_engine(made, poolclass=sa.NullPool, hide_parameters=True, **options)
    except ImportError as error:
        raise SettingError(
            f"Nothing here opens {kind}:// addresses.", where, f"Install the package {error.name}."
        ) from None
    try:
        yield engine
    finally:
        engine.dispose()


def _known(connection: sa.Connection, kind: str, schema: str, table: str) -> tuple[bool, str | None]:
    """Whether there is a table (or view) of that name, and what marks it."""
    import sqlalchemy as sa

    if kind == "sqlite":
        query = sa.text("SELECT sql FROM sqlite_master WHERE lower(name) = lower(:name)")
        row = connection.execute(query, {"name": table}).first()
        return row is not None, str(row[0]) if row else None
    look = sa.inspect(connection)
    if look.has_table(table, schema or None):
        if table in look.get_view_names(schema or None):
            return True, None
        return True, look.get_table_comment(table, schema or None)["text"]
    return False, None


def _definition(version: Outgoing, kind: str, schema: str, name: str) -> sa.Table:
    import sqlalchemy as sa
    from sqlalchemy.dialects import mysql

    types: dict[str, Any] = {
        "text": sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb"),
        "integer": sa.BigInteger(),
        "decimal": sa.Double(),
        "boolean": sa.Boolean(),
        "datetime": sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
    }
    columns = [sa.Column(column.name, types[column.type], quote=True) for column in version.table.columns]
    more: dict[str, Any] = {"mysql_charset": "utf8mb4"} if kind in ("mysql", "mariadb") else {}
    return sa.Table(
        name,
        sa.MetaData(),
        *columns,
        schema=schema or None,
        comment=None if kind == "sqlite" else _mark(version),
        **more,
    )


def _fill(version: Outgoing, connection: sa.Connection, made: sa.Table, progress: Progress) -> None:
    done, keys = 0, [f"c{number}" for number in range(len(version.table.columns))]
    import sqlalchemy as sa

    statement = made.insert().values(
        {column: sa.bindparam(key, type_=column.type) for column, key in zip(made.columns, keys, strict=True)}
    )
    for batch in version.batches():
        for start in range(0, batch.num_rows, ROWS):
            columns = [column.to_pylist() for column in batch.slice(start, ROWS).columns]
            rows = [dict(zip(keys, cells, strict=True)) for cells in zip(*columns, strict=True)]
            connection.execute(statement, rows)
            done += len(rows)
            progress(done / max(1, version.table.rows), f"{counted(done, 'row')} written")


def _duckdb(version: Outgoing, url: str, kind: str, schema: str, table: str, where: str, progress: Progress) -> bool:
    import duckdb
    import pyarrow as pa

    path = Path(url.split("://", 1)[1].split("?", 1)[0].removeprefix("/")).expanduser()
    if not path.name:
        raise SettingError("The address names no file.", where, "Write it as duckdb:///folder/file.duckdb#table.")
    path.parent.mkdir(parents=True, exist_ok=True)
    full = f"{quoted(schema)}.{quoted(table)}" if schema else quoted(table)
    guards: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    with duckdb.connect(str(path), config=guards) as connection:
        connection.begin()
        query = (
            "SELECT comment FROM duckdb_tables() WHERE lower(table_name) = lower($1) AND schema_name = $2"
            " UNION ALL SELECT NULL FROM duckdb_views() WHERE lower(view_name) = lower($1) AND schema_name = $2"
        )
        found = connection.execute(query, [table, schema or "main"]).fetchall()
        if _is_there(version, bool(found), found[0][0] if found else None, where):
            return True
        rows = pa.RecordBatchReader.from_batches(version.schema(), version.batches())
        connection.register("rows_of_version", rows)
        progress(0.1, f"{counted(version.table.rows, 'row')} to write")
        # a transaction shows the new table to others whole, or the old one
        connection.execute(f"CREATE OR REPLACE TABLE {full} AS SELECT * FROM rows_of_version")  # noqa: S608 - quoted
        connection.execute(f"COMMENT ON TABLE {full} IS '{_mark(version)}'")
        connection.commit()
    return False


register(
    Publisher(
        "database",
        "A table of a database",
        "The rows as a table in PostgreSQL, MySQL, SQLite or DuckDB; the next version takes its place",
        "postgresql://writer:${PW}@host/shop#orders",
        tuple(f"{kind}://" for kind in ("postgresql", "postgres", "mysql", "mariadb", "sqlite", "duckdb")),
        publish_database,
        packages=("sqlalchemy",),
        order=40,
        kind="address",
    )
)
