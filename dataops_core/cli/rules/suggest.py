"""Rules that the data of a file suggests.

dataops rules suggest sample_data/loan_applications.csv -o rules.yaml
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

from dataops_core import rules
from dataops_core.cli.rules.tables import add_table, other_tables, today
from dataops_core.cli.shared.addresses import file_or_address
from dataops_core.cli.shared.options import names
from dataops_core.cli.shared.output import print_json, reading, tell_problems
from dataops_core.cli.shared.output_paths import check_files
from dataops_core.errors import SettingError, nearest
from dataops_core.write import write_text


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_table(parser)
    parser.add_argument("-o", "--out", type=Path, metavar="RULES.yaml", help="the file to write; else they are printed")
    parser.add_argument("--kinds", metavar="KIND[,KIND]", help="only rules of these kinds")
    parser.add_argument(
        "--reference", type=file_or_address, metavar="FILE", help="a file that columns are to be spread as"
    )


def run(args: argparse.Namespace) -> int:
    """Rules that the data of a file suggests, with support and confidence."""
    kinds = names(args.kinds)
    for name in kinds:
        if name not in rules.KINDS:
            raise SettingError(f'There is no kind of rule "{name}".', "--kinds", nearest(name, rules.KINDS))
    check_files({"--out": args.out})
    with ExitStack() as stack:
        source, _ = stack.enter_context(reading(args))
        others = stack.enter_context(other_tables(args.others))
        reference = stack.enter_context(reading(args, file=args.reference))[0].table if args.reference else None
        found = rules.suggest_rules(source.table, kinds=kinds, today=today(args), tables=others, reference=reference)
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
