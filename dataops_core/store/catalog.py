"""The catalog's tables (SQLAlchemy Core): SQLite in WAL mode by default, another database by changing one URL."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from dataops_core.errors import IntegrityError
from dataops_core.store.team.database import clear_rights, make_engine

FORMAT = "6"  # grows whenever a table below changes: a catalog of another format is refused, not guessed at
LACKING = {
    "2",
    "3",
    "4",
    "5",
}  # formats that lack tables and are the same otherwise: their catalogs are given the tables
metadata = sa.MetaData()

about = sa.Table(  # what the catalog says of itself: its format
    "about",
    metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)

project = sa.Table(
    "project",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
)
dataset = sa.Table(
    "dataset",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("project", sa.ForeignKey("project.id"), nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("draft", sa.Integer, nullable=False),  # the draft that is current; moving it is undo and redo
    sa.Column("revision", sa.Integer, nullable=False),  # grows with every change: tells two tabs apart
    sa.UniqueConstraint("project", "name"),
)
draft = sa.Table(
    "draft",
    metadata,
    sa.Column("dataset", sa.ForeignKey("dataset.id"), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("parent", sa.Integer),
    sa.Column("raw", sa.JSON, nullable=False),
    sa.Column("recipe", sa.JSON, nullable=False),
    sa.Column("what", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)
state = sa.Table(
    "state",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("parent", sa.String),
    sa.Column("md5", sa.String, nullable=False),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("content_hash", sa.String, nullable=False),
    sa.Column(
        "origin", sa.JSON, nullable=False
    ),  # raw file and reading options, or a step with what it learned: enough to rebuild it
)
result = sa.Table(  # what a step, asked for with these settings on that state, led to
    "result",
    metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("outcome", sa.JSON, nullable=False),
)
cache = sa.Table(
    "cache",
    metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)
version = sa.Table(
    "version",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("dataset", sa.ForeignKey("dataset.id"), nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("parent", sa.String),
    sa.Column("message", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("content_hash", sa.String, nullable=False),
    sa.Column("manifest", sa.String, nullable=False),  # md5 of the manifest object
    sa.UniqueConstraint("dataset", "n"),
)
tombstone = sa.Table(  # what is left of a version that was purged; it outlives its dataset
    "tombstone",
    metadata,
    sa.Column("version", sa.String, primary_key=True),
    sa.Column("dataset", sa.String, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
)
removed_object = sa.Table(  # files that purges delete: copies of them on other machines go, too
    "removed_object",
    metadata,
    sa.Column("md5", sa.String, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("done", sa.Boolean, nullable=False),
)
compacted = sa.Table(  # states whose table is not kept: it is computed again when somebody asks for it
    "compacted",
    metadata,
    sa.Column("state", sa.String, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
)
twin = sa.Table(  # the versions that are synthetic
    "twin",
    metadata,
    sa.Column("version", sa.ForeignKey("version.id"), primary_key=True),
)
model = sa.Table(  # a fitted model that was kept with a state of a dataset, to ship with the version that is made of it
    "model",
    metadata,
    sa.Column("dataset", sa.ForeignKey("dataset.id"), primary_key=True),
    sa.Column("state", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("about", sa.JSON, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)
# what the user thinks of a dataset's findings: which to ignore and why, how much each side of quality weighs
opinion = sa.Table(
    "opinion",
    metadata,
    sa.Column("dataset", sa.ForeignKey("dataset.id"), primary_key=True),
    sa.Column("about", sa.String, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("what", sa.String, nullable=False),
    sa.Column("dataset", sa.String),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("prev", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False),
)
job = sa.Table(
    "job",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("args", sa.JSON, nullable=False),
    sa.Column("key", sa.String, nullable=False, index=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("share", sa.Float, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("cancel", sa.Boolean, nullable=False),
    sa.Column("beat", sa.Float, nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column(
        "place", sa.String, nullable=False
    ),  # the machine and home whose lock file tells whether its process lives
    sa.Column("result", sa.JSON),
    sa.Column("error", sa.JSON),
)
delivery = sa.Table(  # a file that came later, held against a version: what was found, and what somebody decided
    "delivery",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("dataset", sa.ForeignKey("dataset.id"), nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("key", sa.String, nullable=False),  # what was asked: the same file is not judged twice by the same
    sa.Column("raw", sa.JSON, nullable=False),
    sa.Column("recipe", sa.JSON),  # with the options it was read with; none where it cannot be read
    sa.Column("state", sa.String),  # the table that the recipe makes of it
    sa.Column("report", sa.JSON, nullable=False),
    sa.Column("standing", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("decided_by", sa.String),
    sa.Column("decided_at", sa.String),
    sa.Column("reason", sa.String),
    sa.UniqueConstraint("dataset", "n"),
    sa.UniqueConstraint("dataset", "key"),
    sa.CheckConstraint("standing IN ('accepted', 'quarantined', 'rejected')"),
)
alert = sa.Table(  # the outbox: one row for each delivery and way out
    "alert",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("delivery", sa.ForeignKey("delivery.id"), nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("sent", sa.String),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due", sa.String, nullable=False),  # not before this moment
    sa.Column("error", sa.String, nullable=False),
    sa.UniqueConstraint("delivery", "channel"),
)
promotion = sa.Table(  # one person asks, another one approves; `turn` orders them by when they took effect
    "promotion",
    metadata,
    sa.Column("dataset", sa.ForeignKey("dataset.id"), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("environment", sa.String, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("standing", sa.String, nullable=False),
    sa.Column("message", sa.String, nullable=False),
    sa.Column("requester", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("approver", sa.String),
    sa.Column("decided_at", sa.String),
    sa.Column("reason", sa.String),
    sa.Column("gates", sa.JSON, nullable=False),
    sa.UniqueConstraint("dataset", "turn"),
    sa.CheckConstraint("environment IN ('staging', 'production')"),
    sa.CheckConstraint("kind IN ('promotion', 'rollback')"),
    sa.CheckConstraint("standing IN ('requested', 'approved', 'refused')"),
    sa.CheckConstraint("approver <> requester", name="four_eyes"),
    sa.CheckConstraint("kind = 'rollback' OR standing <> 'approved' OR approver IS NOT NULL", name="approved_by"),
)
sign_off = sa.Table(  # a gate of a version, signed: the checklist as it was, and its hash, which the audit log has too
    "sign_off",
    metadata,
    sa.Column("dataset", sa.ForeignKey("dataset.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("gate", sa.String, primary_key=True),
    sa.Column("signer", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("items", sa.JSON, nullable=False),
    sa.Column("sha256", sa.String, nullable=False),
    sa.CheckConstraint("signer <> ''"),
)
person_group = sa.Table(  # the groups that a person was in when they signed in last, as the sign-in says
    "person_group",
    metadata,
    sa.Column("person", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
)
sign_in = sa.Table(  # the newest sign-in of a person, and up to which one they have signed out; seconds since 1970
    "sign_in",
    metadata,
    sa.Column("person", sa.String, primary_key=True),
    sa.Column("newest", sa.Float(53), nullable=False),
    sa.Column("ended", sa.Float(53)),
)
role_grant = sa.Table(  # who has which role: in a dataset, a project or everywhere; in one environment or in all
    "role_grant",
    metadata,
    sa.Column("scope", sa.String, primary_key=True),
    sa.Column("environment", sa.String, primary_key=True),
    sa.Column("person", sa.String, primary_key=True),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.CheckConstraint("role IN ('viewer', 'editor', 'steward', 'admin')"),
    sa.CheckConstraint("person <> ''"),
)


def _append_only(table: str, refusal: str) -> dict[str, list[str]]:
    """The triggers that let rows be added to a table, and none be changed or deleted."""
    return {
        "sqlite": [
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT,"
            f" '{refusal}'); END"
            for change in ("UPDATE", "DELETE")
        ],
        "postgresql": [
            (
                f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE"
                f" EXCEPTION '{refusal}'; END$$"
            ),
            (
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
                f" EXECUTE FUNCTION {table}_refuse()"
            ),
        ],
    }


_SETTLED = "a promotion that was decided stays as it is"
_PROMOTION_GUARDS = {
    "sqlite": [
        (
            "CREATE TRIGGER promotion_settled BEFORE UPDATE ON promotion WHEN OLD.standing <> 'requested' OR"
            " OLD.requester <> NEW.requester OR OLD.version <> NEW.version BEGIN SELECT RAISE(ABORT,"
            f" '{_SETTLED}'); END"
        )
    ],
    "postgresql": [
        (
            "CREATE OR REPLACE FUNCTION promotion_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION"
            f" '{_SETTLED}'; END$$"
        ),
        (
            "CREATE TRIGGER promotion_settled BEFORE UPDATE ON promotion FOR EACH ROW WHEN (OLD.standing <> 'requested'"
            " OR OLD.requester <> NEW.requester OR OLD.version <> NEW.version) EXECUTE FUNCTION promotion_refuse()"
        ),
    ],
}
for _table, _dialect, _statements in [
    *((audit, *each) for each in _append_only("audit", "the audit log is append-only").items()),
    *((tombstone, *each) for each in _append_only("tombstone", "a tombstone stays as it is").items()),
    *((promotion, *each) for each in _PROMOTION_GUARDS.items()),
]:
    for _statement in _statements:
        event.listen(
            _table,
            "after_create",
            sa.DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]  # not typed by SQLAlchemy
        )
WRITERS = 7_141_980  # the advisory lock that PostgreSQL's writers take


def connect(url: str) -> sa.Engine:
    """An engine for the catalog at that URL, its tables made where there are none.

    Raises IntegrityError where it cannot be opened, or where another version of this program made it.
    """
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune)
        event.listen(engine, "begin", _begin)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _queue)
    with (
        _disposed_on_failure(engine),
        clear_errors(engine),
        _alone(engine),
        clear_rights(engine),
        engine.execution_options(writes=True).begin() as connection,
    ):
        if not sa.inspect(connection).has_table("dataset"):
            metadata.create_all(connection)
            connection.execute(about.insert().values(key="format", value=FORMAT))
        asked = sa.select(about.c.value).where(about.c.key == "format")
        made = connection.scalar(asked) if sa.inspect(connection).has_table("about") else "1"
        if made in LACKING:
            metadata.create_all(connection)
            connection.execute(about.update().where(about.c.key == "format").values(value=FORMAT))
            made = FORMAT
    if made != FORMAT:
        engine.dispose()
        raise IntegrityError(
            f"Another version of the workbench made this catalog (format {made}; this program reads format {FORMAT}).",
            where(engine),
            "Use an empty home folder (DATAOPS_HOME), and export what you need from the old one with the version that"
            " made it.",
        )
    return engine


@contextmanager
def clear_errors(engine: sa.Engine) -> Iterator[None]:
    """Turn what a damaged, locked or read-only database answers into an IntegrityError."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.DatabaseError) as error:
        if type(error) not in (sa.exc.OperationalError, sa.exc.DatabaseError):  # a broken constraint is for the caller
            raise
        raise IntegrityError(
            f"The catalog cannot be used: {' '.join(str(error.orig).split())}.",
            where(engine),
            "Check that the server runs, that DATAOPS_CATALOG has its address, user and password, and that its disk is"
            " not full; nothing was changed."
            if engine.dialect.name == "postgresql"
            else "Check that the file is writable and the disk is not full; else restore the catalog from a backup.",
        ) from error


@contextmanager
def _disposed_on_failure(engine: sa.Engine) -> Iterator[None]:
    try:
        yield
    except Exception:
        engine.dispose()
        raise


def where(engine: sa.Engine) -> str:
    """The address of a catalog, as it may be shown."""
    return engine.url.render_as_string(hide_password=True)


@contextmanager
def _alone(engine: sa.Engine) -> Iterator[None]:
    """Let processes that open a new SQLite catalog at the same time do so one by one: switching to WAL waits for
    nobody.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database or engine.url.database == ":memory:":
        yield
        return
    with open(f"{engine.url.database}.lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tune(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin, not by the driver
    for pragma in ("busy_timeout=60000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """A writer takes the write lock at once, so that two writers wait for each other and neither fails."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _queue(connection: sa.Connection) -> None:
    """Writers go one by one, as in SQLite: the audit chain has one end. Readers have one view of the whole."""
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
