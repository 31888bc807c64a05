"""The versions of a dataset.

dataops log loans
"""

from __future__ import annotations

import argparse
from typing import Any

from dataops_core.cli.shared.output import print_json, print_table
from dataops_core.errors import InputError
from dataops_core.store import datasets, removal, versions
from dataops_core.store.people.veil import veil
from dataops_core.store.store import Store


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")


def run(args: argparse.Namespace) -> int:
    """The versions of a dataset, newest first."""
    store = Store()
    try:
        dataset = datasets.find(store, args.name)
    except InputError:
        if not (gone := removal.tombstones(store, args.name)):
            raise
        return _gone(args, gone)
    hide = veil(store, dataset)
    told = [each | {"message": hide.text(each["message"])} for each in versions.log(store, dataset, with_purged=True)]
    if args.json:
        return print_json({"dataset": args.name, "versions": told})
    print_table(
        ("version", "when", "who", "what", "content hash"),
        [
            (
                str(v["number"]),
                v["created"],
                v["actor"],
                v["message"] + (" (synthetic)" if v["synthetic"] else "") + _purged(v),
                v["content_hash"][:12],
            )
            for v in told
        ],
    )
    return 0


def _purged(version: dict[str, Any]) -> str:
    told = version.get("purged")
    return f" (purged by {told['by']}, {told['at']}: {told['reason']})" if told else ""


def _gone(args: argparse.Namespace, gone: list[dict[str, Any]]) -> int:
    """What is left of datasets of that name that were deleted."""
    if args.json:
        return print_json({"dataset": args.name, "versions": [], "deleted": gone})
    for each in gone:
        print(f"{args.name} was deleted on {each['at']} by {each['actor']}; nothing of its data is kept here.")
        print(f"  Its file had the SHA-256 {each['sha256']}")
        for number, content_hash in each["versions"].items():
            print(f"  Version {number} had the content hash {content_hash}")
    return 0
