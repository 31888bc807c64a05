"""How a file differs from a reference: columns, values, gaps.

dataops drift sample_data/loan_applications.csv march.csv
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.reading_options import add_reading_options

if TYPE_CHECKING:
    from dataops_core.compare.measure import SampleDifference


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
    found = int(bool(told.drifted or told.schema.differs))
    if args.json:
        print_json(told.to_json())
        return found
    print(f"Rows {told.rows[0]:,} to {told.rows[1]:,}")
    for what, columns in (("added", told.schema.added), ("removed", told.schema.removed)):
        if columns:
            print(f"Columns {what}: {', '.join(columns)}")
    for name, changed in told.schema.changed.items():
        pairs = (("type", changed.type), ("kind", changed.kind))
        print(f"Column {name}: {' '.join(f'{what} {old} to {new}' for what, (old, new) in pairs if old != new)}")
    print_table(
        ("column", "by", "drift", "PSI", "KS", "missing", "new values"),
        [_drift_line(name, each) for name, each in told.columns.items()],
    )
    return found


def _drift_line(name: str, told: SampleDifference) -> tuple[str, ...]:
    measured = [f"{told.measures[key].value:.3f}" if key in told.measures else "" for key in ("psi", "ks")]
    gaps = f"{told.missing[0]:.1%} to {told.missing[1]:.1%}"
    return (name, told.comparison, told.verdict, *measured, gaps, f"{told.new.values:,}" if told.new else "")
