"""The command that writes a version into a folder."""

from __future__ import annotations

import argparse

from dataops_core.cli.output import print_json
from dataops_core.cli.output_paths import check_folder
from dataops_core.store import checkouts, datasets
from dataops_core.store.store import Store, whoami


def checkout_command(args: argparse.Namespace) -> int:
    """Write a version into a folder that other programs use."""
    check_folder("-o", args.out)
    store = Store()
    dataset = datasets.find(store, args.name)
    made = checkouts.check_out(
        store, dataset, args.number, args.out, whoami(), with_dvc=args.dvc, reason=args.pii_reason
    )
    if args.json:
        return print_json(made.to_json())
    print(f"{made.out}: {len(made.files):,} files, content hash {made.content_hash}")
    if made.parts:
        print("Parts: " + ", ".join(f"{name} {rows:,} rows" for name, rows in made.parts.items()))
    return 0
