"""Privacy: who is named in the table, how easily rows are told apart, and what to do about both."""

import streamlit as st

from dataops_core.store import datasets
from pages._ui import current_table, page_header, page_layout, pending
from pages._ui.findings import finding
from pages._ui.privacy import identifiers, reach, recognition, risk

here = page_layout.need_dataset(page_header.enter("Privacy"))
finding.follow()
first = current_table.root(here)
state, table = current_table.table_now(here)
if first is not None:
    pending.panel(here, first, state, current_table.results(here))
st.markdown(
    "People are identified by two things: columns that name them (direct identifiers), and columns that single them out"
    " only together (quasi-identifiers). Treat the first, generalize the second."
)

with page_layout.errors():
    found = recognition.found(state, table)
    if found is not None:
        named, apart, enough = st.tabs(
            ["Direct identifiers", "Re-identification risk", "k-anonymity"], key="privacy.tabs", on_change="rerun"
        )
        if named.open:
            with named, page_layout.errors():
                identifiers.panel(here, state, table, found)
        if apart.open or enough.open:
            with apart if apart.open else enough, page_layout.errors():
                roles = datasets.roles_now(here)
                quasi, sensitive = risk.choose(table, found, roles)
                if quasi and apart.open:
                    risk.panel(state, table, quasi, sensitive)
                elif quasi:
                    reach.panel(here, state, table, found, quasi, sensitive, roles)
