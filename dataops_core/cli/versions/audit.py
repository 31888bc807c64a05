"""The command `audit`: who did what and when, and the log as files that anybody can verify."""

from __future__ import annotations

import argparse

from dataops_core.cli.output import print_json
from dataops_core.printable import printable
from dataops_core.store import audit, datasets
from dataops_core.store.store import Store
from dataops_core.store.trail.export import write_folder
from dataops_core.store.trail.whole_log import whole_log


def audit_command(args: argparse.Namespace) -> int:
    """Print the entries of the log that are asked for; with a folder, write the whole log and its verifier there."""
    store = Store()
    dataset = datasets.find(store, args.name) if args.name else None
    if dataset is None or args.out is not None:
        store.require("log read")
    log = whole_log(store)
    if args.out is not None:
        write_folder(store, args.out)
    shown = audit.chosen(log, dataset=dataset, who=args.who, what=args.what, since=args.since, text=args.text)
    if args.json:
        return print_json({"entries": shown, "total": len(log)})
    for entry in shown:
        details = "; ".join(f"{key}: {value}" for key, value in entry["details"].items())
        print(printable(f"{entry['at']}  {entry['actor']}  {entry['what']}  {details}", one_line=True))
    print(f"{len(shown):,} of {len(log):,} entries; the log is unbroken.")
    return 0
