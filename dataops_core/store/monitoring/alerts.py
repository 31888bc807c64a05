"""The outbox of alerts: one for each delivery and way out, written in the transaction that keeps the delivery, sent
once, tried again until it is sent, each attempt in the audit log.

One process of a home sends at a time, and another machine's leaves alone what was claimed a moment ago. Only a process
that is killed between the receiver's answer and the catalog's can send one twice, with the same id.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import DataOpsError
from dataops_core.monitoring import VERDICTS, DeliveryReport, Limits
from dataops_core.monitoring.channels import Channel, channels
from dataops_core.store import catalog
from dataops_core.store.store import Store

BASE, LONGEST = 2, 3600  # seconds until the second attempt, doubled with each one, and the most between two
CLAIM = 120  # seconds for which an attempt keeps others from sending the same
PATIENCE = 30.0  # seconds for which the one who made an alert goes on trying


@dataclass(frozen=True)
class Alert:
    """An alert as it stands: when it was sent, or how often it was tried, when again, and what went wrong."""

    id: str
    dataset: str
    delivery: int
    channel: str
    body: Mapping[str, Any]
    sent: str | None
    attempts: int
    due: str
    error: str

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        names = ("id", "delivery", "channel", "sent", "attempts", "due", "error")
        return {name: getattr(self, name) for name in names} | {"dataset": self.body["dataset"]}


def put(
    store: Store,
    connection: sa.Connection,
    dataset: str,
    delivery: str,
    number: int,
    report: DeliveryReport,
    limits: Limits,
) -> None:
    """Put the alerts of a delivery into the outbox, within the transaction that keeps it; none where it is not serious
    enough.
    """
    if report.verdict == "pass" or VERDICTS.index(report.verdict) < VERDICTS.index(limits.alert_from):
        return
    name = connection.scalar(sa.select(catalog.dataset.c.name).where(catalog.dataset.c.id == dataset))
    failed = "fails and is in quarantine" if report.verdict == "fail" else "passes with warnings"
    body = {
        "says": f"{name}: delivery {number} {failed}",
        "dataset": name,
        "delivery": number,
        "file": report.file,
        "version": report.version,
        "verdict": report.verdict,
        "checks": [{"area": c.area, "verdict": c.verdict, "says": c.plain} for c in report.troubles],
        "at": store.clock(),
    }
    for channel in channels(store.home):
        connection.execute(
            catalog.alert.insert().values(
                id=secrets.token_hex(16),
                delivery=delivery,
                channel=channel,
                body=body,
                sent=None,
                attempts=0,
                due=store.clock(),
                error="",
            )
        )


def send_due(
    store: Store,
    actor: str,
    *,
    patience: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Alert]:
    """Send what is due, and within `patience` seconds what fell due again; answers those that were tried, as they
    stand.
    """
    ways, tried, waited = channels(store.home), set[str](), 0.0
    while True:
        with store.alone("alerts"):
            while (alert := _claim(store, ways)) is not None:
                _attempt(store, alert, ways[alert.channel], actor)
                tried.add(alert.id)
        pause = _until_due(store, tried)
        if pause is None or waited + pause > patience:
            return [alert for alert in listed(store) if alert.id in tried]
        sleep(pause)
        waited += pause


def _claim(store: Store, ways: Mapping[str, Channel]) -> Alert | None:
    """The next alert that is due, which nobody else takes up for a while."""
    table, now = catalog.alert, store.clock()
    with store.writing() as connection:
        row = connection.execute(
            _joined()
            .where(table.c.sent.is_(None), table.c.due <= now, table.c.channel.in_(list(ways)))
            .order_by(table.c.due, table.c.id)
            .limit(1)
        ).first()
        if row is None:
            return None
        until = _later(now, CLAIM)
        connection.execute(table.update().where(table.c.id == row.id).values(attempts=row.attempts + 1, due=until))
    return _alert(row)


def _attempt(store: Store, alert: Alert, way: Channel, actor: str) -> None:
    error = ""
    try:
        way.send(alert.id, alert.body)
    except DataOpsError as failed:
        error = failed.what
    table, number = catalog.alert, alert.attempts + 1
    now = store.clock()
    done = {"sent": now, "error": ""} if not error else {"error": error, "due": _later(now, _pause(number))}
    with store.writing() as connection:
        connection.execute(table.update().where(table.c.id == alert.id).values(**done))
        store.log(
            connection,
            "alert not sent" if error else "alert sent",
            actor,
            alert.dataset,
            delivery=alert.delivery,
            channel=alert.channel,
            attempt=number,
            **({"error": error} if error else {}),
        )


def _pause(attempts: int) -> int:
    return min(BASE ** min(attempts, 20), LONGEST)


def _until_due(store: Store, tried: set[str]) -> float | None:
    """The seconds until one of these is due again; None where all are sent."""
    due = [alert.due for alert in listed(store) if alert.id in tried and alert.sent is None]
    if not due:
        return None
    return max(0.0, (_moment(min(due)) - _moment(store.clock())).total_seconds())


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _later(moment: str, seconds: float) -> str:
    return (_moment(moment) + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(store: Store, dataset: str | None = None) -> list[Alert]:
    """The alerts, newest deliveries first: of one dataset, or all."""
    query = _joined().order_by(catalog.delivery.c.at.desc(), catalog.alert.c.channel)
    if dataset is not None:
        query = query.where(catalog.delivery.c.dataset == dataset)
    with store.reading() as connection:
        return [_alert(row) for row in connection.execute(query)]


def _joined() -> sa.Select:
    return sa.select(catalog.alert, catalog.delivery.c.dataset, catalog.delivery.c.n).join(
        catalog.delivery, catalog.delivery.c.id == catalog.alert.c.delivery
    )


def _alert(row: Any) -> Alert:
    return Alert(row.id, row.dataset, row.n, row.channel, row.body, row.sent, row.attempts, row.due, row.error)
