"""Commands on datasets of the store: overview, rename, delete."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from dataops_core.checks.wording import counted
from dataops_core.cli.output import print_json, print_table
from dataops_core.store import datasets, overview, removal
from dataops_core.store.store import Store, whoami


def overview_command(args: argparse.Namespace) -> int:
    """How every dataset stands: size, score, open findings, steps, last version."""
    store = Store()
    listed: list[dict[str, Any]] = []
    for project in datasets.projects(store):
        for each in overview.project_overview(store, project["id"]):
            if args.name in (None, each["name"]):
                now = overview.look_up(store, datasets.get(store, each["id"]))
                listed.append({"project": project["name"], **each, **asdict(now)})
    if args.name is not None and not listed:
        datasets.find(store, args.name)  # says which names there are
    if args.json:
        return print_json({"datasets": listed})
    print_table(
        ("dataset", "project", "rows", "columns", "score", "findings", "steps", "version", "owner"),
        [
            (
                each["name"],
                each["project"],
                _known(each["rows"]),
                _known(each["columns"]),
                "not profiled" if each["score"] is None else f"{100 * each['score']:.1f} %",
                "not profiled" if each["findings"] is None else str(sum(each["findings"].values())),
                str(each["steps"]),
                "none" if each["version"] is None else f"{each['version']}{'' if each['saved'] else ', changed since'}",
                each["owner"],
            )
            for each in listed
        ],
    )
    return 0


def _known(number: int | None) -> str:
    return "not computed" if number is None else f"{number:,}"


def rename_command(args: argparse.Namespace) -> int:
    """Give a dataset another name."""
    store = Store()
    removal.rename(store, datasets.find(store, args.name), args.new_name, whoami())
    if args.json:
        return print_json({"dataset": args.new_name.strip(), "before": args.name})
    print(f'"{args.name}" is called "{args.new_name.strip()}" now.')
    return 0


def delete_command(args: argparse.Namespace) -> int:
    """Delete a dataset with its versions, models and files."""
    store = Store()
    dataset = datasets.find(store, args.name)
    gone = removal.contents(store, dataset)
    removal.delete(store, dataset, whoami(), confirm=args.confirm)
    if args.json:
        return print_json({"deleted": gone})
    versions, models = counted(len(gone["versions"]), "version"), counted(len(gone["models"]), "model")
    print(f'"{gone["name"]}" is deleted, with {versions} and {models}.')
    return 0
