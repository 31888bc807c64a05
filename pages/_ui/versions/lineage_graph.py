"""Lineage drawn: from the raw file through the steps to every version, or to one column."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dataops_core.export.lineage import lineage
from dataops_core.export.lineage_graph import column_graph, history_graph
from dataops_core.store import versions
from dataops_core.store.datasets import Dataset
from pages._ui import page_layout, redaction
from pages._ui.formatting import count

MOST = 30  # versions that are drawn


def panel(here: Dataset, numbers: list[int]) -> None:
    """The graph of the versions (the newest first in `numbers`), or of a column of one of them."""
    if not numbers:
        st.info("Once a version is saved, its lineage is drawn here.", title="No versions yet")
        return
    with st.container(horizontal=True, gap="small"):
        number = st.selectbox("Version", numbers, format_func=lambda n: f"Version {n}", key="versions.lineage.number",
                              width=180)  # fmt: skip
        told = lineage(versions.get(page_layout.store(), here.id, number).manifest)
        names = [each.column for each in told.columns]
        name = st.selectbox("Column", names, index=None, key=f"versions.lineage.column.{number}", width=280,
                            placeholder="All versions, as a whole")  # fmt: skip
    if name is None:
        some = [versions.get(page_layout.store(), here.id, each).manifest for each in numbers[:MOST]]
        graph, file = history_graph(some[::-1]), "lineage.dot"
        if len(numbers) > MOST:
            st.caption(f"The newest {MOST} of {count(len(numbers), 'version')}.")
    else:
        column = told.of(name)
        graph, file = column_graph(column, told), "lineage-of-a-column.dot"
        comes = ", ".join(column.sources) or "no column of the raw file"
        st.caption(f"It comes from {comes}; {count(len(column.steps), 'step')} touched it.")
    graph = redaction.told(graph)
    st.graphviz_chart(graph, width="content")
    if name is not None and column.steps:
        rows = [
            {
                "Step": s.step,
                "What": redaction.told(s.sentence),
                "Did": s.did,
                "Cells": s.cells or None,
                "Using": ", ".join(s.using),
            }
            for s in column.steps
        ]
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            key="versions.lineage.steps",
            alt="The steps of the graph",
            placeholder="",
        )
    st.download_button("Download the graph (DOT)", graph, file, "text/vnd.graphviz", on_click="ignore",
                       icon=":material/download:", key="versions.lineage.file")  # fmt: skip
