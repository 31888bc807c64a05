"""Switch roles on or off: who may do what.

dataops roles on --admin kim
"""

from __future__ import annotations

import argparse

from dataops_core.cli.shared.output import print_json
from dataops_core.errors import SettingError
from dataops_core.store.people import members
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("switch", nargs="?", choices=("on", "off"))
    parser.add_argument("--admin", action="append", default=[], metavar="PERSON", help="may do everything, everywhere")


def run(args: argparse.Namespace) -> int:
    """Switch roles on or off, or say whether they are on."""
    store = Store()
    if args.switch == "on":
        members.switch_on(store, args.admin, whoami())
    elif args.admin:
        raise SettingError(
            "An administrator is named where roles are on.", "--admin", "Write: roles on --admin PERSON."
        )
    elif args.switch == "off":
        members.switch_off(store, whoami())
    on = members.is_on(store)
    if args.json:
        return print_json({"on": on, "person": store.person})
    print(f"Roles are {'on' if on else 'off: everybody who reaches this store may do everything'}.")
    return 0
