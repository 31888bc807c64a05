"""Bias: who is in the table, what they get, how decisions treat them, and how sure one can be of it."""

import streamlit as st

from dataops_core.fairness.guide import PRINCIPLES
from dataops_core.store import datasets, states
from pages._ui import current_table, page_header, page_layout, splitting
from pages._ui.bias import by_step, decisions, groups, measure_guide, mitigation
from pages._ui.findings import finding
from pages._ui.formatting import md

here = page_layout.need_dataset(page_header.enter("Bias"))
finding.follow()
state, table = current_table.table_now(here)
st.markdown(f"Who is in the table, what they get, and how sure one can be. {md(PRINCIPLES.no_badge)}")

with page_layout.errors():
    split = splitting.banner(
        here,
        state,
        table,
        "Models on this page hold back rows of their own; with a split, they are the same rows everywhere.",
    )
    asked = groups.choose(
        state, table, datasets.roles_now(here), split, states.earlier(current_table.results(here)).weights
    )
    if asked is None:
        measure_guide.panel()
        st.stop()
    names = [
        "Groups",
        "In the data",
        "In decisions",
        "Reasons",
        "Step by step",
        "What can be done",
        "Which measure?",
    ]
    who, data, model, why, along, act, guide = st.tabs(names, key="bias.tabs", on_change="rerun")
    if who.open:
        with who, page_layout.errors():
            groups.panel(here, asked, table)
    if data.open:
        with data, page_layout.errors():
            groups.data(asked, table)
    if model.open:
        with model, page_layout.errors():
            decisions.panel(asked, table, here.name)
    if why.open:
        with why, page_layout.errors():
            decisions.reasons(asked, table)
    root = current_table.root(here)
    if along.open and root:
        with along, page_layout.errors():
            by_step.panel(here, asked, root, table)
    if act.open:
        with act, page_layout.errors():
            mitigation.panel(here, asked, table)
    if guide.open:
        with guide:
            measure_guide.panel()
