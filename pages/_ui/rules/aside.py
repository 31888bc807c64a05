"""The rows that steps have set aside: listed, and downloaded with all their cells."""

from __future__ import annotations

import streamlit as st

from dataops_core.store import dataset_rules
from dataops_core.store.datasets import Dataset
from dataops_core.store.states import Result
from pages._ui import current_table, grid, job, page_layout
from pages._ui.formatting import count, md

FEW = 20


def panel(here: Dataset) -> None:
    """Each step that set rows aside, with its rows; nothing where there is none."""
    found = [
        result for result in current_table.results(here) if result.entry.op == "quarantine_rows" and _dropped(result)
    ]
    if not found:
        return
    st.header("Rows set aside")
    st.caption("They left the table by a step of yours and are kept: switch the step off on Clean, and they are back.")
    for number, result in enumerate(found):
        with st.expander(f"{count(_dropped(result), 'row')}: {md(result.entry.sentence)}"):
            ids = dataset_rules.set_aside(page_layout.store(), result.before, result.after).tolist()
            shown = f"The first {FEW} of {count(len(ids), 'row')}:" if len(ids) > FEW else f"{count(len(ids), 'row')}:"
            st.caption(shown)
            grid.some_rows(result.before, ids[:FEW], f"rules.aside.{number}", "Rows that were set aside", height=220)
            _download(result.before, result.after, len(ids), number)


def _dropped(result: Result) -> int:
    return result.outcome.difference.rows_dropped if result.outcome.difference else 0


def _download(before: str, after: str, rows: int, number: int) -> None:
    asked = f"rules.aside.{number}.{after}"
    st.button(
        "Download rows set aside",
        key=f"rules.aside.go.{number}",
        icon=":material/download:",
        on_click=lambda: st.session_state.update({asked: True}),
        help="All of them, with all their cells, as CSV",
    )
    if not st.session_state.get(asked):
        return
    args = {"before": before, "after": after}
    made = job.do("rows set aside", args, "Writing the rows", cells=rows * len(grid.table(before).names))
    if made:
        path = page_layout.store().objects.local(made["md5"])
        st.download_button(
            f"Download {count(rows, 'row')}",
            data=path.read_bytes,
            file_name="rows-set-aside.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/csv:",
            key=f"rules.aside.file.{number}",
            type="primary",
        )
