"""The options of the commands on rules: suggest, check, export, import."""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.addresses import file_or_address
from dataops_core.cli.reading_options import add_reading_options

FORMATS = ("pandera", "great-expectations", "frictionless", "odcs")


def add_rules_commands(parser: argparse.ArgumentParser) -> None:
    """Add what can be done with rules, below `rules`."""
    commands = parser.add_subparsers(title="what to do", metavar="DO", required=True)

    def add(name: str, does: str, *, reads: bool = False) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=does, description=does)
        made.set_defaults(command=("rules", f"{name}_command"))
        made.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON document")
        if reads:
            add_reading_options(made)
            made.add_argument("file", type=file_or_address)
            made.add_argument("--today", metavar="DATE", help="the day that freshness is measured by (default: today)")
            made.add_argument(
                "--with",
                dest="others",
                action="append",
                default=[],
                metavar="NAME=FILE",
                help="another table whose keys columns refer to",
            )
        return made

    cmd = add("suggest", "Rules that the data of a file suggests.", reads=True)
    cmd.add_argument("-o", "--out", type=Path, metavar="RULES.yaml", help="the file to write; else they are printed")
    cmd.add_argument("--kinds", metavar="KIND[,KIND]", help="only rules of these kinds")
    cmd.add_argument(
        "--reference", type=file_or_address, metavar="FILE", help="a file that columns are to be spread as"
    )
    cmd = add("check", "How a file fares by its rules: exit code 1 when one that blocks fails.", reads=True)
    cmd.add_argument("--rules", type=Path, required=True, metavar="RULES.yaml")
    cmd.add_argument("--failing", type=Path, metavar="ROWS.csv", help="write every failing row of every rule")
    cmd.add_argument("--quarantine", type=Path, metavar="ROWS", help="write the rows that break a rule that blocks")
    cmd.add_argument("--passing", type=Path, metavar="OUT", help="write all other rows")
    cmd = add("export", "Rules for another tool.")
    cmd.add_argument("rules", type=Path, metavar="RULES.yaml")
    cmd.add_argument("--to", required=True, choices=FORMATS)
    cmd.add_argument("-o", "--out", type=Path, required=True, metavar="OUT")
    cmd = add("import", "Rules from the file of another tool.")
    cmd.add_argument("contract", type=Path, metavar="FILE")
    cmd.add_argument("--from", dest="origin", required=True, choices=FORMATS[1:])
    cmd.add_argument("-o", "--out", type=Path, required=True, metavar="RULES.yaml")
