"""Findings as cards: what is wrong, why it matters, which rows, and the step that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core.steps import REGISTRY
from pages._ui import grid
from pages._ui.words import SEVERITY, count, md, share


def card(finding: Mapping[str, Any], state: str, rows: int, key: str, *, mend: bool = True) -> None:
    """One finding with its buttons."""
    name, icon, colour = SEVERITY[finding["severity"]]
    where = ", ".join(finding["columns"]) or "whole rows"
    with st.container(border=True, key=key.replace(".", "-"), gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(name, icon=icon, color=colour)
            st.markdown(f"**{md(finding['title'])}** in **{md(where)}**")
        st.markdown(f"{md(finding['message'])} ({share(finding['count'], rows)} of rows)")
        st.caption(md(finding["why"]))
        with st.container(horizontal=True, vertical_alignment="center"):
            if mend and finding["fix"]:
                title = REGISTRY[finding["fix"]["op"]].title
                st.button(f"Fix: {title.lower()} …", key=f"{key}.fix", on_click=ask, args=(finding["fix"],), icon=":material/healing:",
                          help="Opens the step with its settings filled in; nothing changes before you have seen a preview")
            show = st.toggle(f"Show {'the rows' if finding['count'] > 1 else 'the row'}", key=f"{key}.show")
        if show:
            shown = len(finding["rows"])
            grid.some_rows(state, finding["rows"], key, f"Rows of the finding {finding['title']}", finding["columns"])
            if shown < finding["count"]:
                st.caption(f"The first {shown:,} of {count(finding['count'], 'row')}.")


def ask(fix: Mapping[str, Any]) -> None:
    """Open the step on the Clean page with its settings filled in."""
    st.session_state["clean.form"] = {"op": fix["op"], "with": dict(fix["with"]), "at": None}
    st.session_state["clean.preview_now"] = True
    st.session_state["finding.go"] = True


def follow() -> None:
    """Go to the Clean page, if a card was asked to."""
    if st.session_state.pop("finding.go", False):
        st.switch_page("pages/clean.py", query_params=st.query_params.to_dict())
