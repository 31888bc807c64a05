"""Commands about environments: promote, approve, rollback, environments."""

from __future__ import annotations

import argparse

from dataops_core.cli.output import print_json, print_table
from dataops_core.printable import printable
from dataops_core.store import datasets
from dataops_core.store.people import promotions
from dataops_core.store.people.promotions import Promotion
from dataops_core.store.store import Store, whoami


def promote_command(args: argparse.Namespace) -> int:
    """Ask for a version to be promoted into an environment; a second person approves it."""
    store = Store()
    dataset = datasets.find(store, args.name)
    made = promotions.request(store, dataset, args.number, args.environment, args.message, whoami())
    return _told(args, made, f"A second person approves it: approve {args.name} {made.number}")


def approve_command(args: argparse.Namespace) -> int:
    """Approve a promotion that somebody else asked for, or refuse it."""
    store = Store()
    dataset, actor = datasets.find(store, args.name), args.person or whoami()
    if args.refuse is not None:
        return _told(args, promotions.refuse(store, dataset, args.number, actor, reason=args.refuse))
    return _told(args, promotions.approve(store, dataset, args.number, actor, reason=args.reason))


def rollback_command(args: argparse.Namespace) -> int:
    """Let an environment have a version again that it had before."""
    store = Store()
    dataset = datasets.find(store, args.name)
    return _told(args, promotions.roll_back(store, dataset, args.environment, args.reason, whoami(), number=args.to))


def environments_command(args: argparse.Namespace) -> int:
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


def _told(args: argparse.Namespace, made: Promotion, more: str = "") -> int:
    if args.json:
        return print_json({"dataset": args.name} | made.to_json())
    print(f"Version {made.version} into {made.environment}, {made.kind} {made.number}: {made.standing}")
    for gate in made.gates:
        print(printable(f"{'ok    ' if gate.passed else 'FAILED'}  {gate.name}: {gate.says}", one_line=True))
    if more:
        print(more)
    return 0
