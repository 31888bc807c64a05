"""Impute: what is missing and why, and which way of filling it is right for this table."""

import streamlit as st

from dataops_core.store import datasets
from pages._ui import current_table, page_header, page_layout, splitting
from pages._ui.findings import finding
from pages._ui.impute import methods, missingness, multiple_imputation

here = page_layout.need_dataset(page_header.enter("Impute"))
finding.follow()
state, table = current_table.table_now(here)
roles = datasets.roles_now(here)
target = roles.get("target") if roles.get("target") in table.names else None
sensitive = [name for name in roles.get("sensitive") or [] if name in table.names]
st.markdown(
    "Before a gap is filled, see how it came about; before a method is trusted, see it recover cells whose value is"
    " known."
)

with page_layout.errors():
    split = splitting.banner(here, state, table)
    why, choose, over = st.tabs(
        ["What is missing", "Choose a method", "Multiple imputation"], key="impute.tabs", on_change="rerun"
    )
    if why.open:
        with why, page_layout.errors():
            missingness.panel(state, table, target, sensitive, split)
    if choose.open:
        with choose, page_layout.errors():
            methods.panel(here, state, table, target, sensitive, split)
    if over.open:
        with over, page_layout.errors():
            multiple_imputation.panel(state, table, target, split)
