"""Weigh rows so that each group has the favorable outcome as often.

dataops reweigh sample_data/loan_applications.csv --target approved --favorable yes --sensitive sex -o weighted.csv
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.judge.groups import add_groups, cuts
from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import names
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import SettingError
from dataops_core.wording import counted


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    add_groups(parser)
    parser.add_argument(
        "--into", default="weight", metavar="COLUMN", help="the new column with the weights (default: weight)"
    )
    parser.add_argument("-o", "--out", type=Path, required=True, help="the table to write (.parquet, .csv, …)")


def run(args: argparse.Namespace) -> int:
    """Write the table with a column of weights under which every group has the good outcome as often."""
    from dataops_core.recipe.recipe import Recipe, RecipeStep
    from dataops_core.recipe.replay import run_recipe
    from dataops_core.write import write_file

    settings = {
        "target": args.target,
        "by": names(args.sensitive),
        "favorable": args.favorable,
        "into": args.into,
        "cuts": {name: ", ".join(f"{end:g}" for end in ends) for name, ends in cuts(args.cut).items()},
    }
    with reading(args) as (source, folder):
        done = run_recipe(Recipe("reweigh", 0, (RecipeStep("reweigh", settings),)), source.table, folder)
        if done.failed:
            raise SettingError(done.failed.reason, "reweigh", "Choose other settings.")
        outcome = done.outcomes[0]
        if outcome.status != "done" or outcome.learned is None:
            raise SettingError(outcome.reason, "reweigh", "Choose another target.")
        write_file(done.table, args.out)
    weights = [{"outcome": key[0], "group": key[1:], "weight": weight} for key, weight in outcome.learned["weights"]]
    if args.json:
        return print_json(
            {"out": str(args.out), "column": args.into, "weights": weights, "step": {"op": "reweigh", "with": settings}}
        )
    print(f"{counted(done.table.rows, 'row')}, with weights in {args.into}: {args.out}")
    good = {True: args.favorable, False: f"not {args.favorable}"}
    print_table(
        ("outcome", "group", "weight"),
        [
            (
                str(good.get(e["outcome"], e["outcome"])),
                ", ".join(p or "unknown" for p in e["group"]),
                f"{e['weight']:.4f}",
            )
            for e in weights
        ],
    )
    return 0
