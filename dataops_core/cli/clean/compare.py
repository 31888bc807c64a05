"""Which of several recipes is right for this data, on unseen rows.

dataops compare sample_data/loan_applications.csv recipe.json --target approved
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops_core.cli.shared.output import print_json, print_table, reading, tell_problems
from dataops_core.errors import SettingError
from dataops_core.wording import counted

if TYPE_CHECKING:
    from dataops_core.evaluation import Candidate, Comparison
    from dataops_core.evaluation.pilot import Cost
from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import add_keep, add_outcome, kept_folds, names
from dataops_core.cli.shared.progress import show_progress
from dataops_core.cli.shared.reading_options import add_reading_options

SIGN = {"better": "+", "worse": "-", "no clear difference": "="}


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_reading_options(parser)
    parser.add_argument("file", type=file_or_address)
    parser.add_argument("recipes", type=Path, nargs="*", metavar="RECIPE", help="the recipes to compare")
    add_outcome(parser, required=True)
    parser.add_argument(
        "--leave-out", action="append", default=[], metavar="COLUMN[,COLUMN]", help="columns that no model may see"
    )
    parser.add_argument("--grid", type=Path, metavar="GRID.json", help="choices whose combinations are compared")
    parser.add_argument("--base", type=Path, metavar="RECIPE", help="the recipe that the grid goes on from")
    parser.add_argument(
        "--model", choices=("linear", "trees"), default="linear", help="the model that learns (default: linear)"
    )
    parser.add_argument(
        "--measure",
        metavar="MEASURE",
        help=("what decides (default: roc_auc, of numbers r2); docs/reference/measures.md lists them"),
    )
    parser.add_argument("--split", metavar="COLUMN", help="the column that says train, validation or test")
    parser.add_argument("--groups", metavar="COLUMN", help="rows with the same value here stay in one fold")
    parser.add_argument("--time", metavar="COLUMN", help="judge by later rows only, in the order of this column")
    parser.add_argument("--folds", type=int, default=5, help="folds (default 5)")
    parser.add_argument("--repeats", type=int, default=2, help="how often rows are dealt into folds (default 2)")
    parser.add_argument("--seed", type=int, default=0, help="the same number gives the same result (default 0)")
    parser.add_argument(
        "--sample", type=int, default=20_000, metavar="ROWS", help="at most so many rows (default 20000)"
    )
    parser.add_argument("--learning-curve", action="store_true", help="also learn from fewer rows: would more help?")
    parser.add_argument("--all-folds", action="store_true", help="do not stop recipes early that are clearly worse")
    add_keep(parser)
    parser.add_argument("--script", type=Path, metavar="OUT.py", help="write a script that reproduces the scoreboard")
    parser.add_argument(
        "--pipeline",
        type=Path,
        metavar="OUT.skops",
        help="write the recommended recipe with its model, for scikit-learn",
    )
    parser.add_argument("--recipe", type=Path, metavar="OUT.json", help="write the recommended recipe")


def run(args: argparse.Namespace) -> int:
    """Compare recipes with doing nothing, on rows that none of them has learned from."""
    from dataops_core.evaluation import compare_recipes
    from dataops_core.write.file import write_text

    candidates = _candidates(args)
    first = candidates[0].recipe if candidates else None
    costs: list[Cost] = []

    def announce(cost: Cost) -> None:
        costs.append(cost)
        more = "" if args.all_folds else " What is clearly worse after all folds once is not tried further."
        print(cost.sentence + more, file=sys.stderr, flush=True)

    with reading(args, first if first is not None and first.read else None) as (source, _folder):
        found = compare_recipes(
            source.table,
            candidates,
            args.target,
            favorable=args.favorable,
            sensitive=list(dict.fromkeys(names(args.sensitive))),
            leave_out=list(dict.fromkeys(names(args.leave_out))),
            model=args.model,
            measure=args.measure,
            split=args.split,
            groups=args.groups,
            time=args.time,
            folds=args.folds,
            repeats=args.repeats,
            seed=args.seed,
            sample=args.sample,
            stop_early=not args.all_folds,
            curve_of_best=args.learning_curve,
            kept=kept_folds(args),
            before=announce,
            progress=show_progress,
        )
        if args.script:
            from dataops_core.evaluation.export.script import scoreboard_script

            write_text(args.script, scoreboard_script(found, source.options.to_json()))
        if args.pipeline:
            from dataops_core.evaluation.export.pipeline import check_pipeline, pipeline_of, save_pipeline

            fitted = found.fit_recommended()
            made = pipeline_of(fitted, found.problem)
            check_pipeline(made, fitted, found.problem.frame)
            save_pipeline(made, args.pipeline)
        if args.recipe:
            chosen = next(each for each in found.standings if each.name == found.advice.recommended)
            write_text(args.recipe, json.dumps(dict(chosen.recipe), indent=2, ensure_ascii=False) + "\n")
    if args.json:
        return print_json(found.to_json() | {"cost": costs[0].to_json()})
    tell_problems(source)
    _print(found)
    return 0


def _candidates(args: argparse.Namespace) -> list[Candidate]:
    from dataops_core.evaluation import Candidate, grid_candidates
    from dataops_core.recipe.recipe import Recipe, load

    named: dict[str, Path] = {}
    for path in args.recipes:
        name = path.stem if path.stem not in named else str(path)
        named[name] = path
    made = [Candidate(name, load(path)) for name, path in named.items()]
    if args.grid:
        base = load(args.base) if args.base else Recipe()
        made += grid_candidates(base, _grid(args.grid), str(args.grid))
    elif args.base:
        made.append(Candidate(args.base.stem, load(args.base)))
    if not made:
        raise SettingError("There is no recipe to compare.", "compare", "Name recipe files, or a grid with --grid.")
    return made


def _grid(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingError(
            "The grid cannot be read.", str(path), 'It is JSON: {"Missing values": {"leave": null, "median": {…}}}.'
        ) from error


def _print(found: Comparison) -> None:
    problem, key = found.problem, found.measure.key
    of = "" if len(problem.frame) == problem.of else f" (a sample of {problem.of:,})"
    print(
        f"{len(problem.frame):,} rows{of}, {problem.plan.repeats} x {problem.plan.folds} folds {problem.plan.how},"
        f" {found.model} model; decided by {found.measure.title}"
    )
    if found.shared:
        print(f"First, for all recipes: {'; '.join(found.shared)}.")
    lines = []
    for each in found.standings:
        if each.failed:
            continue
        mean = each.means[key]
        apart = each.differences.get(key)
        lines.append(
            (
                ("> " if each.name == found.advice.recommended else "  ") + each.name,
                f"{mean.mean:.4f}",
                f"{mean.low:.4f} to {mean.high:.4f}",
                "" if apart is None else f"{apart.mean:+.4f} {SIGN[apart.verdict]}",
                "" if each.gap is None else f"{each.gap:.1%}",
                f"{each.effect.rows_kept:,}" if each.effect else "",
                f"{each.effect.missing_left:,}" if each.effect else "",
                f"{each.seconds:.2f}",
            )
        )
    print_table(
        ("recipe", found.measure.title, "95 % interval", "difference", "gap", "rows kept", "missing left", "s a fold"),
        lines,
    )
    print("Difference from doing nothing in the same folds: + better, - worse, = no clear difference.")
    print(f"Guessing scores {found.dummy[key].mean:.4f}.")
    for each in found.standings:
        if each.failed or each.stopped:
            print(f"- {each.name}: {each.failed or each.stopped}")
    print(found.advice.verdict)
    if found.held_out:
        print(
            f"On {found.held_out.rows:,} rows that were held out: {found.measure.title}"
            f" {found.held_out.scores[key]:.4f}."
        )
    if found.learning:
        print(f"{found.learning.says}")
    for some in found.slices:
        print(
            f"- {some.column} {some.value} ({counted(some.rows, 'row')}): {some.before:.3f} before,"
            f" {some.after:.3f} after ({'right decisions' if problem.task == 'classes' else 'mean error'})"
        )
    for leak in found.leaks:
        print(f"Leak? {leak.says} {leak.fix}")
    for note in found.notes:
        print(f"Note: {note}")
