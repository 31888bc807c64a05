"""Results of a table filled several times, pooled by Rubin's rules: means and shares, or a regression.

dataops pooled filled_several_times.csv --column income --by sex
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import names
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import SettingError

if TYPE_CHECKING:
    from dataops_core.imputation.rubin import Part

HEAD = ("estimate", "95 % from", "to", "standard error", "degrees of freedom", "lost to gaps")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument(
        "file",
        type=file_or_address,
        help="the table with the column imputation, which the step fill_several_times makes",
    )
    parser.add_argument("--column", help="the column whose mean, or shares of values, are pooled")
    parser.add_argument("--by", metavar="COLUMN", help="tell the mean or the shares by group")
    parser.add_argument("--target", help="the column of numbers that a linear regression explains")
    parser.add_argument(
        "--predictors", metavar="COLUMN[,COLUMN]", help="the columns of numbers that it is explained by"
    )


def run(args: argparse.Namespace) -> int:
    """Means, shares or a linear regression of a table filled several times, by Rubin's rules."""
    from dataops_core.imputation import pooled, regression
    from dataops_core.imputation.rubin import PooledMeans, PooledRegression

    if (
        bool(args.column) == bool(args.target)
        or bool(args.target) != bool(args.predictors)
        or (args.by and not args.column)
    ):
        raise SettingError(
            "It is not clear what to pool.",
            "pooled",
            "Name --column (and --by, if you like) for a mean, or --target and --predictors for a linear regression.",
        )
    with reading(args) as (source, _folder):
        if args.target:
            told: PooledRegression | PooledMeans = regression(source.table, args.target, names(args.predictors))
        else:
            told = pooled(source.table, args.column, args.by)
    if args.json:
        return print_json(told.to_json())
    if isinstance(told, PooledRegression):
        print(f"{args.target} by {', '.join(told.predictors)}: linear regression, pooled over {told.m} copies")
        print_table(("coefficient", *HEAD), [(name, *_row(each)) for name, each in told.coefficients.items()])
    else:
        print(f"{args.column}, pooled over {told.m} copies")
        print_table(
            (args.by or "rows", "value", *HEAD),
            [
                (group, value or "(mean)", *_row(each))
                for group, part in (("all", told.all), *told.groups.items())
                for value, each in part.items()
            ],
        )
    if told.warning:
        print(told.warning)
    return 0


def _row(each: Part) -> tuple[str, ...]:
    from dataops_core.imputation.rubin import NotPooled

    if isinstance(each, NotPooled):
        return (each.why_not, *[""] * 5)
    low, high = each.interval or (None, None)
    return (
        f"{each.estimate:.5g}",
        "" if low is None else f"{low:.5g}",
        "" if high is None else f"{high:.5g}",
        f"{each.standard_error:.3g}",
        "no limit" if each.df is None else f"{each.df:.1f}",
        f"{each.missing_information:.1%}",
    )
