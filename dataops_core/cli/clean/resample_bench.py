"""Commands about class balance: resample-bench."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from dataops_core.cli.output import print_json, print_table, reading
from dataops_core.resampling import bench

_SIGN = {"better": "+", "worse": "-", "no clear difference": "="}


def resample_bench_command(args: argparse.Namespace) -> int:
    """What each method of balancing classes does to a model's judgement."""
    sensitive = [name for part in args.sensitive for name in part.split(",") if name]
    methods = [name for part in args.methods for name in part.split(",") if name] or None
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
            progress=_tell,
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


def _tell(share: float, note: str) -> None:
    """Progress, on one line that is written over, for somebody who looks on."""
    if sys.stderr.isatty():
        print(f"\r{share:4.0%}  {note[:60]:60}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)
