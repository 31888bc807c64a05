"""The grid: one page of rows of a state, never the whole table."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.facts import Engine, Where, rows_with, sorted_rows
from dataops_core.store import states
from dataops_core.table import Table
from pages._ui import page_layout, redaction
from pages._ui.formatting import count
from pages._ui.frame import density

ROWS = 100
COLUMNS = 60
HOW = {"holds": "contains", "is": "is", "missing": "is missing", "present": "is not missing"}


@functools.lru_cache(maxsize=64)
def _table(home: str, state: str) -> Table:
    return states.table(page_layout.store(), state)


def table(state: str) -> Table:
    """The handle on a state's table, as this person may see it; opened once."""
    return _table(str(page_layout.store().home), redaction.seen(state))


def numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as shown: the row ids count from 1, and the widest tables are cut (the engine still has all columns)."""
    return rows.iloc[:, :COLUMNS].set_axis(pd.Index(rows.index + 1, name="Row"), axis=0)


@st.fragment
@page_layout.errors()  # a part that runs alone has no net around it: roles may be gone by now
def grid(
    state: str,
    key: str,
    *,
    what: str = "The table",
    height: int = 420,
    on_cell: Callable[[int, str], None] | None = None,
) -> None:
    """A page of rows with a pager, sorted and filtered on all rows; a click on a cell calls `on_cell` with its row id
    and column.
    """
    state = redaction.seen(state)
    data = table(state)
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}-bar".replace(".", "-"))
    with bar:
        by, descending, conditions = _order(data, key)
    place = f"{by} {descending} {conditions}"
    total = data.rows
    if by or conditions:
        total, _ = _sorted(str(page_layout.store().home), state, by, descending, conditions, 0)
    pages = max(1, -(-total // ROWS))
    page = bar.pagination(pages, key=f"{key}.page.{state[:8]}.{place}") if pages > 1 else 1
    start = (page - 1) * ROWS
    if by or conditions:
        _, rows = _sorted(str(page_layout.store().home), state, by, descending, conditions, start)
    else:
        rows = data.page(start, ROWS, data.names[:COLUMNS])
    said = f"rows {start + 1:,} to {start + len(rows):,} of {total:,}" if len(rows) else "no rows"
    picked = _show(rows, f"{key}.{place}", f"{what}, {said}", height, pick=on_cell is not None)
    cut = f" Of {count(len(data.names), 'column')} the first {COLUMNS} are shown." if len(data.names) > COLUMNS else ""
    left_out = f" {data.rows - total:,} of {data.rows:,} rows do not meet the filter." if conditions else ""
    hint = " Click a cell to see its row or to change it." if on_cell else ""
    st.caption(f"{said.capitalize()}.{left_out}{cut} The row number counts the data rows of the file from 1.{hint}")
    if on_cell and picked:
        on_cell(*picked)


Conditions = tuple[tuple[str | None, str, str], ...]


def _order(data: Table, key: str) -> tuple[str | None, bool, Conditions]:
    """By which column the rows are sorted, and which rows are wanted, as chosen in a menu above them."""
    words = st.text_input(
        "Filter rows",
        key=f"{key}.words",
        placeholder="Filter rows",
        width=170,
        label_visibility="collapsed",
        icon=":material/filter_alt:",
    ).strip()
    sorted_by = st.session_state.get(f"{key}.sort")
    label = f"Sorted by {sorted_by}" if sorted_by else "Sort and filter"
    with st.popover(label, icon=":material/swap_vert:", key=f"{key}.order"):
        by = st.selectbox(
            "Sort by",
            [None, *data.names],
            format_func=lambda name: "As in the file" if name is None else name,
            key=f"{key}.sort",
        )
        descending = (
            st.radio("Order", ["Ascending", "Descending"], key=f"{key}.direction", horizontal=True) == "Descending"
        )
        where = st.selectbox(
            "Filter in",
            [None, *data.names],
            format_func=lambda name: "All text columns" if name is None else name,
            key=f"{key}.where",
        )
        how = "holds"
        if where is not None:
            how = st.selectbox("Rows where it", list(HOW), format_func=HOW.__getitem__, key=f"{key}.how")
    wanted = bool(words) if how in ("holds", "is") else where is not None
    return by, descending and by is not None, ((where, how, words),) if wanted else ()


@st.cache_data(max_entries=64, show_spinner=False)
def _sorted(
    home: str, state: str, by: str | None, descending: bool, conditions: Conditions, start: int
) -> tuple[int, pd.DataFrame]:
    """How many rows are wanted, and a page of them in that order; kept, for it takes a go through the file."""
    data = _table(home, state)
    wanted = [Where(name, how, (words,)) for name, how, words in conditions]  # type: ignore[arg-type]
    with Engine(data) as engine:
        total, ids = sorted_rows(engine, wanted, by, descending=descending, start=start, most=ROWS)
        return total, rows_with(engine, ids, data.names[:COLUMNS])


def some_rows(
    state: str, ids: Sequence[int], key: str, what: str, first: Sequence[str] = (), height: int = 300
) -> None:
    """The rows with these ids, the columns in question first."""
    data = table(state)
    order = [*[name for name in first if name in data.names], *[name for name in data.names if name not in first]]
    _show(data.rows_by_id(ids, order[:COLUMNS]), key, what, height)


def _show(rows: pd.DataFrame, key: str, what: str, height: int, *, pick: bool = False) -> tuple[int, str] | None:
    """Draw rows; with `pick`, returns the row id and column of the cell that is selected."""
    tall = height if len(rows) > 9 else "auto"
    days = {name: st.column_config.DateColumn(format="YYYY-MM-DD") for name in rows.columns if _are_days(rows[name])}
    asked: dict[str, Any] = {"on_select": "rerun", "selection_mode": "single-cell"} if pick else {}
    chosen = st.dataframe(
        numbered(rows),
        key=f"{key}.rows",
        alt=what,
        height=tall,
        row_height=density.row_height(),
        placeholder="",
        column_config=days,
        **asked,
    )
    if not pick:
        return None
    cells = chosen["selection"]["cells"]
    if not cells or cells[0][0] >= len(rows) or cells[0][1] not in rows.columns:
        return None
    return int(rows.index[cells[0][0]]), str(cells[0][1])


def _are_days(values: pd.Series) -> bool:
    """Whether moments are all at midnight, as dates without a time are stored."""
    if not pd.api.types.is_datetime64_any_dtype(values) or not values.notna().any():
        return False
    there = values.dropna()
    return bool((there == there.dt.normalize()).all())
