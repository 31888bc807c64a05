"""Synthesize: a synthetic table of the table that is useful, honest about its quality, and does not reveal anyone."""

import streamlit as st

from dataops_core.store import synthetic_tables
from pages._ui import current_table, page_header, page_layout
from pages._ui.findings import finding
from pages._ui.synthesize import constraints, engine, export, run, settings, treatments, verdicts

here = page_layout.need_dataset(page_header.enter("Synthesize"))
finding.follow()
state, table = current_table.table_now(here)
st.markdown(
    "A synthetic table has rows of people who do not exist, and goes where the real table must not. It is made in six"
    " steps, from left to right."
)

with page_layout.errors():
    wanted = settings.asked(here, state, table)
    if wanted is None:
        st.stop()
    last = synthetic_tables.last(page_layout.store(), here.id)
    run.open_tab("synthesize.tabs", last)
    names = ["Personal data", "Constraints", "Engine and rows", "Generate", "Verdicts", "Export"]
    gate, hold, engines, make, judged, out = st.tabs(names, key="synthesize.tabs", on_change="rerun")
    for tab, panel in (
        (gate, treatments.panel),
        (hold, constraints.panel),
        (engines, engine.panel),
        (make, lambda wanted: run.panel(wanted, last)),
    ):
        if tab.open:
            with tab, page_layout.errors():
                panel(wanted)
    done = run.done(wanted, last)
    for tab, panel in ((judged, verdicts.panel), (out, export.panel)):
        if tab.open:
            with tab, page_layout.errors():
                busy = run.running(last)
                if done is not None:
                    panel(wanted, done)
                elif not busy:
                    st.info("Generate it first.", title="No synthetic data yet", icon=":material/content_copy:")
