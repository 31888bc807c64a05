"""Write the bundle of a version.

dataops export loans 2 -o bundle.zip
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.shared.options import add_pii_reason
from dataops_core.cli.shared.output import print_json
from dataops_core.store import datasets, versions
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("number", type=int, metavar="V")
    parser.add_argument("-o", "--out", type=Path, required=True)
    add_pii_reason(parser)


def run(args: argparse.Namespace) -> int:
    """Write the bundle of a version."""
    store = Store()
    dataset = datasets.find(store, args.name)
    versions.export(store, dataset, args.number, args.out, whoami(), reason=args.pii_reason)
    if args.json:
        return print_json({"out": str(args.out), "size": args.out.stat().st_size})
    print(f"{args.out}: {args.out.stat().st_size:,} bytes")
    return 0
