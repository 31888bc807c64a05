"""The command `explore`: the numbers of a chart, or the chart itself as one HTML file."""

from __future__ import annotations

import argparse

from dataops_core.cli.output import print_json, print_table, reading, tell_problems
from dataops_core.explore import chart_data
from dataops_core.explore.as_table import as_table
from dataops_core.write.file import write_text


def explore_command(args: argparse.Namespace) -> int:
    """A chart of some columns, counted on all rows."""
    columns = [name for name in (args.columns or "").split(",") if name]
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
