"""Options that several commands share, and the names of columns in them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataops_core.evaluation.kept_folds import KeptFolds


def add_outcome(group: argparse._ArgumentGroup | argparse.ArgumentParser, *, required: bool = False) -> None:
    """The options that name the outcome, and whom to compare."""
    group.add_argument("--target", required=required, help="the column with the outcome")
    group.add_argument("--favorable", metavar="VALUE", help="the outcome that people wish for")
    group.add_argument(
        "--sensitive", action="append", default=[], metavar="COLUMN[,COLUMN]", help="columns that say who a person is"
    )


def add_gaps(parser: argparse.ArgumentParser) -> None:
    """The options that say what the columns are for, where cells are missing."""
    group = parser.add_argument_group("what the columns are for")
    group.add_argument("--target", help="the column with the outcome; it is neither filled nor predicted from")
    group.add_argument(
        "--sensitive",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns by whose groups results are told",
    )
    group.add_argument("--time", metavar="COLUMN", help="the column that orders the rows")
    group.add_argument(
        "--split", metavar="COLUMN", help="the column that says train, validation, test: only training rows are used"
    )
    group.add_argument("--seed", type=int, default=0, help="the start of every random choice (default 0)")


def add_pii_reason(parser: argparse.ArgumentParser) -> None:
    """The option with which direct identifiers may leave."""
    parser.add_argument(
        "--pii-reason",
        default="",
        metavar="TEXT",
        help="why direct identifiers that no step treats may leave; without it they stop the command",
    )


def add_keep(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """The option that keeps what is finished of a long comparison."""
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep finished folds there, and go on from them when run again"
    )


def kept_folds(args: argparse.Namespace) -> KeptFolds | None:
    """Where finished folds are kept; None where nothing was said of it."""
    from dataops_core.evaluation.kept_folds import InFolder

    return InFolder(args.keep) if args.keep else None


def names(given: Iterable[str] | str | None) -> list[str]:
    """The names in COLUMN[,COLUMN], given once or several times.

    >>> names(["age,sex", "city"]), names("age,sex"), names(None)
    (['age', 'sex', 'city'], ['age', 'sex'], [])
    """
    given = [given or ""] if given is None or isinstance(given, str) else given
    return [name for part in given for name in part.split(",") if name]
