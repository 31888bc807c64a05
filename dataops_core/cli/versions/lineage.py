"""Which steps touched each column of a version, and where it comes from.

dataops lineage loans 2 --column income
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.errors import SettingError
from dataops_core.export.lineage import ColumnLineage, lineage
from dataops_core.export.lineage_graph import column_graph, history_graph
from dataops_core.printable import printable
from dataops_core.store import datasets, versions
from dataops_core.store.people.veil import Veil, veil
from dataops_core.store.store import Store
from dataops_core.wording import counted


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument(
        "number", type=int, nargs="?", metavar="V", help="without it: the graph of all versions, as DOT"
    )
    parser.add_argument("--column", help="only this column")
    parser.add_argument("--dot", action="store_true", help="as a graph in the DOT language of Graphviz")


def run(args: argparse.Namespace) -> int:
    """Which steps touched each column of a version, or one of them; without a version, the graph of all versions."""
    store = Store()
    dataset = datasets.find(store, args.name)
    hide = veil(store, dataset)
    if args.number is None:
        known = versions.log(store, dataset, with_purged=True)
        numbers = [each["number"] for each in known if "purged" not in each]
        manifests = [versions.get(store, dataset, number).manifest for number in sorted(numbers)]
        print(hide.text(history_graph(manifests, [each["number"] for each in known if "purged" in each])), end="")
        return 0
    found = lineage(versions.get(store, dataset, args.number).manifest)
    if args.dot:
        if args.column is None:
            raise SettingError("Of which column?", "--dot", "Give --column, or leave out the version for all of them.")
        print(hide.text(column_graph(found.of(args.column), found)), end="")
        return 0
    columns = (found.of(args.column),) if args.column is not None else found.columns
    if args.json:
        told = found.to_json()
        told["columns"] = [each for each, kept in zip(told["columns"], found.columns, strict=True) if kept in columns]
        return print_json({"dataset": args.name, "number": args.number, **hide.of(told)})
    for each in columns:
        _print(each, hide)
    for row in found.rows:
        done = f"{counted(row.dropped, 'row')} dropped, {row.added:,} added"
        print(f"All columns, step {row.step}: {_line(hide.text(row.sentence))} ({done})")
    return 0


def _print(column: ColumnLineage, hide: Veil) -> None:
    kept = "" if column.kept else " (removed)"
    comes = ", ".join(column.sources) or "no column of the raw file"
    print(_line(f"{column.column}{kept}: from {comes}"))
    for step in column.steps:
        cells = f", {counted(step.cells, 'cell')}" if step.cells else ""
        using = f", using {', '.join(step.using)}" if step.using else ""
        print(_line(f"  step {step.step}: {hide.text(step.sentence)} ({step.did}{cells}{using})"))


def _line(text: str) -> str:
    return printable(text, one_line=True)
