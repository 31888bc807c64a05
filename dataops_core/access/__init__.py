"""Who may do what: roles, and the registry of actions."""

from dataops_core.access.actions import ACTIONS, Action
from dataops_core.access.roles import EVERYWHERE, GROUP, ROLES, Role, covers, role_named

__all__ = ["ACTIONS", "EVERYWHERE", "GROUP", "ROLES", "Action", "Role", "covers", "role_named"]
