"""How the app is used, and the words that it uses."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

WAY = {
    "Data": "Bring a table: a file, a sheet, a database or an address. See how it was read, and say what its columns"
    " are for: the outcome, the groups of people, the identifiers.",
    "Profile": "See what is wrong with it, in which rows and why it matters.",
    "Rules": "Write down what the table must hold, and have it checked for every version and delivery.",
    "Explore, Compare": "Draw any columns, and see what differs between tables, versions or groups.",
    "Clean": "Repair it by steps. Each shows a preview, computed on all rows, before anything is changed; each can be"
    " taken back.",
    "Impute, Resample": "Compare ways to fill what is missing and to treat uneven classes before you choose one.",
    "Bias": "See whether the table, or decisions made with it, treats groups of people alike.",
    "Privacy": "See who can be recognized in it, and treat the columns that tell.",
    "Synthesize": "Make rows of people who do not exist, for where the real ones must not go.",
    "Versions": "Save a version, compare, export it with everything that anybody needs to rebuild it, bit for bit.",
}
WORDS = {
    "Dataset": "A file that was brought here, with the steps that were taken on it and its versions.",
    "Finding": "A problem that a check found: what it is, in which rows, why it matters, and the step that fixes it.",
    "Fingerprint": "A number made of all names, types and values of a table (SHA-256). Two tables with the same one"
    " are equal; the command line calls it content hash.",
    "Export file": "One zip with the data of a version, the file as it came, the steps, a script and a data card."
    " Anybody can check and rebuild it; the command line calls it bundle.",
    "Identifier": "A column that names each row, such as a customer number.",
    "Meant type": "What most cells of a column say that it holds (numbers, dates, categories), however it is stored.",
    "Misfit": "A cell that is not what its column is meant to hold; it is kept exactly as written.",
    "Outcome": "The column with the result that you care about, such as approved or not.",
    "Preview": "What a change would do, computed on all rows, before anything is changed.",
    "Rule": "What the owner of the data requires of a table, such as an amount above zero. Each version says which of"
    " its rows break which rule.",
    "Score": "The weighted mean of six dimensions of quality: completeness, uniqueness, validity, consistency,"
    " timeliness, accuracy. A figure to watch, not a grade.",
    "Sensitive column": "A column that tells groups of people apart, such as sex or age.",
    "Step": "One change of the table with its settings. The steps together, in their order, are the recipe: they can be"
    " run again on another file.",
    "Synthetic data": "Rows that were made up to be like the real ones, without any real row in them.",
    "Version": "A state of the table that was saved. It never changes again.",
}


def way() -> None:
    """The pages in the order in which most people use them."""
    st.markdown("\n".join(f"1. **{page}**. {what}" for page, what in WAY.items()))
    st.caption("No order is forced: every page shows the table as it is now, and all changes stand on Clean.")


def words(matches: Callable[..., bool], heading: object = None) -> bool:
    """The words that match; whether there are any."""
    found = {word: text for word, text in WORDS.items() if matches(word, text)}
    for word, text in found.items():
        st.markdown(f"**{word}**: {text}")
    return bool(found)
