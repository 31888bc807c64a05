"""Generate synthetic data from a version, evaluate it, and keep it as a version.

dataops synthesize-version loans 1 --engine independent -m "For the training course"
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.synthetic.options import add_settings, settings_of
from dataops_core.cli.synthetic.synthesize import print_result
from dataops_core.errors import InputError, SettingError
from dataops_core.store import datasets, synthetic_tables, versions
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name", help="the dataset's name")
    parser.add_argument(
        "number", type=int, nargs="?", help="the version that is learned (default: the last that is not synthetic)"
    )
    add_settings(parser)
    parser.add_argument("-m", "--message", required=True)
    parser.add_argument("--reason", default="", help="why it is kept though a rule that blocks fails")


def run(args: argparse.Namespace) -> int:
    """Make a synthetic table of a version and keep it as the dataset's next one: exit code 1, and none kept, when it
    gives real people away.
    """
    store, actor = Store(), whoami()
    dataset = datasets.find(store, args.name)
    known = [each["number"] for each in versions.log(store, dataset) if not each["synthetic"]]
    if not known:
        raise InputError(f'"{args.name}" has no version yet.', args.name, "Commit one first.")
    version = versions.get(store, dataset, known[0] if args.number is None else args.number)
    if version.manifest["kind"] == versions.SYNTHETIC:
        raise SettingError(
            f"Version {version.number} is synthetic itself.",
            args.name,
            f"Choose one that is not: {', '.join(map(str, known))}.",
        )
    table = versions.table(store, version)
    made = synthetic_tables.make(
        store, dataset, version.state, settings_of(args, table).to_json(), actor, progress=show_progress
    )
    told = synthetic_tables.told_of(store, made)
    kept = (
        None
        if synthetic_tables.refused(told)
        else synthetic_tables.keep_made(
            store, dataset, version.state, made, args.message, args.purpose, actor, reason=args.reason
        )
    )
    said = {
        "dataset": args.name,
        "number": kept.number if kept else None,
        "id": kept.id if kept else None,
        "parent": version.id,
        "rules": kept.manifest.get("rules") if kept else None,
        **told,
    }
    if args.json:
        print_json(said)
    else:
        print_result(told)
        print(
            f"Kept as version {kept.number} of {args.name}, made from version {version.number}."
            if kept
            else "The synthetic data was not kept: it reveals real people."
        )
    return int(kept is None)
