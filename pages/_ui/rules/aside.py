"""The rows that steps have set aside: listed, and downloaded with all their cells."""

from __future__ import annotations

import streamlit as st

from dataops_core.store import dataset_rules
from dataops_core.store.datasets import Dataset
from dataops_core.store.states import Result
from pages._ui import current_table, grid, page_layout, redaction
from pages._ui.formatting import count, md
from pages._ui.rules import row_file

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
            if redaction.is_viewer():
                continue
            args, key = {"before": result.before, "after": result.after}, f"rules.aside.{number}"
            label, file = "Download rows set aside", "rows-set-aside.csv"
            row_file.offer("rows set aside", args, result.before, len(ids), label, file, key)


def _dropped(result: Result) -> int:
    return result.outcome.difference.rows_dropped if result.outcome.difference else 0
