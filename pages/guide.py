"""Guide: every step and every check, explained from the code itself."""

import streamlit as st

from dataops_core import checks, steps
from pages._ui import page_header
from pages._ui.formatting import SEVERITY, md

page_header.enter("Guide")
st.markdown(
    "**The way:** bring a table on *Data*, see what is wrong on *Profile*, repair it on *Clean* with a preview before"
    " every change, and save a version on *Versions*; *Synthesize* makes synthetic data for where the real rows must"
    " not go. Anybody can rebuild that version from the raw file and the steps, bit for bit."
)
known = sorted({id(s): s for s in steps.REGISTRY.values()}.values(), key=lambda s: (s.group, s.title))
judged = sorted(checks.REGISTRY.values(), key=lambda c: (c.group, c.title))
search = st.text_input(
    "Search", placeholder="For example: missing, date, duplicate", key="guide.search", icon=":material/search:"
).casefold()


def matches(*texts: str) -> bool:
    """Whether the search is in any of the texts."""
    return not search or any(search in text.casefold() for text in texts)


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
    "Score": "The weighted mean of six dimensions of quality: completeness, uniqueness, validity, consistency,"
    " timeliness, accuracy. A figure to watch, not a grade.",
    "Sensitive column": "A column that tells groups of people apart, such as sex or age.",
    "Step": "One change of the table with its settings. The steps together, in their order, are the recipe: they can be"
    " run again on another file.",
    "Synthetic data": "Rows that were made up to be like the real ones, without any real row in them.",
    "Version": "A state of the table that was saved. It never changes again.",
}
if words := {word: text for word, text in WORDS.items() if matches(word, text)}:
    with st.expander("Words", icon=":material/dictionary:", expanded=bool(search)):
        for word, text in words.items():
            st.markdown(f"**{word}**: {text}")
st.header("Steps: how to repair")
group = None
for step in (s for s in known if matches(s.title, s.name, s.doc, s.group, s.also)):
    if step.group != group:
        group = step.group
        st.subheader(group)
    with st.expander(f"{md(step.title)}: {md(step.summary)}"):
        text, _, _example = step.doc.partition(">>>")
        st.markdown(text.strip().partition("\n\n")[2].strip() or md(step.summary))
        reach = "each row by itself" if step.reach == "row" else "the whole table"
        learns = "; it learns from the data first, and the learned values are kept with it" if step.learner else ""
        st.markdown(
            f"Package: pandas. Looks at {reach}{learns}. Name in recipes and on the command line: `{step.name}`"
        )
        st.table(
            {
                "Setting": [s.label for s in step.settings],
                "Meaning": [
                    s.help or (f"One of: {', '.join(map(str, s.choices))}" if s.choices else "") for s in step.settings
                ],
                "If not given": ["needed" if s.required else str(s.default) for s in step.settings],
            }
        )
        st.code(step.source, language="python")
st.header("Checks: what is looked for")
for check in (c for c in judged if matches(c.title, c.name, c.doc, c.group)):
    with st.expander(f"{md(check.title)}: {md(check.summary)}"):
        st.markdown(md(check.why))
        fix = f"Mended by: {md(check.fix.title)}." if check.fix else "No step mends it by itself."
        st.markdown(f"{fix} Severity: {SEVERITY[check.severity][0].lower()} or graver. Name: `{check.name}`")
