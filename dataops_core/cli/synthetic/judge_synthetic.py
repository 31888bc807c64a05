"""Whether a synthetic table is alike, is useful, and does not reveal anyone.

dataops judge-synthetic sample_data/loan_applications.csv synthetic.csv
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import names
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options

if TYPE_CHECKING:
    from dataops_core.synthetic.evaluate.evaluate import Verdict
    from dataops_core.synthetic.evaluate.signals import Signal

SHOWN = 8


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("real", type=file_or_address, help="the rows that the synthetic ones were made from")
    parser.add_argument("synthetic", type=file_or_address)
    parser.add_argument(
        "--holdout",
        type=file_or_address,
        help="real rows that the generator never saw: without them, membership cannot be judged",
    )
    parser.add_argument(
        "--target", help="the column that models are to predict: says how useful the synthetic rows are"
    )
    parser.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns by whose groups usefulness is told",
    )
    parser.add_argument(
        "--key",
        metavar="COLUMN",
        help="the column that says whose row each is, where people have several: privacy is weighed by people",
    )
    parser.add_argument("--seed", type=int, default=0, help="the same number gives the same result (default 0)")


def run(args: argparse.Namespace) -> int:
    """Fidelity, usefulness and privacy of a synthetic table: exit code 1 when it gives real people away."""
    from contextlib import ExitStack

    from dataops_core.synthetic.evaluate.evaluate import judge

    by = names(args.by)
    with ExitStack() as open_files:
        real, synthetic, *rest = (
            open_files.enter_context(reading(args, file=path))[0].table
            for path in (args.real, args.synthetic, *([args.holdout] if args.holdout else []))
        )
        told = judge(
            real,
            synthetic,
            holdout=rest[0] if rest else None,
            target=args.target,
            by=by,
            key=args.key,
            seed=args.seed,
            progress=show_progress,
        )
    leak = int(told.privacy.verdict == "leak")
    if args.json:
        print_json(told.to_json())
        return leak
    _print(told)
    return leak


def _print(told: Verdict) -> None:
    rows = told.rows
    print(
        f"{rows.synthetic:,} synthetic rows, {rows.real:,} real ones,"
        f" {'no holdout' if rows.split else format(rows.holdout, ',') + ' held out'}"
    )
    for line in [*rows.words, *told.problems]:
        print(f"- {line}")
    print(f"Privacy: {told.privacy.verdict}")
    for line in told.words:
        print(line)
    signals = told.privacy.signals.items()
    print_table(
        ("signal", "value", "fresh rows", "p", "says"),
        [(name, _figure(each.value), _figure(each.expected), _figure(each.p), _says(each)) for name, each in signals],
    )
    columns = told.fidelity.columns[:SHOWN]
    if columns:
        print("Columns, the least alike first:")
        print_table(
            ("column", "alike", "real rows", "by"),
            [(each.column, f"{each.score:.3f}", f"{each.ceiling:.3f}", each.measure) for each in columns],
        )
    for column, groups in told.utility.by.items():
        print(f"Usefulness by {column}:")
        print_table(
            ("group", "rows", "synthetic", "real"),
            [(each.group, f"{each.rows:,}", _figure(each.synthetic), _figure(each.real)) for each in groups],
        )


def _says(each: Signal) -> str:
    return (
        "leak" if each.leak else "doubtful" if each.doubtful else "not measured" if each.value is None else "as usual"
    )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"
