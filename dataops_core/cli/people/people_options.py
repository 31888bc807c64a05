"""The commands about people and environments, with their options."""

from __future__ import annotations

from pathlib import Path

from dataops_core.access import EVERYWHERE, ROLES
from dataops_core.cli.store_options import Add
from dataops_core.store.people.checklist import GATES
from dataops_core.store.people.environments import PROMOTED


def add_people_commands(add: Add) -> None:
    """Add the commands about people and environments."""
    cmd = add("roles", "Switch roles on or off: who may do what.", "people")
    cmd.add_argument("switch", nargs="?", choices=("on", "off"))
    cmd.add_argument("--admin", action="append", default=[], metavar="PERSON", help="may do everything, everywhere")
    cmd = add("members", "Who may do what in a project: list, invite, remove, hand over.", "people")
    cmd.add_argument("project", help="the project's name, or with --dataset a dataset's")
    cmd.add_argument("--dataset", action="store_true", help="the name is that of a dataset: roles in it alone")
    either = cmd.add_mutually_exclusive_group()
    either.add_argument("--invite", metavar="PERSON", help="give this person a role")
    either.add_argument("--remove", metavar="PERSON", help="take this person's roles away")
    either.add_argument("--hand-over", metavar="PERSON", help="make this person the steward")
    given = [role for role in ROLES if role != "admin"]
    cmd.add_argument("--role", choices=given, default="viewer", help="the role of whom you invite (default: viewer)")
    cmd.add_argument(
        "--environment",
        default=EVERYWHERE,
        metavar="ENV",
        help="only there: sandbox, staging, production (default: all)",
    )
    cmd = add("promote", "Ask for a version to be promoted into an environment.", "environments")
    cmd.add_argument("name")
    cmd.add_argument("number", type=int, metavar="V")
    cmd.add_argument("environment", choices=PROMOTED)
    cmd.add_argument("-m", "--message", required=True, help="why")
    cmd = add("approve", "Approve a promotion that somebody else asked for, or refuse it.", "environments")
    cmd.add_argument("name")
    cmd.add_argument("number", type=int, metavar="N", help="the number of the promotion")
    cmd.add_argument("--reason", default="", help="why it is approved")
    cmd.add_argument("--refuse", metavar="REASON", help="refuse it, or take back what you asked for")
    cmd.add_argument("--as", dest="person", metavar="PERSON", help="who approves; only while roles are off")
    cmd = add("rollback", "Let an environment have a version again that it had before.", "environments")
    cmd.add_argument("name")
    cmd.add_argument("environment", choices=PROMOTED)
    cmd.add_argument("--to", type=int, metavar="V", help="this version (default: the one before)")
    cmd.add_argument("--reason", required=True, help="why; the audit log keeps it")
    cmd = add("environments", "Which version each environment has, and all promotions.", "environments")
    cmd.add_argument("name")
    cmd = add("sign-off", "The checklist of a version for the review board, with answers and signatures.", "sign_off")
    cmd.add_argument("name")
    cmd.add_argument("number", type=int, metavar="V")
    cmd.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="KEY=TEXT",
        help="answer a question, or say why what was measured is accepted; the keys stand in the checklist",
    )
    cmd.add_argument("--sign", choices=GATES, metavar="GATE", help='sign "data understanding" or "data preparation"')
    cmd.add_argument("-o", "--out", type=Path, help="write the checklist to this file (.md, .json)")
