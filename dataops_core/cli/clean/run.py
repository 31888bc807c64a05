"""Commands on one table: read, run, script, hash, guide."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dataops_core import checks, steps
from dataops_core.cli.addresses import Address, fetch_address, file_or_address
from dataops_core.cli.output import options_of, print_json, print_table, reading, tell_problems
from dataops_core.engines import bounded
from dataops_core.errors import SettingError, nearest
from dataops_core.read import raw_rows
from dataops_core.recipe import recipe as recipes
from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.replay import Run, run_recipe
from dataops_core.recipe.script import script
from dataops_core.recipe.source import read_for_table
from dataops_core.write import write_file, write_rows, write_text


def read_command(args: argparse.Namespace) -> int:
    """Read a file and say how it was read."""
    if args.raw and not args.out:
        raise SettingError("Nothing says where to write.", "--raw", "Give --out with a .csv or .tsv file.")
    if args.raw:
        # names that are doubled or missing need no mending where they are written as they stand
        args.lenient = True
    with reading(args) as (source, _folder):
        if args.out and args.raw:
            write_rows(raw_rows(args.file, options_of(args)), args.out)
        elif args.out:
            write_file(source.table, args.out)
        missing = source.table.missing()
        told: dict[str, Any] = {
            "rows": source.table.rows,
            "columns": [
                {"name": c.name, "kind": c.kind, "type": c.type, "missing": missing[c.name]}
                for c in source.table.columns
            ],
            "assumed": source.assumed(),
            "problems": [vars(problem) for problem in source.problems],
        }
    if args.json:
        return print_json(told)
    print(f"{told['rows']:,} rows, {len(told['columns'])} columns")
    print_table(("column", "kind", "missing"), [(c["name"], c["kind"], f"{c['missing']:,}") for c in told["columns"]])
    print("Assumed: " + ", ".join(f"{key} {value!r}" for key, value in told["assumed"].items()))
    tell_problems(source)
    return 0


def run_command(args: argparse.Namespace) -> int:
    """Replay a recipe on a file."""
    recipe = recipes.load(args.recipe)
    if not (args.out or args.dry_run or args.fitted):
        raise SettingError("Nothing says where to write.", "run", "Give -o OUT, or --dry-run.")
    recipe = recipe.mapped(_mapping(args.map))
    if args.refit:
        recipe = recipe.unfitted()
    if args.on == "spark" or (args.on == "batches" and args.dry_run):
        from dataops_core.cli.engines import run_elsewhere

        return run_elsewhere(args, recipe)
    if args.master:
        raise SettingError("A master is for Spark.", f"--master {args.master}", "Add --on spark.")
    files = others_named(args.others, recipe)
    with reading(args, recipe) as (source, folder):
        others = {
            name: read_for_table(recipe, name, at_hand(given, folder / f"other{number}"), folder / f"{number}.parquet")
            for number, (name, given) in enumerate(files.items())
        }
        done = run_recipe(
            recipe,
            source.table,
            folder,
            tables=lambda name, _: others[name].table if name in others else None,
            bounded=bounded() if args.on == "batches" else None,
        )
        if done.failed is None and not args.dry_run:
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
            f"{sum(d.cells_changed.values()):,} cells changed, {d.rows_dropped:,} rows dropped, {d.rows_added:,} rows"
            " added"
            if d
            else outcome.reason
        )
        effect += f" ({outcome.reason})" if d and outcome.reason else ""
        effect += f", {sum(d.cells_emptied.values()):,} cells emptied" if d and d.cells_emptied else ""
        print(f"{number}. [{outcome.status}] {outcome.sentence}{': ' + effect if effect else ''}")
    print(f"{done.table.rows:,} rows, {len(done.table.names)} columns, content hash {done.table.content_hash}")


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        old, sign, new = pair.partition("=")
        if not (old and sign and new):
            raise SettingError(f'"{pair}" is not a mapping.', "--map", "Write it as OLD=NEW.")
        found[old] = new
    return found


def at_hand(given: Path | Address, folder: Path) -> Path:
    """A file as it is, or one fetched from its address into a folder."""
    return fetch_address(given.text, folder) if isinstance(given, Address) else given


def others_named(pairs: Sequence[str], recipe: Recipe) -> dict[str, Path | Address]:
    """The files or addresses of the other tables, by name; SettingError where one is missing or not needed."""
    found: dict[str, Path | Address] = {}
    for pair in pairs:
        name, sign, path = pair.partition("=")
        if not (name and sign and path):
            raise SettingError(f'"{pair}" names no table.', "--with", "Write it as NAME=FILE.")
        if name not in recipe.tables_needed:
            raise SettingError(
                f'No step of the recipe works with a table "{name}".', "--with", nearest(name, recipe.tables_needed)
            )
        found[name] = file_or_address(path)
        if not isinstance(found[name], Address) and not Path(path).is_file():
            raise SettingError("There is no such file.", f"--with {pair}", "Check the path.")
    return found


def script_command(args: argparse.Namespace) -> int:
    """A recipe as a plain pandas script."""
    text = script(recipes.load(args.recipe))
    if args.out:
        write_text(args.out, text)
    if args.json:
        return print_json({"script": None if args.out else text, "out": str(args.out) if args.out else None})
    if not args.out:
        print(text, end="")
    return 0


def hash_command(args: argparse.Namespace) -> int:
    """The content hash of a table."""
    args.lenient = True  # the hash of a table can be told whatever its flaws
    with reading(args) as (source, _folder):
        told = {
            "content_hash": source.table.content_hash,
            "rows": source.table.rows,
            "columns": len(source.table.columns),
        }
    if args.json:
        return print_json(told)
    print(told["content_hash"])
    return 0


def guide_command(args: argparse.Namespace) -> int:
    """Every step and check, with its settings."""
    known = {step.name: step.guide() for step in dict.fromkeys(steps.REGISTRY.values())}
    judged = {check.name: check.guide() for check in checks.REGISTRY.values()}
    if args.op is None:
        if args.json:
            return print_json({"steps": list(known.values()), "checks": list(judged.values())})
        for title, entries in (("Steps", known), ("Checks", judged)):
            print(title)
            print_table(("name", "group", "does"), [(e["name"], e["group"], e["summary"]) for e in entries.values()])
        return 0
    entry = known.get(args.op) or judged.get(args.op)
    if entry is None:
        raise SettingError(f'There is no step or check "{args.op}".', "guide", nearest(args.op, [*known, *judged]))
    if args.json:
        return print_json(entry)
    print(f"{entry['title']} ({entry['name']})\n\n{entry['doc']}\n")
    for setting in entry.get("settings", []):
        choices = f", one of {', '.join(map(str, setting['choices']))}" if setting["choices"] else ""
        default = "needed" if setting["required"] else f"default {setting['default']!r}"
        print(f"  {setting['name']} ({default}{choices}): {setting['help'] or setting['label']}")
    return 0
