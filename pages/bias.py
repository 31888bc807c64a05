"""Bias: who is in the table, what they get, how decisions treat them, and how sure one can be of it."""

import streamlit as st

from dataops_core.fairness.guide import GUIDE
from dataops_core.store import datasets, states
from pages._ui import deciding, finding, frame, groups, guiding, head, mitigating, splitting, throughout
from pages._ui.words import md

here = frame.need_dataset(frame.enter("Bias"))
finding.follow()
state, table = head.table_now(here)
st.markdown(f"Who is in the table, what they get, and how sure one can be. {md(GUIDE['no_badge'])}")

with frame.errors():
    split = splitting.banner(
        here,
        state,
        table,
        "Models on this page hold back rows of their own; with a split, they are the same rows everywhere.",
    )
    asked = groups.choose(state, table, datasets.roles_now(here), split, states.earlier(head.results(here)).weights)
    if asked is None:
        guiding.panel()
        st.stop()
    names = [
        "Groups",
        "In the data",
        "In decisions",
        "Reasons",
        "Through the recipe",
        "What can be done",
        "Which measure?",
    ]
    who, data, model, why, along, act, guide = st.tabs(names, key="bias.tabs", on_change="rerun")
    if who.open:
        with who, frame.errors():
            groups.panel(asked, table)
    if data.open:
        with data, frame.errors():
            groups.data(asked, table)
    if model.open:
        with model, frame.errors():
            deciding.panel(asked, table, here.name)
    if why.open:
        with why, frame.errors():
            deciding.reasons(asked, table)
    root = head.root(here)
    if along.open and root:
        with along, frame.errors():
            throughout.panel(here, asked, root, table)
    if act.open:
        with act, frame.errors():
            mitigating.panel(here, asked, table)
    if guide.open:
        with guide:
            guiding.panel()
