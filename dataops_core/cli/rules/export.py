"""Rules for another tool.

dataops rules export rules.yaml --to odcs -o contract.yaml
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core import rules
from dataops_core.cli.rules.tables import FORMATS
from dataops_core.cli.shared.output import print_json
from dataops_core.cli.shared.output_paths import check_files
from dataops_core.printable import printable
from dataops_core.write import write_text


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("rules", type=Path, metavar="RULES.yaml")
    parser.add_argument("--to", required=True, choices=FORMATS)
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="OUT")


def run(args: argparse.Namespace) -> int:
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
