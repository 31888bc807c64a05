"""Check every stored file and the audit log; say which versions a damage touches.

dataops fsck
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.store import fsck, removed_objects
from dataops_core.store.purge import leftovers
from dataops_core.store.store import Store


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--heal", action="store_true", help="rebuild damaged tables from their raw files and recipes")


def run(args: argparse.Namespace) -> int:
    """Check the whole store: exit code 1 when something is damaged and not rebuilt."""
    store = Store()
    store.require("store checked")
    removed_objects.finish(store)  # a purge that was broken off
    found, over = fsck.check(store, heal=args.heal), leftovers.find(store)
    if args.json:
        print_json({**found.to_json(), "leftovers": over.to_json()})
        return int(not found.ok)
    for damage in found.damages:
        touched = ", ".join(damage.versions) or "no version"
        print(
            f"{damage.problem} {damage.object} ({damage.what}{', rebuilt' if damage.rebuilt else ''}): touches"
            f" {touched}"
        )
    print(f"{found.files:,} files checked, {len(found.damages):,} damaged.")
    if over.files or over.unfinished or over.tables:
        print(f"{over.in_words()} left over by processes that were killed: `dataops gc` removes them.")
    print(found.audit_problem or f"The audit log is whole: {found.audit_entries:,} entries.")
    return int(not found.ok)
