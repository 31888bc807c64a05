"""Profile: facts of the table, and what is wrong with it."""

import pandas as pd
import streamlit as st

from dataops_core.checks import REGISTRY
from pages._ui import chart, finding, frame, grid, head, job
from pages._ui.words import KINDS, SEVERITY, count, md, share

place = frame.enter("Profile")
here = frame.need_dataset(place)
finding.follow()

AS_CAME, NOW = "As it came", "As it is now"
steps = len(here.recipe.active)
look = NOW
if steps:
    look = st.radio("Which state", [NOW, AS_CAME], key="profile.which", horizontal=True)
state = head.now(here) if look == NOW else head.root(here)
if state is None:
    st.stop()
table = grid.table(state)


with frame.errors():
    facts = head.profile(here, state)
    if facts is None:
        job.do("profile", {"state": state, "context": head.context(here).to_json()}, "Counting and checking all rows", cells=table.cells)
        facts = head.profile(here, state)
if facts is None:
    st.stop()



def _graded(grade: str, findings: list) -> str:
    """A choice of the filter, with how many findings it shows."""
    return f"All ({len(findings)})" if grade == "all" else f"{SEVERITY[grade][0]}s ({sum(f['severity'] == grade for f in findings)})"


grave = [f for f in facts["findings"] if f["severity"] != "note"]
with st.container(horizontal=True):
    st.metric("Rows", f"{facts['rows']:,}", border=True, width=150)
    st.metric("Columns", f"{facts['columns']:,}", border=True, width=150)
    st.metric("Missing cells", f"{facts['missing_cells']:,}", border=True, width=150,
              help=f"{share(facts['missing_cells'], table.cells)} of all cells")
    st.metric("Duplicates", f"{facts['duplicate_rows']:,}", border=True, width=150, help="Rows that repeat an earlier row in every column")
    st.metric("Findings", f"{len(facts['findings']):,}", border=True, width=150, help=f"{len(grave)} of them errors or warnings")
st.caption(f"Counted on all {count(facts['rows'], 'row')}.")

wrong, columns, rows = st.tabs(
    [f"What is wrong ({len(facts['findings'])})", "The columns", "The rows"], key="profile.tabs", on_change="rerun"
)
if wrong.open:
    with wrong, frame.errors():
        grades = [grade for grade in SEVERITY if any(f["severity"] == grade for f in facts["findings"])]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            grade = st.radio(
                "Show", ["all", *grades], key=f"profile.grades.{state[:8]}", horizontal=True, format_func=lambda g: _graded(g, facts["findings"]),
            )
            only = st.selectbox("Column", ["All columns", *table.names], key="profile.only", width=260)
        shown = [f for f in facts["findings"] if grade in ("all", f["severity"]) and only in ("All columns", *f["columns"])]
        if not facts["findings"]:
            st.success(f"{len(REGISTRY)} checks looked at every cell and found nothing.", icon=":material/check_circle:")
        for number, each in enumerate(shown[:30]):
            finding.card(each, state, facts["rows"], f"finding.{state[:8]}.{each['check']}.{number}", mend=look == NOW)
        if len(shown) > 30:
            st.caption(f"The gravest 30 of {len(shown)}. Choose a column to see the others.")
if columns.open:
    with columns, frame.errors():
        strip = pd.DataFrame([
            {
                "Column": name, "Kind": KINDS[f["kind"]], "Missing": f["missing"] / max(1, f["rows"]), "Distinct": f["distinct"],
                "Spread": (f.get("histogram") or {}).get("counts") or [t["count"] for t in f["top"]],
                "Findings": sum(name in g["columns"] for g in facts["findings"]),
            }
            for name, f in facts["facts"].items()
        ])
        picked = st.dataframe(
            strip, hide_index=True, key=f"profile.strip.{state[:8]}", on_select="rerun", selection_mode="single-row-required",
            alt="The columns: kind, share of missing cells, distinct values, spread and number of findings",
            column_config={
                "Missing": st.column_config.ProgressColumn("Missing", format="percent", min_value=0, max_value=1),
                "Distinct": st.column_config.NumberColumn("Distinct", format="localized", help="Different values, missing not counted"),
                "Spread": st.column_config.BarChartColumn("Spread", help="Histogram, or the most frequent values"),
            },
        )
        chosen_rows = picked["selection"]["rows"]
        name = table.names[chosen_rows[0] if chosen_rows else 0]
        f = facts["facts"][name]
        st.header(md(name))
        left, right = st.columns([3, 2], gap="large")
        with left:
            chart.distribution(f, f"How {name} is spread", f"profile.chart.{state[:8]}.{name}")
        with right:
            st.table(head.told(f))
if rows.open:
    with rows, frame.errors():
        grid.grid(state, "profile", height=560)
