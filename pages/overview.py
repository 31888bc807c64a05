"""Overview: every dataset of the project, and how one of them stands."""

import streamlit as st

from pages._ui import page_header

place = page_header.enter("Overview")
st.write("…")
