"""Two versions side by side, besides their cells: how the rules fare, and what became of the groups of people."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dataops_core.report.document import between, percent
from dataops_core.store.results.difference_report import WITHIN
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
    """What became of the groups of each sensitive column: rows, good outcomes and gaps with their intervals."""
    if not found:
        return
    st.markdown("**Groups of people**")
    for column in found:
        gap = ""
        if column.gap_before is not None and column.gap_after is not None:
            before, after = (
                f"{value:.1%} ({'clear' if clear else 'may be chance'})"
                for value, clear in (
                    (column.gap_before, column.clear_before),
                    (column.gap_after, column.clear_after),
                )
            )
            gap = f": the gap between groups goes from {before} to {after}"
        st.markdown(f"{md(column.column)}{gap}")
        table = pd.DataFrame(
            [
                {
                    "Group": redaction.told(each.group),
                    "Rows before": each.rows_before,
                    "Rows after": each.rows_after,
                    "Good outcome before": _with_interval(each.rate_before, each.rate_ci_before),
                    "Good outcome after": _with_interval(each.rate_after, each.rate_ci_after),
                    "Gap before": _with_interval(each.gap_before, each.gap_ci_before, sign=True),
                    "Gap after": _with_interval(each.gap_after, each.gap_ci_after, sign=True),
                    "Gap before is": each.verdict_before or None,
                    "Gap after is": each.verdict_after or None,
                }
                for each in column.groups
            ]
        )
        st.dataframe(
            table.dropna(axis="columns", how="all"),
            hide_index=True,
            alt=f"Rows, good outcomes and gaps of the groups of {column.column} in the two versions",
            key=f"versions.differences.groups.{column.column}",
            column_config={
                name: st.column_config.TextColumn(help=f"Less {redaction.told(column.reference)}; 95 % interval")
                for name in ("Gap before", "Gap after")
            },
            placeholder="",
        )
    st.caption(f"In brackets: 95 % intervals. {WITHIN}")


def _with_interval(value: float | None, ends: tuple[float, float] | None, *, sign: bool = False) -> str | None:
    return None if value is None else f"{percent(value, sign)} ({between(ends, sign)})"
