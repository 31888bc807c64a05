"""How every dataset stands: size, score, findings, steps, last version.

dataops overview
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from dataops_core.cli.shared.output import print_json, print_table
from dataops_core.store import datasets, overview
from dataops_core.store.store import Store


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name", nargs="?", help="only this dataset")


def run(args: argparse.Namespace) -> int:
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
