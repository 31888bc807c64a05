"""Read a file and say how it was read.

dataops read sample_data/shop_orders.xlsx --out orders.parquet
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.output import options_of, print_json, print_table, reading, tell_problems
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import SettingError
from dataops_core.read import raw_rows
from dataops_core.write import write_file, write_rows


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("--out", type=Path, help="write the table to this file (.parquet, .csv, …)")
    parser.add_argument(
        "--raw",
        action="store_true",
        help="write names and values as in the source text (.csv, .tsv), surplus cells at the end of their row",
    )


def run(args: argparse.Namespace) -> int:
    """Read a file and say how it was read."""
    if args.raw and not args.out:
        raise SettingError("Nothing says where to write.", "--raw", "Give --out with a .csv or .tsv file.")
    if args.raw:
        # names that are doubled or missing need no mending where they are written as they stand
        args.lenient = True
    with reading(args) as (source, _folder):
        if args.out and args.raw:
            write_rows(raw_rows(args.file, options_of(args)), args.out)
        elif args.out:
            write_file(source.table, args.out)
        missing = source.table.missing()
        told: dict[str, Any] = {
            "rows": source.table.rows,
            "columns": [
                {"name": c.name, "kind": c.kind, "type": c.type, "missing": missing[c.name]}
                for c in source.table.columns
            ],
            "assumed": source.assumed(),
            "problems": [vars(problem) for problem in source.problems],
        }
    if args.json:
        return print_json(told)
    print(f"{told['rows']:,} rows, {len(told['columns'])} columns")
    print_table(("column", "kind", "missing"), [(c["name"], c["kind"], f"{c['missing']:,}") for c in told["columns"]])
    print("Assumed: " + ", ".join(f"{key} {value!r}" for key, value in told["assumed"].items()))
    tell_problems(source)
    return 0
