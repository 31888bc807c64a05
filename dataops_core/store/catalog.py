"""The catalog's tables (SQLAlchemy Core): SQLite in WAL mode by default, another database by changing one URL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

metadata = sa.MetaData()

project = sa.Table(
    "project", metadata,
    sa.Column("id", sa.String, primary_key=True), sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("created", sa.String, nullable=False), sa.Column("actor", sa.String, nullable=False),
)
dataset = sa.Table(
    "dataset", metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("project", sa.ForeignKey("project.id"), nullable=False),
    sa.Column("name", sa.String, nullable=False), sa.Column("created", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False), sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("draft", sa.Integer, nullable=False),  # the draft that is current; moving it is undo and redo
    sa.Column("revision", sa.Integer, nullable=False),  # grows with every change: tells two tabs apart
    sa.UniqueConstraint("project", "name"),
)
draft = sa.Table(
    "draft", metadata,
    sa.Column("dataset", sa.ForeignKey("dataset.id"), primary_key=True), sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("parent", sa.Integer), sa.Column("raw", sa.JSON, nullable=False), sa.Column("recipe", sa.JSON, nullable=False),
    sa.Column("what", sa.String, nullable=False), sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)
state = sa.Table(
    "state", metadata,
    sa.Column("id", sa.String, primary_key=True), sa.Column("parent", sa.String),
    sa.Column("md5", sa.String, nullable=False), sa.Column("created", sa.String, nullable=False),
)
result = sa.Table(  # what a step, asked for with these settings on that state, led to
    "result", metadata,
    sa.Column("key", sa.String, primary_key=True), sa.Column("state", sa.String, nullable=False),
    sa.Column("outcome", sa.JSON, nullable=False),
)
cache = sa.Table(
    "cache", metadata, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.JSON, nullable=False),
)
version = sa.Table(
    "version", metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("dataset", sa.ForeignKey("dataset.id"), nullable=False), sa.Column("n", sa.Integer, nullable=False),
    sa.Column("parent", sa.String), sa.Column("message", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False), sa.Column("created", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False), sa.Column("content_hash", sa.String, nullable=False),
    sa.Column("manifest", sa.String, nullable=False),  # md5 of the manifest object
    sa.UniqueConstraint("dataset", "n"),
)
twin = sa.Table(  # the versions that are synthetic
    "twin", metadata, sa.Column("version", sa.ForeignKey("version.id"), primary_key=True),
)
model = sa.Table(  # a fitted model that was kept with a state of a dataset, to ship with the version that is made of it
    "model", metadata,
    sa.Column("dataset", sa.ForeignKey("dataset.id"), primary_key=True), sa.Column("state", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True), sa.Column("about", sa.JSON, nullable=False),
    sa.Column("actor", sa.String, nullable=False), sa.Column("at", sa.String, nullable=False),
)
opinion = sa.Table(  # what the user thinks of a dataset's findings: which to ignore and why, how much each side of quality weighs
    "opinion", metadata,
    sa.Column("dataset", sa.ForeignKey("dataset.id"), primary_key=True), sa.Column("about", sa.String, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False), sa.Column("actor", sa.String, nullable=False), sa.Column("at", sa.String, nullable=False),
)
audit = sa.Table(
    "audit", metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False), sa.Column("at", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False), sa.Column("what", sa.String, nullable=False),
    sa.Column("dataset", sa.String), sa.Column("details", sa.JSON, nullable=False),
    sa.Column("prev", sa.String, nullable=False), sa.Column("hash", sa.String, nullable=False),
)
job = sa.Table(
    "job", metadata,
    sa.Column("id", sa.String, primary_key=True), sa.Column("kind", sa.String, nullable=False),
    sa.Column("args", sa.JSON, nullable=False), sa.Column("key", sa.String, nullable=False, index=True),
    sa.Column("state", sa.String, nullable=False), sa.Column("share", sa.Float, nullable=False),
    sa.Column("note", sa.String, nullable=False), sa.Column("cancel", sa.Boolean, nullable=False),
    sa.Column("beat", sa.Float, nullable=False), sa.Column("created", sa.Float, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("result", sa.JSON), sa.Column("error", sa.JSON),
)

_REFUSE = "the audit log is append-only"
_GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END"
        for change in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION '{_REFUSE}'; END$$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    ],
}
for _dialect, _statements in _GUARDS.items():
    for _statement in _statements:
        event.listen(audit, "after_create", sa.DDL(_statement).execute_if(  # type: ignore[no-untyped-call]  # not typed by SQLAlchemy
            dialect=_dialect
        ))
WRITERS = 7_141_980  # the advisory lock that PostgreSQL's writers take


def connect(url: str) -> sa.Engine:
    """An engine for the catalog at that URL, its tables made where they are missing."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune)
        event.listen(engine, "begin", _begin)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _queue)
    metadata.create_all(engine)
    return engine


def _tune(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """A writer takes the write lock at once, so that two writers wait for each other and neither fails."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _queue(connection: sa.Connection) -> None:
    """Writers go one by one, as in SQLite: the audit chain has one end."""
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")
