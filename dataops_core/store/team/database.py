"""The catalog on a database server: how it is opened, and what the role that the workbench signs in with may do there.

The role may add to the audit log and change nothing in it: not by a trigger alone, but because the database has not
granted it. The tables belong to another role, which the workbench never uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from dataops_core.errors import AccessError, SettingError

VARIABLE = "DATAOPS_CATALOG"
APPEND_ONLY = ("audit", "tombstone")  # tables to which the workbench only adds


def make_engine(url: str) -> sa.Engine:
    """An engine for a URL; raises SettingError where it is no URL, or the driver is missing."""
    try:
        made = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except sa.exc.ArgumentError:  # its message would repeat the URL, and the password in it
        raise SettingError(
            "The address of the catalog cannot be read.",
            VARIABLE,
            "Write it as postgresql+psycopg://user:password@host/database, or leave it out.",
        ) from None
    except ImportError as error:
        raise SettingError(
            f"The catalog needs the package {error.name}.", VARIABLE, "pip install -r requirements-places.txt"
        ) from None
    if made.dialect.name not in ("sqlite", "postgresql"):
        raise SettingError(
            f"A catalog cannot be kept in {made.dialect.name}.",
            VARIABLE,
            "Use SQLite or PostgreSQL.",
        )
    return made


@contextmanager
def clear_rights(engine: sa.Engine) -> Iterator[None]:
    """Say in words that a role may not use or make the tables which this version of the program needs."""
    try:
        yield
    except sa.exc.ProgrammingError as error:
        raise AccessError(
            f'The role "{engine.url.username}" may not use the tables of the catalog, or make those that are missing.',
            engine.url.render_as_string(hide_password=True),
            f"As the owner of the tables, run dataops team-store --role {engine.url.username}.",
        ) from error


def grant(engine: sa.Engine, tables: list[str], role: str) -> None:
    """Let a role of the database use the tables: the audit log it may only read and add to.

    Raises SettingError on SQLite, for a role that owns the tables or may do everything, and where there is none.
    """
    if engine.dialect.name != "postgresql":
        raise SettingError("SQLite has no roles.", "--role", f"Name a PostgreSQL database in {VARIABLE}.")
    quoted = engine.dialect.identifier_preparer.quote_identifier(role)
    with engine.execution_options(writes=True).begin() as connection:
        found = connection.execute(
            sa.text("SELECT rolsuper, pg_has_role(:role, current_user, 'member') FROM pg_roles WHERE rolname = :role"),
            {"role": role},
        ).first()
        if found is None:
            raise SettingError(
                f'The database has no role "{role}".', "--role", f"Make it first: CREATE ROLE {quoted} LOGIN PASSWORD …"
            )
        if any(found):
            raise SettingError(
                f'The role "{role}" owns the tables, or may do everything.',
                "--role",
                "Name another role than the one signed in, without the rights of a superuser.",
            )
        schema = engine.dialect.identifier_preparer.quote_identifier(
            str(connection.scalar(sa.text("SELECT current_schema()")))
        )
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {quoted}")
        for name in tables:
            rights = "SELECT, INSERT" if name in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
            connection.exec_driver_sql(f'REVOKE ALL ON "{name}" FROM {quoted}')
            connection.exec_driver_sql(f'GRANT {rights} ON "{name}" TO {quoted}')
