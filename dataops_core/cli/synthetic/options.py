"""The options of a synthetic table, and the settings that they ask for."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops_core.cli.shared.options import names
from dataops_core.errors import SettingError
from dataops_core.table import Table

if TYPE_CHECKING:
    from dataops_core.synthetic import Settings


def settings_of(args: argparse.Namespace, table: Table) -> Settings:
    """The settings that the options and the plan ask for; raises SettingError for a column that the table has not."""
    from dataops_core.synthetic import Settings

    if args.sequence_index and not args.sequence_key:
        raise SettingError(
            "Whose rows follow each other is not said.", "--sequence-index", "Name the key too: --sequence-key COLUMN"
        )
    values = where(args.where)
    sensitive = names(args.sensitive)
    plain: dict[str, Any] = {
        "rows": args.rows,
        "engine": args.engine,
        "seed": args.seed,
        "epochs": args.epochs,
        "target": args.target,
        "sensitive": sensitive,
        **({"sequence": {"key": args.sequence_key, "index": args.sequence_index}} if args.sequence_key else {}),
        "where": [{"values": values, "rows": args.rows or table.rows}] if values else [],
    }
    settings = Settings.from_json(plain | _plan(args.plan))
    for name in (settings.target, *settings.sensitive):
        if name is not None:
            table.column(name)
    return settings


def _plan(path: Path | None) -> dict[str, Any]:
    """Settings in a file: columns, constraints, where, rare, …; what is there goes before the options."""
    if path is None:
        return {}
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SettingError(
            "The plan cannot be read.", str(path), 'Write a JSON document of settings, such as {"rare": 20}.'
        ) from error
    if not isinstance(plain, dict):
        raise SettingError(
            "The plan is not a JSON object.", str(path), 'Write a JSON document of settings, such as {"rare": 20}.'
        )
    return plain


def where(given: list[str]) -> dict[str, str]:
    """The values that rows are to have, from COLUMN=VALUE."""
    pairs = [part.split("=", 1) for part in given]
    if any(len(pair) != 2 or not pair[0] for pair in pairs):
        raise SettingError("This condition cannot be read.", f"--where {' '.join(given)}", "Write it as COLUMN=VALUE.")
    return {pair[0]: pair[1] for pair in pairs}


def add_settings(parser: argparse.ArgumentParser) -> None:
    """The options of a synthetic table."""
    parser.add_argument("--rows", type=int, help="how many rows to make (default: as many as the file has)")
    parser.add_argument(
        "--engine",
        default="gaussian_copula",
        help=(
            "gaussian_copula (default), trees, ctgan, tvae, copulagan, par for rows that follow each other, mostlyai or"
            " syndiffix where installed, or independent, the base line"
        ),
    )
    parser.add_argument(
        "--epochs",
        type=int,
        default=300,
        help="how often ctgan, tvae, copulagan, par and (at most) mostlyai go over the rows (default 300)",
    )
    parser.add_argument("--seed", type=int, default=0, help="the same number gives the same synthetic data (default 0)")
    parser.add_argument("--target", help="the column that models are to predict: says how useful the synthetic data is")
    parser.add_argument(
        "--sensitive",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help="columns by whose groups usefulness is told",
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="make only rows with this value; several are all to hold",
    )
    parser.add_argument(
        "--sequence-key", metavar="COLUMN", help="the column that says whose row each is, for par (default: as found)"
    )
    parser.add_argument(
        "--sequence-index",
        metavar="COLUMN",
        help="the column that says in which order they come (default: the order of the file)",
    )
    parser.add_argument(
        "--plan",
        type=Path,
        metavar="PLAN.json",
        help="settings: columns, constraints, rare, where, and the options above",
    )
    parser.add_argument("--purpose", default="", help="what the synthetic data is for, for the model card")
