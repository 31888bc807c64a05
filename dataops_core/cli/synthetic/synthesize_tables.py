"""The command that makes synthetic twins of several tables: synthesize-tables."""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from typing import Any

from dataops_core.cli.inspect import _tell
from dataops_core.cli.output import print_json, print_table, reading
from dataops_core.cli.output_paths import check_files, check_folder
from dataops_core.errors import SettingError

WRITTEN = (".csv", ".tsv", ".json", ".jsonl", ".parquet")


def synthesize_tables_command(args: argparse.Namespace) -> int:
    """Make twins of tables that hang together and judge them: exit code 1, and no twin written, when one gives real
    people away.
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
        twins, told = synthesize_tables(
            tables,
            read[0][1],
            settings,
            [wish for given in args.keys for wish in given.split(",") if wish] or None,
            progress=_tell,
        )
        refused = told["verdict"] == "leak" and not args.even_if_leaking
        told["out"] = None if refused else str(args.out)
        if not refused:
            card = card_of_tables(told, purpose=args.purpose)
            args.out.mkdir(parents=True, exist_ok=True)
            for name, place in places.items():
                write_file(twins[name], place)
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
        print(f"- {each['words']} {each['orphans']:,} cells of the twin are no key.{alike}")
    for name, each in told["tables"].items():
        print(f"{name}: {each['judge']['words'][0]}")
    print(
        f"The twins and their card are in {told['out']}."
        if told["out"]
        else f"Nothing was written: {told['worst']} gives real people away (--even-if-leaking writes it all the same)."
    )
