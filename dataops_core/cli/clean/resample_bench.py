"""What balancing the classes of a target would do to a model, method by method.

dataops resample-bench sample_data/loan_applications.csv --target approved --methods over_random,weights
"""

from __future__ import annotations

import argparse
from typing import Any

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import add_keep, add_outcome, kept_folds, names
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.resampling import bench

_SIGN = {"better": "+", "worse": "-", "no clear difference": "="}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    add_outcome(parser, required=True)
    parser.add_argument(
        "--methods", action="append", default=[], metavar="METHOD[,METHOD]", help="only these (default: all that fit)"
    )
    parser.add_argument(
        "--split", metavar="COLUMN", help="the column that says train, validation or test; only training rows are used"
    )
    parser.add_argument(
        "--model", choices=("linear", "trees"), default="linear", help="the model that judges (default: linear)"
    )
    parser.add_argument("--seed", type=int, default=0, help="the same number gives the same result (default 0)")
    add_keep(parser)


def run(args: argparse.Namespace) -> int:
    """What each method of balancing classes does to a model's judgement."""
    sensitive = names(args.sensitive)
    methods = names(args.methods) or None
    with reading(args) as (source, _folder):
        told = bench(
            source.table,
            args.target,
            favorable=args.favorable,
            sensitive=sensitive,
            methods=methods,
            seed=args.seed,
            split=args.split,
            kind=args.model,
            kept=kept_folds(args),
            progress=show_progress,
        )
    if args.json:
        return print_json(told)
    of = "" if told["rows"] == told["of"] else f" (a sample of {told['of']:,})"
    print(
        f'{told["rows"]:,} rows{of}; the rarest class of {told["target"]} is "{told["rare"]}"; {told["repeats"]} x'
        f" {told['folds']} folds, {told['model']} model"
    )
    titles = {
        "balanced_accuracy": "balanced acc.",
        "pr_auc": "PR-AUC",
        "roc_auc": "ROC-AUC",
        "brier": "Brier",
        "calibration": "calibration",
    }
    print_table(
        ("method", *titles.values(), "seconds"),
        [_line(name, each, list(titles)) for name, each in told["methods"].items()],
    )
    print(
        "Against doing nothing: + better, - worse, = no clear difference (95 % interval). Brier and calibration: less"
        " is better."
    )
    for column in sensitive:
        for name, each in told["methods"].items():
            groups = ", ".join(
                f"{group} {g['recall']:.1%}" for group, g in each["by_group"][column].items() if g["recall"] is not None
            )
            print(f'{name}: "{told["rare"]}" found, by {column}: {groups}')
    for name, why in told["left_out"].items():
        print(f"- left out: {name} ({why})")
    print(f"Recommended: {told['recommended'] or 'nothing'}. {told['reason']}")
    return 0


def _line(name: str, each: dict[str, Any], measures: list[str]) -> tuple[str, ...]:
    cells = [
        f"{each['means'][measure]['mean']:.3f}"
        + (f" {_SIGN[each['difference'][measure]['verdict']]}" if name != "nothing" else "")
        for measure in measures
    ]
    return (f"{name} ({each['variant']})" if each["variant"] else name, *cells, f"{each['seconds']:.1f}")
