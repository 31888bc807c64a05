"""Delete what only some versions hold, for good, or every version in which a person stands; a tombstone stays.

dataops purge loans 1 --reason "Asked to be forgotten, case 12"
dataops purge loans --where email=jo@example.org --dry-run
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.errors import SettingError
from dataops_core.store import datasets
from dataops_core.store.purge import Purge, purge, purge_person
from dataops_core.store.store import Store, whoami
from dataops_core.wording import counted


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("numbers", type=int, nargs="*", metavar="V")
    parser.add_argument(
        "--where", metavar="COLUMN=VALUE", help="instead of numbers: every version in which a cell of it is this value"
    )
    parser.add_argument("--reason", default="", help="why; it stays in the catalog and in the audit log")
    parser.add_argument("--force", action="store_true", help="also the newest one, and one that is released or signed")
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")


def run(args: argparse.Namespace) -> int:
    """Purge versions by number, or by what stands in them."""
    if bool(args.numbers) == bool(args.where):
        raise SettingError("Which versions?", "purge", "Give their numbers, or --where COLUMN=VALUE.")
    column, equals, value = (args.where or "").partition("=")
    if args.where and not (column and equals and value):
        raise SettingError("A column and a value are needed.", "--where", "Write --where COLUMN=VALUE.")
    store = Store()
    dataset = datasets.find(store, args.name)
    if args.where:
        made = purge_person(store, dataset, column, value, whoami(), reason=args.reason, dry_run=args.dry_run)
    else:
        asked = {"reason": args.reason, "force": args.force, "dry_run": args.dry_run}
        made = purge(store, dataset, args.numbers, whoami(), **asked)
    if args.json:
        return print_json({"dataset": args.name, "dry_run": args.dry_run, **made.to_json()})
    _print(made, "would be purged" if args.dry_run else "purged")
    return 0


def _print(made: Purge, said: str) -> None:
    if not made.versions:
        print("No version holds that value.")
        return
    numbers, many = ", ".join(map(str, made.versions)), len(made.versions) > 1
    print(f"{'Versions' if many else 'Version'} {numbers}: {said}; {counted(made.files, 'file')} deleted.")
    for each in made.held:
        print(f"  A {each.what} stays, needed by {'; '.join(each.users)}.")
