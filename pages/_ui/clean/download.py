"""The table as it is now, to download; made when it is asked for."""

from __future__ import annotations

import functools

import streamlit as st

from dataops_core.store import states
from dataops_core.store.datasets import Dataset
from dataops_core.write import write_file
from pages._ui import page_layout

FORMATS = {
    "Excel": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "CSV": (".csv", "text/csv"),
    "Parquet": (".parquet", "application/vnd.apache.parquet"),
}


def panel(here: Dataset, state: str) -> None:
    """A button for each format."""
    with st.popover("Download the table", icon=":material/download:", key="clean.download"):
        st.caption("The table as it is now, without its history; save a version and export it to have both.")
        for name, (suffix, kind) in FORMATS.items():
            st.download_button(
                name,
                data=functools.partial(content, state, suffix),
                file_name=f"{here.name}{suffix}",
                mime=kind,
                key=f"clean.download.{name}",
                on_click="ignore",
                icon=":material/table:",
                help="Text that a spreadsheet would run as a formula gets an apostrophe in front"
                if name == "CSV"
                else None,
            )


def content(state: str, suffix: str) -> bytes:
    """The bytes of the file; text that a spreadsheet would run as a formula is guarded."""
    store = page_layout.store()
    out = store.scratch_file(suffix)
    write_file(states.table(store, state), out, safe=suffix == ".csv")
    made = out.read_bytes()
    out.unlink()
    return made
