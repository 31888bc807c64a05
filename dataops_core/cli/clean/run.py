"""Replay a recipe on a file.

dataops run recipe.json march.csv -o clean.parquet
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import add_pii_reason
from dataops_core.cli.shared.other_tables import add_others, files_named, read_others
from dataops_core.cli.shared.output import print_json, reading, tell_problems
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.cli.shared.release import check_table, is_gated
from dataops_core.engines import bounded
from dataops_core.errors import SettingError
from dataops_core.progress import no_progress
from dataops_core.recipe import recipe as recipes
from dataops_core.recipe.replay import Run, run_recipe
from dataops_core.wording import counted
from dataops_core.write import write_file, write_text


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("-o", "--out", type=Path, help="the table to write (.parquet, .csv, …)")
    parser.add_argument("--fitted", type=Path, help="write the recipe with everything it learned")
    parser.add_argument(
        "--refit", action="store_true", help="learn again, even where the recipe carries learned values"
    )
    parser.add_argument(
        "--map", action="append", default=[], metavar="OLD=NEW", help="the recipe's column OLD is NEW in this file"
    )
    add_others(parser, "another table that a step of the recipe joins or appends")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    parser.add_argument(
        "--on",
        choices=("memory", "batches", "spark"),
        default="memory",
        help="where it runs: in memory (default), in batches on this machine, or on Apache Spark; with --dry-run, the"
        " last two list where each step would run",
    )
    parser.add_argument("--master", metavar="URL", help="the Spark master: spark://HOST:PORT (default: this machine)")
    parser.add_argument(
        "--pii-gate",
        action="store_true",
        help="look for direct identifiers in the result, as is always done where a step treats personal data",
    )
    add_pii_reason(parser)
    parser.add_argument(
        "--safe-csv", action="store_true", help="put ' before CSV cells that a spreadsheet would run as a formula"
    )


def run(args: argparse.Namespace) -> int:
    """Replay a recipe on a file."""
    recipe = recipes.load(args.recipe)
    if not (args.out or args.dry_run or args.fitted):
        raise SettingError("Nothing says where to write.", "run", "Give -o OUT, or --dry-run.")
    recipe = recipe.mapped(_mapping(args.map))
    if args.refit:
        recipe = recipe.unfitted()
    if args.on == "spark" or (args.on == "batches" and args.dry_run):
        from dataops_core.cli.clean.run_elsewhere import run_elsewhere

        return run_elsewhere(args, recipe)
    if args.master:
        raise SettingError("A master is for Spark.", f"--master {args.master}", "Add --on spark.")
    files = files_named(args.others, recipe)
    with reading(args, recipe) as (source, folder):
        others = read_others(recipe, files, folder)
        done = run_recipe(
            recipe,
            source.table,
            folder,
            tables=lambda name, _: others[name].table if name in others else None,
            progress=show_progress if args.on == "batches" else no_progress,
            bounded=bounded(keep=False) if args.on == "batches" else None,
        )
        released = None
        if done.failed is None and not args.dry_run:
            if args.out and is_gated(args, recipe.steps):
                released = check_table(done.table, done.recipe.steps, args.pii_reason, "run")
            if args.out:
                write_file(done.table, args.out, safe=args.safe_csv)
            if args.fitted:
                read = {name: other.options.to_json() for name, other in others.items()}
                fitted = replace(done.recipe, read=source.options.to_json(), tables=read or None)
                write_text(args.fitted, recipes.dump(fitted))
    told = {
        "rows": done.table.rows,
        "columns": done.table.names,
        "content_hash": done.table.content_hash,
        "problems": [vars(problem) for problem in source.problems],
        "steps": [outcome.to_json() for outcome in done.outcomes],
        "written": bool(args.out and not args.dry_run and not done.failed),
        "personal_data": released,
    }
    if args.json:
        print_json(told)
        return 2 if done.failed else 0
    tell_problems(source)
    _outcomes(done)
    if done.failed:
        raise SettingError(
            f'The step "{done.failed.op}" failed: {done.failed.reason}',
            f"step {len(done.outcomes)}",
            "Change its settings or switch it off. Nothing was written.",
        )
    return 0


def _outcomes(done: Run) -> None:
    for number, outcome in enumerate(done.outcomes, 1):
        d = outcome.difference
        effect = (
            f"{counted(sum(d.cells_changed.values()), 'cell')} changed, {counted(d.rows_dropped, 'row')} dropped,"
            f" {counted(d.rows_added, 'row')} added"
            if d
            else outcome.reason
        )
        effect += f" ({outcome.reason})" if d and outcome.reason else ""
        effect += f", {counted(sum(d.cells_emptied.values()), 'cell')} emptied" if d and d.cells_emptied else ""
        print(f"{number}. [{outcome.status}] {outcome.sentence}{': ' + effect if effect else ''}")
    print(
        f"{counted(done.table.rows, 'row')}, {counted(len(done.table.names), 'column')}, "
        f"content hash {done.table.content_hash}"
    )


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        old, sign, new = pair.partition("=")
        if not (old and sign and new):
            raise SettingError(f'"{pair}" is not a mapping.', "--map", "Write it as OLD=NEW.")
        found[old] = new
    return found
