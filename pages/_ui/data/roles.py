"""What the columns are for: outcome, sensitive columns, identifier, weight, split."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dataops_core.store import datasets
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import allowed, current_table, job, page_layout
from pages._ui.formatting import ROLES


def panel(here: Dataset, root: str, table: Table) -> None:
    """The form of column roles; they follow the columns through renaming."""
    st.markdown(
        "Say which columns matter. The app then warns when a repair hits one group of people harder than another."
    )
    names = table.names
    roles = dict(here.roles) or _proposed(root)
    target = _one("target", names, roles.get("target"))
    args = {"state": root, "column": target}
    told = job.counted("classes", args, "Listing the values", table.rows * 5) if target else None
    values = told["classes"] if told else []
    with st.form("roles", border=False):
        chosen: dict[str, object] = {"target": target}
        label, tip = ROLES["favorable"]
        at = values.index(roles["favorable"]) if roles.get("favorable") in values else None
        chosen["favorable"] = st.selectbox(
            label,
            values,
            index=at,
            help=tip,
            placeholder="It has no classes" if told and not values else "Choose a value",
            disabled=not values,
        )
        label, tip = ROLES["sensitive"]
        chosen["sensitive"] = st.multiselect(
            label,
            names,
            default=[n for n in roles.get("sensitive") or [] if n in names],
            help=tip,
            placeholder="Choose columns",
        )
        for role in ("id", "weight", "split"):
            chosen[role] = _one(role, names, roles.get(role))
        if allowed.submit("roles set", "Keep these roles", type="primary", icon=":material/save:"):
            if told is None and target == roles.get("target"):
                chosen["favorable"] = roles.get("favorable")  # its values are still being listed
            kept = {role: value for role, value in chosen.items() if value}
            if "target" not in kept:
                kept.pop("favorable", None)
            if page_layout.act(
                lambda: datasets.set_roles(page_layout.store(), here.id, here.revision, kept, page_layout.actor())
            ):
                page_layout.say("The roles are kept.")
            st.rerun()


def _proposed(root: str) -> dict[str, Any]:
    """What the columns are probably for, where nobody has said it yet."""
    found = current_table.proposed_roles(root)
    if found:
        st.info(
            "Nothing is kept before you press **Keep these roles**.",
            title="Proposed from the names and values of the columns",
            icon=":material/lightbulb:",
        )
    return found


def _one(role: str, names: list[str], now: str | None) -> str | None:
    label, tip = ROLES[role]
    return st.selectbox(
        label,
        names,
        index=names.index(now) if now in names else None,
        help=tip,
        placeholder="None",
        key=f"roles.{role}",
    )
