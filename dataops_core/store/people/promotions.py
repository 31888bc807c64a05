"""Promotion: one person asks, another one approves, and the environment then has that version. What an environment has
is the last promotion or rollback that was approved: nothing is copied, nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import AccessError, ConflictError, InputError, SettingError, nearest
from dataops_core.progress import Progress, no_progress
from dataops_core.record import Record, key
from dataops_core.store import catalog, versions
from dataops_core.store.people import gates as gate_keeping
from dataops_core.store.people.environments import ENVIRONMENTS, PROMOTED, SANDBOX
from dataops_core.store.people.gates import Gate
from dataops_core.store.store import Store

REQUESTED, APPROVED, REFUSED = "requested", "approved", "refused"
PROMOTION, ROLLBACK = "promotion", "rollback"


@dataclass(frozen=True)
class Promotion(Record):
    """A promotion or rollback as it stands."""

    number: int
    environment: str
    version: int
    kind: str
    standing: str
    message: str
    requester: str
    at: str
    approver: str | None
    decided_at: str | None
    reason: str | None
    gates: tuple[Gate, ...]


@dataclass(frozen=True, kw_only=True)
class Environment(Record):
    """What an environment has: a version (None: nothing yet), and by which promotion it came."""

    name: str = key("environment")
    version: int | None
    since: str | None
    by: Promotion | None = key("promotion")


def request(
    store: Store,
    dataset: str,
    number: int,
    environment: str,
    message: str,
    actor: str,
    *,
    progress: Progress = no_progress,
) -> Promotion:
    """Ask for a version to be promoted. Raises SettingError where a condition is not met, or where the environment has
    that version, and ConflictError where one is asked for already.
    """
    _known(environment)
    if not message.strip():
        raise SettingError("There is no reason.", "promote", "Say in a few words why it is promoted.")
    if current(store, dataset, environment) == number:
        raise SettingError(f"Version {number} is in {environment} already.", "promote", "Promote another version.")
    found = _pass(store, dataset, number, environment, progress)
    table = catalog.promotion
    with store.writing() as connection:
        mine = (table.c.dataset == dataset, table.c.environment == environment, table.c.standing == REQUESTED)
        if (open_one := connection.scalar(sa.select(table.c.n).where(*mine))) is not None:
            raise ConflictError(
                f"Promotion {open_one} into {environment} waits for an answer.", "promote", "Have it answered first."
            )
        n = _next(connection, dataset)
        _enter(store, connection, dataset, n, environment, number, PROMOTION, REQUESTED, message, actor, found)
        store.log(
            connection, "promotion requested", actor, dataset, number=n, version=number, into=environment, why=message
        )
    return get(store, dataset, n)


def approve(
    store: Store, dataset: str, number: int, actor: str, *, reason: str = "", progress: Progress = no_progress
) -> Promotion:
    """Approve a promotion; the conditions are looked at once more. Raises AccessError for whoever asked for it: the
    database refuses it too.
    """
    here = _open(store, dataset, number)
    found = _pass(store, dataset, here.version, here.environment, progress)
    plain = [gate.to_json() for gate in found]
    _answer(store, dataset, here, actor, APPROVED, reason, gates=plain)
    return get(store, dataset, number)


def refuse(store: Store, dataset: str, number: int, actor: str, *, reason: str) -> Promotion:
    """Refuse a promotion, with a reason; whoever asked for it may take it back this way."""
    if not reason.strip():
        raise SettingError("There is no reason.", "refuse", "Say in a few words why it is refused.")
    _answer(store, dataset, _open(store, dataset, number), actor, REFUSED, reason)
    return get(store, dataset, number)


def roll_back(
    store: Store, dataset: str, environment: str, reason: str, actor: str, *, number: int | None = None
) -> Promotion:
    """Let an environment have a version again that it had before (the one before this, unless another is named). It was
    approved then, so that one person is enough, who owns the data there.
    """
    _known(environment)
    if not reason.strip():
        raise SettingError("There is no reason.", "rollback", "Say in a few words why it is rolled back.")
    had = [each.version for each in listed(store, dataset) if each.environment == environment and _counts(each)]
    before = [version for version in had[1:] if version != had[0]]
    target = number if number is not None else next(iter(before), None)
    if target is None or target not in before:
        raise SettingError(
            f"There is no version to go back to in {environment}."
            if number is None
            else f"Version {number} has not been in {environment} before.",
            "rollback",
            f"Earlier versions there: {', '.join(map(str, dict.fromkeys(before)))}."
            if before
            else "Promote another one.",
        )
    with store.writing() as connection:
        n = _next(connection, dataset)
        _enter(store, connection, dataset, n, environment, target, ROLLBACK, APPROVED, reason, actor, ())
        store.log(
            connection,
            "rolled back",
            actor,
            dataset,
            environment=environment,
            number=n,
            version=target,
            before=had[0],
            reason=reason.strip(),
        )
    return get(store, dataset, n)


def environments(store: Store, dataset: str) -> list[Environment]:
    """What each environment has; the sandbox has the newest version that is not synthetic."""
    real = [each for each in versions.log(store, dataset) if not each["synthetic"]]
    newest = real[0] if real else {"number": None, "created": None}
    told = [Environment(name=SANDBOX, version=newest["number"], since=newest["created"], by=None)]
    every = [each for each in listed(store, dataset) if _counts(each)]
    for name in PROMOTED:
        last = next((each for each in every if each.environment == name), None)
        since = (last.decided_at or last.at) if last else None
        told.append(Environment(name=name, version=last.version if last else None, since=since, by=last))
    return told


def current(store: Store, dataset: str, environment: str) -> int | None:
    """The number of the version that an environment has; None where it has none."""
    return next((each.version for each in environments(store, dataset) if each.name == environment), None)


def listed(store: Store, dataset: str) -> list[Promotion]:
    """The promotions and rollbacks of a dataset, the one that was decided last first."""
    store.require("see", dataset)
    table = catalog.promotion
    with store.reading() as connection:
        rows = connection.execute(sa.select(table).where(table.c.dataset == dataset).order_by(table.c.turn.desc()))
        return [_promotion(row) for row in rows]


def get(store: Store, dataset: str, number: int) -> Promotion:
    """A promotion by its number; raises InputError where there is none."""
    found = next((each for each in listed(store, dataset) if each.number == number), None)
    if found is None:
        raise InputError(f"There is no promotion {number}.", "promotions", "See environments for those there are.")
    return found


def _counts(each: Promotion) -> bool:
    return each.standing == APPROVED


def _known(environment: str) -> None:
    if environment == SANDBOX:
        raise SettingError("The sandbox has the newest version.", "environment", "Promote into staging or production.")
    if environment not in PROMOTED:
        raise SettingError(
            f'There is no environment "{environment}".', "environment", nearest(environment, ENVIRONMENTS)
        )


def _pass(store: Store, dataset: str, number: int, environment: str, progress: Progress) -> Sequence[Gate]:
    found = gate_keeping.gates(store, dataset, versions.get(store, dataset, number), environment, progress)
    if failed := [gate.says for gate in found if not gate.passed]:
        raise SettingError(
            f"Version {number} cannot go into {environment}: {' '.join(failed)}",
            "promote",
            "Mend it, save a new version, and promote that one.",
        )
    return found


def _open(store: Store, dataset: str, number: int) -> Promotion:
    here = get(store, dataset, number)
    if here.standing != REQUESTED:
        raise ConflictError(f"Promotion {number} is {here.standing}.", "promotion", "Ask for another one.")
    return here


def _answer(store: Store, dataset: str, here: Promotion, actor: str, standing: str, reason: str, **more: Any) -> None:
    table = catalog.promotion
    mine = (table.c.dataset == dataset, table.c.n == here.number, table.c.standing == REQUESTED)
    own = standing == REFUSED and actor == here.requester
    what = "promotion withdrawn" if own else f"promotion {standing}"
    with store.writing() as connection:
        store.log(
            connection,
            what,
            actor,
            dataset,
            environment=None if own else here.environment,
            number=here.number,
            version=here.version,
            reason=reason.strip(),
        )
        last = connection.scalar(sa.select(sa.func.max(table.c.turn)).where(table.c.dataset == dataset))
        turn = {"turn": last + 1} if standing == APPROVED else {}
        answer = {
            "standing": standing,
            "approver": None if own else actor,
            "decided_at": store.clock(),
            "reason": reason.strip(),
        }
        try:
            moved = connection.execute(table.update().where(*mine).values(**answer, **turn, **more))
        except sa.exc.IntegrityError:
            raise AccessError(
                f"{actor} asked for this promotion and cannot approve it.", "promotion", "A second person has to."
            ) from None
        if moved.rowcount != 1:
            raise ConflictError(f"Promotion {here.number} is decided already.", "promotion", "Look at it again.")


def _next(connection: sa.Connection, dataset: str) -> int:
    table = catalog.promotion
    return (connection.scalar(sa.select(sa.func.max(table.c.n)).where(table.c.dataset == dataset)) or 0) + 1


def _enter(
    store: Store,
    connection: sa.Connection,
    dataset: str,
    n: int,
    environment: str,
    version: int,
    kind: str,
    standing: str,
    message: str,
    actor: str,
    found: Sequence[Gate],
) -> None:
    table = catalog.promotion
    last = connection.scalar(sa.select(sa.func.max(table.c.turn)).where(table.c.dataset == dataset)) or 0
    connection.execute(
        table.insert().values(
            dataset=dataset,
            n=n,
            turn=last + 1,
            environment=environment,
            version=version,
            kind=kind,
            standing=standing,
            message=message.strip(),
            requester=actor,
            at=store.clock(),
            gates=[gate.to_json() for gate in found],
        )
    )


def _promotion(row: Any) -> Promotion:
    return Promotion(
        row.n,
        row.environment,
        row.version,
        row.kind,
        row.standing,
        row.message,
        row.requester,
        row.at,
        row.approver,
        row.decided_at,
        row.reason,
        tuple(Gate(**each) for each in row.gates),
    )
