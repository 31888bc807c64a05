"""Which measure answers which question about bias, and what no measure can do."""

from __future__ import annotations

import streamlit as st

from dataops_core.fairness.guide import GUIDE
from pages._ui.formatting import md


def panel() -> None:
    """The questions with their measures, then the impossibility and the four-fifths rule in plain words."""
    st.header("Which measure answers my question?")
    for each in GUIDE["questions"]:
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{md(each['question'])}**")
            st.markdown(md(each["measure"]))
            st.caption(md(each["more"]))
    st.header(GUIDE["impossible"]["title"])
    st.markdown(md(GUIDE["impossible"]["words"]))
    st.caption("; ".join(md(source) for source in GUIDE["impossible"]["sources"]))
    st.caption(md(GUIDE["four_fifths"]))
