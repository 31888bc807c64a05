"""The table that rules are about: its options, its day, and the tables beside it."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.other_tables import add_others, files_named, read_others
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import SettingError
from dataops_core.recipe.recipe import Recipe
from dataops_core.scratch import scratch_folder
from dataops_core.table import Table

FORMATS = ("pandera", "great-expectations", "frictionless", "odcs")


def today(args: argparse.Namespace) -> str:
    """The day that freshness is measured by."""
    if not args.today:
        return datetime.date.today().isoformat()  # noqa: DTZ011 - the user's own day
    try:
        return datetime.date.fromisoformat(args.today).isoformat()
    except ValueError:
        raise SettingError(f'"{args.today}" is not a date.', "--today", "Write it like 2024-12-31.") from None


@contextmanager
def other_tables(pairs: Sequence[str]) -> Iterator[dict[str, Table]]:
    """The other tables, read."""
    with scratch_folder() as folder:
        yield {name: source.table for name, source in read_others(Recipe(), files_named(pairs), folder).items()}


def add_table(parser: argparse.ArgumentParser) -> None:
    """The options of a table, and of the tables that it refers to."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("--today", metavar="DATE", help="the day that freshness is measured by (default: today)")
    add_others(parser, "another table whose keys columns refer to")
