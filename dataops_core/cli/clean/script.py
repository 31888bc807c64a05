"""A recipe as a plain pandas or PySpark script.

dataops script recipe.json -o clean.py
dataops script recipe.json --for spark -o clean_spark.py
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.shared.output import print_json
from dataops_core.engines.spark.script import spark_script
from dataops_core.recipe import recipe as recipes
from dataops_core.recipe.script import script
from dataops_core.write import write_text


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("recipe", type=Path)
    parser.add_argument(
        "--for",
        dest="target",
        choices=("pandas", "spark"),
        default="pandas",
        help="what the script runs on: pandas (default), or a cluster with PySpark",
    )
    parser.add_argument("-o", "--out", type=Path, help="the script to write; without it, it is printed")


def run(args: argparse.Namespace) -> int:
    """A recipe as a plain pandas or PySpark script."""
    recipe = recipes.load(args.recipe)
    text = spark_script(recipe) if args.target == "spark" else script(recipe)
    if args.out:
        write_text(args.out, text)
    if args.json:
        return print_json({"script": None if args.out else text, "out": str(args.out) if args.out else None})
    if not args.out:
        print(text, end="")
    return 0
