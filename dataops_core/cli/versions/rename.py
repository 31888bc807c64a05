"""Give a dataset another name.

dataops rename loans loan_applications
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.store import datasets, removal
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("new_name")


def run(args: argparse.Namespace) -> int:
    """Give a dataset another name."""
    store = Store()
    removal.rename(store, datasets.find(store, args.name), args.new_name, whoami())
    if args.json:
        return print_json({"dataset": args.new_name.strip(), "before": args.name})
    print(f'"{args.name}" is called "{args.new_name.strip()}" now.')
    return 0
