"""Write a version into a folder that other programs use.

dataops checkout loans 2 -o loans
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.shared.options import add_pii_reason
from dataops_core.cli.shared.output import print_json
from dataops_core.cli.shared.output_paths import check_folder
from dataops_core.store import datasets
from dataops_core.store.publishing import checkouts
from dataops_core.store.store import Store, whoami
from dataops_core.wording import counted


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("number", type=int, metavar="V")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="DIR", help="a new or empty folder, or a checkout"
    )
    parser.add_argument("--dvc", action="store_true", help="with the files for dvc pull, status and repro")
    add_pii_reason(parser)


def run(args: argparse.Namespace) -> int:
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
        print("Parts: " + ", ".join(f"{name} {counted(rows, 'row')}" for name, rows in made.parts.items()))
    return 0
