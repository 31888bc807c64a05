"""Who may do what in a project: list, invite, remove, hand over.

dataops members "My project"
"""

from __future__ import annotations

import argparse

from dataops_core.access import EVERYWHERE, ROLES
from dataops_core.cli.shared.output import print_json, print_table
from dataops_core.errors import InputError, nearest
from dataops_core.store import datasets
from dataops_core.store.people import members
from dataops_core.store.store import Store, whoami


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("project", help="the project's name, or with --dataset a dataset's")
    parser.add_argument("--dataset", action="store_true", help="the name is that of a dataset: roles in it alone")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--invite", metavar="PERSON", help="give this person a role")
    either.add_argument("--remove", metavar="PERSON", help="take this person's roles away")
    either.add_argument("--hand-over", metavar="PERSON", help="make this person the steward")
    given = [role for role in ROLES if role != "admin"]
    parser.add_argument("--role", choices=given, default="viewer", help="the role of whom you invite (default: viewer)")
    parser.add_argument(
        "--environment",
        default=EVERYWHERE,
        metavar="ENV",
        help="only there: sandbox, staging, production (default: all)",
    )


def run(args: argparse.Namespace) -> int:
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
