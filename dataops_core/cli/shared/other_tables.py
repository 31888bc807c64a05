"""The tables beside the one that a command is about: --with NAME=FILE."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from dataops_core.cli.shared.addresses import Address, fetch_address, file_or_address
from dataops_core.errors import SettingError, nearest
from dataops_core.read import Source
from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.source import read_for_table


def add_others(parser: argparse.ArgumentParser, what: str) -> None:
    """The option that names other tables; `what` says which they are."""
    parser.add_argument("--with", dest="others", action="append", default=[], metavar="NAME=FILE", help=what)


def files_named(pairs: Sequence[str], recipe: Recipe | None = None) -> dict[str, Path | Address]:
    """The files or addresses of the other tables, by name. Raises SettingError where one is not there, or where no step
    of the recipe works with it.
    """
    found: dict[str, Path | Address] = {}
    for pair in pairs:
        name, sign, path = pair.partition("=")
        if not (name and sign and path):
            raise SettingError(f'"{pair}" names no table.', "--with", "Write it as NAME=FILE.")
        if recipe and name not in recipe.tables_needed:
            raise SettingError(
                f'No step of the recipe works with a table "{name}".', "--with", nearest(name, recipe.tables_needed)
            )
        found[name] = file_or_address(path)
        if not isinstance(found[name], Address) and not Path(path).is_file():
            raise SettingError("There is no such file.", f"--with {pair}", "Check the path.")
    return found


def at_hand(files: Mapping[str, Path | Address], folder: Path) -> dict[str, Path]:
    """The files as they are, or fetched from their addresses into a folder."""
    return {
        name: fetch_address(given.text, folder / f"other{number}") if isinstance(given, Address) else given
        for number, (name, given) in enumerate(files.items())
    }


def read_others(recipe: Recipe, files: Mapping[str, Path | Address], folder: Path) -> dict[str, Source]:
    """The other tables, read as the recipe says."""
    return {
        name: read_for_table(recipe, name, file, folder / f"{number}.parquet")
        for number, (name, file) in enumerate(at_hand(files, folder).items())
    }
