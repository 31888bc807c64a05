"""Rows by facets: choose values of some columns, search, and see how many rows are left, with linked counts."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dataops_core.facts import Engine, Where, facet, rows_where
from dataops_core.facts.select import VALUES
from dataops_core.table import Table
from pages._ui import grid
from pages._ui.formatting import count, md

MOST = 4
SHOWN = 200
KEY = "facets.where"


def panel(state: str, table: Table) -> None:
    """Facets and search above the grid."""
    given: list[dict[str, Any]] = st.session_state.get(KEY, [])
    names = [c.name for c in table.columns if c.kind in ("category", "boolean", "number", "datetime", "text")]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            "Filter by", names, key="facets.columns", max_selections=MOST, placeholder="Columns", width=420
        )
        words = st.text_input("Search in all text", key="facets.search", placeholder="Words", width=260)
    conditions = [Where(each["column"], each["how"], tuple(each["values"])) for each in given]
    conditions += [Where(None, "holds", (words.strip(),))] if words.strip() else []
    if given:
        with st.container(horizontal=True, vertical_alignment="center"):
            for each in given:
                st.badge(md(_told(each)), icon=":material/filter_alt:", color="blue")
            st.button(
                "Show all rows",
                key="facets.clear",
                on_click=lambda: st.session_state.pop(KEY, None),
                icon=":material/filter_alt_off:",
            )
    if not chosen and not conditions:
        grid.grid(state, "profile", height=560)
        return
    with Engine(table) as engine:
        picked = [
            Where(
                name,
                "is",
                tuple(None if value == "" else value for value in st.session_state[f"facets.{state[:8]}.{name}"]),
            )
            for name in chosen
            if st.session_state.get(f"facets.{state[:8]}.{name}")
        ]
        with st.container(horizontal=True):
            for name in chosen:
                told = facet(engine, name, [*conditions, *picked])
                _choice(state, name, told)
        total, ids = rows_where(engine, [*conditions, *picked], SHOWN)
    st.caption(
        f"{count(total, 'row')} of {table.rows:,} meet these conditions."
        + (f" The first {SHOWN} are shown." if total > SHOWN else "")
    )
    if ids:
        grid.some_rows(state, ids, f"facets.{state[:8]}", "The rows that meet the conditions", chosen)


def _choice(state: str, name: str, told: list[dict[str, Any]]) -> None:
    counts = {each["value"] if each["value"] is not None else "": each["count"] for each in told}
    key = f"facets.{state[:8]}.{name}"
    kept = [value for value in st.session_state.get(key, []) if value not in counts]
    most = len(told) >= VALUES
    st.multiselect(
        f"{name} (the {VALUES} most frequent)" if most else name,
        [*counts, *kept],
        key=key,
        width=260,
        placeholder="All values",
        accept_new_options=most,
        format_func=lambda value: f"{value or '(missing)'} ({counts.get(value, 0):,})",
    )


def _told(each: dict[str, Any]) -> str:
    values = ", ".join(str(value) for value in each["values"])
    words = {
        "is": f"is {values}",
        "missing": "is missing",
        "present": "is there",
        "holds": f"holds {values}",
        "between": f"from {values.replace(', ', ' to ')}",
    }
    return f"{each['column']} {words[each['how']]}"


def show(column: str, how: str, *values: Any) -> None:
    """Open the rows that meet a condition: from any number on the page."""
    st.session_state[KEY] = [{"column": column, "how": how, "values": list(values)}]
    st.session_state["profile.tabs"] = "Rows"
