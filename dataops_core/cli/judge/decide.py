"""Ask a fitted model about the rows of a file.

dataops decide model.json march.csv -o decided.csv
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.output import print_json, read_model, reading
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import SettingError


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("model", type=Path, help="the model, as fit or a bundle has it")
    parser.add_argument("file", type=file_or_address)
    parser.add_argument(
        "--into", default="decision", metavar="COLUMN", help="the new column with the decisions (default: decision)"
    )
    parser.add_argument("-o", "--out", type=Path, required=True, help="the table to write (.parquet, .csv, …)")


def run(args: argparse.Namespace) -> int:
    """Write the table with a column of a fitted model's decisions."""
    from dataops_core.fairness import decide
    from dataops_core.table import tidy, write_table
    from dataops_core.write import write_file

    model = read_model(args.model)
    with reading(args) as (source, folder):
        if args.into in source.table.names:
            raise SettingError(
                f'There is a column "{args.into}" already.',
                "--into",
                "Give the column for the decisions a name of its own.",
            )
        frame = source.table.frame()
        made = decide(model, frame)
        frame[args.into] = made.map({True: model["favorable"], False: f"not {model['favorable']}"}).astype(object)
        write_file(write_table(folder / "decided.parquet", [tidy(frame)], source.table.kinds), args.out)
    told = {
        "out": str(args.out),
        "column": args.into,
        "rows": len(made),
        "favorable": int(made.sum()),
        "method": model["method"],
        "needs": model["needs"],
    }
    if args.json:
        return print_json(told)
    print(
        f"{told['favorable']:,} of {told['rows']:,} rows get {model['favorable']}, in the column {args.into}:"
        f" {args.out}"
    )
    print(f"{model['title']} needs {model['needs']}.")
    return 0
