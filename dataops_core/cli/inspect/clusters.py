"""Groups of values in a column of text that may be one.

dataops clusters sample_data/loan_applications.csv city
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.output import print_json, reading
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import SettingError


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("column")
    parser.add_argument("--method", choices=("fingerprint", "n-gram", "phonetic", "neighbours"), default="fingerprint")
    parser.add_argument("--distance", type=int, default=2, help="letters between neighbours, at most (default 2)")


def run(args: argparse.Namespace) -> int:
    """Groups of values that may be one: exit code 1 when there are any."""
    from dataops_core.checks.variants import clusters

    with reading(args) as (source, _folder):
        column = source.table.frame([source.table.column(args.column).name])[args.column]
    if column.dtype != object:
        raise SettingError(f'"{args.column}" holds no text.', "clusters", "Name a column of text.")
    found = clusters({str(value): int(n) for value, n in column.value_counts().items()}, args.method, args.distance)
    if args.json:
        print_json(
            {
                "column": args.column,
                "method": args.method,
                "clusters": [
                    {"target": cluster.target, "values": [{"value": value, "count": n} for value, n in cluster.values]}
                    for cluster in found
                ],
            }
        )
        return int(bool(found))
    for cluster in found:
        print(f"{cluster.target}: " + ", ".join(f"{value} ({n:,})" for value, n in cluster.values))
    return int(bool(found))
