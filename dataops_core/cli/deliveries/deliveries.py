"""The deliveries of a dataset and how they stand.

dataops deliveries loans
"""

from __future__ import annotations

import argparse

from dataops_core.cli.deliveries.watch import print_delivery
from dataops_core.cli.shared.output import print_json, print_table
from dataops_core.errors import SettingError
from dataops_core.printable import printable
from dataops_core.store import datasets
from dataops_core.store.monitoring import deliveries
from dataops_core.store.people.veil import veil
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("number", type=int, nargs="?", metavar="N", help="this one with all that was checked")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--accept", metavar="REASON", help="let delivery N out of quarantine; the audit log keeps why")
    either.add_argument("--reject", metavar="REASON", help="reject delivery N; the audit log keeps why")


def run(args: argparse.Namespace) -> int:
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
    hide = veil(store, dataset)
    if args.json:
        print_json({"dataset": args.name, "deliveries": [hide.of(each.to_json()) for each in some]})
    elif args.number:
        print_delivery(some[0], hide)
        if some[0].reason:
            told = f"{some[0].standing} by {some[0].decided_by}: {hide.text(some[0].reason)}"
            print(printable(told, one_line=True))
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
