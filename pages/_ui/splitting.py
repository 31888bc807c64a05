"""Whether rows are kept apart for testing, and a way to do so before anything is learned."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dataops_core.models import PARTS, TRAIN
from dataops_core.steps.split_rows import WORDS
from dataops_core.store import datasets, states
from dataops_core.store.datasets import Dataset
from dataops_core.store.results import diffs
from dataops_core.table import Table
from pages._ui import allowed, current_table, job, page_layout
from pages._ui.findings import finding
from pages._ui.formatting import count, md


def split_of(here: Dataset) -> str | None:
    """The column that says which rows may be learned from, as the recipe made it."""
    return states.earlier(current_table.results(here)).split


LEARNS = "What is learned here is learned from all rows, so no test can judge it fairly."


def banner(here: Dataset, state: str, table: Table, learns: str = LEARNS) -> str | None:
    """Say what is learned from which rows, and offer the split where there is none; answers the split column."""
    split = split_of(here)
    if split is not None and split not in table.names:
        st.warning(
            "Drop it as the last step instead.",
            title=f"The split column {md(split)} was dropped",
            icon=":material/call_split:",
        )
        return None
    if split is None:
        known = _speaks_of_parts(state, table)
        said = (
            f"The column **{md(known)}** seems to say which rows are for testing, but no step says so yet."
            if known
            else "**No rows are kept apart for testing.**"
        )
        with st.container(border=True, key="split-first", horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/call_split: {said} {learns}")
            allowed.button(
                "recipe changed",
                "Split first …",
                key="splitting.ask",
                on_click=finding.ask,
                args=(proposal(here, state, table),),
                icon=":material/call_split:",
                help="Opens the step with its settings filled in; nothing changes before you have seen a preview",
            )
        return None
    facts = diffs.column(page_layout.store(), state, split, run=table.rows <= job.SMALL)
    parts = {entry["value"]: entry["count"] for entry in facts["top"]} if facts else {}
    said = ", ".join(f"{count(rows, 'row')} {part}" for part, rows in parts.items())
    st.caption(
        f"What is learned here is learned from the training rows alone, as **{md(split)}**"
        f" says{f': {said}' if TRAIN in parts else ''}."
    )
    return split


def proposal(here: Dataset, state: str, table: Table) -> dict[str, Any]:
    """The split that fits: as a column says it already, or stratified by outcome and sensitive columns."""
    roles = datasets.roles_now(here)
    told = roles.get("split") if roles.get("split") in table.names else _speaks_of_parts(state, table)
    if told:
        return {"op": "split_rows", "with": {"how": "by_column", "column": told, "into": told}}
    wanted = [roles.get("target"), *(roles.get("sensitive") or [])]
    into = next(name for name in ("split", *(f"split_{n}" for n in range(2, 999))) if name not in table.names)
    return {"op": "split_rows", "with": {"stratify": [name for name in wanted if name], "into": into}}


def _speaks_of_parts(state: str, table: Table) -> str | None:
    """A column that says which rows are for training and which for testing, in whatever words."""
    texts = [column.name for column in table.columns if column.type == "text" and column.kind == "category"]
    first = table.page(0, 100, texts)  # of thousands of columns, few are worth counting
    for name in texts:
        if all(WORDS.get(str(value).strip().lower()) for value in first[name].unique()):
            facts = diffs.column(page_layout.store(), state, name, run=table.rows <= job.SMALL)
            parts = {WORDS.get(str(top["value"]).strip().lower()) for top in (facts or {}).get("top", ())}
            if (
                facts
                and facts["distinct"] <= len(PARTS)
                and None not in parts
                and TRAIN in parts
                and not facts["missing"]
            ):
                return name
    return None
