"""Publish a version where other programs take it from.

dataops publish loans@2 --to published
"""

from __future__ import annotations

import argparse
import re

from dataops_core import publish
from dataops_core.cli.shared.options import add_pii_reason, names
from dataops_core.cli.shared.output import print_json
from dataops_core.errors import InputError
from dataops_core.publish import REGISTRY
from dataops_core.store import datasets, versions
from dataops_core.store.publishing import publications
from dataops_core.store.store import Store, whoami

_VERSION = re.compile(r"(?P<name>.+)@v?(?P<number>[0-9]+)")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options, those of each publisher among them."""
    parser.add_argument("version", metavar="DATASET[@VERSION]", help="a version; the newest one where none is named")
    parser.add_argument(
        "--to", required=True, metavar="PLACE", help="; ".join(f"{p.title}: {p.example}" for p in REGISTRY.values())
    )
    for publisher in REGISTRY.values():
        for option in publisher.options:
            more = "[,COLUMN]" if option.many else ""
            said = f"{option.says[:1].lower()}{option.says[1:]} ({publisher.title})"
            parser.add_argument(f"--{option.name}", action="append", default=[], metavar=f"COLUMN{more}", help=said)
    add_pii_reason(parser)


def run(args: argparse.Namespace) -> int:
    """Publish a version where other programs take it from."""
    store = Store()
    dataset, number = _version(store, args.version)
    given = {option.name: tuple(names(getattr(args, option.name))) for p in REGISTRY.values() for option in p.options}
    place = publish.places_of_environment().get(args.to, args.to)
    made = publications.publish_version(store, dataset, number, place, whoami(), given=given, reason=args.pii_reason)
    if args.json:
        return print_json(made.to_json())
    print(made.words)
    print(f"Take it from there: {made.use}")
    return 0


def _version(store: Store, text: str) -> tuple[str, int]:
    """The dataset and the number of the version that are meant."""
    match = _VERSION.fullmatch(text)
    if match and not datasets.called(store, text):
        return datasets.find(store, match["name"]), int(match["number"])
    dataset = datasets.find(store, text)
    known = versions.log(store, dataset)
    if not known:
        raise InputError("There is no version yet.", text, "Save one: commit.")
    return dataset, known[0]["number"]
