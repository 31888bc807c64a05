"""Remove what processes that were killed left in the store and nothing needs: files, unfinished uploads, tables.

dataops gc --dry-run
dataops gc --older-than 48
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.cli.shared.progress import show_progress
from dataops_core.store.purge import leftovers
from dataops_core.store.purge.leftovers import GRACE
from dataops_core.store.store import Store, whoami
from dataops_core.wording import counted


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "--older-than",
        type=float,
        default=GRACE,
        metavar="HOURS",
        help="leave what is younger: somebody may be about to use it (default: 24, at least 1)",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")


def run(args: argparse.Namespace) -> int:
    """Count what is left over, and remove it."""
    store = Store()
    if args.dry_run:
        found = leftovers.find(store, older_than=args.older_than)
    else:
        found = leftovers.remove(store, whoami(), older_than=args.older_than, progress=show_progress)
    if args.json:
        return print_json({"dry_run": args.dry_run, "older_than": args.older_than, **found.to_json()})
    print(f"{found.in_words()} {'would be ' if args.dry_run else ''}removed.")
    if found.recent:
        print(f"{counted(found.recent, 'file')} younger than {args.older_than:g} hours kept.")
    return 0
