"""Guide: how the app is used, its words, and every step and every check, explained from the code itself."""

import streamlit as st

from pages._ui import page_header
from pages._ui.guide import other_tools, reference, words

page_header.enter("Guide")
search = st.text_input(
    "Search", placeholder="For example: missing, date, duplicate", key="guide.search", icon=":material/search:"
).casefold()


def matches(*texts: str) -> bool:
    """Whether the search is in any of the texts."""
    return not search or any(search in text.casefold() for text in texts)


steps, checks = reference.totals()
parts = {
    "Words": words.words,
    f"Steps ({steps})": reference.all_steps,
    f"Checks ({checks})": reference.all_checks,
    "Other tools": other_tools.all_tools,
}
if search:
    found = []
    for title, part in parts.items():
        place = st.container()
        found.append(part(matches, st.subheader))
        if found[-1]:
            place.header(title.partition(" (")[0])
    if not any(found):
        st.info(
            "Try a shorter word, or one that the table or the problem would have in its name.",
            title="Nothing matches",
            icon=":material/search_off:",
        )
else:
    opened = st.tabs(["How to use it", *parts], key="guide.tabs", on_change="rerun")
    for tab, part in zip(opened, [lambda _: words.way(), *parts.values()], strict=True):
        if tab.open:
            with tab:
                part(matches)
