"""Rules: what the owner of the data requires of it; suggested, accepted or written, checked, kept, exported."""

import streamlit as st

from pages._ui import current_table, page_header, page_layout, pending
from pages._ui.findings import finding
from pages._ui.rules import aside, exchange, rule_form, states, suggestions

place = page_header.enter("Rules")
here = page_layout.need_dataset(place)
finding.follow()
root = current_table.root(here)
state = current_table.now(here) if root else None
if root is None or state is None:
    st.stop()
pending.panel(here, root, state, current_table.results(here))
states.follow()
mine, proposed, own, out = st.tabs(
    ["Your rules", "Suggested", "Write or edit", "Import and export"], key="rules.tabs", on_change="rerun"
)
if mine.open:
    with mine, page_layout.errors():
        states.panel(here, state)
        aside.panel(here)
if proposed.open:
    with proposed, page_layout.errors():
        suggestions.panel(here, state)
if own.open:
    with own, page_layout.errors():
        rule_form.panel(here, state)
if out.open:
    with out, page_layout.errors():
        exchange.panel(here, state)
