"""The personal data of a state: known, or recognized by a job meanwhile; and the gate on the way out."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dataops_core.privacy import PersonalData
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import personal_data
from dataops_core.store.datasets import Dataset
from dataops_core.store.personal_data import Unresolved
from dataops_core.table import Table
from pages._ui import current_table, grid, job, page_layout
from pages._ui.formatting import md

COST = 20  # what looking for personal data costs beside counting, per cell


def found(state: str, table: Table) -> PersonalData | None:
    """The personal data in the table; None while a job looks for it."""
    cells = COST * min(table.cells, 5_000 * len(table.columns))
    cells = min(cells, job.SMALL) if table.cells <= job.SMALL else cells
    if job.counted("personal data", {"state": state}, "Looking for personal data", cells) is None:
        return None
    return personal_data.recognized(page_layout.store(), state)


def unresolved(here: Dataset, state: str, table: Table) -> list[Unresolved] | None:
    """The columns that still name people; None while a job looks for them."""
    known = found(state, table)
    if known is None:
        return None
    return personal_data.unresolved(known, _steps(here), personal_data.settled(page_layout.store(), here))


def leaving(here: Dataset, root: str, state: str, table: Table) -> list[Unresolved] | None:
    """What would name people in a version saved now: columns, and settings of steps; None while a job looks for it."""
    if found(state, table) is None or found(root, grid.table(root)) is None:
        return None
    return personal_data.leaving(page_layout.store(), here, root, state, _steps(here))


def _steps(here: Dataset) -> list[RecipeStep]:
    """The steps that were done, with what they learned."""
    results = current_table.results(here)
    return [replace(r.entry, learned=r.outcome.learned) for r in results if r.outcome.status == "done"]


def reason_box(left: list[Unresolved], key: str, what: str) -> None:
    """What still names people, and the field for the reason why it leaves; nothing where nothing is left."""
    if not left:
        return
    told = "; ".join(md(each.words) for each in left[:8]) + (f" and {len(left) - 8} more" if len(left) > 8 else "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge("Names people", icon=":material/shield_person:", color="orange")
        st.markdown(f"This table names people, so {what} needs a reason. {told}.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Why these people stay in it",
            key=key,
            placeholder="For example: the customers agreed, contract 12",
            help="It is kept in the audit log and in the data card",
            width=480,
        )
        st.page_link(
            "pages/privacy.py",
            label="Treat them instead",
            icon=":material/shield_person:",
            query_params=st.query_params.to_dict(),
        )
