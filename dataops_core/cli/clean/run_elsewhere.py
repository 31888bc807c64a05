"""The command `run` on another engine than memory."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dataops_core.cli.shared.other_tables import files_named, read_others
from dataops_core.cli.shared.output import options_of, print_json
from dataops_core.engines import EngineRun, PlannedStep, check_plan, plan
from dataops_core.engines.spark.session import LOCAL
from dataops_core.errors import SettingError
from dataops_core.printable import printable
from dataops_core.recipe import recipe as recipes
from dataops_core.recipe.recipe import Recipe
from dataops_core.scratch import scratch_folder
from dataops_core.table import Table
from dataops_core.wording import counted
from dataops_core.write import write_text


def run_elsewhere(args: argparse.Namespace, recipe: Recipe) -> int:
    """Replay a recipe on Spark; with --dry-run, say where each step would run there, or in batches."""
    if args.master and args.on != "spark":
        raise SettingError("A master is for Spark.", f"--master {args.master}", "Add --on spark.")
    planned = plan(recipe, args.on)
    if args.dry_run:
        return _tell_plan(args, planned)
    if not args.out:
        raise SettingError("Nothing says where to write.", f"run --on {args.on}", "Give -o OUT.")
    if args.pii_gate:
        raise SettingError("What Spark writes is not looked through.", "--pii-gate", "Run `pii` on the result.")
    check_plan(planned, args.on)
    files = files_named(args.others, recipe)
    with scratch_folder() as folder:
        others = read_others(recipe, files, folder)
        done = _run(args, recipe, {name: other.table for name, other in others.items()}, folder)
        if args.fitted:
            read = {name: other.options.to_json() for name, other in others.items()}
            write_text(args.fitted, recipes.dump(replace(done.recipe, tables=read or None)))
    if args.json:
        return print_json(done.to_json() | {"written": True})
    for problem in done.problems:
        print(printable(f"- {problem['what']} ({problem['where']}) {problem['fix']}", one_line=True))
    for number, outcome in enumerate(done.outcomes, 1):
        print(f"{number}. [{outcome.status}] {outcome.sentence}{': ' + outcome.reason if outcome.reason else ''}")
    print(f"{counted(done.rows, 'row')}, {counted(len(done.types), 'column')}, content hash {done.content_hash}")
    return 0


def _run(args: argparse.Namespace, recipe: Recipe, tables: dict[str, Table], folder: Path) -> EngineRun:
    from dataops_core.engines.spark import run_on_spark, spark_session
    from dataops_core.engines.spark.delta import places_of

    places_of(Path(args.file), args.out)  # before a cluster is asked for anything
    with spark_session(folder, args.master or LOCAL) as spark:
        return run_on_spark(
            spark, recipe, Path(args.file), args.out, options=options_of(args), tables=tables, safe=args.safe_csv
        )


def _tell_plan(args: argparse.Namespace, planned: Sequence[PlannedStep]) -> int:
    refused = any(each.refused for each in planned)
    if args.json:
        told: dict[str, Any] = {"on": args.on, "steps": [each.to_json() for each in planned], "can_run": not refused}
        print_json(told)
        return 2 if refused else 0
    for each in planned:
        mark = "cannot run" if each.refused else "off" if each.entry.off else "runs"
        learns = f"; {each.learns}" if each.learns else ""
        print(f"{each.number}. [{mark}] {each.entry.sentence}: {each.where}{learns}")
    check_plan(planned, args.on)
    return 0
