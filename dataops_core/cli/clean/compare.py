"""The command `compare`: which of several recipes is right for this data."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops_core.cli.output import print_json, print_table, reading, tell_problems
from dataops_core.errors import SettingError

if TYPE_CHECKING:
    from dataops_core.evaluation import Candidate, Comparison

SIGN = {"better": "+", "worse": "-", "no clear difference": "="}


def compare_command(args: argparse.Namespace) -> int:
    """Compare recipes with doing nothing, on rows that none of them has learned from."""
    from dataops_core.evaluation import compare_recipes
    from dataops_core.evaluation.kept_folds import InFolder
    from dataops_core.write.file import write_text

    candidates = _candidates(args)
    first = candidates[0].recipe if candidates else None
    with reading(args, first if first is not None and first.read else None) as (source, _folder):
        found = compare_recipes(
            source.table,
            candidates,
            args.target,
            favorable=args.favorable,
            sensitive=_names(args.sensitive),
            leave_out=_names(args.leave_out),
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
            kept=InFolder(args.keep) if args.keep else None,
            progress=_tell,
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
        return print_json(found.to_json())
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


def _names(given: list[str]) -> list[str]:
    return list(dict.fromkeys(name for part in given for name in part.split(",") if name))


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
            f"- {some.column} {some.value} ({some.rows:,} rows): {some.before:.3f} before, {some.after:.3f} after"
            f" ({'right decisions' if problem.task == 'classes' else 'mean error'})"
        )
    for leak in found.leaks:
        print(f"Leak? {leak.says} {leak.fix}")
    for note in found.notes:
        print(f"Note: {note}")


def _tell(share: float, note: str) -> None:
    """Progress, on one line that is written over, for somebody who looks on."""
    if sys.stderr.isatty():
        print(f"\r{share:4.0%}  {note[:60]:60}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)
