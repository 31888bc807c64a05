"""The content hash of a table.

dataops hash sample_data/loan_applications.csv
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.output import print_json, reading
from dataops_core.cli.shared.reading_options import add_reading_options


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)


def run(args: argparse.Namespace) -> int:
    """The content hash of a table."""
    args.lenient = True  # the hash of a table can be told whatever its flaws
    with reading(args) as (source, _folder):
        told = {
            "content_hash": source.table.content_hash,
            "rows": source.table.rows,
            "columns": len(source.table.columns),
        }
    if args.json:
        return print_json(told)
    print(told["content_hash"])
    return 0
