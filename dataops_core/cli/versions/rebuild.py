"""Rebuild a version from its raw file and its recipe, and compare it with what its manifest says.

dataops rebuild loans 2
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.cli.shared.progress import show_progress
from dataops_core.store import datasets, versions
from dataops_core.store.people.veil import veil
from dataops_core.store.results import rebuild
from dataops_core.store.store import Store


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("number", type=int, metavar="V")


def run(args: argparse.Namespace) -> int:
    """Rebuild a version and compare: exit code 1 when another table comes out, or none."""
    store = Store()
    dataset = datasets.find(store, args.name)
    made, hide = rebuild.rebuild(store, dataset, args.number, show_progress), veil(store, dataset)
    if args.json:
        print_json({"dataset": args.name, **hide.of(made.to_json())})
        return int(not made.same)
    for check in made.checks:
        seen = f": {hide.text(check.seen)}" if check.seen else ""
        print(f"{'ok    ' if check.ok else 'FAILED'}  {check.what}{seen}")
    if made.same:
        print(f"Version {args.number} comes out as its manifest says: content hash {made.content_hash}.")
        return 0
    if made.difference:
        print(f"From the table that was saved to the one that came out: {versions.in_words(made.difference)}")
    for name, (then, now) in made.packages.items():
        print(f"{name}: {then} then, {now or 'not there'} now")
    print(f"Version {args.number} does not come out as its manifest says, which is content hash {made.wanted}.")
    return 1
