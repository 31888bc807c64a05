"""Who belongs to what: roles switched on and off, members invited and removed, projects handed over."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from dataops_core.access import EVERYWHERE, role_named
from dataops_core.errors import ConflictError, InputError, SettingError, nearest
from dataops_core.record import Record
from dataops_core.store import catalog
from dataops_core.store.people import permissions
from dataops_core.store.people.environments import ENVIRONMENTS
from dataops_core.store.store import Store

LONGEST = 200  # characters of a person's name


@dataclass(frozen=True)
class Member(Record):
    """A person with a role in a project, a dataset or everywhere ("*"), in one environment or in all ("*")."""

    person: str
    role: str
    scope: str
    environment: str
    invited_by: str
    at: str


def is_on(store: Store) -> bool:
    """Whether roles are switched on."""
    with store.reading() as connection:
        return permissions.is_on(connection)


def switch_on(store: Store, admins: list[str], actor: str) -> None:
    """Switch roles on. Projects belong to whoever made them; `admins` may do everything.

    Raises SettingError where there would be no administrator: nobody could invite anybody.
    """
    names = [_person(name) for name in admins]
    with store.writing() as connection:
        table = catalog.role_grant
        known = connection.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.role == "admin"))
        if not names and not known:
            raise SettingError("There is no administrator.", "roles", "Name one: roles on --admin PERSON.")
        already = permissions.is_on(connection)
        if not already:
            store.log(connection, "roles switched on", actor, admins=names)
            _switch(store, connection, names, actor)
            return
        for name in names:
            store.log(connection, "administrator named", actor, person=name)
            _grant(store, connection, EVERYWHERE, EVERYWHERE, name, "admin", actor)


def _switch(store: Store, connection: sa.Connection, admins: list[str], actor: str) -> None:
    for row in connection.execute(sa.select(catalog.project.c.id, catalog.project.c.actor)).all():
        if not _stewards(connection, row.id):
            _grant(store, connection, row.id, EVERYWHERE, row.actor, "steward", actor)
    for name in admins:
        _grant(store, connection, EVERYWHERE, EVERYWHERE, name, "admin", actor)
    connection.execute(catalog.about.insert().values(key=permissions.SWITCH, value="on"))


def guard(store: Store, admins: list[str]) -> None:
    """Switch roles on because people sign in here, as whoever runs the workbench set it up: with these administrators,
    and with none where none is named. Nothing is changed where they are on.
    """
    with store.writing() as connection:
        if permissions.is_on(connection):
            return
        names = [_person(name) for name in admins]
        store.log(connection, "roles switched on", store.person, admins=names)
        _switch(store, connection, names, store.person)


def switch_off(store: Store, actor: str) -> None:
    """Switch roles off: everybody who reaches the store may do everything again."""
    with store.writing() as connection:
        store.log(connection, "roles switched off", actor)
        connection.execute(catalog.about.delete().where(catalog.about.c.key == permissions.SWITCH))


def own(store: Store, connection: sa.Connection, project: str, actor: str) -> None:
    """Make somebody the steward of a project that they have made, within the transaction."""
    if actor:
        _grant(store, connection, project, EVERYWHERE, actor, "steward", actor)


def invite(store: Store, scope: str, person: str, role: str, actor: str, *, environment: str = EVERYWHERE) -> None:
    """Give somebody a role in a project or a dataset (by id), in one environment or in all; it takes the place of the
    one they had there.
    """
    name, granted = _person(person), role_named(role)
    if granted == "admin":
        raise SettingError("An administrator is one everywhere.", "role", "Name them: roles on --admin PERSON.")
    if environment not in (EVERYWHERE, *ENVIRONMENTS):
        raise SettingError(
            f'There is no environment "{environment}".', "environment", nearest(environment, ENVIRONMENTS)
        )
    with store.writing() as connection:
        where = _where(connection, scope)
        store.log(connection, "member invited", actor, **where, person=name, role=role, only=environment)
        _grant(store, connection, scope, environment, name, granted, actor)


def remove(store: Store, scope: str, person: str, actor: str) -> None:
    """Take somebody's roles in a project or dataset away. Raises ConflictError for its last steward."""
    table = catalog.role_grant
    with store.writing() as connection:
        where = _where(connection, scope)
        store.log(connection, "member removed", actor, **where, person=person)
        if _stewards(connection, scope) == {person} and "project" in where:
            raise ConflictError(
                f"{person} is the only steward.", "member", "Hand the project over first, or invite another steward."
            )
        gone = connection.execute(table.delete().where(table.c.scope == scope, table.c.person == person))
        if gone.rowcount == 0:
            raise InputError(f"{person} is not a member.", "member", nearest(person, _people(connection, scope)))


def hand_over(store: Store, project: str, person: str, actor: str) -> None:
    """Make somebody else the steward of a project; whoever hands it over stays as an editor."""
    name, table = _person(person), catalog.role_grant
    with store.writing() as connection:
        store.log(connection, "project handed over", actor, project=project, person=name)
        _grant(store, connection, project, EVERYWHERE, name, "steward", actor)
        mine = (table.c.scope == project, table.c.person == actor, table.c.role == "steward")
        if name != actor and connection.scalar(sa.select(sa.func.count()).select_from(table).where(*mine)):
            _grant(store, connection, project, EVERYWHERE, actor, "editor", actor)


def listed(store: Store, scope: str) -> list[Member]:
    """The members of a project or dataset, and the administrators."""
    with store.reading() as connection:
        where = _where(connection, scope)
        store.allow(connection, "see", store.person, where.get("dataset"), project=where.get("project"))
        table = catalog.role_grant
        rows = connection.execute(
            sa.select(table)
            .where(table.c.scope.in_([scope, EVERYWHERE]))
            .order_by(table.c.scope.desc(), table.c.person)
        )
        return [Member(row.person, row.role, row.scope, row.environment, row.actor, row.at) for row in rows]


def projects_seen(store: Store, connection: sa.Connection) -> set[str] | None:
    """The projects that the store's person may see, because of a role in them or in one of their datasets; None where
    that is all.
    """
    scopes = permissions.visible(connection, store.person)
    if scopes is None:
        return None
    query = sa.select(catalog.dataset.c.project).where(catalog.dataset.c.id.in_(sorted(scopes)))
    return scopes | set(connection.scalars(query))


def only_seen(store: Store, connection: sa.Connection, query: sa.Select) -> sa.Select:
    """A query of datasets, narrowed to those that the store's person may see."""
    scopes = permissions.visible(connection, store.person)
    if scopes is None:
        return query
    table, some = catalog.dataset, sorted(scopes)
    return query.where(table.c.project.in_(some) | table.c.id.in_(some))


def _person(name: str) -> str:
    told = " ".join(name.split())
    if not told or len(told) > LONGEST or not told.isprintable():
        raise SettingError(
            "This is not the name of a person.", "person", "Write it as they sign in: an e-mail address."
        )
    return told


def _where(connection: sa.Connection, scope: str) -> dict[str, str]:
    """What a scope is: {"project": id} or {"dataset": id}; raises InputError where there is neither."""
    for table, name in ((catalog.project, "project"), (catalog.dataset, "dataset")):
        if connection.scalar(sa.select(table.c.id).where(table.c.id == scope)) is not None:
            return {name: scope}
    raise InputError("There is no such project or dataset here.", "scope", "Ask its owner to invite you.")


def _grant(
    store: Store, connection: sa.Connection, scope: str, environment: str, person: str, role: str, actor: str
) -> None:
    table = catalog.role_grant
    mine = (table.c.scope == scope, table.c.environment == environment, table.c.person == person)
    connection.execute(table.delete().where(*mine))
    connection.execute(
        table.insert().values(
            scope=scope, environment=environment, person=person, role=role, actor=actor, at=store.clock()
        )
    )


def _people(connection: sa.Connection, scope: str) -> set[str]:
    return set(connection.scalars(sa.select(catalog.role_grant.c.person).where(catalog.role_grant.c.scope == scope)))


def _stewards(connection: sa.Connection, scope: str) -> set[str]:
    table = catalog.role_grant
    query = sa.select(table.c.person).where(
        table.c.scope == scope, table.c.role == "steward", table.c.environment == EVERYWHERE
    )
    return set(connection.scalars(query))
