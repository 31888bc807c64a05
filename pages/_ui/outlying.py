"""Values and rows far from all others."""

import streamlit as st


def panel(here, state, table, split) -> None:
    st.caption("…")
