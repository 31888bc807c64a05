"""The frame of the app: page settings, sign-in, project switcher, navigation. The pages are in pages/."""

from pathlib import Path

import streamlit as st

from pages._ui import frame

# the icon is a file of ours: a Material name would be fetched from the network, and nothing leaves this machine
ICON = Path(__file__).parent / "pages" / "_ui" / "icon.svg"
st.set_page_config(page_title="Data quality workbench", page_icon=ICON, layout="wide", initial_sidebar_state=250)


def to_data() -> None:
    """Lead from /data to the first page, which Streamlit serves at / alone."""
    st.switch_page("pages/data.py", query_params=dict(st.query_params))


pages = [
    st.Page("pages/data.py", title="Data", icon=":material/table:", default=True, url_path="start", help="Bring a file, see how it was read"),
    st.Page("pages/profile.py", title="Profile", icon=":material/query_stats:", help="Facts, and what is wrong"),
    st.Page("pages/compare.py", title="Compare", icon=":material/compare:", help="What differs between tables, versions or groups"),
    st.Page("pages/clean.py", title="Clean", icon=":material/healing:", help="Repair it, with a preview before every change"),
    st.Page("pages/impute.py", title="Impute", icon=":material/format_ink_highlighter:", help="What is missing and why, and which way of filling it is right"),
    st.Page("pages/resample.py", title="Resample", icon=":material/balance:", help="Uneven classes and unusual rows, judged before anything is done"),
    st.Page("pages/bias.py", title="Bias", icon=":material/diversity_3:", help="How groups of people are treated, and how sure one can be of it"),
    st.Page("pages/synthesize.py", title="Synthesize", icon=":material/content_copy:", help="A twin of the table that gives nobody away, and says how good it is"),
    st.Page("pages/versions.py", title="Versions", icon=":material/history:", help="Commit, compare, export, verify"),
    st.Page("pages/guide.py", title="Guide", icon=":material/menu_book:", help="Every step and check explained"),
]

frame.sign_in()
chosen = st.navigation([*pages, st.Page(to_data, title="Data", url_path="data", visibility="hidden")])
frame.lead_on(pages)
frame.switcher()
with frame.framed():
    chosen.run()
