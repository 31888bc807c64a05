"""Resample: uneven classes and unusual rows, judged before anything is done about them."""

import streamlit as st

from dataops_core.store import datasets
from pages._ui import current_table, page_header, page_layout, splitting
from pages._ui.findings import finding
from pages._ui.resample import classes, outliers

here = page_layout.need_dataset(page_header.enter("Resample"))
finding.follow()
state, table = current_table.table_now(here)
roles = datasets.roles_now(here)
st.markdown(
    "Classes of very different sizes, and rows far from all others: see them, compare what could be done, then choose."
    " Often the honest answer is: nothing."
)

with page_layout.errors():
    split = splitting.banner(here, state, table)
    even, compare, unusual = st.tabs(["Balance", "Compare methods", "Outliers"], key="resample.tabs", on_change="rerun")
    if even.open or compare.open:
        with even if even.open else compare:
            target, groups = classes.target_of(roles, table, "balance")
    if even.open and target:
        with even, page_layout.errors():
            classes.classes(state, table, target, groups, split)
    if compare.open and target:
        with compare, page_layout.errors():
            favorable = roles.get("favorable") if target == roles.get("target") else None
            classes.compare(here, state, table, target, groups, favorable, split)
    if unusual.open:
        with unusual, page_layout.errors():
            outliers.panel(state, table, split)
