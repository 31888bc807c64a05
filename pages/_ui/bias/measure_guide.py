"""Which measure answers which question about bias, and what no measure can do."""

from __future__ import annotations

import streamlit as st

from dataops_core.fairness.guide import GUIDE, PRINCIPLES
from pages._ui.formatting import md


def panel() -> None:
    """The questions with their measures, then the impossibility and the four-fifths rule in plain words."""
    st.header("Which measure answers my question?")
    for each in GUIDE.questions:
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{md(each.question)}**")
            st.markdown(md(each.measure))
            st.caption(md(each.more))
    st.header(PRINCIPLES.impossible.title)
    st.markdown(md(PRINCIPLES.impossible.words))
    st.caption("; ".join(md(source) for source in PRINCIPLES.impossible.sources))
    st.caption(md(PRINCIPLES.four_fifths))
