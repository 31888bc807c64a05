"""Generate synthetic data for tables related by keys, and evaluate it.

dataops synthesize-tables customers.csv orders.csv --keys orders.customer=customers.customer -o synthetic
"""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.output_paths import check_files, check_folder
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import SettingError

WRITTEN = (".csv", ".tsv", ".json", ".jsonl", ".parquet")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument(
        "files", type=file_or_address, nargs="+", metavar="FILE", help="the tables, called as their files are"
    )
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="where the synthetic tables and their model card go",
    )
    parser.add_argument(
        "--rows",
        type=int,
        help="how many rows to make of the table on which most hang (default: as many as it has); others in proportion",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="the same number gives the same synthetic tables (default 0)"
    )
    parser.add_argument(
        "--keys",
        action="append",
        default=[],
        metavar="CHILD.COLUMN=PARENT.COLUMN",
        help="which column holds whose keys; without it, found in the data",
    )
    parser.add_argument("--report", type=Path, metavar="R.json", help="write all that is told, verdicts included")
    parser.add_argument("--purpose", default="", help="what the synthetic tables are for, for the model card")
    parser.add_argument(
        "--even-if-leaking",
        action="store_true",
        help="write the synthetic tables even where one reveals real people",
    )


def run(args: argparse.Namespace) -> int:
    """Make synthetic tables of tables that hang together and judge them: exit code 1, and no synthetic data written,
    when one gives real people away.
    """
    from dataops_core.synthetic import Settings, card_of_tables, synthesize_tables
    from dataops_core.write import write_file, write_text

    names = [path.name.split(".", 1)[0] for path in args.files]
    if len(set(names)) < max(2, len(names)):
        raise SettingError(
            "Several files of different names are needed.",
            "synthesize-tables",
            "Name at least two: a table is called as its file is, without the ending.",
        )
    places = {
        name: args.out / f"{name}{path.suffix.lower() if path.suffix.lower() in WRITTEN else '.csv'}"
        for name, path in zip(names, args.files, strict=True)
    }
    check_folder("-o", args.out)
    inside = args.report is not None and args.out in args.report.parents
    check_files(
        ({} if inside and not args.report.is_dir() else {"--report": args.report})
        | (places | {"card.md": args.out / "card.md"} if args.out.exists() else {})
    )
    settings = Settings.from_json({"rows": args.rows, "seed": args.seed})
    with ExitStack() as stack:
        read = [stack.enter_context(reading(args, file=path)) for path in args.files]
        tables = {name: source.table for name, (source, _) in zip(names, read, strict=True)}
        synthetic, told = synthesize_tables(
            tables,
            read[0][1],
            settings,
            [wish for given in args.keys for wish in given.split(",") if wish] or None,
            progress=show_progress,
        )
        refused = told["verdict"] == "leak" and not args.even_if_leaking
        told["out"] = None if refused else str(args.out)
        if not refused:
            card = card_of_tables(told, purpose=args.purpose)
            args.out.mkdir(parents=True, exist_ok=True)
            for name, place in places.items():
                write_file(synthetic[name], place)
            write_text(args.out / "card.md", card)
    if args.report:
        args.report.parent.mkdir(parents=True, exist_ok=True)
        write_text(args.report, json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    if args.json:
        print_json(told)
    else:
        _print(told)
    return int(told["verdict"] == "leak")


def _print(told: dict[str, Any]) -> None:
    print_table(
        ("table", "rows", "learned", "made", "privacy"),
        [
            (
                name,
                f"{each['rows']['real']:,}",
                f"{each['rows']['learned']:,}",
                f"{each['rows']['made']:,}",
                each["judge"]["privacy"]["verdict"],
            )
            for name, each in told["tables"].items()
        ],
    )
    for each in told["links"]:
        alike = f" {each['cardinality']['words']}" if "cardinality" in each else ""
        print(f"- {each['words']} {each['orphans']:,} cells of the synthetic data are no key.{alike}")
    for name, each in told["tables"].items():
        print(f"{name}: {each['judge']['words'][0]}")
    print(
        f"The synthetic tables and their card are in {told['out']}."
        if told["out"]
        else f"Nothing was written: {told['worst']} gives real people away (--even-if-leaking writes it all the same)."
    )
