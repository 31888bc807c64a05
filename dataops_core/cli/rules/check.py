"""How a file fares by its rules: exit code 1 when one that blocks fails.

dataops rules check march.csv --rules rules.yaml --failing failing_rows.csv
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dataops_core import rules
from dataops_core.cli.rules.tables import add_table, other_tables, today
from dataops_core.cli.shared.output import print_json, print_table, reading, tell_problems
from dataops_core.cli.shared.output_paths import check_files
from dataops_core.printable import printable
from dataops_core.rules import Result
from dataops_core.scratch import replaced
from dataops_core.table import Table, write_table
from dataops_core.write import write_file


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_table(parser)
    parser.add_argument("--rules", type=Path, required=True, metavar="RULES.yaml")
    parser.add_argument("--failing", type=Path, metavar="ROWS.csv", help="write every failing row of every rule")
    parser.add_argument("--quarantine", type=Path, metavar="ROWS", help="write the rows that break a rule that blocks")
    parser.add_argument("--passing", type=Path, metavar="OUT", help="write all other rows")


def run(args: argparse.Namespace) -> int:
    """How a file fares by its rules: 1 where one that blocks fails."""
    asked = rules.load(args.rules)
    check_files({"--failing": args.failing, "--quarantine": args.quarantine, "--passing": args.passing})
    with reading(args) as (source, folder), other_tables(args.others) as others:
        results = rules.check_rules(source.table, asked.rules, tables=others, today=today(args))
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
