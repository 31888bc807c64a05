"""A job that a button of this page started: its progress where it was started, and why it failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core.store import jobs
from pages._ui import job, page_layout
from pages._ui.formatting import md


def start(key: str, kind: str, args: Mapping[str, Any]) -> None:
    """Start it, from a callback."""

    def begin() -> None:
        st.session_state[f"{key}.job"] = jobs.start(page_layout.store(), kind, args, page_layout.actor())

    page_layout.act(begin)


def show(key: str, what: str) -> bool:
    """Show how far it is, or why it failed; answers whether it is running."""
    started = st.session_state.get(f"{key}.job")
    now = jobs.get(page_layout.store(), started) if started else None
    if now is None:
        return False
    if now.is_open:
        job.progress(now.id, what)
    elif now.error:
        st.error(md(now.error["fix"]), title=md(now.error["what"]), icon=":material/error:")
    return now.is_open
