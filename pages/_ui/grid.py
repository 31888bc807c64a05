"""The grid: one page of rows of a state, never the whole table."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dataops_core.store import states
from dataops_core.table import Table
from pages._ui import page_layout
from pages._ui.formatting import count

ROWS = 200
COLUMNS = 60


@functools.lru_cache(maxsize=64)
def _table(home: str, state: str) -> Table:
    return states.table(page_layout.store(), state)


def table(state: str) -> Table:
    """The handle on a state's table; opened once."""
    return _table(str(page_layout.store().home), state)


def numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as shown: the row ids count from 1, and the widest tables are cut (the engine still has all columns)."""
    return rows.iloc[:, :COLUMNS].set_axis(pd.Index(rows.index + 1, name="Row"), axis=0)


@st.fragment
def grid(state: str, key: str, *, what: str = "The table", height: int = 420) -> None:
    """A page of rows with a pager."""
    data = table(state)
    pages = max(1, -(-data.rows // ROWS))
    page = st.pagination(pages, key=f"{key}.page.{state[:8]}") if pages > 1 else 1
    rows = data.page((page - 1) * ROWS, ROWS, data.names[:COLUMNS])
    _show(
        rows, key, f"{what}, rows {(page - 1) * ROWS + 1} to {(page - 1) * ROWS + len(rows)} of {data.rows:,}", height
    )
    cut = f" Of {count(len(data.names), 'column')} the first {COLUMNS} are shown." if len(data.names) > COLUMNS else ""
    first = (
        f"Rows {(page - 1) * ROWS + 1:,} to {(page - 1) * ROWS + len(rows):,} of {data.rows:,}."
        if len(rows)
        else "No rows."
    )
    st.caption(f"{first}{cut} The row number counts the data rows of the file from 1.")


def some_rows(
    state: str, ids: Sequence[int], key: str, what: str, first: Sequence[str] = (), height: int = 300
) -> None:
    """The rows with these ids, the columns in question first."""
    data = table(state)
    order = [*[name for name in first if name in data.names], *[name for name in data.names if name not in first]]
    _show(data.rows_by_id(ids, order[:COLUMNS]), key, what, height)


def _show(rows: pd.DataFrame, key: str, what: str, height: int) -> None:
    st.dataframe(
        numbered(rows), key=f"{key}.rows", alt=what, height=height if len(rows) > 9 else "auto", placeholder=""
    )
