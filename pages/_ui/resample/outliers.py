"""Values and rows far from all others: which, why, and whether they are errors or rare truth."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dataops_core.outliers.outliers import Outliers
from dataops_core.table import Table
from pages._ui import grid, job, method_results
from pages._ui.formatting import count, md

METHODS = {
    "iqr": (
        "Far from the middle half (IQR)",
        "One column at a time: beyond 1.5 times the width of the middle half (Tukey 1977)",
    ),
    "mad": (
        "Far from the median (MAD)",
        "One column at a time: modified z-score above 3.5; withstands many outliers (Iglewicz and Hoaglin 1993)",
    ),
    "isolation_forest": (
        "Unusual together (isolation forest)",
        "Whole rows: combinations that a few random cuts set apart (Liu et al. 2008)",
    ),
    "lof": (
        "In a thin place (local outlier factor)",
        "Whole rows: in a thinner place than their neighbours (Breunig et al. 2000)",
    ),
}
VERDICTS = {"error": "Likely an error", "unclear": "Not enough data", "rare": "Rare, but likely true"}
ACTIONS = {  # what to do, as the step's setting and as a button
    "mark": "Mark them …",
    "clip": "Move to the bound …",
    "set missing": "Set missing …",
    "drop": "Drop the rows …",
}


def panel(state: str, table: Table, split: str | None) -> None:
    """Choose a method, see each row with its reason, decide."""
    able = [c.name for c in table.columns if c.type in ("integer", "decimal") and c.kind != "id"]
    if not able:
        st.info("There is no column of numbers.", icon=":material/info:")
        return
    with st.container(horizontal=True):
        method = st.selectbox(
            "Look for values that are",
            list(METHODS),
            format_func=lambda m: METHODS[m][0],
            key="outlying.method",
            width=330,
        )
        names = st.multiselect("Columns", able, key="outlying.columns", placeholder="All numbers", width=330)
        groups = [c.name for c in table.columns if c.kind in ("category", "boolean")]
        by = (
            st.multiselect(
                "Among rows with the same",
                groups,
                key="outlying.by",
                placeholder="All rows together",
                width=300,
                max_selections=3,
            )
            if method in ("iqr", "mad")
            else []
        )
    st.caption(METHODS[method][1] + ".")
    args = {"state": state, "method": method, "columns": names or None, "by": by or None, "split": split}
    told: Outliers | None = job.counted("outliers", args, "Looking for outliers", table.rows * 30)
    if told is None:
        return
    st.markdown(md(told.words))
    if not told.outliers:
        return
    with st.container(horizontal=True):
        for verdict, word in VERDICTS.items():
            st.metric(word, f"{told.counts[verdict]:,}", border=True, width=190)
    _rows(told, state, method)
    _actions(told)


def _rows(told: Outliers, state: str, method: str) -> None:
    able = [verdict for verdict in VERDICTS if told.counts[verdict]]
    wanted = st.multiselect("Show", able, default=able, format_func=VERDICTS.get, key="outlying.show")
    kept = [row for row in told.outliers if row.verdict in wanted]
    if not kept:
        return
    table = pd.DataFrame(
        [
            {"Row": row.row + 1, "Verdict": VERDICTS[row.verdict], "Why": row.why, "Suggested": row.action}
            for row in kept
        ]
    )
    picked = st.dataframe(
        table,
        hide_index=True,
        key=f"outlying.rows.{method}",
        alt="The rows that stand out, with the reason",
        on_select="rerun",
        selection_mode="single-row-required",
        column_config={
            "Row": st.column_config.NumberColumn(
                "Row", format="localized", help="Counts the data rows of the file from 1"
            ),
            "Verdict": st.column_config.TextColumn("Verdict", width=120),
            "Why": st.column_config.TextColumn("Why", width=540),
            "Suggested": st.column_config.TextColumn("Suggested", width=220),
        },
        placeholder="",
    )
    at = picked["selection"]["rows"]
    chosen = kept[at[0] if at and at[0] < len(kept) else 0]
    with st.container(border=True, key="outlying-chosen", gap="xxsmall"):
        st.markdown(f"**Row {chosen.row + 1:,}: {VERDICTS[chosen.verdict].lower()}.** {md(chosen.why)}")
        st.caption(md(chosen.action))
    if told.shown < told.flagged:
        st.caption(f"{told.shown:,} most serious of {count(told.flagged, 'row')}.")
    if st.toggle("Show the whole rows", key="outlying.whole"):
        grid.some_rows(
            state,
            [row.row for row in kept],
            "outlying.whole",
            "The rows that stand out",
            list(dict.fromkeys(r.column for row in kept for r in row.reasons)),
        )


def _actions(told: Outliers) -> None:
    if not told.step:
        return
    step = told.step
    st.caption(
        "What to do is yours to say. An impossible value is best made missing; a rare truth is best kept, or marked."
        " Keeping needs no step."
    )
    with st.container(horizontal=True):
        for what, label in ACTIONS.items():
            if step["op"] == "treat_outliers" or what in ("mark", "drop"):
                method_results.use(
                    {"op": step["op"], "with": {**step["with"], "what": what}}, label, f"outlying.{what}"
                )
