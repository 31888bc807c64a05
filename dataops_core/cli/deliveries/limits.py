"""What deliveries of a dataset are held to.

dataops limits loans --set score_fail=0.05
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json, print_table
from dataops_core.errors import SettingError
from dataops_core.monitoring import Limits
from dataops_core.store import datasets
from dataops_core.store.monitoring import deliveries
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("--set", action="append", default=[], metavar="LIMIT=VALUE", help="change this one")


def run(args: argparse.Namespace) -> int:
    """What deliveries of a dataset are held to; with --set, changes it."""
    store = Store()
    dataset = datasets.find(store, args.name)
    now = deliveries.limits_of(store, dataset)
    pairs = [part.partition("=") for part in args.set]
    if wrong := [name for name, sign, _ in pairs if not sign]:
        raise SettingError(f'"{wrong[0]}" sets nothing.', "--set", "Write it as NAME=VALUE.")
    if pairs:
        now = Limits.from_json(now.to_json() | {name.strip(): value.strip() for name, _, value in pairs})
        deliveries.set_limits(store, dataset, now, whoami())
    if args.json:
        return print_json({"dataset": args.name, "limits": now.to_json()})
    print_table(("limit", "value"), [(name, _text(value)) for name, value in now.to_json().items()])
    return 0


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
