"""Ask for a version to be promoted into an environment.

dataops promote loans 2 production -m "The reports may use it"
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
    parser.add_argument("number", type=int, metavar="V")
    parser.add_argument("environment", choices=PROMOTED)
    parser.add_argument("-m", "--message", required=True, help="why")


def run(args: argparse.Namespace) -> int:
    """Ask for a version to be promoted into an environment; a second person approves it."""
    store = Store()
    dataset = datasets.find(store, args.name)
    made = promotions.request(store, dataset, args.number, args.environment, args.message, whoami())
    return print_promotion(args, made, f"A second person approves it: approve {args.name} {made.number}")
