"""Commands about people: roles, members."""

from __future__ import annotations

import argparse

from dataops_core.cli.output import print_json, print_table
from dataops_core.errors import InputError, SettingError, nearest
from dataops_core.store import datasets
from dataops_core.store.people import members
from dataops_core.store.store import Store, whoami


def roles_command(args: argparse.Namespace) -> int:
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


def members_command(args: argparse.Namespace) -> int:
    """Who may do what in a project (or with --dataset in one dataset): list, invite, remove, hand over."""
    store, actor = Store(), whoami()
    scope = datasets.find(store, args.project) if args.dataset else _project(store, args.project)
    if args.invite:
        members.invite(store, scope, args.invite, args.role, actor, environment=args.environment)
    elif args.remove:
        members.remove(store, scope, args.remove, actor)
    elif args.hand_over:
        members.hand_over(store, scope, args.hand_over, actor)
    told = members.listed(store, scope)
    if args.json:
        return print_json({"scope": scope, "members": [each.to_json() for each in told]})
    print_table(
        ("person", "role", "environment", "where", "invited by", "since"),
        [
            (e.person, e.role, _any(e.environment), "everywhere" if e.scope == "*" else "here", e.invited_by, e.at)
            for e in told
        ],
    )
    return 0


def _any(environment: str) -> str:
    return "all" if environment == "*" else environment


def _project(store: Store, name: str) -> str:
    known = {each["name"]: str(each["id"]) for each in datasets.projects(store)}
    found = known.get(name) or (name if name in known.values() else None)
    if found is None:
        raise InputError(f'There is no project "{name}".', str(store.home), nearest(name, known))
    return found
