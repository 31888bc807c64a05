"""A promotion, as the commands print it."""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.printable import printable
from dataops_core.store.people.promotions import Promotion


def print_promotion(args: argparse.Namespace, made: Promotion, more: str = "") -> int:
    """Print a promotion and its gates; answers 0, the exit code."""
    if args.json:
        return print_json({"dataset": args.name} | made.to_json())
    print(f"Version {made.version} into {made.environment}, {made.kind} {made.number}: {made.standing}")
    for gate in made.gates:
        print(printable(f"{'ok    ' if gate.passed else 'FAILED'}  {gate.name}: {gate.says}", one_line=True))
    if more:
        print(more)
    return 0
