"""Rules from the file of another tool.

dataops rules import contract.yaml --from odcs -o rules.yaml
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
    parser.add_argument("contract", type=Path, metavar="FILE")
    parser.add_argument("--from", dest="origin", required=True, choices=FORMATS)
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="RULES.yaml")


def run(args: argparse.Namespace) -> int:
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
