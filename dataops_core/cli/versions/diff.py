"""What differs between two versions: rows, cells, columns, distributions, rules, and groups of people.

dataops diff loans 1 2
dataops diff loans 1 2 --html difference.html
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.shared.output import print_json
from dataops_core.cli.shared.output_paths import check_files
from dataops_core.report.document import between, percent
from dataops_core.store import datasets
from dataops_core.store.people.veil import Veil, veil
from dataops_core.store.results.difference_report import Differences, distance, gather, html_report
from dataops_core.store.results.version_differences import ColumnDifference
from dataops_core.store.store import Store
from dataops_core.wording import counted
from dataops_core.write import write_text


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("one", type=int, metavar="A")
    parser.add_argument("other", type=int, metavar="B")
    parser.add_argument("--html", type=Path, metavar="OUT", help="also write a report without small groups")


def run(args: argparse.Namespace) -> int:
    """What differs between two versions: exit code 1 when anything does."""
    check_files({"--html": args.html})
    store = Store()
    dataset = datasets.find(store, args.name)
    *_, found = gather(store, dataset, args.one, args.other)
    hide = veil(store, dataset)
    if args.html:
        write_text(args.html, html_report(store, dataset, args.one, args.other, args.name, hide))
    if args.json:
        print_json(found.to_json(hide))
    else:
        _print(found, hide)
    return int(not found.cells.nothing or bool(found.rules))


def _print(told: Differences, hide: Veil) -> None:
    found = told.cells
    print(
        f"Rows {found.rows_before:,} to {found.rows_after:,}: {found.rows_dropped:,} dropped, {found.rows_added:,}"
        f" added, {found.rows_changed:,} changed"
    )
    if found.key:
        print(f"Rows are matched by {found.key}.")
    for name, count in found.cells_changed.items():
        print(f"  {name}: {counted(count, 'cell')} changed")
    for what, names in (("added", found.columns_added), ("removed", found.columns_removed)):
        if names:
            print(f"Columns {what}: {', '.join(names)}")
    for old, new in found.columns_renamed.items():
        print(f"Column renamed: {old} to {new}")
    for name, (old, new) in found.columns_retyped.items():
        print(f"Column {name}: {old} to {new}")
    for name, spread in told.distributions.items():
        if far := distance(spread):
            print(f"Distribution of {name}: {percent(far)} of the rows would have to move to make both alike")
    for rule in told.rules:
        was, now = (state or "not there" for state in (rule.before, rule.after))
        failing = f", rows that fail {rule.failing_before:,} to {rule.failing_after:,}"
        print(f"Rule {was} to {now}{failing}: {hide.text(rule.says)}")
    for column in told.groups:
        _print_groups(column, hide)


def _print_groups(column: ColumnDifference, hide: Veil) -> None:
    """What became of the groups of a sensitive column, with 95 % intervals."""
    known = [
        f"{_share(gap)}{'' if clear is None else ' (clear)' if clear else ' (may be chance)'}"
        for gap, clear in ((column.gap_before, column.clear_before), (column.gap_after, column.clear_after))
    ]
    print(f"Groups of {hide.text(column.column)}, gap {' to '.join(known)}")
    for each in column.groups:
        print(f"  {hide.text(each.group)}: {each.rows_before:,} to {counted(each.rows_after, 'row')}")
        if (each.rate_before, each.rate_after) != (None, None):
            rates = [
                f"{_share(rate)}{_interval(ci)}"
                for rate, ci in ((each.rate_before, each.rate_ci_before), (each.rate_after, each.rate_ci_after))
            ]
            print(f"    good outcome {' to '.join(rates)}")
        if (each.gap_before, each.gap_after) != (None, None):
            gaps = [
                f"{_share(gap, sign=True)}{_interval(ci, verdict)}"
                for gap, ci, verdict in (
                    (each.gap_before, each.gap_ci_before, each.verdict_before),
                    (each.gap_after, each.gap_ci_after, each.verdict_after),
                )
            ]
            print(f"    gap to {hide.text(column.reference)} {' to '.join(gaps)}")


def _interval(ends: tuple[float, float] | None, verdict: str = "") -> str:
    parts = [each for each in (between(ends), verdict) if each]
    return f" ({', '.join(parts)})" if parts else ""


def _share(rate: float | None, *, sign: bool = False) -> str:
    return "not known" if rate is None else percent(rate, sign)
