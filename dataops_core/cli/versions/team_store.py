"""Set up the store that a team shares, and try it out: the catalog on PostgreSQL, the objects in a bucket.

dataops team-store
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.store.store import Store


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "--role",
        default="",
        help="a role of the database that is to work with the catalog, and only add to the audit log",
    )


def run(args: argparse.Namespace) -> int:
    """Make what is missing, grant rights, and try the bucket out."""
    store = Store()
    try:
        store.require("store checked")
        store.objects.check(store.scratch_file())
        if args.role:
            store.share(args.role)
    finally:
        store.close()
    where = store.where()
    if args.json:
        return print_json({**where, "role": args.role or None})
    print(f"Catalog: {where['catalog']}")
    print(f"Objects: {where['objects']}")
    if args.role:
        print(f'The role "{args.role}" may work with the catalog, and only read and add to the audit log.')
    return 0
