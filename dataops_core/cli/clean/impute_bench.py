"""Which way of filling missing cells recovers hidden ones best.

dataops impute-bench sample_data/loan_applications.csv --methods mean,median --sensitive sex
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import add_gaps, add_keep, kept_folds, names
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options

if TYPE_CHECKING:
    from dataops_core.imputation.results import MethodRecovery


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("--methods", metavar="METHOD[,METHOD]", help="the methods to compare (default: all that fit)")
    add_gaps(parser)
    add_keep(parser)


def run(args: argparse.Namespace) -> int:
    """Compare the methods of filling missing values on this very table."""
    from dataops_core.imputation import bench

    with reading(args) as (source, _folder):
        told = bench(
            source.table,
            target=args.target,
            sensitive=names(args.sensitive),
            methods=names(args.methods) if args.methods is not None else None,
            seed=args.seed,
            split=args.split,
            time=args.time,
            kept=kept_folds(args),
            progress=show_progress,
        )
    if args.json:
        return print_json(told.to_json())
    sampled = "" if told.rows == told.of else f" (a sample of {told.of:,})"
    print(
        f"{told.rows:,} rows{sampled}; {sum(told.hidden.values()):,} known cells hidden and recovered,"
        f" {told.repeats} times each: {'; '.join(told.patterns.values())}"
    )
    print_table(
        (
            "method",
            "error (numbers)",
            "right (categories)",
            "distance (CRPS)",
            "held (95 %)",
            "distribution",
            "correlations",
            "score",
            "seconds",
            "",
        ),
        [
            (
                name,
                _ranged(each, "nrmse", ".3f"),
                _ranged(each, "accuracy", ".1%"),
                _number(each.crps, ".3f"),
                _number(each.coverage, ".1%"),
                *[_number(each.of(what), ".3f") for what in ("wasserstein", "correlations", "score")],
                _number(each.seconds, ".2f"),
                "one value in some column" if each.degenerate else "",
            )
            for name, each in told.methods.items()
        ],
    )
    for name in names(args.sensitive):
        for method, each in told.methods.items():
            groups = [
                f"{group} {_number(of.nrmse, '.3f')} {_number(of.accuracy, '.1%')}".strip()
                for group, of in each.by_group.get(name, {}).items()
            ]
            print(f"{method} by {name}: {'; '.join(groups)}")
    for line in (*(f"{name} was left out: {reason}" for name, reason in told.failed.items()), *told.notes):
        print(line)
    print(f"Recommended: {told.advice.recommended}. {told.advice.reason}")
    print("Steps: " + "; ".join(f"{step['op']} {step['with']}" for step in told.advice.steps))
    return 0


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _ranged(each: MethodRecovery, what: str, form: str) -> str:
    around = each.interval_of(what)
    return _number(each.of(what), form) + (f" ({around[0]:{form}} to {around[1]:{form}})" if around else "")
