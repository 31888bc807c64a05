"""The versions of a dataset.

dataops log loans
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json, print_table
from dataops_core.store import datasets, versions
from dataops_core.store.people.veil import veil
from dataops_core.store.store import Store


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")


def run(args: argparse.Namespace) -> int:
    """The versions of a dataset, newest first."""
    store = Store()
    dataset = datasets.find(store, args.name)
    hide = veil(store, dataset)
    told = [each | {"message": hide.text(each["message"])} for each in versions.log(store, dataset)]
    if args.json:
        return print_json({"dataset": args.name, "versions": told})
    print_table(
        ("version", "when", "who", "what", "content hash"),
        [
            (
                str(v["number"]),
                v["created"],
                v["actor"],
                v["message"] + (" (synthetic)" if v["synthetic"] else ""),
                v["content_hash"][:12],
            )
            for v in told
        ],
    )
    return 0
