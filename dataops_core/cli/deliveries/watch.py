"""Hold a new delivery of a dataset against a version.

dataops watch loans march.csv --against 1
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.output import check_file, options_of, print_json
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.printable import printable
from dataops_core.store import datasets
from dataops_core.store.monitoring import alerts, deliveries
from dataops_core.store.monitoring.deliveries import Delivery
from dataops_core.store.people.veil import OPEN, Veil
from dataops_core.store.store import Store, whoami

MARK = {"pass": "ok    ", "warn": "WARN  ", "fail": "FAILED", "not checked": "-     "}

RETRY = "go on trying to send alerts for so many seconds (default 30)"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("name", help="the dataset's name")
    parser.add_argument("file", type=file_or_address)
    parser.add_argument(
        "--against", type=int, metavar="V", help="the version (default: the one in production, else the newest)"
    )
    parser.add_argument("--retry", type=float, default=30.0, metavar="SECONDS", help=RETRY)


def run(args: argparse.Namespace) -> int:
    """Hold a new delivery against a version: exit code 1 where it fails; what failed before stays failed until somebody
    decides.
    """
    store, actor = Store(), whoami()
    check_file(args.file)
    dataset = datasets.find(store, args.name)
    raw = datasets.store_raw(store, args.file, args.file.name)
    given = {key: value for key, value in options_of(args).to_json().items() if value}
    found = deliveries.watch(store, dataset, raw, actor, number=args.against, options=given)
    sent = alerts.send_due(store, actor, patience=args.retry)
    held = found.standing != "accepted"
    if args.json:
        print_json(found.to_json() | {"dataset": args.name, "alerts": [each.to_json() for each in sent]})
        return int(held)
    print_delivery(found)
    for each in sent:
        print(f"Alert by {each.channel}: " + ("sent" if each.sent else f"not sent yet: {each.error}"))
    if found.standing == "quarantined":
        print(f"It is in quarantine. Decide: deliveries {args.name} {found.number} --accept|--reject REASON")
    return int(held)


def print_delivery(found: Delivery, hide: Veil = OPEN) -> None:
    """Print a delivery with all its checks."""
    again = "" if found.fresh else ", judged before"
    print(
        f"Delivery {found.number} against version {found.report.version}: {found.report.verdict}"
        f" ({found.standing}{again})"
    )
    for check in found.report.checks:
        print(printable(f"{MARK[check.verdict]}  {check.area}: {hide.text(check.says)}", one_line=True))
