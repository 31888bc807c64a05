"""Check every byte of a bundle, rebuild its files and compare.

dataops verify bundle.zip
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dataops_core.cli.shared.output import print_json
from dataops_core.export.verify import verify_bundle


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", help="the public key of whoever should have signed it, or a file that holds it")


def run(args: argparse.Namespace) -> int:
    """Check every byte of a bundle, rebuild its files and compare: exit code 1 when it is not intact."""
    told = verify_bundle(args.bundle, key=args.key)
    if args.json:
        print_json(told.to_json())
        return int(not told.ok)
    for check in told.checks:
        print(f"{'ok    ' if check.ok else 'FAILED'}  {check.what}{': ' + check.seen if check.seen else ''}")
    print(told.words)
    return int(not told.ok)
