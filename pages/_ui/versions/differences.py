"""Two versions side by side, besides their cells: how the rules fare, and what became of the groups of people."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dataops_core.store.results.version_differences import ColumnDifference, RuleDifference
from pages._ui import redaction
from pages._ui.formatting import md

_NOT_THERE = "not there"


def rules(found: Sequence[RuleDifference]) -> None:
    """The rules that fare otherwise in the second version; a line where none does."""
    if not found:
        return
    st.markdown("**Rules that fare otherwise**")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Rule": redaction.told(each.says),
                    "Was": each.before or _NOT_THERE,
                    "Is": each.after or _NOT_THERE,
                    "Rows that failed": each.failing_before,
                    "Rows that fail": each.failing_after,
                }
                for each in found
            ]
        ),
        hide_index=True,
        alt="Rules that do not fare alike in the two versions",
        key="versions.differences.rules",
        placeholder="",
    )


def groups(found: Sequence[ColumnDifference]) -> None:
    """What became of the groups of each sensitive column."""
    if not found:
        return
    st.markdown("**Groups of people**")
    for column in found:
        gap = ""
        if column.gap_before is not None and column.gap_after is not None:
            gap = f": the gap between groups goes from {column.gap_before:.1%} to {column.gap_after:.1%}"
        st.markdown(f"{md(column.column)}{gap}")
        table = pd.DataFrame(
            [
                {
                    "Group": redaction.told(each.group),
                    "Rows before": each.rows_before,
                    "Rows after": each.rows_after,
                    "Good outcome before": each.rate_before,
                    "Good outcome after": each.rate_after,
                }
                for each in column.groups
            ]
        )
        st.dataframe(
            table.dropna(axis="columns", how="all"),
            hide_index=True,
            alt=f"Rows and good outcomes of the groups of {column.column} in the two versions",
            key=f"versions.differences.groups.{column.column}",
            column_config={
                name: st.column_config.NumberColumn(format="percent")
                for name in ("Good outcome before", "Good outcome after")
            },
            placeholder="",
        )
    st.caption("These are counts. Whether a gap is more than chance is told on the page Bias.")
