"""Options that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from dataops_core.cli.addresses import file_or_address


def _add_outcome(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--target", help="the column with the outcome")
    group.add_argument("--favorable", metavar="VALUE", help="the outcome that people wish for")
    group.add_argument(
        "--sensitive", action="append", default=[], metavar="COLUMN[,COLUMN]", help="columns that say who a person is"
    )


def add_roles(parser: argparse.ArgumentParser) -> None:
    """The options that say what the columns are for."""
    group = parser.add_argument_group("what the columns are for")
    _add_outcome(group)
    group.add_argument("--today", metavar="DATE", help="the day after which nothing has happened yet (default: today)")


def add_groups(parser: argparse.ArgumentParser) -> None:
    """The options that say whom and what to compare."""
    group = parser.add_argument_group("whom and what to compare")
    _add_outcome(group)
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


def add_twin(cmd: argparse.ArgumentParser) -> None:
    """The options of a twin."""
    cmd.add_argument("--rows", type=int, help="how many rows to make (default: as many as the file has)")
    cmd.add_argument(
        "--engine",
        default="gaussian_copula",
        help=(
            "gaussian_copula (default), trees, ctgan, tvae, copulagan, par for rows that follow each other, mostlyai or"
            " syndiffix where installed, or independent, the base line"
        ),
    )
    cmd.add_argument(
        "--epochs",
        type=int,
        default=300,
        help="how often ctgan, tvae, copulagan, par and (at most) mostlyai go over the rows (default 300)",
    )
    cmd.add_argument("--seed", type=int, default=0, help="the same number gives the same twin (default 0)")
    cmd.add_argument("--target", help="the column that models are to predict: says how useful the twin is")
    cmd.add_argument(
        "--sensitive",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns by whose groups usefulness is told",
    )
    cmd.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="make only rows with this value; several are all to hold",
    )
    cmd.add_argument(
        "--sequence-key", metavar="COLUMN", help="the column that says whose row each is, for par (default: as found)"
    )
    cmd.add_argument(
        "--sequence-index",
        metavar="COLUMN",
        help="the column that says in which order they come (default: the order of the file)",
    )
    cmd.add_argument(
        "--plan",
        type=Path,
        metavar="PLAN.json",
        help="settings: columns, constraints, rare, where, and the options above",
    )
    cmd.add_argument("--purpose", default="", help="what the twin is for, for the model card")


def add_anonymize(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command that makes a table k-anonymous."""
    cmd = add(
        "anonymize",
        "Make a table k-anonymous with the weakest generalization that is enough, and say what it costs.",
        "anonymize",
        reads=True,
    )
    cmd.add_argument("file", type=file_or_address)
    cmd.add_argument("--k", type=int, required=True, help="rows that must be alike, at least")
    cmd.add_argument(
        "--quasi",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns that others may know (default: those that are proposed)",
    )
    cmd.add_argument("--l", type=int, default=1, help="different values of --sensitive in each group, at least")
    cmd.add_argument("--sensitive", metavar="COLUMN", help="a column that nobody should learn; counted for l and t")
    cmd.add_argument(
        "--suppress", type=float, default=0.02, metavar="SHARE", help="rows that may be dropped (default: 0.02 of all)"
    )
    cmd.add_argument(
        "--identifiers",
        choices=("drop", "hash", "pseudonym", "mask", "keep"),
        default="drop",
        help="what becomes of columns with direct identifiers (default: drop); texts that hold some are redacted",
    )
    cmd.add_argument("--locale", default="en_US", help="language and country of pseudonyms (default: en_US)")
    cmd.add_argument("--target", metavar="COLUMN", help="score a model that predicts this column, before and after")
    cmd.add_argument("--seed", type=int, default=0, help="the same number gives the same folds (default 0)")
    cmd.add_argument("-o", "--out", type=Path, help="the table to write (.parquet, .csv, …)")
    cmd.add_argument("--recipe", type=Path, metavar="R.json", help="write the steps as a recipe")


def add_comparison(cmd: argparse.ArgumentParser) -> None:
    """The options of a comparison of recipes."""
    cmd.add_argument("--target", required=True, help="the column that a model predicts")
    cmd.add_argument("--favorable", metavar="VALUE", help="the outcome that people wish for: needed for fairness gaps")
    cmd.add_argument(
        "--sensitive",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns that say who a person is: gaps between their groups are measured",
    )
    cmd.add_argument(
        "--leave-out", action="append", default=[], metavar="COLUMN[,COLUMN]", help="columns that no model may see"
    )
    cmd.add_argument("--grid", type=Path, metavar="GRID.json", help="choices whose combinations are compared")
    cmd.add_argument("--base", type=Path, metavar="RECIPE", help="the recipe that the grid goes on from")
    cmd.add_argument(
        "--model", choices=("linear", "trees"), default="linear", help="the model that learns (default: linear)"
    )
    cmd.add_argument(
        "--measure",
        metavar="MEASURE",
        help=(
            "what decides: roc_auc (default), pr_auc, balanced_accuracy, accuracy, brier, calibration; for numbers r2"
            " (default), rmse, mae"
        ),
    )
    cmd.add_argument("--split", metavar="COLUMN", help="the column that says train, validation or test")
    cmd.add_argument("--groups", metavar="COLUMN", help="rows with the same value here stay in one fold")
    cmd.add_argument("--time", metavar="COLUMN", help="judge by later rows only, in the order of this column")
    cmd.add_argument("--folds", type=int, default=5, help="folds (default 5)")
    cmd.add_argument("--repeats", type=int, default=2, help="how often rows are dealt into folds (default 2)")
    cmd.add_argument("--seed", type=int, default=0, help="the same number gives the same result (default 0)")
    cmd.add_argument("--sample", type=int, default=20_000, metavar="ROWS", help="at most so many rows (default 20000)")
    cmd.add_argument("--learning-curve", action="store_true", help="also learn from fewer rows: would more help?")
    cmd.add_argument("--all-folds", action="store_true", help="do not stop recipes early that are clearly worse")
    cmd.add_argument("--keep", type=Path, metavar="FOLDER", help="keep finished folds there, and go on from them")
    cmd.add_argument("--script", type=Path, metavar="OUT.py", help="write a script that reproduces the scoreboard")
    cmd.add_argument(
        "--pipeline",
        type=Path,
        metavar="OUT.skops",
        help="write the recommended recipe with its model, for scikit-learn",
    )
    cmd.add_argument("--recipe", type=Path, metavar="OUT.json", help="write the recommended recipe")
