"""Whether the chains of filling several times have settled: traces and R-hat.

dataops impute-chains sample_data/loan_applications.csv --columns income --using age,city --chains 3
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import names
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("--columns", metavar="COLUMN[,COLUMN]", help="the columns to fill (default: all with gaps)")
    parser.add_argument(
        "--using", metavar="COLUMN[,COLUMN]", help="the columns to predict from (default: all that can be used)"
    )
    parser.add_argument(
        "--logarithm", metavar="COLUMN[,COLUMN]", default="", help="columns that are drawn as logarithms"
    )
    parser.add_argument(
        "--draw",
        choices=("model", "matching"),
        default="model",
        help="how numbers are drawn; with matching it is said whether there are donors enough",
    )
    parser.add_argument("--chains", type=int, default=5, help="chains, from 3 to 20 (default 5)")
    parser.add_argument("--iterations", type=int, default=25, help="iterations of each, from 20 to 200 (default 25)")
    parser.add_argument(
        "--split", metavar="COLUMN", help="the column that says train, validation, test: only training rows are used"
    )
    parser.add_argument("--seed", type=int, default=0, help="the start of every random choice (default 0)")


def run(args: argparse.Namespace) -> int:
    """Whether the chains of filling several times have settled; exit code 1 where they have not, or where donors are
    too few.
    """
    from dataops_core.imputation import chains

    with reading(args) as (source, _folder):
        told = chains(
            source.table,
            names(args.columns),
            using=names(args.using),
            logarithm=names(args.logarithm),
            draw=args.draw,
            chains=args.chains,
            iterations=args.iterations,
            split=args.split,
            seed=args.seed,
            progress=show_progress,
        )
    failed = int(told.settled is False or bool(told.warnings))
    if args.json:
        print_json(told.to_json())
        return failed
    sampled = "" if told.rows == told.of else f" (a sample of {told.of:,})"
    print(
        f"{told.rows:,} rows{sampled}; {told.chains} chains of {told.iterations} iterations; R-hat without the"
        f" first {told.rounds}"
    )
    print_table(
        ("column", "cells", "of", "R-hat", "first iteration", "last iteration"),
        [
            (
                name,
                f"{each.cells:,}",
                what if each.value is None else f"share of {each.value}",
                "" if each.r_hat[what] is None else f"{each.r_hat[what]:.3f}",
                *[", ".join(f"{line[at]:.4g}" for line in lines) for at in (0, -1)],
            )
            for name, each in told.columns.items()
            for what, lines in each.traces.items()
        ],
    )
    for words in (told.words, *told.warnings):
        print(words)
    return failed
