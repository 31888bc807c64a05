"""The four roles, each of which may do what those before it may."""

from __future__ import annotations

from typing import Literal

from dataops_core.errors import SettingError, nearest

Role = Literal["viewer", "editor", "steward", "admin"]
ROLES: dict[Role, str] = {
    "viewer": "looks at tables, findings and versions",
    "editor": "changes steps and rules, saves versions, asks for promotion",
    "steward": "owns the data: decides about personal data, deliveries and promotion, invites and deletes",
    "admin": "may do everything, in every project",
}
GROUP = "group:"  # before the name of a group, where a role is given to all of its people
EVERYWHERE = "*"  # every project, or every environment


def covers(role: str | None, needed: Role) -> bool:
    """Whether somebody with this role may do what needs that one.

    >>> covers("steward", "editor"), covers("viewer", "editor"), covers(None, "viewer")
    (True, False, False)
    """
    order: list[str] = list(ROLES)
    return role is not None and order.index(role) >= order.index(needed)


def role_named(name: str) -> Role:
    """The role of that name; raises SettingError where there is none."""
    for role in ROLES:
        if role == name:
            return role
    raise SettingError(f'There is no role "{name}".', "role", nearest(name, ROLES))
