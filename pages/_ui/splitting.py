"""Whether rows are kept apart for testing, and a way to do so before anything is learned."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dataops_core.models import TRAIN
from dataops_core.store import changes, datasets, states
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import finding, frame, head, job
from pages._ui.words import count, md


def split_of(here: Dataset) -> str | None:
    """The column that says which rows may be learned from, as the recipe made it."""
    return states.split_of(head.results(here))


def banner(here: Dataset, state: str, table: Table) -> str | None:
    """Say what is learned from which rows, and offer the split where there is none; answers the split column."""
    split = split_of(here)
    if split is not None and split not in table.names:
        st.warning("Drop it at the end of the recipe instead.", title=f"The split column {md(split)} was dropped", icon=":material/call_split:")
        return None
    if split is None:
        with st.container(border=True, key="split-first", horizontal=True, vertical_alignment="center"):
            st.markdown(
                ":material/call_split: **No rows are kept apart for testing.** What is learned here is learned from all rows, so no test can judge it fairly."
            )
            st.button("Split first …", key="splitting.ask", on_click=finding.ask, args=(proposal(here),), icon=":material/call_split:",
                      help="Opens the step with its settings filled in; nothing changes before you have seen a preview")
        return None
    facts = changes.column(frame.store(), state, split, run=table.rows <= job.SMALL)
    parts = {entry["value"]: entry["count"] for entry in facts["top"]} if facts else {}
    said = ", ".join(f"{count(rows, 'row')} {part}" for part, rows in parts.items())
    st.caption(f"Learned and judged on the training rows alone, as **{md(split)}** says{f': {said}' if TRAIN in parts else ''}.")
    return split


def proposal(here: Dataset) -> dict[str, Any]:
    """The split that fits the roles of the columns: as a column says it, or stratified by outcome and sensitive columns."""
    roles = datasets.roles_now(here)
    if roles.get("split"):
        return {"op": "split_rows", "with": {"how": "by_column", "column": roles["split"], "into": roles["split"]}}
    wanted = [roles.get("target"), *(roles.get("sensitive") or [])]
    return {"op": "split_rows", "with": {"stratify": [name for name in wanted if name]}}
