"""Rows as a file: written when somebody asks, and then offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages._ui import grid, job, page_layout
from pages._ui.formatting import count


def offer(kind: str, args: Mapping[str, Any], state: str, rows: int, label: str, file: str, key: str) -> None:
    """A button that has a job of that kind write so many rows (of the table of a state), and then the download."""
    asked = f"{key}.{state}"
    st.button(
        label,
        key=f"{key}.go",
        icon=":material/download:",
        on_click=lambda: st.session_state.update({asked: True}),
        help="All of them, with all their cells, as CSV",
    )
    if not st.session_state.get(asked):
        return
    made = job.do(kind, args, "Writing the rows", cells=rows * len(grid.table(state).names))
    if made:
        path = page_layout.store().objects.local(made["md5"])
        st.download_button(
            f"Download {count(rows, 'row')}",
            data=path.read_bytes,
            file_name=file,
            mime="text/csv",
            on_click="ignore",
            icon=":material/csv:",
            key=f"{key}.file",
            type="primary",
        )
