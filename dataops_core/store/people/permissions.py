"""The one place that says yes or no, at the time of the action and in its transaction: never what was true at sign-in.

While roles are off (one user, this machine) everybody may do everything. Once they are on, a person needs a role in the
dataset, its project, or everywhere; and what somebody does must be done under their own name.
"""

from __future__ import annotations

import sqlalchemy as sa

from dataops_core.access import ACTIONS, EVERYWHERE, GROUP, ROLES, covers
from dataops_core.errors import AccessError
from dataops_core.store import catalog
from dataops_core.store.people.environments import SANDBOX

SWITCH = "roles"  # the row of the catalog that says whether roles are on


def is_on(connection: sa.Connection) -> bool:
    """Whether roles are switched on in this catalog."""
    value = sa.select(catalog.about.c.value).where(catalog.about.c.key == SWITCH)
    return connection.scalar(value) == "on"


def role_of(connection: sa.Connection, person: str, scopes: list[str], environment: str | None = None) -> str | None:
    """The highest role that a person has in any of these scopes (ids of datasets and projects) or everywhere; in that
    environment, or without one in whichever.
    """
    return _highest(_grants(connection, person, scopes), environment)


def _grants(connection: sa.Connection, person: str, scopes: list[str]) -> list[tuple[str, str]]:
    """The roles, each with its environment, that a person or one of their groups has in these scopes."""
    table = catalog.role_grant
    query = sa.select(table.c.role, table.c.environment).where(
        table.c.person.in_(_names(person)), table.c.scope.in_([*scopes, EVERYWHERE])
    )
    return [(str(row.role), str(row.environment)) for row in connection.execute(query)]


def _highest(grants: list[tuple[str, str]], environment: str | None) -> str | None:
    roles = [role for role, where in grants if environment is None or where in (environment, EVERYWHERE)]
    order: list[str] = list(ROLES)
    return max(roles, key=order.index, default=None)


def check(
    connection: sa.Connection,
    action: str,
    *,
    person: str,
    actor: str,
    dataset: str | None = None,
    project: str | None = None,
    environment: str | None = None,
) -> None:
    """Raise AccessError unless `person` may do this under the name of `actor`. What names no environment is work on
    drafts and versions, which is done in the sandbox.

    Somebody who may not even look is told that there is no such thing, as is somebody who guesses an id.
    """
    rule = ACTIONS[action]
    if not is_on(connection):
        return
    if not actor or actor != person or actor.startswith(GROUP):
        raise AccessError("Nobody is named who does this.", action, "Sign in, and do it under your own name.")
    if rule.needs is None:
        return
    scopes = scopes_of(connection, dataset, project)
    grants = _grants(connection, person, scopes)
    if scopes and not grants:
        raise AccessError("There is no such project or dataset here.", action, "Ask its owner to invite you.")
    where = environment or (SANDBOX if rule.needs != "viewer" else None)
    if not covers(_highest(grants, where), rule.needs):
        place = f" in {environment}" if environment else ""
        raise AccessError(
            f"{person} may not {rule.says}{place}.",
            action,
            f"It takes the role {rule.needs}: ask whoever owns the project.",
        )


def scopes_of(connection: sa.Connection, dataset: str | None, project: str | None) -> list[str]:
    """The scopes in which a role may have been given: a dataset and its project, or the project alone."""
    if dataset is None:
        return [project] if project else []
    found = connection.scalar(sa.select(catalog.dataset.c.project).where(catalog.dataset.c.id == dataset))
    return [dataset, *([found] if found else [])]


def _names(person: str) -> sa.CompoundSelect:
    """Under which names somebody may have a role: their own, and those of their groups."""
    table = catalog.person_group
    groups = sa.select(sa.literal(GROUP) + table.c.name).where(table.c.person == person)
    return sa.union_all(sa.select(sa.literal(person)), groups)


def visible(connection: sa.Connection, person: str) -> set[str] | None:
    """The scopes that a person may look into; None where that is all."""
    if not is_on(connection):
        return None
    table = catalog.role_grant
    scopes = set(connection.scalars(sa.select(table.c.scope).where(table.c.person.in_(_names(person)))))
    return None if EVERYWHERE in scopes else scopes
