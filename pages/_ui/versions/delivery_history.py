"""How deliveries went over time: quality, findings, rows and drift."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dataops_core.store.monitoring.deliveries import Delivery
from pages._ui import chart

LEAST = 2  # deliveries; one makes no history
DRAWN = (
    ("score", "Quality score", ".0%"),
    ("findings", "Open findings", ",d"),
    ("rows", "Rows", ",d"),
    ("drift", "Greatest drift of a column (PSI)", ".2f"),
)


def charts(some: list[Delivery]) -> None:
    """Four charts over all deliveries, oldest first, and their numbers."""
    if len(some) < LEAST:
        return
    st.subheader("Over time", anchor=False)
    told = table(some)
    for start in range(0, len(DRAWN), 2):
        for place, (name, title, form) in zip(st.columns(2), DRAWN[start : start + 2], strict=True):
            with place:
                chart.history(told[title], title, f"deliveries.chart.{name}", form)
    with st.popover("The numbers", icon=":material/table:", key="deliveries.numbers.popover"):
        st.dataframe(
            told,
            key="deliveries.numbers",
            alt="Quality, findings, rows and drift of each delivery",
            column_config={
                "Quality score": st.column_config.NumberColumn(format="percent"),
                "Greatest drift of a column (PSI)": st.column_config.NumberColumn(format="%.3f"),
            },
            placeholder="",
        )


def table(some: list[Delivery]) -> pd.DataFrame:
    """The figures of the deliveries by their numbers, oldest first."""
    oldest = list(reversed(some))
    told = {title: [getattr(each.report.figures, name) for each in oldest] for name, title, _ in DRAWN}
    return pd.DataFrame(told, index=pd.Index([f"Delivery {each.number}" for each in oldest], name="Delivery"))
