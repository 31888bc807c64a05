"""The command line: `python -m dataops_core COMMAND …` (`dataops` once installed).

`--json` prints one JSON document on stdout and nothing else. Exit 0: done; 1: done, and something was found or does
not hold; 2: bad input, with what, where and how to fix it on stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dataops_core import __version__, checks, steps
from dataops_core.checks.profile import profile_table
from dataops_core.errors import ConflictError, DataOpsError, SettingError, nearest
from dataops_core.export.bundle import verify_bundle
from dataops_core.read import ReadOptions, Source
from dataops_core.recipe import recipe as recipes
from dataops_core.recipe.replay import Run, run_recipe
from dataops_core.recipe.script import script
from dataops_core.recipe.source import read_for
from dataops_core.store import datasets, versions
from dataops_core.store.store import Store, whoami
from dataops_core.write import write_file, write_text

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    args = argparse.Namespace()
    try:
        make_parser().parse_args(argv, args)
        return int(args.command(args))
    except DataOpsError as error:
        if getattr(args, "json", False):
            print(json.dumps({"error": {"what": error.what, "where": error.where, "fix": error.fix}}, ensure_ascii=False))
        print(f"What:  {error.what}\nWhere: {error.where}\nFix:   {error.fix}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"What:  {error.strerror}.\nWhere: {error.filename}\nFix:   Check the path and your rights there.", file=sys.stderr)
        return 2
    except Exception as error:
        if os.environ.get("DATAOPS_DEBUG"):
            raise
        print(f"What:  Something went wrong that nobody foresaw: {error!r}.\nWhere: {' '.join(argv or sys.argv[1:])}\n"
              "Fix:   Report it, with what DATAOPS_DEBUG=1 shows.", file=sys.stderr)
        return 2


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = _Parser(prog="dataops", description="Read, profile, repair and version tables, and rebuild them anywhere.")
    parser.add_argument("--version", action="version", version=f"dataops {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)

    def add(name: str, does: str, command: Command, *, reads: bool = False) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=does, description=does)
        made.set_defaults(command=command)
        made.add_argument("--json", action="store_true", help="print one JSON document")
        if reads:
            _reading(made)
        return made

    cmd = add("read", "Read a file and say how it was read.", read_command, reads=True)
    cmd.add_argument("file", type=Path)
    cmd.add_argument("--out", type=Path, help="write the table to this file (.parquet, .csv, …)")
    add("profile", "Facts and findings of a file.", profile_command, reads=True).add_argument("file", type=Path)
    cmd = add("run", "Replay a recipe on a file.", run_command, reads=True)
    cmd.add_argument("recipe", type=Path)
    cmd.add_argument("file", type=Path)
    cmd.add_argument("-o", "--out", type=Path, help="the table to write (.parquet, .csv, …)")
    cmd.add_argument("--fitted", type=Path, help="write the recipe with everything it learned")
    cmd.add_argument("--refit", action="store_true", help="learn again, even where the recipe carries learned values")
    cmd.add_argument("--map", action="append", default=[], metavar="OLD=NEW", help="the recipe's column OLD is NEW in this file")
    cmd.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    cmd.add_argument("--safe-csv", action="store_true", help="put ' before CSV cells that a spreadsheet would run as a formula")
    cmd = add("script", "A recipe as a plain pandas script.", script_command)
    cmd.add_argument("recipe", type=Path)
    cmd.add_argument("-o", "--out", type=Path, help="the script to write; without it, it is printed")
    add("hash", "The content hash of a table.", hash_command, reads=True).add_argument("file", type=Path)
    cmd = add("commit", "Commit a file, repaired by a recipe, as a version.", commit_command, reads=True)
    cmd.add_argument("name", help="the dataset's name; made if it is new")
    cmd.add_argument("file", type=Path)
    cmd.add_argument("--recipe", type=Path)
    cmd.add_argument("-m", "--message", required=True)
    add("log", "The versions of a dataset.", log_command).add_argument("name")
    cmd = add("diff", "What differs between two versions.", diff_command)
    cmd.add_argument("name")
    cmd.add_argument("one", type=int, metavar="A")
    cmd.add_argument("other", type=int, metavar="B")
    cmd = add("export", "Write the bundle of a version.", export_command)
    cmd.add_argument("name")
    cmd.add_argument("number", type=int, metavar="V")
    cmd.add_argument("-o", "--out", type=Path, required=True)
    cmd.add_argument("--exact-csv", action="store_true", help="write CSV cells as they are, formulas included")
    add("verify", "Rebuild a bundle's data and compare the hashes.", verify_command).add_argument("bundle", type=Path)
    add("guide", "Every step and check, with its settings.", guide_command).add_argument("op", nargs="?")
    return parser


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        """Bad options end as all bad input does: what, where, fix, exit code 2."""
        raise SettingError(f"{message[:1].upper()}{message[1:]}.", self.prog, f"See {self.prog} --help.")


def _reading(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how to read the file (all found out from the file itself, unless given)")
    group.add_argument("--format", choices=("csv", "excel", "parquet", "json", "jsonl"))
    group.add_argument("--encoding")
    group.add_argument("--delimiter")
    group.add_argument("--quote")
    group.add_argument("--header-row", type=int, help="number of the header line from 0; -1: there is none")
    group.add_argument("--decimal", choices=(".", ","))
    group.add_argument("--missing-tokens", nargs="*", help="cells that mean: nothing here")
    group.add_argument("--sheet")
    group.add_argument("--lenient", action="store_true", default=None,
                       help="read a file with doubled or missing column names, or without rows, and mend it")


def options_of(args: argparse.Namespace) -> ReadOptions:
    """The reading options given on the command line."""
    names = ("format", "encoding", "delimiter", "quote", "header_row", "decimal", "missing_tokens", "sheet", "lenient")
    given = {name: getattr(args, name) for name in names if getattr(args, name, None) is not None}
    if given.get("delimiter") in ("\\t", "tab"):
        given["delimiter"] = "\t"
    return ReadOptions.from_json(given)


@contextmanager
def _read(args: argparse.Namespace, recipe: recipes.Recipe | None = None) -> Iterator[tuple[Source, Path]]:
    if not args.file.is_file():
        near = [path.name for path in args.file.parent.glob("*")] if args.file.parent.is_dir() else []
        raise SettingError("There is no such file.", str(args.file), nearest(args.file.name, near))
    with tempfile.TemporaryDirectory(prefix="dataops-") as folder:
        yield read_for(recipe, args.file, Path(folder) / "read.parquet", options_of(args)), Path(folder)


def read_command(args: argparse.Namespace) -> int:
    """Read a file and say how it was read."""
    with _read(args) as (source, _folder):
        if args.out:
            write_file(source.table, args.out)
        missing = {c.name: int(source.table.frame([c.name])[c.name].isna().sum()) for c in source.table.columns}
        told: dict[str, Any] = {
            "rows": source.table.rows,
            "columns": [{"name": c.name, "kind": c.kind, "type": c.type, "missing": missing[c.name]} for c in source.table.columns],
            "assumed": source.assumed(), "problems": [vars(problem) for problem in source.problems],
        }
    if args.json:
        return _print(told)
    print(f"{told['rows']:,} rows, {len(told['columns'])} columns")
    _table(("column", "kind", "missing"), [(c["name"], c["kind"], f"{c['missing']:,}") for c in told["columns"]])
    print("Assumed: " + ", ".join(f"{key} {value!r}" for key, value in told["assumed"].items()))
    _problems(source)
    return 0


def profile_command(args: argparse.Namespace) -> int:
    """Facts and findings of a file."""
    with _read(args) as (source, _folder):
        told, _ = profile_table(source.table)
    found = any(finding["severity"] != "note" for finding in told["findings"])
    for finding in told["findings"]:
        finding["rows"] = finding["rows"][:20]
    if args.json:
        _print(told)
        return int(found)
    print(f"{told['rows']:,} rows, {told['columns']} columns, {told['duplicate_rows']:,} duplicate rows, "
          f"{told['missing_cells']:,} missing cells")
    _table(
        ("column", "kind", "missing", "distinct", "most frequent"),
        [(name, f["kind"], f"{f['missing']:,}", f"{f['distinct']:,}", f["top"][0]["value"] if f["top"] else "")
         for name, f in told["facts"].items()],
    )
    for finding in told["findings"]:
        where = ", ".join(finding["columns"]) or "whole rows"
        print(f"[{finding['severity']}] {finding['title']} in {where}: {finding['message']}")
    return int(found)


def run_command(args: argparse.Namespace) -> int:
    """Replay a recipe on a file."""
    recipe = recipes.load(args.recipe)
    if not (args.out or args.dry_run or args.fitted):
        raise SettingError("Nothing says where to write.", "run", "Give -o OUT, or --dry-run.")
    recipe = recipe.mapped(_mapping(args.map))
    if args.refit:
        recipe = recipe.unfitted()
    with _read(args, recipe) as (source, folder):
        done = run_recipe(recipe, source.table, folder)
        if done.failed is None and not args.dry_run:
            if args.out:
                write_file(done.table, args.out, safe=args.safe_csv)
            if args.fitted:
                write_text(args.fitted, recipes.dump(replace(done.recipe, read=source.options.to_json())))
    told = {
        "rows": done.table.rows, "columns": done.table.names, "content_hash": done.table.content_hash,
        "problems": [vars(problem) for problem in source.problems],
        "steps": [outcome.to_json() for outcome in done.outcomes], "written": bool(args.out and not args.dry_run and not done.failed),
    }
    if args.json:
        _print(told)
        return 2 if done.failed else 0
    _problems(source)
    _outcomes(done)
    if done.failed:
        raise SettingError(f'The step "{done.failed.op}" failed: {done.failed.reason}', f"step {len(done.outcomes)}",
                           "Change its settings or switch it off. Nothing was written.")
    return 0


def _problems(source: Source) -> None:
    for problem in source.problems:
        print(f"- {problem.what} ({problem.where}) {problem.fix}")


def _outcomes(done: Run) -> None:
    for number, outcome in enumerate(done.outcomes, 1):
        d = outcome.difference
        effect = f"{sum(d.cells_changed.values()):,} cells changed, {d.rows_dropped:,} rows dropped" if d else outcome.reason
        effect += f", {sum(d.cells_emptied.values()):,} cells emptied" if d and d.cells_emptied else ""
        print(f"{number}. [{outcome.status}] {outcome.sentence}{': ' + effect if effect else ''}")
    print(f"{done.table.rows:,} rows, {len(done.table.names)} columns, content hash {done.table.content_hash}")


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        old, sign, new = pair.partition("=")
        if not (old and sign and new):
            raise SettingError(f'"{pair}" is no mapping.', "--map", "Write it as OLD=NEW.")
        found[old] = new
    return found


def script_command(args: argparse.Namespace) -> int:
    """A recipe as a plain pandas script."""
    text = script(recipes.load(args.recipe))
    if args.out:
        write_text(args.out, text)
    if args.json:
        return _print({"script": None if args.out else text, "out": str(args.out) if args.out else None})
    if not args.out:
        print(text, end="")
    return 0


def hash_command(args: argparse.Namespace) -> int:
    """The content hash of a table."""
    args.lenient = True  # the hash of a table can be told whatever its flaws
    with _read(args) as (source, _folder):
        told = {"content_hash": source.table.content_hash, "rows": source.table.rows, "columns": len(source.table.columns)}
    if args.json:
        return _print(told)
    print(told["content_hash"])
    return 0


def commit_command(args: argparse.Namespace) -> int:
    """Commit a file, repaired by a recipe, as the next version of a dataset."""
    recipe = recipes.load(args.recipe) if args.recipe else recipes.Recipe()
    store, actor = Store(), whoami()
    with _read(args, recipe) as (source, _folder):
        recipe.check(source.table.names)
        known = any(args.name == each["name"] for p in datasets.projects(store) for each in datasets.in_project(store, p["id"]))
        options = source.options
        if not known:
            project = datasets.default_project(store, actor)
            dataset = datasets.add(store, project, args.file, args.file.name, actor, name=args.name, options=options)
        else:
            dataset = datasets.find(store, args.name)
        made = _commit(store, dataset, replace(recipe, read=options.to_json()), args, actor)
    told = {"dataset": args.name, "number": made.number, "id": made.id, "content_hash": made.content_hash,
            "rows": made.manifest["data"]["rows"], "problems": [vars(problem) for problem in source.problems]}
    if args.json:
        return _print(told)
    _problems(source)
    print(f"{args.name}, version {made.number}: {told['rows']:,} rows, content hash {made.content_hash}")
    return 0


def _commit(store: Store, dataset: str, recipe: recipes.Recipe, args: argparse.Namespace, actor: str) -> versions.Version:
    """Make the recipe and file the draft and commit just that; where somebody else was faster, once more on top."""
    raw = datasets.store_raw(store, args.file, args.file.name)
    for left in reversed(range(10)):
        here = datasets.get(store, dataset)
        try:
            datasets.edit(store, dataset, here.revision, recipe, f"Recipe {recipe.name} on {args.file.name}", actor, raw=raw)
            return versions.commit(store, dataset, args.message, actor, revision=here.revision + 1)
        except ConflictError:
            if not left:
                raise
    raise AssertionError


def log_command(args: argparse.Namespace) -> int:
    """The versions of a dataset, newest first."""
    store = Store()
    told = versions.log(store, datasets.find(store, args.name))
    if args.json:
        return _print({"dataset": args.name, "versions": told})
    _table(("version", "when", "who", "what", "content hash"),
           [(str(v["number"]), v["created"], v["actor"], v["message"], v["content_hash"][:12]) for v in told])
    return 0


def diff_command(args: argparse.Namespace) -> int:
    """What differs between two versions: exit code 1 when anything does."""
    store = Store()
    found = versions.compare(store, datasets.find(store, args.name), args.one, args.other)
    assert found is not None
    if args.json:
        _print(found.to_json())
    else:
        print(f"Rows {found.rows_before:,} to {found.rows_after:,}: {found.rows_dropped:,} dropped, {found.rows_added:,} added, "
              f"{found.rows_changed:,} changed")
        for name, count in found.cells_changed.items():
            print(f"  {name}: {count:,} cells changed")
        for what, names in (("added", found.columns_added), ("removed", found.columns_removed)):
            if names:
                print(f"Columns {what}: {', '.join(names)}")
        for old, new in found.columns_renamed.items():
            print(f"Column renamed: {old} to {new}")
        for name, (before, after) in found.columns_retyped.items():
            print(f"Column {name}: {before} to {after}")
    return int(not found.nothing)


def export_command(args: argparse.Namespace) -> int:
    """Write the bundle of a version."""
    store = Store()
    versions.export(store, datasets.find(store, args.name), args.number, args.out, whoami(), safe_csv=not args.exact_csv)
    if args.json:
        return _print({"out": str(args.out), "size": args.out.stat().st_size})
    print(f"{args.out}: {args.out.stat().st_size:,} bytes")
    return 0


def verify_command(args: argparse.Namespace) -> int:
    """Rebuild a bundle's data and compare the hashes: exit code 1 when something does not hold."""
    told = verify_bundle(args.bundle)
    if args.json:
        _print(told.to_json())
        return int(not told.ok)
    for check in told.checks:
        print(f"{'ok    ' if check.ok else 'FAILED'}  {check.what}{': ' + check.seen if check.seen else ''}")
    print("The bundle holds, and its data can be rebuilt." if told.ok else "The bundle does not hold.")
    return int(not told.ok)


def guide_command(args: argparse.Namespace) -> int:
    """Every step and check, with its settings."""
    known = {step.name: step.guide() for step in dict.fromkeys(steps.REGISTRY.values())}
    judged = {check.name: check.guide() for check in checks.REGISTRY.values()}
    if args.op is None:
        if args.json:
            return _print({"steps": list(known.values()), "checks": list(judged.values())})
        for title, entries in (("Steps", known), ("Checks", judged)):
            print(title)
            _table(("name", "group", "does"), [(e["name"], e["group"], e["summary"]) for e in entries.values()])
        return 0
    entry = known.get(args.op) or judged.get(args.op)
    if entry is None:
        raise SettingError(f'There is no step or check "{args.op}".', "guide", nearest(args.op, [*known, *judged]))
    if args.json:
        return _print(entry)
    print(f"{entry['title']} ({entry['name']})\n\n{entry['doc']}\n")
    for setting in entry.get("settings", []):
        choices = f", one of {', '.join(map(str, setting['choices']))}" if setting["choices"] else ""
        default = "needed" if setting["required"] else f"default {setting['default']!r}"
        print(f"  {setting['name']} ({default}{choices}): {setting['help'] or setting['label']}")
    return 0


def _print(told: Any) -> int:
    print(json.dumps(told, ensure_ascii=False, indent=2))
    return 0


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = [tuple(head), *[tuple(str(cell)[:60] for cell in row) for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
