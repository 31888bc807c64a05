"""The command schedule: a recipe that runs by the clock."""

from __future__ import annotations

import argparse

from dataops_core.cli.output import print_json
from dataops_core.engines import check_plan, plan
from dataops_core.errors import SettingError
from dataops_core.export.schedule import Schedule, airflow_dag, cron_line
from dataops_core.recipe import recipe as recipes
from dataops_core.write import write_text


def schedule_command(args: argparse.Namespace) -> int:
    """A recipe as a line for cron, or as a DAG file for Airflow."""
    recipe = recipes.load(args.recipe)
    check_plan(plan(recipe, args.on), args.on)
    if args.master and args.on != "spark":
        raise SettingError("A master is for Spark.", f"--master {args.master}", "Add --on spark.")
    options = [] if args.on == "memory" else ["--on", args.on]
    options += ["--master", args.master] if args.master else []
    made = Schedule(recipe.name, args.every, str(args.recipe), args.source, args.to, args.rules, tuple(options))
    text = cron_line(made) if args.target == "cron" else airflow_dag(made)
    if args.out:
        write_text(args.out, text)
    if args.json:
        return print_json({"text": None if args.out else text, "out": str(args.out) if args.out else None})
    if not args.out:
        print(text, end="")
    return 0
