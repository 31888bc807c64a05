"""How a file differs from a reference: columns, values, gaps.

dataops drift sample_data/loan_applications.csv march.csv
"""

from __future__ import annotations

import argparse
from typing import Any

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.reading_options import add_reading_options


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("reference", type=file_or_address)
    parser.add_argument("file", type=file_or_address)


def run(args: argparse.Namespace) -> int:
    """How a file differs from a reference: exit code 1 when a column drifted far, or names or types changed."""
    from dataops_core.compare import drift

    with reading(args, file=args.reference) as (reference, _), reading(args) as (other, _folder):
        told = drift(reference.table, other.table)
    found = int(bool(told["drifted"] or told["schema"]["differs"]))
    if args.json:
        print_json(told)
        return found
    print(f"Rows {told['rows'][0]:,} to {told['rows'][1]:,}")
    for what in ("added", "removed"):
        if told["schema"][what]:
            print(f"Columns {what}: {', '.join(told['schema'][what])}")
    for name, changed in told["schema"]["changed"].items():
        print(
            f"Column {name}:"
            f" {' '.join(f'{what} {pair[0]} to {pair[1]}' for what, pair in changed.items() if pair[0] != pair[1])}"
        )
    print_table(
        ("column", "by", "drift", "PSI", "KS", "missing", "new values"),
        [_drift_line(name, each) for name, each in told["columns"].items()],
    )
    return found


def _drift_line(name: str, told: dict[str, Any]) -> tuple[str, ...]:
    measured = [f"{told['measures'][key]['value']:.3f}" if key in told["measures"] else "" for key in ("psi", "ks")]
    gaps = f"{told['missing'][0]:.1%} to {told['missing'][1]:.1%}"
    return (name, told["as"], told["verdict"], *measured, gaps, f"{told['new']['values']:,}" if told["new"] else "")
