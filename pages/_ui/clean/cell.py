"""One cell of the grid: its whole row, and a form that changes the cell by a step."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dataops_core.errors import DataOpsError
from dataops_core.recipe.cells import with_cell
from dataops_core.steps.set_cells import typed, written
from dataops_core.store.datasets import Dataset
from dataops_core.table import shown
from pages._ui import allowed, grid, page_layout, pending
from pages._ui.findings import finding
from pages._ui.formatting import md


def panel(here: Dataset, state: str, row: int, column: str, key: str, *, mend: bool) -> None:
    """The row of a cell, and where `mend` allows, the form that changes the cell."""
    finding.follow()
    table = grid.table(state)
    cells = table.rows_by_id([row])
    if cells.empty:
        return
    value = cells[column].iloc[0]
    old = "" if pd.isna(value) else written(value)
    with st.container(border=True, key=f"{key}-cell"):
        left, right = st.columns([2, 3], gap="medium")
        with left:
            st.markdown(f"**{md(column)}**, row {row + 1:,}")
            st.markdown(md(old) if old else ":gray[(missing)]")
            if mend:
                name = f"{key}.cell.{state[:8]}.{row}.{column}"
                st.text_input("New value", value=old, key=f"{name}.new", help="Leave it empty to make the cell missing")
                st.text_input("Reason", key=f"{name}.why", placeholder="Where the right value comes from")
                allowed.button(
                    "recipe changed",
                    "Preview the change",
                    key=f"{name}.go",
                    icon=":material/edit:",
                    on_click=_propose,
                    args=(here, table.column(column).type, row, column, old, name),
                )
        with right:
            texts = [shown(cells[each]).iloc[0] for each in cells.columns]
            whole = pd.DataFrame({"Column": list(cells.columns), "Value": ["" if t is None else t for t in texts]})
            st.dataframe(
                whole,
                hide_index=True,
                key=f"{key}.whole.{row}",
                height=260,
                alt=f"Row {row + 1}, all its columns",
                placeholder="",
            )


def _propose(here: Dataset, kind: str, row: int, column: str, old: str, name: str) -> None:
    """Put the new value up for preview: a step of its own, or one more cell of the last step."""
    new, why = st.session_state[f"{name}.new"].strip(), st.session_state[f"{name}.why"].strip()
    try:
        if new:
            typed(new, kind, column)
    except DataOpsError as error:
        page_layout.fail(error)
        return
    steps = with_cell(here.recipe.steps, column, row, old, new, why)
    what = f'Set {column} in row {row + 1:,} to "{new}"' if new else f"Make {column} in row {row + 1:,} missing"
    pending.propose(here, steps, what)
    st.session_state["finding.go"] = True
