"""Resample: uneven classes and unusual rows, judged before anything is done about them."""

import streamlit as st

from dataops_core.store import datasets
from pages._ui import balance, finding, frame, head, outlying, splitting

here = frame.need_dataset(frame.enter("Resample"))
finding.follow()
state, table = head.table_now(here)
roles = datasets.roles_now(here)
st.markdown(
    "Classes of very different sizes, and rows far from all others: see them, compare what could be done, then choose."
    " Often the honest answer is: nothing."
)

with frame.errors():
    split = splitting.banner(here, state, table)
    even, compare, unusual = st.tabs(["Balance", "Compare methods", "Outliers"], key="resample.tabs", on_change="rerun")
    if even.open or compare.open:
        with even if even.open else compare:
            target, groups = balance.target_of(roles, table, "balance")
    if even.open and target:
        with even, frame.errors():
            balance.classes(state, table, target, groups, split)
    if compare.open and target:
        with compare, frame.errors():
            favorable = roles.get("favorable") if target == roles.get("target") else None
            balance.compare(here, state, table, target, groups, favorable, split)
    if unusual.open:
        with unusual, frame.errors():
            outlying.panel(state, table, split)
