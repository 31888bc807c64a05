"""Approve a promotion that somebody else asked for, or refuse it.

dataops approve loans 3 --as kim
"""

from __future__ import annotations

import argparse

from dataops_core.cli.people.promotion import print_promotion
from dataops_core.store import datasets
from dataops_core.store.people import promotions
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("number", type=int, metavar="N", help="the number of the promotion")
    parser.add_argument("--reason", default="", help="why it is approved")
    parser.add_argument("--refuse", metavar="REASON", help="refuse it, or take back what you asked for")
    parser.add_argument("--as", dest="person", metavar="PERSON", help="who approves; only while roles are off")


def run(args: argparse.Namespace) -> int:
    """Approve a promotion that somebody else asked for, or refuse it."""
    store = Store()
    dataset, actor = datasets.find(store, args.name), args.person or whoami()
    if args.refuse is not None:
        return print_promotion(args, promotions.refuse(store, dataset, args.number, actor, reason=args.refuse))
    return print_promotion(args, promotions.approve(store, dataset, args.number, actor, reason=args.reason))
