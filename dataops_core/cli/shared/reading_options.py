"""The options of every command that reads a file; `output.options_of` takes them up."""

from __future__ import annotations

import argparse


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a file is to be read."""
    group = parser.add_argument_group("how to read the file (all found out from the file itself, unless given)")
    group.add_argument(
        "--format",
        help="csv, excel, parquet, json, jsonl, feather, orc, stata, spss, sas, sqlite or duckdb",
    )
    group.add_argument("--encoding")
    group.add_argument("--delimiter")
    group.add_argument("--quote")
    group.add_argument("--header-row", type=int, help="number of the header line from 0; -1: there is none")
    group.add_argument("--decimal", choices=(".", ","))
    group.add_argument("--missing-tokens", nargs="*", help="cells that mean: nothing here")
    group.add_argument("--sheet", help="sheet of a workbook, or table of a database")
    group.add_argument("--header-rows", type=int, help="how many lines the header goes over (default 1)")
    group.add_argument("--table", type=int, help="number of the table from 1, in a text file or on a sheet of several")
    group.add_argument("--explode", metavar="COLUMN", help="column of JSON whose arrays make a row for every element")
    group.add_argument(
        "--reading-repairs",
        nargs="*",
        metavar="NAME",
        help="what reading may repair (all, unless given; without a name: nothing): bytes, preamble, header, tables,"
        ' footnotes, quotes, delimiters, widths; on sheets: "blank rows", totals, footnotes, "merged cells"',
    )
    group.add_argument(
        "--lenient",
        action="store_true",
        default=None,
        help="read a file with doubled or missing column names, or without rows, and mend it",
    )
