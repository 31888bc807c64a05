"""Commands that watch what is delivered: watch, deliveries, limits, alerts."""

from __future__ import annotations

import argparse

from dataops_core.cli.output import options_of, print_json, print_table
from dataops_core.errors import SettingError, nearest
from dataops_core.monitoring import Limits
from dataops_core.monitoring.channels import channels
from dataops_core.printable import printable
from dataops_core.store import datasets
from dataops_core.store.monitoring import alerts, deliveries
from dataops_core.store.monitoring.deliveries import Delivery
from dataops_core.store.store import Store, whoami

MARK = {"pass": "ok    ", "warn": "WARN  ", "fail": "FAILED", "not checked": "-     "}


def watch_command(args: argparse.Namespace) -> int:
    """Hold a new delivery against a version: exit code 1 where it fails; what failed before stays failed until somebody
    decides.
    """
    store, actor = Store(), whoami()
    if not args.file.is_file():
        near = [path.name for path in args.file.parent.glob("*")] if args.file.parent.is_dir() else []
        raise SettingError("There is no such file.", str(args.file), nearest(args.file.name, near))
    dataset = datasets.find(store, args.name)
    raw = datasets.store_raw(store, args.file, args.file.name)
    given = {key: value for key, value in options_of(args).to_json().items() if value}
    found = deliveries.watch(store, dataset, raw, actor, number=args.against, options=given)
    sent = alerts.send_due(store, actor, patience=args.retry)
    held = found.standing != "accepted"
    if args.json:
        print_json(found.to_json() | {"dataset": args.name, "alerts": [each.to_json() for each in sent]})
        return int(held)
    _print(found)
    for each in sent:
        print(f"Alert by {each.channel}: " + ("sent" if each.sent else f"not sent yet: {each.error}"))
    if found.standing == "quarantined":
        print(f"It is in quarantine. Decide: deliveries {args.name} {found.number} --accept|--reject REASON")
    return int(held)


def _print(found: Delivery) -> None:
    again = "" if found.fresh else ", judged before"
    print(
        f"Delivery {found.number} against version {found.report.version}: {found.report.verdict}"
        f" ({found.standing}{again})"
    )
    for check in found.report.checks:
        print(printable(f"{MARK[check.verdict]}  {check.area}: {check.says}", one_line=True))


def deliveries_command(args: argparse.Namespace) -> int:
    """The deliveries of a dataset, newest first, or one with all its checks; with --accept or --reject, decide about
    it. Exit code 1 while one is in quarantine.
    """
    store = Store()
    dataset = datasets.find(store, args.name)
    decision = args.reject if args.accept is None else args.accept
    if decision is not None:
        if args.number is None:
            raise SettingError("It was not said which delivery.", "deliveries", "Name its number.")
        accept = args.accept is not None
        deliveries.decide(store, dataset, args.number, accept=accept, reason=decision, actor=whoami())
    some = [deliveries.get(store, dataset, args.number)] if args.number else deliveries.listed(store, dataset)
    waiting = any(each.standing == "quarantined" for each in some)
    if args.json:
        print_json({"dataset": args.name, "deliveries": [each.to_json() for each in some]})
    elif args.number:
        _print(some[0])
        if some[0].reason:
            print(printable(f"{some[0].standing} by {some[0].decided_by}: {some[0].reason}", one_line=True))
    else:
        print_table(
            ("delivery", "when", "file", "version", "verdict", "standing", "rows", "score", "drifted"),
            [
                (
                    str(each.number),
                    each.at,
                    each.report.file,
                    str(each.report.version),
                    each.report.verdict,
                    each.standing,
                    _shown(each.report.figures.rows, ",d"),
                    _shown(each.report.figures.score, ".1%"),
                    _shown(each.report.figures.drifted, "d"),
                )
                for each in some
            ],
        )
    return int(waiting)


def _shown(number: float | None, form: str) -> str:
    return "" if number is None else format(number, form)


def limits_command(args: argparse.Namespace) -> int:
    """What deliveries of a dataset are held to; with --set, changes it."""
    store = Store()
    dataset = datasets.find(store, args.name)
    now = deliveries.limits_of(store, dataset)
    pairs = [part.partition("=") for part in args.set]
    if wrong := [name for name, sign, _ in pairs if not sign]:
        raise SettingError(f'"{wrong[0]}" sets nothing.', "--set", "Write it as NAME=VALUE.")
    if pairs:
        now = Limits.from_json(now.to_json() | {name.strip(): value.strip() for name, _, value in pairs})
        deliveries.set_limits(store, dataset, now, whoami())
    if args.json:
        return print_json({"dataset": args.name, "limits": now.to_json()})
    print_table(("limit", "value"), [(name, _text(value)) for name, value in now.to_json().items()])
    return 0


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def alerts_command(args: argparse.Namespace) -> int:
    """Send the alerts that are due, and list them all: exit code 1 while one is not sent."""
    store = Store()
    alerts.send_due(store, whoami(), patience=args.retry)
    told, ways = alerts.listed(store), channels(store.home)
    if args.json:
        leads = {name: way.leads_to for name, way in ways.items()}
        print_json({"channels": leads, "alerts": [each.to_json() for each in told]})
    else:
        for name, way in ways.items():
            print(f"{name}: {way.leads_to}")
        print_table(
            ("dataset", "delivery", "channel", "sent", "attempts", "error"),
            [(e.body["dataset"], str(e.delivery), e.channel, e.sent or "", str(e.attempts), e.error) for e in told],
        )
    return int(any(each.sent is None for each in told))
