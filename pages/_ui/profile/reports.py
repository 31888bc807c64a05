"""Reports to take away: our own, one HTML file with values redacted, and the full ydata-profiling report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core.store import jobs
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import current_table, job, page_layout
from pages._ui.formatting import count, md, size

SAMPLE = 20_000


def panel(here: Dataset, state: str, table: Table) -> None:
    """Both reports, each made when asked for."""
    ours, full = st.columns(2, gap="large")
    with ours:
        st.header("Report of the findings")
        st.markdown(
            "One file to send on: what was found, why it matters, and each column. It opens in any browser, without a"
            " network."
        )
        shown = st.checkbox(
            "Show values",
            key="reports.values",
            help="Without this, values that may name a person are redacted, and rare ones left out",
        )
        args = {
            "state": state,
            "context": current_table.context(here).to_json(),
            "show_values": shown,
            "name": here.name,
        }
        offer("report", args, "Make the report", table.cells)
    with full:
        st.header("Full statistical report")
        st.markdown(
            "Every statistic and chart of ydata-profiling, for data scientists. It shows values as they are: do not"
            " send it where they must not go."
        )
        part = table.rows > SAMPLE and st.checkbox(
            f"On a sample of {SAMPLE:,} rows",
            value=True,
            key="reports.sample",
            help=f"All {table.rows:,} rows take minutes; the report says what it was made on",
        )
        args = {"state": state, "rows": SAMPLE if part else None, "name": here.name}
        offer("full_report", args, "Make the full report", 10**9)


def offer(kind: str, args: Mapping[str, Any], what: str, cells: int) -> None:
    """A button that makes a report, its progress, then the file to download and to look at."""
    wanted = f"reports.{kind}.{args}"
    last = jobs.latest(page_layout.store(), kind, args)
    if cells <= job.SMALL and last is None:
        if not st.session_state.get(wanted):
            st.button(
                what,
                key=f"reports.{kind}",
                icon=":material/description:",
                on_click=lambda: st.session_state.update({wanted: True}),
            )
            return
        made = job.do(kind, args, what, cells=cells)
    else:
        made = job.do(kind, args, what, cells=max(cells, job.SMALL + 1), auto=False)
    if not made:
        return
    path = page_layout.store().objects.local(made["md5"])
    st.download_button(
        f"Download {made['file']} ({size(path.stat().st_size)})",
        data=path.read_bytes,
        file_name=made["file"],
        mime="text/html",
        key=f"reports.{kind}.download",
        on_click="ignore",
        icon=":material/download:",
    )
    if st.toggle("Show it here", key=f"reports.{kind}.show"):
        st.iframe(path.read_text("utf-8"), height=700)
    told = made.get("report")
    if told and told["sampled"]:
        st.caption(f"Made on a sample of {count(told['rows'], 'row')} of {told['of']:,}.")
    for each in (told or {}).get("left_out", []):
        st.caption(f"Left out: {md(each['column'])}, because {md(each['why'])}")
