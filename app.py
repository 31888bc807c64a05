"""The frame of the app: page settings, sign-in, project switcher, navigation. The pages are in pages/."""

from pathlib import Path

import streamlit as st

from pages._ui import page_layout
from pages._ui.frame import jobs_tray, journey

UI = Path(__file__).parent / "pages" / "_ui"  # the icon by its file: a Material name would be fetched from the network
st.set_page_config("Data quality workbench", UI / "icon.svg", "wide", initial_sidebar_state=250)

# name: icon, what is done there; the first page is served at / and, by `page_layout.to_overview`, at /overview
PAGES = {
    "overview": ("dashboard", "All datasets, how good they are, and what to do next"),
    "data": ("table", "Upload a file and see how it was read"),
    "profile": ("query_stats", "Facts, and what is wrong"),
    "rules": ("rule", "What you require of the table, and which rows break it"),
    "explore": ("bar_chart", "Charts of any columns, counted on all rows"),
    "compare": ("compare", "What differs between tables, versions or groups"),
    "clean": ("healing", "Repair the table, with a preview before every change"),
    "impute": ("format_ink_highlighter", "What is missing and why, and which way of filling it is right"),
    "resample": ("balance", "Uneven classes and unusual rows, judged before anything is done"),
    "bias": ("diversity_3", "How groups of people are treated, and how sure one can be of it"),
    "synthesize": ("content_copy", "Synthetic data that does not reveal anyone, and how good it is"),
    "privacy": ("shield_person", "Who is named, how easily rows are told apart, and what to do about it"),
    "versions": ("history", "Save, compare, export, verify"),
    "guide": ("menu_book", "Every step and check explained"),
}
st.html(UI / "look.css")
page_layout.sign_in()
with page_layout.needs_store():
    done = journey.done()
pages = [
    st.Page(
        f"pages/{name}.py",
        title=name.capitalize(),
        icon=f":material/{'check_circle' if name in done else icon}:",
        help=about,
        default=name == "overview",
        url_path="start" if name == "overview" else name,
    )
    for name, (icon, about) in PAGES.items()
]
alias = st.Page(page_layout.to_overview, title="Overview", url_path="overview", visibility="hidden")
chosen = st.navigation([*pages, alias], expanded=True)  # all pages in sight: beyond twelve, Streamlit hides the last
page_layout.lead_on(pages)
page_layout.switcher()
try:
    with page_layout.framed():
        chosen.run()
finally:  # a page may stop early, having started a job
    jobs_tray.tray()
