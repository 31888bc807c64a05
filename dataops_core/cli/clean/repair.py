"""Right values for cells that are probably wrong, and how sure they are.

dataops repair sample_data/loan_applications.csv --sure 0.95 --recipe repairs.json
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.output import print_json, print_table, reading
from dataops_core.cli.shared.reading_options import add_reading_options
from dataops_core.errors import SettingError
from dataops_core.hashing import canonical
from dataops_core.printable import printable
from dataops_core.read import Source, raw_rows
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.scratch import replaced

COLUMNS = ("row", "column", "old", "new", "sure", "cause", "why")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument(
        "--labels", type=Path, metavar="L.csv", help="right values that a person gave: row,column,value"
    )
    parser.add_argument("--sure", type=float, default=0.9, help="least share that repairs must be sure (default 0.9)")
    parser.add_argument(
        "--recipe", type=Path, metavar="OUT.json", help="write the repairs that are sure enough as a recipe"
    )
    parser.add_argument(
        "--repairs",
        type=Path,
        metavar="OUT.csv",
        help="write every proposal, dates as the file has them; rows count from 0",
    )
    parser.add_argument(
        "--show", type=int, default=20, metavar="N", help="so many proposals on the screen (default 20)"
    )
    parser.add_argument(
        "--target", metavar="T", help="score a model that predicts this column, before and after repair"
    )
    parser.add_argument("--column", help="rewrite this column by example, and propose nothing else")
    parser.add_argument(
        "--example", nargs=2, action="append", metavar=("OLD", "NEW"), help="a value of --column, and what it becomes"
    )


def run(args: argparse.Namespace) -> int:
    """Proposed repairs of a file: exit code 1 when there are any that are sure enough."""
    from dataops_core.repair.labels import read_labels
    from dataops_core.repair.propose import propose
    from dataops_core.repair.recipe import accept, steps_of

    if args.column or args.example:
        return _by_example(args)
    if not 0 <= args.sure <= 1:
        raise SettingError(f"{args.sure} is not a share.", "--sure", "Give a number from 0 to 1, such as 0.9.")
    with reading(args) as (source, folder):
        labels = read_labels(args.labels, source.table.names, source.table.rows) if args.labels else None
        found = propose(source.table, labels)
        taken = accept(found.repairs, args.sure)
        if args.repairs:
            with replaced(args.repairs) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(COLUMNS)
                for each in _as_in_file(found.repairs, source, args):
                    plain = each.to_json()
                    writer.writerow(["" if plain[name] is None else plain[name] for name in COLUMNS])
        if args.recipe:
            steps = steps_of(taken, source.table, f"Suggested repairs, at least {args.sure:.0%} sure")
            _write_recipe(args.recipe, steps, source)
        downstream = _effect(args, source, folder)
    causes = summary(found.repairs, args.sure)
    if args.json:
        print_json(
            {
                "rows": source.table.rows,
                "repairs": len(found.repairs),
                "accepted": len(taken),
                "expected_precision": expected(taken),
                "causes": causes,
                "dependencies": found.dependencies,
                "ask": found.ask,
            }
            | ({"effect": downstream} if downstream else {})
        )
        return int(bool(taken))
    print(f"{len(found.repairs):,} repairs proposed, {len(taken):,} of them at least {args.sure:.0%} sure")
    print_table(
        ("cause", "proposed", "accepted", "expected right"),
        [
            (each["title"], f"{each['proposed']:,}", f"{each['accepted']:,}", _percent(each["expected_precision"]))
            for each in causes
        ],
    )
    if downstream:
        from dataops_core.repair.effect import words

        print(words(downstream))
    for each in found.repairs[: args.show]:
        sure = "not tested" if each.sure is None else f"{each.sure:.0%} sure"
        change = f"{each.old or '(missing)'} -> {each.new or '(missing)'}"
        print(printable(f"row {each.row}, {each.column}: {change} ({sure}; {each.why})", one_line=True))
    return int(bool(taken))


def _effect(args: argparse.Namespace, source: Source, folder: Path) -> dict[str, Any] | None:
    """What the repairs do to a model that predicts the target, where one is named."""
    if not args.target:
        return None
    from dataops_core.repair.effect import effect

    return effect(source.table, args.target, args.sure, folder)


def _write_recipe(path: Path, steps: Sequence[RecipeStep], source: Source) -> None:
    recipe = Recipe(steps=tuple(steps), read=source.options.to_json())
    with replaced(path) as unfinished:
        unfinished.write_text(canonical(recipe.to_json()) + "\n", encoding="utf-8")


def _by_example(args: argparse.Namespace) -> int:
    """The rewriting of a column that a person's examples show."""
    from dataops_core.repair.by_example import infer

    if not (args.column and args.example):
        raise SettingError(
            "Rewriting by example needs a column and an example.", "repair", "Give --column C and --example OLD NEW."
        )
    with reading(args) as (source, _folder):
        found = infer(source.table, args.column, dict(args.example))
        if args.recipe:
            _write_recipe(args.recipe, found.steps, source)
    if args.json:
        print_json(found.to_json())
        return 1
    print(f"{found.cells:,} cells with {len(found.changes):,} different values change ({found.how})")
    for old, new in list(found.changes.items())[: args.show]:
        print(printable(f"{old} -> {new}", one_line=True))
    for old in found.left:
        print(printable(f"left as it is: {old}", one_line=True))
    return 1


def expected(repairs: list[Any]) -> float | None:
    """The share of repairs that is expected to be right; None where there are none."""
    sure = [each.sure for each in repairs if each.sure is not None]
    return round(sum(sure) / len(sure), 4) if sure else None


def _as_in_file(repairs: Sequence[Any], source: Source, args: argparse.Namespace) -> Sequence[Any]:
    """The repairs with dates and decimals as a text file writes them."""
    from dataops_core.repair.as_written import as_written

    if source.options.format != "csv" or not isinstance(args.file, Path):
        return repairs
    return as_written(repairs, source.table, raw_rows(args.file, source.options), source.options.decimal or ".")


def summary(repairs: list[Any], sure: float) -> list[dict[str, Any]]:
    """Per cause: how many repairs are proposed and accepted, and how many of these are expected to be right."""
    from dataops_core.repair.proposal import CAUSES
    from dataops_core.repair.recipe import accept

    groups = defaultdict(list)
    for each in repairs:
        groups[each.cause].append(each)
    return [
        {
            "cause": cause,
            "title": title,
            "proposed": len(groups[cause]),
            "accepted": len(accept(groups[cause], sure)),
            "expected_precision": expected(accept(groups[cause], sure)),
        }
        for cause, title in CAUSES.items()
        if cause in groups
    ]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
