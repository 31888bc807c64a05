"""Which version each environment has, and all promotions.

dataops environments loans
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json, print_table
from dataops_core.store import datasets
from dataops_core.store.people import promotions
from dataops_core.store.store import Store


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")


def run(args: argparse.Namespace) -> int:
    """Which version each environment has, and all promotions: exit code 1 while one waits for an answer."""
    store = Store()
    dataset = datasets.find(store, args.name)
    now, every = promotions.environments(store, dataset), promotions.listed(store, dataset)
    waiting = any(each.standing == promotions.REQUESTED for each in every)
    if args.json:
        told = {"environments": [each.to_json() for each in now], "promotions": [each.to_json() for each in every]}
        print_json({"dataset": args.name, **told})
        return int(waiting)
    print_table(
        ("environment", "version", "since", "asked for by", "approved by"),
        [
            (
                each.name,
                "" if each.version is None else str(each.version),
                each.since or "",
                each.by.requester if each.by else "",
                (each.by.approver or each.by.kind) if each.by else "",
            )
            for each in now
        ],
    )
    if every:
        print_table(
            ("promotion", "into", "version", "kind", "standing", "asked for by", "decided by", "why"),
            [
                (
                    str(e.number),
                    e.environment,
                    str(e.version),
                    e.kind,
                    e.standing,
                    e.requester,
                    e.approver or "",
                    e.reason or e.message,
                )
                for e in every
            ],
        )
    return int(waiting)
