"""How easily rows are told apart: quasi-identifiers with k, l, t, and the rows that stand alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.privacy import PersonalData
from dataops_core.table import Table
from pages._ui import grid, job
from pages._ui.formatting import count, md, share


def choose(table: Table, found: PersonalData, roles: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Which columns others may know, and which nobody should learn."""
    names = table.names
    proposed = [name for name in found.quasi if name != roles.get("target")]
    special = [name for name in found.special if name not in proposed]
    with st.container(horizontal=True, gap="small"):
        quasi = st.multiselect(
            "What others may know about a person (quasi-identifiers)",
            names,
            default=proposed,
            key="privacy.quasi",
            placeholder="Age, postal code, sex …",
            width=520,
            help="Columns that name nobody alone, but single people out together",
        )
        sensitive = st.multiselect(
            "What nobody should learn (sensitive)",
            [name for name in names if name not in quasi],
            default=[name for name in special if name not in quasi],
            key="privacy.sensitive",
            placeholder="Optional: an illness, an income",
            width=360,
        )
    if not quasi:
        st.info(
            "Choose the columns that a neighbor, an employer or another file may know of a person.",
            title="No columns are chosen that would tell rows apart together",
            icon=":material/groups:",
        )
    elif proposed and set(quasi) == set(proposed):
        st.caption(
            "Proposed: " + ", ".join(f"{md(name)} ({found.quasi[name].replace('_', ' ')})" for name in proposed) + "."
        )
    return quasi, sensitive


def panel(state: str, table: Table, quasi: Sequence[str], sensitive: Sequence[str]) -> None:
    """The measures, how large the groups are, and who stands alone."""
    args = {"state": state, "quasi": list(quasi), "sensitive": list(sensitive)}
    cells = table.rows * (2 * len(quasi) + 20 * len(sensitive))
    told = job.counted("risk", args, "Counting groups of rows that are alike", cells)
    if told is None:
        return
    with st.container(horizontal=True):
        st.metric("k", f"{told['k']:,}", border=True, width=140, help="k-anonymity: rows of the smallest group")
        st.metric("Groups", f"{told['classes']:,}", border=True, width=160, help="Rows alike in all chosen columns")
        st.metric("Unique rows", f"{told['unique_rows']:,}", border=True, width=220)
        for name in sensitive:
            st.metric(
                f"l, {md(name)}",
                f"{told['l_diversity'][name]:,}",
                border=True,
                width=200,
                help="l-diversity: the fewest different values in a group; with 1, knowing the group is knowing it",
            )
            st.metric(
                f"t, {md(name)}",
                f"{told['t_closeness'][name]:.3f}",
                border=True,
                width=200,
                help="t-closeness: how far a group's values are from those of the table, 0 to 1; small is good",
            )
    st.markdown(_sentence(told, table, quasi))
    sizes = pd.DataFrame(
        [
            {"Rows in the group": name, "Rows": number, "Share": share(number, table.rows)}
            for name, number in told["sizes"].items()
        ]
    )
    st.dataframe(
        sizes,
        hide_index=True,
        key="privacy.sizes",
        alt="How many rows are in groups of which size",
        width=460,
        placeholder="",
    )
    if told["alone"] and st.toggle(
        "Show the unique rows", key="privacy.alone", help="Only you see them: no report and no export shows them"
    ):
        grid.some_rows(state, told["alone"], "privacy.alone.rows", "Unique rows", list(quasi))
        if told["unique_rows"] > len(told["alone"]):
            st.caption(f"The first {len(told['alone']):,} of {count(told['unique_rows'], 'row')}.")


def _sentence(told: Mapping[str, Any], table: Table, quasi: Sequence[str]) -> str:
    known = " and ".join([", ".join(map(md, quasi[:-1])), md(quasi[-1])] if len(quasi) > 1 else [md(quasi[0])])
    if told["unique_rows"]:
        return (
            f"Someone who knows the {known} of a person finds exactly one matching row in"
            f" **{share(told['unique_rows'], table.rows)}** of all cases ({count(told['unique_rows'], 'row')})."
        )
    return f"Someone who knows the {known} of a person always finds **{told['k']:,} or more** matching rows."
