"""The column strip with the selected column below it: its spread, what is wrong with it, and the steps that fit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dataops_core import steps
from dataops_core.store.datasets import Dataset
from dataops_core.table import Column, Table
from pages._ui import allowed, chart, current_table, form, grid, page_layout
from pages._ui.columns.strip import facts_as_meant, misfits, strip, type_of
from pages._ui.findings import finding, inbox
from pages._ui.formatting import md

MOST = 60  # columns on the strip, as many as the grid shows


@st.fragment
@page_layout.errors()  # a part that runs alone has no net around it: roles may be gone by now
def columns(here: Dataset, state: str, key: str, *, mend: bool) -> None:
    """The columns of a state, as soon as they are counted; a click on one opens what is known of it.

    `mend`: whether steps are offered; not where the state is not the one that the next step would change.
    """
    finding.follow()
    table = grid.table(state)
    profile = current_table.profiled(here, state, "Count the columns", auto=False)
    if profile is None:
        return
    open_columns = st.session_state.setdefault("columns.open", {})
    selected = open_columns.get(here.id)
    selected = selected if selected in table.names else None
    findings = inbox.open_findings(here, profile)
    clicked = strip(profile, findings, table.names[:MOST], selected, f"{key}.strip")
    if clicked in table.names:
        open_columns[here.id] = None if clicked == selected else clicked
        st.rerun(scope="fragment")
    if selected is not None:
        with st.container(border=True, key=f"{key}-column"):
            _selected(table.column(selected), table, profile["facts"][selected], findings, key, here.id, mend=mend)


def _selected(
    column: Column,
    table: Table,
    facts: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    key: str,
    dataset: str,
    *,
    mend: bool,
) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(md(column.name), anchor=False)
        st.badge(type_of(facts), color="gray")
        st.button(
            "Close", key=f"{key}.close", on_click=_close, args=(dataset,), icon=":material/close:", type="tertiary"
        )
    if "failed" in facts:
        st.warning(md(facts["failed"]), title="This column could not be counted", icon=":material/warning:")
        return
    shown = facts_as_meant(facts)
    about = [each for each in findings if column.name in each["columns"]]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        for number, each in enumerate(about):
            finding.line(each, table.rows, f"{key}.finding.{number}", mend=mend)
        if not about:
            st.markdown("No check found anything in this column.")
        misfits(facts)
        if mend:
            _steps(column, key)
    with right:
        chart.distribution(shown, f"Values of {column.name}", f"{key}.chart.{column.name}")


def _steps(column: Column, key: str) -> None:
    fitting = {step.name: (step, settings) for step, settings in steps.fitting(column)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Steps for this column",
            list(fitting),
            index=None,
            format_func=lambda n: form.label(fitting[n][0]),
            key=f"{key}.step.{column.name}",
            placeholder="Search the steps",
            width=360,
        )
        if name is not None:
            allowed.button(
                "recipe changed",
                "Open",
                key=f"{key}.open",
                on_click=finding.choose,
                args=(name, fitting[name][1]),
                icon=":material/arrow_forward:",
                help="Opens the step with this column filled in",
            )


def _close(dataset: str) -> None:
    st.session_state["columns.open"][dataset] = None
