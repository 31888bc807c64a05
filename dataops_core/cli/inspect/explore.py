"""The chart that fits some columns, counted on all rows.

dataops explore sample_data/loan_applications.csv --columns income,housing --html chart.html
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import names
from dataops_core.cli.shared.output import print_json, print_table, reading, tell_problems
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.explore import chart_data
from dataops_core.explore.as_table import as_table
from dataops_core.write.file import write_text


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("--columns", metavar="A[,B]", help="one to four columns (default: the map of missing cells)")
    parser.add_argument("--chart", metavar="KIND", help="another kind of chart than the one that fits best")
    parser.add_argument("--color", metavar="COLUMN", help="tell the values of this column apart by color")
    parser.add_argument("--facet", metavar="COLUMN", help="one chart for each value of this column")
    parser.add_argument("--html", type=Path, metavar="OUT.html", help="write the chart as one HTML file")


def run(args: argparse.Namespace) -> int:
    """A chart of some columns, counted on all rows."""
    columns = names(args.columns)
    with reading(args) as (source, _folder):
        chart = chart_data(source.table, columns, kind=args.chart, color=args.color, facet=args.facet)
    if args.html:
        from dataops_core.explore.figure import figure

        write_text(args.html, figure(chart).to_html(include_plotlyjs=True))
    if args.json:
        return print_json(chart)
    tell_problems(source)
    table = as_table(chart)
    print(f"{chart['kind']}, {chart['rows']:,} rows, {chart['missing']:,} without a value left out")
    print_table(
        [str(name) for name in table.columns],
        [[_short(cell) for cell in row] for row in table.head(60).to_numpy()],
    )
    return 0


def _short(cell: object) -> str:
    return f"{cell:,.6g}" if isinstance(cell, float) else str(cell)
