"""The checklist of a version for the review board, with answers and signatures.

dataops sign-off loans 2 -o checklist.md
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from dataops_core.cli.shared.output import print_json
from dataops_core.errors import SettingError
from dataops_core.printable import printable
from dataops_core.store import datasets
from dataops_core.store.people import sign_off
from dataops_core.store.people.checklist import GATES
from dataops_core.store.people.veil import veil
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("name")
    parser.add_argument("number", type=int, metavar="V")
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="KEY=TEXT",
        help="answer a question, or say why what was measured is accepted; the keys stand in the checklist",
    )
    parser.add_argument("--sign", choices=GATES, metavar="GATE", help='sign "data understanding" or "data preparation"')
    parser.add_argument("-o", "--out", type=Path, help="write the checklist to this file (.md, .json)")


def run(args: argparse.Namespace) -> int:
    """The checklist of a version: exit code 1 while something is open."""
    from dataops_core.write.file import write_text

    store, actor = Store(), whoami()
    dataset = datasets.find(store, args.name)
    pairs = [part.partition("=") for part in args.answer]
    if wrong := [key for key, sign, _ in pairs if not sign]:
        raise SettingError(f'"{wrong[0]}" answers nothing.', "--answer", "Write it as KEY=TEXT.")
    if pairs:
        sign_off.answer(store, dataset, {key.strip(): text for key, _, text in pairs}, actor)
    if args.sign:
        now = sign_off.sign(store, dataset, args.number, args.sign, actor)
    else:
        now = sign_off.checklist(store, dataset, args.number)
    hide = veil(store, dataset)
    if args.out:
        as_json = args.out.suffix.lower() == ".json"
        told = json.dumps(hide.of(now.to_json()), indent=2, ensure_ascii=False) + "\n"
        text = told if as_json else hide.text(now.to_markdown())
        write_text(args.out, text)
    left = any(now.open(gate) for gate in GATES)
    if args.json:
        print_json(hide.of(now.to_json()))
        return int(left)
    for gate in GATES:
        signed = next((each for each in now.signatures if each.gate == gate), None)
        print(f"{gate.capitalize()}: {f'signed by {signed.signer}, {signed.at}' if signed else 'not signed'}")
        for item in now.items:
            if item.gate == gate:
                mark = "open  " if item.is_open else "ok    " if item.met else "taken "
                print(printable(f"  {mark} {item.key}: {hide.text(item.says)}", one_line=True))
    return int(left)
