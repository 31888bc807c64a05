"""A recipe that runs by the clock: a line for cron, or a DAG for Airflow.

dataops schedule recipe.json "in/{date}.csv" --to "out/{date}.parquet" --every "0 6 * * *"
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.shared.output import print_json
from dataops_core.engines import check_plan, plan
from dataops_core.errors import SettingError
from dataops_core.export.schedule import Schedule, airflow_dag, cron_line
from dataops_core.recipe import recipe as recipes
from dataops_core.write import write_text


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("recipe", type=Path)
    parser.add_argument("source", metavar="FILE", help="the file or folder of each run; {date} stands for its day")
    parser.add_argument(
        "--to", required=True, metavar="OUT", help="the table that each run writes; {date} stands for its day"
    )
    parser.add_argument(
        "--every", required=True, metavar="CRON", help='five fields of cron: "0 6 * * 1" is Mondays at six'
    )
    parser.add_argument("--for", dest="target", choices=("cron", "airflow"), default="cron", help="default: cron")
    parser.add_argument(
        "--rules", default="", metavar="RULES.yaml", help="rules that the file must meet, or nothing runs"
    )
    parser.add_argument("--on", choices=("memory", "batches", "spark"), default="memory", help="where it runs")
    parser.add_argument("--master", metavar="URL", help="the Spark master")
    parser.add_argument(
        "--folder", type=Path, default=Path(), help="where the commands run, from which names count (default: here)"
    )
    parser.add_argument("-o", "--out", type=Path, help="the file to write; without it, it is printed")


def run(args: argparse.Namespace) -> int:
    """A recipe as a line for cron, or as a DAG file for Airflow."""
    recipe = recipes.load(args.recipe)
    check_plan(plan(recipe, args.on), args.on)
    if args.master and args.on != "spark":
        raise SettingError("A master is for Spark.", f"--master {args.master}", "Add --on spark.")
    options = [] if args.on == "memory" else ["--on", args.on]
    options += ["--master", args.master] if args.master else []
    folder = str(args.folder.absolute())
    made = Schedule(recipe.name, args.every, str(args.recipe), args.source, args.to, args.rules, tuple(options), folder)
    text = cron_line(made) if args.target == "cron" else airflow_dag(made)
    if args.out:
        write_text(args.out, text)
    if args.json:
        return print_json({"text": None if args.out else text, "out": str(args.out) if args.out else None})
    if not args.out:
        print(text, end="")
    return 0
