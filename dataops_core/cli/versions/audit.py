"""Who did what and when; the log as files with a verifier.

dataops audit loans --since 2026-01-31
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.shared.output import print_json
from dataops_core.printable import printable
from dataops_core.store import datasets
from dataops_core.store.people.veil import veil
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from dataops_core.store.trail.export import write_folder
from dataops_core.store.trail.whole_log import whole_log


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name", nargs="?", help="only what concerns this dataset")
    parser.add_argument("--who", metavar="PERSON", help="only what this person did")
    parser.add_argument("--what", metavar="ACTION", help='only this, such as "version committed"')
    parser.add_argument("--since", metavar="DATE", help="only from this day on: 2026-12-31")
    parser.add_argument("--text", help="only entries with this text in their details")
    parser.add_argument(
        "-o", "--out", type=Path, metavar="DIR", help="write the whole log, anchors and verify_audit.py"
    )


def run(args: argparse.Namespace) -> int:
    """Print the entries of the log that are asked for; with a folder, write the whole log and its verifier there."""
    store = Store()
    dataset = datasets.find(store, args.name) if args.name else None
    if dataset is None or args.out is not None:
        store.require("log read")
    log = whole_log(store)
    if args.out is not None:
        write_folder(store, args.out)
    shown = audit.chosen(log, dataset=dataset, who=args.who, what=args.what, since=args.since, text=args.text)
    if dataset is not None:
        hide = veil(store, dataset)
        shown = [entry | {"details": hide.of(entry["details"])} for entry in shown]
    if args.json:
        return print_json({"entries": shown, "total": len(log)})
    for entry in shown:
        details = "; ".join(f"{key}: {value}" for key, value in entry["details"].items())
        print(printable(f"{entry['at']}  {entry['actor']}  {entry['what']}  {details}", one_line=True))
    print(f"{len(shown):,} of {len(log):,} entries; the log is unbroken.")
    return 0
