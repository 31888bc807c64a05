"""What differs between two versions: rows, cells, columns, rules, and groups of people.

dataops diff loans 1 2
"""

from __future__ import annotations

import argparse
from dataclasses import asdict

from dataops_core.cli.shared.output import print_json
from dataops_core.store import datasets, versions
from dataops_core.store.people.veil import Veil, veil
from dataops_core.store.results.version_differences import ColumnDifference, rule_differences
from dataops_core.store.store import Store
from dataops_core.wording import counted


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("one", type=int, metavar="A")
    parser.add_argument("other", type=int, metavar="B")


def run(args: argparse.Namespace) -> int:
    """What differs between two versions: exit code 1 when anything does."""
    store = Store()
    dataset = datasets.find(store, args.name)
    found = versions.compare(store, dataset, args.one, args.other)
    assert found is not None
    before, after = (versions.get(store, dataset, number) for number in (args.one, args.other))
    hide = veil(store, dataset)
    rules = [asdict(each) for each in rule_differences(before.manifest, after.manifest)]
    groups = versions.compare_groups(store, before, after) or []
    if args.json:
        print_json(found.to_json() | hide.of({"rules": rules, "groups": [each.to_json() for each in groups]}))
    else:
        print(
            f"Rows {found.rows_before:,} to {found.rows_after:,}: {found.rows_dropped:,} dropped, {found.rows_added:,}"
            f" added, {found.rows_changed:,} changed"
        )
        for name, count in found.cells_changed.items():
            print(f"  {name}: {counted(count, 'cell')} changed")
        for what, names in (("added", found.columns_added), ("removed", found.columns_removed)):
            if names:
                print(f"Columns {what}: {', '.join(names)}")
        for old, new in found.columns_renamed.items():
            print(f"Column renamed: {old} to {new}")
        for name, (old, new) in found.columns_retyped.items():
            print(f"Column {name}: {old} to {new}")
        for rule in hide.of(rules):
            was, now = (rule[key] or "not there" for key in ("before", "after"))
            failing = f", rows that fail {rule['failing_before']:,} to {rule['failing_after']:,}"
            print(f"Rule {was} to {now}{failing}: {rule['says']}")
        for column in groups:
            _print_groups(column, hide)
    return int(not found.nothing or bool(rules))


def _print_groups(column: ColumnDifference, hide: Veil) -> None:
    """What became of the groups of a sensitive column."""
    print(f"Groups of {hide.text(column.column)}, gap {_share(column.gap_before)} to {_share(column.gap_after)}")
    for each in column.groups:
        rates = f", good outcome {_share(each.rate_before)} to {_share(each.rate_after)}"
        shown = rates if (each.rate_before, each.rate_after) != (None, None) else ""
        print(f"  {hide.text(each.group)}: {each.rows_before:,} to {counted(each.rows_after, 'row')}{shown}")


def _share(rate: float | None) -> str:
    return "not known" if rate is None else f"{rate:.1%}"
