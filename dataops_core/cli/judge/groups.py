"""Options and words that the commands on groups of people share."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from dataops_core.cli.shared.options import add_outcome, names
from dataops_core.errors import SettingError


def left_out(args: argparse.Namespace) -> list[str]:
    """The columns that no model may decide by."""
    return [*names(args.leave_out), *names(args.weight)]


def cuts(given: list[str]) -> dict[str, list[float]]:
    """Ranges of amounts as COLUMN=END[,END]."""
    try:
        return {name: [float(end) for end in ends.split(",")] for name, ends in (part.split("=", 1) for part in given)}
    except ValueError as error:
        raise SettingError(
            "These ranges cannot be read.", f"--cut {' '.join(given)}", "Write them as age=25,65."
        ) from error


def words_on_weights(features: Iterable[str]) -> list[str]:
    """A word about features that may be weights, which nobody can tell from their cells."""
    named = [name for name in features if "weight" in name.lower()]
    if not named:
        return []
    return [
        (
            f"The model decides by {', '.join(named)}. If weights of rows are meant (such as those of reweigh), they"
            f" tell it group and outcome: leave them out (--weight {','.join(named)})."
        )
    ]


def add_groups(parser: argparse.ArgumentParser) -> None:
    """The options that say whom and what to compare."""
    group = parser.add_argument_group("whom and what to compare")
    add_outcome(group)
    group.add_argument(
        "--cut",
        action="append",
        default=[],
        metavar="COLUMN=END[,END]",
        help="the ranges of a column of numbers, such as age=25,65",
    )


def add_learning(parser: argparse.ArgumentParser) -> None:
    """The options that say what a model may learn from."""
    group = parser.add_argument_group("what a model may learn from")
    group.add_argument(
        "--leave-out",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns that no model may decide by, such as marks",
    )
    group.add_argument(
        "--weight",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns of weights, made from group and outcome: no model may decide by them",
    )
    group.add_argument(
        "--split",
        metavar="COLUMN",
        help="the column that says train, validation, test: a model learns on the first and is judged on the last",
    )
    group.add_argument(
        "--model",
        choices=("linear", "trees"),
        default="linear",
        dest="kind",
        help="the model that decides (default: linear)",
    )
    group.add_argument("--seed", type=int, default=0, help="the same number gives the same result (default 0)")
