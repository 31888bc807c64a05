"""Which columns go together, and which go missing together: clustered maps."""

from __future__ import annotations

import streamlit as st

from dataops_core.facts.pairs import role
from dataops_core.table import Table
from pages._ui import chart, job

MEASURES = {
    "pearson": (
        "Numbers that rise together",
        "Pearson's correlation, from −1 to 1: how straight the line is on which two numbers lie.",
    ),
    "spearman": (
        "Numbers that rank together",
        "Spearman's correlation, from −1 to 1: whether the larger goes with the larger, on whatever curve.",
    ),
    "cramers_v": (
        "Categories that go together",
        "Cramér's V, corrected for its bias (Bergsma 2013), from 0 to 1: how well one category tells the other.",
    ),
    "epsilon": (
        "Numbers by category",
        (
            "Epsilon, the correlation ratio corrected for chance, from 0 to 1: how much of a number's variation lies"
            " between the categories."
        ),
    ),
    "missing": (
        "Cells that are missing together",
        "Phi of missing cells, from −1 to 1: 1 where two columns are empty in the same rows.",
    ),
}
MOST = 30  # columns on a map: more cannot be read, and each pair is counted


def _fits(table: Table, name: str, measure: str) -> bool:
    number = role(table.column(name)) == "number"
    if not number and table.column(name).kind not in ("category", "boolean"):
        return measure == "missing"
    return measure in ("epsilon", "missing") or number == (measure in ("pearson", "spearman"))


def panel(state: str, table: Table) -> None:
    """One map, of the measure that is chosen; columns that go together stand together."""
    measure = st.selectbox(
        "What to compare", list(MEASURES), key="maps.measure", format_func=lambda m: MEASURES[m][0], width=320
    )
    st.caption(f"{MEASURES[measure][1]} Counted on all rows.")
    names = [column.name for column in table.columns if _fits(table, column.name, measure)]
    if len(names) > MOST:
        names = st.multiselect(
            "Columns", names, default=names[:MOST], max_selections=MOST, key=f"maps.columns.{measure}.{state[:8]}"
        )
    args = {"state": state, "measure": measure, "columns": names}
    cells = table.rows * len(names) * 8 + 1000 * len(names) ** 2
    told = job.counted("associations", args, "Comparing the columns", cells)
    if told is None:
        return
    if not told["columns"] or len(told["rows"]) < 1 or len(told["columns"]) < (1 if measure == "epsilon" else 2):
        st.info("There are fewer than two such columns.", icon=":material/info:")
        return
    chart.heatmap(told, MEASURES[measure][0], f"maps.{state[:8]}.{measure}", MOST)
