"""What was skipped or assumed while a file was read, in one line on the pages that show its rows."""

from __future__ import annotations

import streamlit as st

from pages._ui import page_layout, redaction
from pages._ui.formatting import md

SHOWN = 3


def panel(root: str) -> None:
    """The first remarks on the reading, with a link to all of them; nothing where there are none."""
    problems = page_layout.store().cached(f"problems:{root}") or []
    if not problems or redaction.is_viewer():
        return
    more = f" And {len(problems) - SHOWN} more." if len(problems) > SHOWN else ""
    words, link = st.columns([5, 1], vertical_alignment="center", gap="small")
    words.caption(f":material/info: {' '.join(md(each['what']) for each in problems[:SHOWN])}{more}")
    with link:
        if st.button("How it was read", type="tertiary", icon=":material/arrow_forward:", key="data.read_notes"):
            st.session_state["data.tabs"] = "How it was read"
            st.switch_page("pages/data.py", query_params=st.query_params.to_dict())
