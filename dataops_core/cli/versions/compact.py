"""Free the room of tables that can be computed again: of older versions, and between the steps; nothing is lost.

dataops compact loans --dry-run
dataops compact loans --longest 10
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.cli.shared.progress import show_progress
from dataops_core.store import datasets
from dataops_core.store.purge import compact
from dataops_core.store.purge.compaction import LONGEST
from dataops_core.store.store import Store, whoami
from dataops_core.wording import counted


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument(
        "--longest",
        type=float,
        default=LONGEST,
        metavar="SECONDS",
        help="keep a table that takes longer to compute again (default: 60)",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be freed")


def run(args: argparse.Namespace) -> int:
    """Compute each table again, and stop keeping those that come out the same."""
    store = Store()
    dataset = datasets.find(store, args.name)
    asked = {"longest": args.longest, "dry_run": args.dry_run}
    made = compact(store, dataset, whoami(), progress=show_progress, **asked)
    if args.json:
        return print_json({"dataset": args.name, "dry_run": args.dry_run, **made.to_json()})
    would = "would be " if args.dry_run else ""
    print(f"{counted(made.tables, 'table')} {would}no longer kept; {made.freed / 1e6:,.1f} MB {would}freed.")
    if made.slow:
        print(f"{counted(made.slow, 'table')} kept: computing again takes longer than {args.longest:g} seconds.")
    if made.other:
        print(f"{counted(made.other, 'table')} kept: computed again, the content is not the same on this machine.")
    return 0
