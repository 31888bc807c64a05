"""The registry of actions: whatever is written to the audit log is an action, and has to stand here.

The store asks it where it writes the log, in the transaction of what is logged: an action without a rule is an error
for everybody, whether roles are switched on or not, so that no test of it passes.
"""

from __future__ import annotations

from dataclasses import dataclass

from dataops_core.access.roles import Role


@dataclass(frozen=True)
class Action:
    """An action: the role that it needs at the least (None: anybody who is named), and what it does, after "may
    not".
    """

    needs: Role | None
    says: str


ACTIONS: dict[str, Action] = {
    # projects and people
    "project made": Action(None, "make a project"),
    "groups noted": Action(None, "say which groups they are in"),
    "signed out": Action(None, "sign out"),
    "roles switched on": Action("admin", "switch roles on"),
    "roles switched off": Action("admin", "switch roles off"),
    "administrator named": Action("admin", "name an administrator"),
    "member invited": Action("steward", "invite people"),
    "member removed": Action("steward", "remove people"),
    "project handed over": Action("steward", "hand the project over"),
    # looking
    "see": Action("viewer", "see this"),
    "store checked": Action("admin", "check the whole store"),
    "leftovers removed": Action("admin", "remove what nothing needs"),
    "log read": Action("admin", "read the log of all projects"),
    "alert sent": Action("viewer", "send alerts"),
    "alert not sent": Action("viewer", "send alerts"),
    # work on a dataset
    "file read": Action("editor", "bring files"),
    "recipe changed": Action("editor", "change steps"),
    "undone": Action("editor", "undo"),
    "redone": Action("editor", "redo"),
    "form changed": Action("editor", "change forms"),
    "roles set": Action("editor", "say what columns are for"),
    "rules changed": Action("editor", "change rules"),
    "rules added": Action("editor", "add rules"),
    "rule removed": Action("editor", "remove rules"),
    "finding ignored": Action("editor", "ignore findings"),
    "finding minded again": Action("editor", "take findings seriously again"),
    "weights set": Action("editor", "set weights"),
    "model kept": Action("editor", "keep models"),
    "model dropped": Action("editor", "drop models"),
    "synthetic data made": Action("editor", "make synthetic data"),
    "synthetic data opened": Action("editor", "open synthetic data as a dataset"),
    "version committed": Action("editor", "save versions"),
    "cluster run": Action("editor", "run steps on a cluster"),
    "version exported": Action("editor", "export versions"),
    "publication begun": Action("editor", "publish versions"),
    "version published": Action("editor", "publish versions"),
    "delivery judged": Action("editor", "bring deliveries"),
    "job cancelled": Action("editor", "cancel what others have started"),
    "dataset renamed": Action("editor", "rename datasets"),
    "questions answered": Action("editor", "answer the questions of a sign-off"),
    "promotion requested": Action("editor", "ask for promotion"),
    "promotion withdrawn": Action("editor", "withdraw a promotion"),
    "personal data written": Action(None, "write a table that names people"),
    # what the owner of the data decides
    "dataset deleted": Action("steward", "delete datasets"),
    "version purged": Action("steward", "purge versions"),
    "tables compacted": Action("steward", "compact the tables of a dataset"),
    "personal data settled": Action("steward", "settle what is personal data"),
    "personal data kept": Action("steward", "save a version that names people"),
    "personal data downloaded": Action("steward", "download a table that names people"),
    "limits set": Action("steward", "set limits for deliveries"),
    "delivery accepted": Action("steward", "accept deliveries"),
    "delivery rejected": Action("steward", "reject deliveries"),
    "gate signed": Action("steward", "sign off"),
    "promotion approved": Action("steward", "approve a promotion"),
    "promotion refused": Action("steward", "refuse a promotion"),
    "rolled back": Action("steward", "roll back"),
}
