"""Sign-ins: how long one counts, that one is over once somebody has signed out, and whose groups are the newest.

A cookie stays valid for as long as the server's secret says; what is decided here is whether what it says still counts.
Moments are the provider's own (the claim "iat" of its tokens), so that no other clock can differ from it, but for the
age.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from dataops_core.errors import AccessError, SettingError
from dataops_core.store import catalog
from dataops_core.store.store import Store

LONGEST = "DATAOPS_SIGN_IN_HOURS"  # after so many hours people sign in again
HOURS = 12.0
Refusal = Literal["", "undated", "too old", "signed out", "forged"]
WHY: dict[Refusal, str] = {
    "undated": "The sign-in does not say when it was made.",
    "too old": "The sign-in is too old.",
    "signed out": "This sign-in was ended: somebody signed out.",
    "forged": "The cookie is forged, or older than this server's secret.",
}


def issued(claims: Mapping[str, Any]) -> float | None:
    """When a sign-in was made, in seconds since 1970, as its provider says; None where it does not say so.

    >>> issued({"iat": 1700000000}), issued({"iat": "yesterday"}), issued({})
    (1700000000.0, None, None)
    """
    told = claims.get("iat")
    if isinstance(told, bool) or not isinstance(told, (int, float)) or not math.isfinite(told):
        return None
    return float(told)


def refusal(store: Store, moment: float | None) -> Refusal:
    """Why a sign-in of the store's person that was made at that moment does not count; empty where it does."""
    if moment is None:
        return "undated"
    if _now(store) - moment > hours() * 3600:
        return "too old"
    table = catalog.sign_in
    with store.reading() as connection:
        ended = connection.scalar(sa.select(table.c.ended).where(table.c.person == store.person))
    return "signed out" if ended is not None and moment <= ended else ""


def hours() -> float:
    """For how long a sign-in counts. Raises SettingError where the environment does not say it as a number."""
    told = os.environ.get(LONGEST) or str(HOURS)
    try:
        found = float(told)
    except ValueError:
        found = math.nan
    if not 0 < found < math.inf:
        raise SettingError(f'"{told}" is not a number of hours.', LONGEST, "Give a number above 0, for example 12.")
    return found


def refused(store: Store, why: Refusal) -> None:
    """Log that a sign-in was presented which does not count."""
    store.log_refusal(AccessError(WHY[why], "sign in", "Sign in again."))


def note(store: Store, groups: set[str], moment: float) -> None:
    """Note which groups the store's person is in, as a sign-in of that moment says: the roles of a group ("group:NAME"
    in `members.invite`) are theirs from now on, and those of a group that they have left no more.

    A sign-in older than the newest one changes nothing: groups that were withdrawn do not come back with it.
    """
    table, person = catalog.sign_in, store.person
    with store.reading() as connection:
        newest = _newest(connection, person)
        known = _groups(connection, person)
    if newest is not None and (moment < newest or (moment == newest and known == groups)):
        return
    with store.writing() as connection:
        newest = _newest(connection, person)
        if newest is not None and moment < newest:
            return
        if _groups(connection, person) != groups:
            store.log(connection, "groups noted", person, groups=sorted(groups))
            connection.execute(catalog.person_group.delete().where(catalog.person_group.c.person == person))
            for name in sorted(groups):
                connection.execute(catalog.person_group.insert().values(person=person, name=name, at=store.clock()))
        else:
            store.allow(connection, "groups noted", person)
        if newest is None:
            connection.execute(table.insert().values(person=person, newest=moment))
        else:
            connection.execute(table.update().where(table.c.person == person).values(newest=moment))


def end(store: Store, moment: float) -> None:
    """Sign out: this sign-in of the store's person and all before it count no more, wherever a copy of it is kept."""
    table, person = catalog.sign_in, store.person
    with store.writing() as connection:
        store.log(connection, "signed out", person)
        if _newest(connection, person) is None:
            connection.execute(table.insert().values(person=person, newest=moment, ended=moment))
        else:
            later = sa.func.coalesce(table.c.ended, moment)
            ended = sa.case((later > moment, later), else_=moment)
            connection.execute(table.update().where(table.c.person == person).values(ended=ended))


def _newest(connection: sa.Connection, person: str) -> float | None:
    found = connection.scalar(sa.select(catalog.sign_in.c.newest).where(catalog.sign_in.c.person == person))
    return None if found is None else float(found)


def _groups(connection: sa.Connection, person: str) -> set[str]:
    table = catalog.person_group
    return set(connection.scalars(sa.select(table.c.name).where(table.c.person == person)))


def _now(store: Store) -> float:
    return datetime.fromisoformat(store.clock()).timestamp()
