"""Cluster and merge: groups of variants, each merge ticked by the user, the value they become editable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.checks.variants import METHODS
from dataops_core.table import Table
from pages._ui import allowed, job
from pages._ui.findings import finding
from pages._ui.formatting import count, md

PAGE = 50


def panel(state: str, table: Table, profile: Mapping[str, Any], mend: bool) -> None:
    """Choose a column (first one that a finding names) and a method, tick the groups to merge, and open the step with
    that mapping.
    """
    names = [column.name for column in table.columns if column.type == "text" and column.kind != "id"]
    if not names:
        st.info("There is no column of text to look for variants in.", icon=":material/info:")
        return
    st.markdown(
        "Values that may be one and the same. Tick what belongs together, say what it becomes, and look at the preview"
        " before anything changes."
    )
    if st.session_state.get("variants.column") not in names:
        named = [found["columns"][0] for found in profile["findings"] if found["check"] in finding.VARIANTS]
        st.session_state["variants.column"] = next((name for name in [*named, *names] if name in names), names[0])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column = st.selectbox("Column", names, key="variants.column", width=240)
        method = st.selectbox(
            "How to compare",
            list(METHODS),
            key="variants.method",
            format_func=lambda m: METHODS[m].split(":")[0].split(" (")[0],
            width=300,
        )
        distance = (
            int(
                st.number_input(
                    "Letters apart",
                    1,
                    4,
                    2,
                    key="variants.distance",
                    width=140,
                    help="At most so many letters added, left out or changed",
                )
            )
            if method == "neighbours"
            else 2
        )
    st.caption(f"{METHODS[method]}.")
    args = {"state": state, "column": column, "method": method, "distance": distance}
    told = job.counted("clusters", args, "Comparing the values", table.rows)
    if told is None:
        return
    if told["clusters"] is None:
        st.info(
            "These are too many to compare one with another. Choose a column with fewer values.",
            title=f"{md(column)} has {count(told['distinct'], 'value')}",
        )
    elif not told["clusters"]:
        st.success(
            f"No two of the {count(told['distinct'], 'value')} look alike by this method.",
            icon=":material/check_circle:",
        )
    else:
        _editor(column, told["clusters"], f"variants.{state[:8]}.{column}.{method}.{distance}", mend)


def _editor(column: str, clusters: list[list[list[Any]]], key: str, mend: bool) -> None:
    shown = clusters[:PAGE]
    drawn = pd.DataFrame(
        {
            "Merge": [False] * len(shown),
            "Becomes": [group[0][0] for group in shown],
            "Values": [" · ".join(f"{value} ({n:,})" for value, n in group) for group in shown],
            "Rows": [sum(n for _, n in group) for group in shown],
        }
    )
    everything = st.checkbox(f"Merge all {len(shown)} groups", key=f"{key}.all")
    edited = st.data_editor(
        drawn,
        key=f"{key}.editor",
        hide_index=True,
        disabled=["Values", "Rows"],
        num_rows="fixed",
        column_config={
            "Merge": st.column_config.CheckboxColumn("Merge", width="small"),
            "Becomes": st.column_config.TextColumn(
                "Becomes", help="The value that all of them become; you may change it"
            ),
            "Values": st.column_config.TextColumn("Values and their rows", width="large"),
            "Rows": st.column_config.NumberColumn("Rows", format="localized", width="small"),
        },
        placeholder="",
    )
    mapping = {
        value: _target(row)
        for (_, row), group in zip(edited.iterrows(), shown, strict=True)
        if (everything or row["Merge"]) and _target(row)
        for value, _ in group
        if value != _target(row)
    }
    ticked = edited[edited["Merge"] | everything]
    targets = [_target(row) for _, row in ticked.iterrows()]
    if "" in targets:
        st.warning(
            f"Row {targets.index('') + 1} of the ticked ones has no target: say what it becomes.",
            icon=":material/edit:",
        )
    double = next((target for target in targets if target and targets.count(target) > 1), None)
    if double:
        st.info(f"Two groups become {md(double)}: they will be one.", icon=":material/merge:")
    cells = sum(n for group in shown for value, n in group if value in mapping)
    if len(clusters) > PAGE:
        st.caption(f"The {PAGE} largest of {len(clusters)} groups.")
    if not mend:
        st.caption("To merge, look at the table as it is now.")
        return
    label = (
        f"Preview the merge of {count(len(mapping), 'value')} ({count(cells, 'cell')}) …"
        if mapping
        else "Preview the merge …"
    )
    allowed.button(
        "recipe changed",
        label,
        key=f"{key}.merge",
        type="primary",
        disabled=not mapping,
        icon=":material/merge:",
        on_click=finding.ask,
        args=({"op": "merge_values", "with": {"column": column, "mapping": mapping}},),
    )


def _target(row: Mapping[str, Any]) -> str:
    """What a group becomes, without spaces around it; empty where nothing is said."""
    return str(row["Becomes"] or "").strip()
