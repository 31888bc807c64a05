"""Every step and check, with its settings.

dataops guide fill_missing
"""

from __future__ import annotations

import argparse

from dataops_core import checks, steps
from dataops_core.cli.shared.output import print_json, print_table
from dataops_core.errors import SettingError, nearest


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("op", nargs="?")


def run(args: argparse.Namespace) -> int:
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
