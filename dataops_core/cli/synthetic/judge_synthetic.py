"""The command about synthetic tables of anybody's making: judge-synthetic."""

from __future__ import annotations

import argparse
from typing import Any

from dataops_core.cli.inspect import _tell
from dataops_core.cli.output import print_json, print_table, reading

SHOWN = 8


def judge_synthetic_command(args: argparse.Namespace) -> int:
    """Fidelity, usefulness and privacy of a synthetic table: exit code 1 when it gives real people away."""
    from contextlib import ExitStack

    from dataops_core.synthetic.evaluate.evaluate import judge

    by = [name for part in args.by for name in part.split(",") if name]
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
            progress=_tell,
        )
    leak = int(told["privacy"]["verdict"] == "leak")
    if args.json:
        print_json(told)
        return leak
    _print(told)
    return leak


def _print(told: dict[str, Any]) -> None:
    rows = told["rows"]
    print(
        f"{rows['synthetic']:,} synthetic rows, {rows['real']:,} real ones,"
        f" {'no holdout' if rows['split'] else format(rows['holdout'], ',') + ' held out'}"
    )
    for line in [*rows["words"], *told["problems"]]:
        print(f"- {line}")
    print(f"Privacy: {told['privacy']['verdict']}")
    for line in told["words"]:
        print(line)
    signals = told["privacy"]["signals"].items()
    print_table(
        ("signal", "value", "fresh rows", "p", "says"),
        [
            (name, _figure(each["value"]), _figure(each["expected"]), _figure(each["p"]), _says(each))
            for name, each in signals
        ],
    )
    columns = told["fidelity"]["columns"][:SHOWN]
    if columns:
        print("Columns, the least alike first:")
        print_table(
            ("column", "alike", "real rows", "by"),
            [(each["column"], f"{each['score']:.3f}", f"{each['ceiling']:.3f}", each["measure"]) for each in columns],
        )
    for column, groups in told["utility"]["by"].items():
        print(f"Usefulness by {column}:")
        print_table(
            ("group", "rows", "synthetic", "real"),
            [
                (each["group"], f"{each['rows']:,}", _figure(each["synthetic"]), _figure(each["real"]))
                for each in groups
            ],
        )


def _says(each: dict[str, Any]) -> str:
    return (
        "leak"
        if each["leak"]
        else "doubtful"
        if each["doubtful"]
        else "not measured"
        if each["value"] is None
        else "as usual"
    )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"
