"""Let an environment have a version again that it had before.

dataops rollback loans staging --to 1 --reason "Version 2 lacks two regions"
"""

from __future__ import annotations

import argparse

from dataops_core.cli.people.promotion import print_promotion
from dataops_core.store import datasets
from dataops_core.store.people import promotions
from dataops_core.store.people.environments import PROMOTED
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("environment", choices=PROMOTED)
    parser.add_argument("--to", type=int, metavar="V", help="this version (default: the one before)")
    parser.add_argument("--reason", required=True, help="why; the audit log keeps it")


def run(args: argparse.Namespace) -> int:
    """Let an environment have a version again that it had before."""
    store = Store()
    dataset = datasets.find(store, args.name)
    return print_promotion(
        args, promotions.roll_back(store, dataset, args.environment, args.reason, whoami(), number=args.to)
    )
