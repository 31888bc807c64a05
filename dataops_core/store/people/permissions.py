"""The one place that says yes or no, at the time of the action and in its transaction: never what was true at sign-in.

While roles are off (one user, this machine) everybody may do everything. Once they are on, a person needs a role in the
dataset, its project, or everywhere; and what somebody does must be done under their own name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dataops_core.access import ACTIONS, EVERYWHERE, GROUP, ROLES, covers
from dataops_core.errors import AccessError
from dataops_core.store import catalog
from dataops_core.store.people.environments import SANDBOX

SWITCH = "roles"  # the row of the catalog that says whether roles are on


def _asked(name: str) -> sa.BindParameter[str]:
    return sa.bindparam(name, type_=sa.String)


def _names() -> sa.CompoundSelect:
    """Under which names somebody may have a role: their own, and those of their groups."""
    table = catalog.person_group
    groups = sa.select(sa.literal(GROUP) + table.c.name).where(table.c.person == _asked("person"))
    return sa.union_all(sa.select(_asked("person")), groups)


def _standing() -> sa.Select:
    """Whether roles are on, and which a person or one of their groups has in a dataset, its project or everywhere; one
    row at the least.
    """
    grant, dataset = catalog.role_grant, catalog.dataset
    project = sa.select(dataset.c.project).where(dataset.c.id == _asked("dataset")).scalar_subquery()
    scopes = (_asked("dataset"), _asked("project"), project, sa.literal(EVERYWHERE))
    mine = grant.c.person.in_(_names()) & sa.or_(*(grant.c.scope == scope for scope in scopes))
    always = sa.select(sa.literal(1).label("one")).subquery()
    return sa.select(_SWITCH.scalar_subquery().label("switch"), grant.c.role, grant.c.environment).select_from(
        always.outerjoin(grant, mine)
    )


# Built once: pages ask some thirty times for an interaction, and to build a statement takes longer than to answer it.
_SWITCH = sa.select(catalog.about.c.value).where(catalog.about.c.key == SWITCH)
_STANDING = _standing()
_SCOPES = sa.select(catalog.role_grant.c.scope).where(catalog.role_grant.c.person.in_(_names()))


def is_on(connection: sa.Connection) -> bool:
    """Whether roles are switched on in this catalog."""
    return connection.scalar(_SWITCH) == "on"


@dataclass(frozen=True)
class Rights:
    """What somebody may do with a dataset or in a project, as the catalog says at a moment: the roles that they or one
    of their groups have there, each with its environment; `is_on`: whether roles count at all.
    """

    person: str
    is_on: bool
    somewhere: bool  # a dataset or a project was asked about
    grants: tuple[tuple[str, str], ...]

    def problem(self, action: str, actor: str, environment: str | None = None) -> AccessError | None:
        """Why they may not do this under the name of `actor`; None where they may. What names no environment is work on
        drafts and versions, which is done in the sandbox.

        Somebody who may not even look is told that there is no such thing, as is somebody who guesses an id.
        """
        rule = ACTIONS[action]
        if not self.is_on:
            return None
        if not actor or actor != self.person or actor.startswith(GROUP):
            return AccessError("Nobody is named who does this.", action, "Sign in, and do it under your own name.")
        if rule.needs is None:
            return None
        if self.somewhere and not self.grants:
            return AccessError("There is no such project or dataset here.", action, "Ask its owner to invite you.")
        where = environment or (SANDBOX if rule.needs != "viewer" else None)
        if covers(_highest(self.grants, where), rule.needs):
            return None
        place = f" in {environment}" if environment else ""
        return AccessError(
            f"{self.person} may not {rule.says}{place}.",
            action,
            f"It takes the role {rule.needs}: ask whoever owns the project.",
        )


def rights(connection: sa.Connection, person: str, dataset: str | None = None, project: str | None = None) -> Rights:
    """What a person may do with a dataset, or in a project."""
    asked = {"person": person, "dataset": dataset, "project": None if dataset else project}
    rows = connection.execute(_STANDING, asked).all()
    grants = tuple((str(row.role), str(row.environment)) for row in rows if row.role is not None)
    return Rights(person, rows[0].switch == "on", bool(dataset or project), grants)


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
    """Raise AccessError unless `person` may do this under the name of `actor` (see Rights.problem)."""
    problem = rights(connection, person, dataset, project).problem(action, actor, environment)
    if problem is not None:
        raise problem


def _highest(grants: Sequence[tuple[str, str]], environment: str | None) -> str | None:
    roles = [role for role, where in grants if environment is None or where in (environment, EVERYWHERE)]
    order: list[str] = list(ROLES)
    return max(roles, key=order.index, default=None)


def visible(connection: sa.Connection, person: str) -> set[str] | None:
    """The scopes that a person may look into; None where that is all."""
    if not is_on(connection):
        return None
    scopes = set(connection.scalars(_SCOPES, {"person": person}))
    return None if EVERYWHERE in scopes else scopes
