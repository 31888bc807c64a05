"""Delete a dataset with its versions and files; the audit log remembers it.

dataops delete loans --confirm loans
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.store import datasets, removal
from dataops_core.store.store import Store, whoami
from dataops_core.wording import counted


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("--confirm", required=True, metavar="NAME", help="the name of the dataset once more")


def run(args: argparse.Namespace) -> int:
    """Delete a dataset with its versions, models and files."""
    store = Store()
    dataset = datasets.find(store, args.name)
    gone = removal.contents(store, dataset)
    removal.delete(store, dataset, whoami(), confirm=args.confirm)
    if args.json:
        return print_json({"deleted": gone})
    versions, models = counted(len(gone["versions"]), "version"), counted(len(gone["models"]), "model")
    print(f'"{gone["name"]}" is deleted, with {versions} and {models}.')
    return 0
