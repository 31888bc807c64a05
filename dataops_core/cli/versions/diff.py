"""What differs between two versions.

dataops diff loans 1 2
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.store import datasets, versions
from dataops_core.store.store import Store
from dataops_core.wording import counted


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("one", type=int, metavar="A")
    parser.add_argument("other", type=int, metavar="B")


def run(args: argparse.Namespace) -> int:
    """What differs between two versions: exit code 1 when anything does."""
    store = Store()
    found = versions.compare(store, datasets.find(store, args.name), args.one, args.other)
    assert found is not None
    if args.json:
        print_json(found.to_json())
    else:
        print(
            f"Rows {found.rows_before:,} to {found.rows_after:,}: {found.rows_dropped:,} dropped, {found.rows_added:,}"
            f" added, {found.rows_changed:,} changed"
        )
        for name, count in found.cells_changed.items():
            print(f"  {name}: {counted(count, 'cell')} changed")
        for what, names in (("added", found.columns_added), ("removed", found.columns_removed)):
            if names:
                print(f"Columns {what}: {', '.join(names)}")
        for old, new in found.columns_renamed.items():
            print(f"Column renamed: {old} to {new}")
        for name, (before, after) in found.columns_retyped.items():
            print(f"Column {name}: {before} to {after}")
    return int(not found.nothing)
