"""The table as it is now, to download; made when it is asked for."""

from __future__ import annotations

import functools

import streamlit as st

from dataops_core.store import personal_data, states
from dataops_core.store.datasets import Dataset
from dataops_core.store.personal_data import Unresolved
from dataops_core.store.store import Store
from dataops_core.write import write_file
from pages._ui import grid, page_layout
from pages._ui.privacy import recognition

FORMATS = {
    "Excel": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "CSV": (".csv", "text/csv"),
    "Parquet": (".parquet", "application/vnd.apache.parquet"),
}


def panel(here: Dataset, state: str, key: str = "clean.download", suffix: str = "clean") -> None:
    """A button for each format; `suffix` tells the file's name from that of the raw file."""
    opened = st.popover("Download the table", icon=":material/download:", key=key, on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.caption("The clean table alone, without its history; the export file of a version has both.")
        left = recognition.unresolved(here, state, grid.table(state))
        if left is None:  # a job looks for them
            return
        if left and not page_layout.store().may("personal data downloaded", here.id):
            st.info("It names people. The steward of the project can download it.", icon=":material/lock:")
            return
        recognition.reason_box(left, f"{key}.reason", "downloading it")
        why = st.session_state.get(f"{key}.reason", "").strip() if left else ""
        with st.container(horizontal=True):
            for name, (ending, kind) in FORMATS.items():
                st.download_button(
                    name,
                    data=functools.partial(content, page_layout.store(), state, ending),
                    file_name=f"{here.name}_{suffix}{ending}",
                    mime=kind,
                    key=f"{key}.{name}",
                    on_click=functools.partial(_log, here, left, why) if left else "ignore",
                    disabled=bool(left) and not why,
                    icon=":material/table:",
                    help="Text that a spreadsheet would run as a formula gets an apostrophe in front"
                    if name == "CSV"
                    else None,
                )


def _log(here: Dataset, left: list[Unresolved], why: str) -> None:
    """Write into the audit log why people left with a download."""
    store, actor = page_layout.store(), page_layout.actor()
    page_layout.act(lambda: personal_data.log_download(store, here, left, why, actor))


def content(store: Store, state: str, suffix: str) -> bytes:
    """The bytes of the file; text that a spreadsheet would run as a formula is guarded."""
    out = store.scratch_file(suffix)
    write_file(states.table(store, state), out, safe=suffix == ".csv")
    made = out.read_bytes()
    out.unlink()
    return made
