"""Explore: choose columns, see the chart that fits, select a part of it to see its rows; keep charts."""

import streamlit as st

from dataops_core.explore import CHARTS, fitting_charts
from pages._ui import current_table, job, page_header, page_layout
from pages._ui.explore import chart_view, kept_charts

place = page_header.enter("Explore")
here = page_layout.need_dataset(place)
state, table = current_table.table_now(here)
ANY = "(none)"
kept_charts.open_asked(here)

names = table.names
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    chosen = st.multiselect(
        "Columns",
        names,
        key="explore.columns",
        max_selections=4,
        placeholder="One to four; without any, the map of missing cells",
        width=420,
        persist_state="session",
    )
    fits = fitting_charts(table, chosen)
    kind = None
    if len(fits) > 1:
        kind = st.selectbox(
            "Chart",
            fits,
            format_func=lambda name: CHARTS[name].title,
            key=f"explore.kind.{'|'.join(fits)}",
            width=230,
        )
    color = facet = None
    if fits and CHARTS[kind or fits[0]].splits:
        groups = [c.name for c in table.columns if c.kind in ("category", "boolean") and c.name not in chosen]
        color = st.selectbox("Color by", [ANY, *groups], key="explore.color", width=170, persist_state="session")
        facet = st.selectbox("Split by", [ANY, *groups], key="explore.facet", width=170, persist_state="session")
if not fits:
    st.info(
        "Choose a number or date, a category, or two of them; or two to four categories.",
        title="No chart fits these columns",
        icon=":material/bar_chart:",
    )
    st.stop()
asked = {
    "columns": chosen,
    "kind": kind or fits[0],
    "color": None if color == ANY else color,
    "facet": None if facet == ANY else facet,
}
with page_layout.errors():
    cells = table.rows * (len(chosen) + 2) if chosen else table.cells
    told = job.counted("chart", {"state": state, **asked}, "Counting all rows", cells)
    if told is not None:
        chart_view.panel(here, state, table, told)
        kept_charts.panel(here, asked)
