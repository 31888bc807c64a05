"""The commands on rules: suggest, check, export, import."""

from __future__ import annotations

import argparse
import csv
import datetime
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from dataops_core import rules
from dataops_core.cli.output import print_json, print_table, reading, tell_problems
from dataops_core.cli.output_paths import check_files
from dataops_core.errors import SettingError, nearest
from dataops_core.printable import printable
from dataops_core.read import ReadOptions, read_file
from dataops_core.rules import Result
from dataops_core.scratch import replaced, scratch_folder
from dataops_core.table import Table, write_table
from dataops_core.write import write_file, write_text


def suggest_command(args: argparse.Namespace) -> int:
    """Rules that the data of a file suggests, with support and confidence."""
    kinds = [name for name in (args.kinds or "").split(",") if name]
    for name in kinds:
        if name not in rules.KINDS:
            raise SettingError(f'There is no kind of rule "{name}".', "--kinds", nearest(name, rules.KINDS))
    check_files({"--out": args.out})
    with ExitStack() as stack:
        source, _ = stack.enter_context(reading(args))
        others = stack.enter_context(_others(args.others))
        reference = stack.enter_context(reading(args, file=args.reference))[0].table if args.reference else None
        found = rules.suggest_rules(source.table, kinds=kinds, today=_today(args), tables=others, reference=reference)
        columns = {column.name: column.type for column in source.table.columns}
    name = args.file.name
    if args.out:
        write_text(args.out, rules.dumps(found, name, columns))
    if args.json:
        return print_json(rules.RuleSet(tuple(found), name, columns).to_json())
    tell_problems(source)
    if args.out:
        print(
            f"{len(found):,} rules are suggested and written to {args.out}. Read and change them before you use them."
        )
    else:
        print(rules.dumps(found, name, columns), end="")
    return 0


def check_command(args: argparse.Namespace) -> int:
    """How a file fares by its rules: 1 where one that blocks fails."""
    asked = rules.load(args.rules)
    check_files({"--failing": args.failing, "--quarantine": args.quarantine, "--passing": args.passing})
    with reading(args) as (source, folder), _others(args.others) as others:
        results = rules.check_rules(source.table, asked.rules, tables=others, today=_today(args))
        if args.failing:
            _write_failing(args.failing, results)
        _divide(args, source.table, results, folder)
    blocked = [each for each in results if each.blocks]
    if args.json:
        print_json(
            {
                "rows": source.table.rows,
                "passed": sum(each.status == "passed" for each in results),
                "failed": sum(each.status == "failed" for each in results),
                "not_checked": sum(each.status == "not checked" for each in results),
                "blocking": len(blocked),
                "results": [each.to_json() for each in results],
            }
        )
        return int(bool(blocked))
    tell_problems(source)
    _print(results)
    return int(bool(blocked))


def _divide(args: argparse.Namespace, table: Table, results: Sequence[Result], folder: Path) -> None:
    """Write the rows that break a rule that blocks to one file, and all others to another: together the whole file."""
    broken = np.unique(
        np.concatenate([np.zeros(0, dtype=np.int64), *[each.failing for each in results if each.blocks]])
    )
    for out, aside in ((args.quarantine, True), (args.passing, False)):
        if out is not None:
            batches = (rows.loc[np.isin(rows.index, broken) == aside] for rows in table.batches())
            write_file(write_table(folder / f"{aside}.parquet", batches, table.kinds), out)


def _print(results: Sequence[Result]) -> None:
    lines = [_line(each) for each in results if each.status != "passed"]
    if lines:
        print_table(("rule", "is", "failing", "of", "first rows"), lines)
    for each in results:
        if each.status != "passed":
            fix = f" {each.fix.says}" + (f" ({each.fix.op})." if each.fix.op else ".") if each.fix else ""
            print(printable(f"- {each.rule.sentence} {each.message}{fix}", one_line=True))
    passed = sum(each.status == "passed" for each in results)
    blocked = sum(each.blocks for each in results)
    print(f"{passed:,} of {len(results):,} rules pass; {blocked:,} that block fail.")


def _line(each: Result) -> tuple[str, ...]:
    state = each.status if each.status != "failed" else "blocking" if each.blocks else "warning"
    first = ", ".join(str(row) for row in each.failing[:5].tolist()) + (", …" if len(each.failing) > 5 else "")
    return each.rule.key, state, f"{len(each.failing):,}", f"{each.rows:,}", first


def export_command(args: argparse.Namespace) -> int:
    """Rules for another tool; those that it cannot hold are named."""
    from dataops_core.rules import formats

    asked = rules.load(args.rules)
    check_files({"--out": args.out})
    made = formats.export_rules(asked, args.to)
    write_text(args.out, made.text)
    left = [{"key": rule.key, "sentence": rule.sentence, "reason": reason} for rule, reason in made.left_out]
    if args.json:
        return print_json({"out": str(args.out), "rules": len(asked.rules) - len(left), "left_out": left})
    print(f"{args.out}: {len(asked.rules) - len(left):,} of {len(asked.rules):,} rules")
    for each in left:
        print(printable(f"- left out: {each['sentence']} {each['reason']}", one_line=True))
    return 0


def import_command(args: argparse.Namespace) -> int:
    """Rules from the file of another tool; what has no rule here is named."""
    from dataops_core.rules import formats

    check_files({"--out": args.out})
    found, left = formats.import_rules(args.contract, args.origin)
    write_text(args.out, rules.dumps(found.rules, found.table, found.columns))
    if args.json:
        return print_json({"out": str(args.out), "rules": len(found.rules), "left_out": left})
    print(f"{args.out}: {len(found.rules):,} rules")
    for each in left:
        print(printable(f"- left out: {each}", one_line=True))
    return 0


def _today(args: argparse.Namespace) -> str:
    if not args.today:
        return datetime.date.today().isoformat()  # noqa: DTZ011 - the user's own day
    try:
        return datetime.date.fromisoformat(args.today).isoformat()
    except ValueError:
        raise SettingError(f'"{args.today}" is not a date.', "--today", "Write it like 2024-12-31.") from None


@contextmanager
def _others(pairs: Sequence[str]) -> Iterator[dict[str, Table]]:
    """The other tables, read."""
    with scratch_folder() as folder:
        made = {}
        for number, pair in enumerate(pairs):
            name, _, path = pair.partition("=")
            if not name or not path:
                raise SettingError(f'"{pair}" names no table.', "--with", "Write it as NAME=FILE.")
            if not Path(path).is_file():
                raise SettingError("There is no such file.", f"--with {pair}", "Check the path.")
            made[name] = read_file(Path(path), folder / f"{number}.parquet", ReadOptions()).table
        yield made


def _write_failing(out: Path, results: Sequence[Result]) -> None:
    """One line per failing row of each rule; `row` counts the data rows of the file from 0."""
    with replaced(out) as path, path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("rule", "kind", "columns", "row", "severity"))
        for number, each in enumerate(results, 1):
            columns = "|".join(each.rule.columns)
            writer.writerows(
                (number, each.rule.name, columns, row, each.rule.severity) for row in each.failing.tolist()
            )
