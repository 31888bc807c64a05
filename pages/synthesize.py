"""Synthesize: a twin of the table that is useful, honest about its quality, and gives nobody away."""

import streamlit as st

from dataops_core.store import twins
from pages._ui import engine, finding, frame, head, holding, making, personal, taking, twin, verdicts

here = frame.need_dataset(frame.enter("Synthesize"))
finding.follow()
state, table = head.table_now(here)
st.markdown(
    "A synthetic twin has rows of people who do not exist, and goes where the real table must not. It is made in six"
    " steps, from left to right."
)

with frame.errors():
    wanted = twin.asked(here, state, table)
    if wanted is None:
        st.stop()
    last = twins.last(frame.store(), here.id)
    making.open_tab("synthesize.tabs", last)
    names = ["Personal data", "What must hold", "Engine and rows", "Make the twin", "Verdicts", "Take it along"]
    gate, hold, engines, make, judged, out = st.tabs(names, key="synthesize.tabs", on_change="rerun")
    for tab, panel in (
        (gate, personal.panel),
        (hold, holding.panel),
        (engines, engine.panel),
        (make, lambda wanted: making.panel(wanted, last)),
    ):
        if tab.open:
            with tab, frame.errors():
                panel(wanted)
    done = making.done(wanted, last)
    for tab, panel in ((judged, verdicts.panel), (out, taking.panel)):
        if tab.open:
            with tab, frame.errors():
                busy = making.running(last)
                if done is not None:
                    panel(wanted, done)
                elif not busy:
                    st.info("First make one.", title="There is no twin yet", icon=":material/content_copy:")
