"""What differs between two tables or groups: schema, then each column with its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.compare.drift import Drift, GroupDrifts
from dataops_core.compare.measure import SampleDifference
from dataops_core.store import datasets, states, versions
from dataops_core.store.datasets import Dataset
from dataops_core.store.results import diffs
from pages._ui import chart, current_table, grid, job, page_layout, redaction
from pages._ui.formatting import count, md

ORDER = {"large": 0, "small": 1, "cannot be compared": 2, "too few rows to tell": 3, "none": 4}
WORDS = {
    "large": "Large",
    "small": "Small",
    "none": "No difference",
    "too few rows to tell": "Too few rows to tell",
    "cannot be compared": "Cannot be compared",
}


def others(here: Dataset, state: str, root: str | None) -> dict[str, str]:
    """The tables that this one can be compared with: the file as it came, its versions, the project's other
    datasets.
    """
    house = page_layout.store()
    found: dict[str, str] = {}
    if root and root != state:
        found["This file as it came"] = root  # as it may be seen here
    for version in versions.log(house, here.id):
        known = versions.get(house, here.id, version["number"]).state
        if known != state and states.known(house, known):
            found[redaction.told(f"Version {version['number']}: {version['message']}")] = redaction.seen(known)
    for each in datasets.in_project(house, here.project):
        if each["id"] != here.id:
            other = datasets.get(house, each["id"])
            end = states.head(other.raw, other.recipe, states.evaluate(house, other.raw, other.recipe, run=False))
            if states.known(house, end):
                found[f"{other.name} as it is now"] = redaction.seen(end, other.id)
    return found


def tables(told: Drift, reference: str, name: str, ends: tuple[str, str]) -> None:
    """Two tables side by side."""
    schema = told.schema
    with st.container(horizontal=True):
        st.metric(
            "Rows",
            f"{told.rows[1]:,}",
            delta=f"{told.rows[1] - told.rows[0]:+,}" if told.rows[0] != told.rows[1] else None,
            border=True,
            width=200,
        )
        st.metric("Columns added", len(schema.added), border=True, width=170)
        st.metric("Columns removed", len(schema.removed), border=True, width=170)
        st.metric(
            "Columns that drifted",
            len(told.drifted),
            border=True,
            width=190,
            help="With a large difference, beyond what chance gives for this many rows",
        )
    for word, names in (("Added", schema.added), ("Removed", schema.removed)):
        if names:
            st.markdown(f"{word}: {', '.join(f'**{md(each)}**' for each in names)}")
    for column, change in schema.changed.items():
        st.markdown(
            f"**{md(column)}** changed from {change.kind[0]} ({change.type[0]}) to {change.kind[1]} ({change.type[1]})"
        )
    column = _columns(told.columns, f"{reference} (before)", name, "compare.tables")
    if column:
        _facts(column, ends, (f"{reference} (before)", name))


def groups(told: GroupDrifts) -> None:
    """Each group of rows against all other rows."""
    values = [group.value for group in told.groups]
    if not values:
        st.info("There is no group.", icon=":material/info:")
        return
    at = st.selectbox(
        "Group",
        range(len(values)),
        format_func=lambda n: f"{values[n]} ({count(told.groups[n].rows, 'row')})",
        key="compare.group",
        width=320,
    )
    group = told.groups[at]
    st.caption(
        f"{count(group.rows, 'row')} of this group against all the others."
        + (f" {count(told.left_out, 'row')} belong to smaller groups that are not listed." if told.left_out else "")
    )
    _columns(group.columns, "All others", str(group.value), f"compare.groups.{at}")


def _facts(column: str, ends: tuple[str, str], sides: tuple[str, str]) -> None:
    """The facts of a column on both sides; a large table's are shown once they have been counted."""
    told = [diffs.column(page_layout.store(), state, column, run=grid.table(state).rows <= job.SMALL) for state in ends]
    if all(told):
        both = pd.concat([current_table.told(facts)["Value"] for facts in told if facts], axis=1, keys=sides).fillna("")
        st.dataframe(both, key=f"compare.facts.{column}", alt=f"The facts of {column} on both sides", placeholder="")


def _columns(columns: Mapping[str, SampleDifference], before: str, after: str, key: str) -> str | None:
    """The columns with their verdicts, and the one that is chosen in detail; answers its name."""
    if not columns:
        st.info("The two have no column in common.", icon=":material/info:")
        return None
    ranked = sorted(columns, key=lambda name: (ORDER.get(columns[name].verdict, 9), -_size(columns[name]), name))
    drawn = pd.DataFrame([_row(name, columns[name]) for name in ranked])
    picked = st.dataframe(
        drawn,
        hide_index=True,
        placeholder="–",
        key=f"{key}.columns",
        on_select="rerun",
        selection_mode="single-row-required",
        alt="The columns with the size of their difference and a verdict",
        column_config={
            "PSI": st.column_config.NumberColumn(
                "PSI", format="%.3f", help="Population stability index: under 0.1 little, from 0.25 much"
            ),
            "Jensen-Shannon": st.column_config.NumberColumn(
                "Jensen-Shannon",
                format="%.3f",
                help="Distance of the two spreads, from 0 (alike) to 1 (nothing in common)",
            ),
            "KS": st.column_config.NumberColumn(
                "KS", format="%.3f", help="Kolmogorov-Smirnov: the largest gap between the two cumulative shares"
            ),
            "Missing": st.column_config.NumberColumn(
                "Missing", format="%.3f", help="Difference in the share of missing cells"
            ),
            "Verdict": st.column_config.TextColumn(
                "Verdict",
                help="By the size of the effect, and only beyond what chance gives for so many rows. Columns without"
                " values that say anything together, such as numbers that name rows, cannot be compared",
            ),
        },
    )
    chosen = picked["selection"]["rows"]
    name = ranked[chosen[0] if chosen and chosen[0] < len(ranked) else 0]
    told = columns[name]
    st.header(md(name))
    for values, word in ((told.new, "New values"), (told.gone, "Values that are gone")):
        if values and values.values:
            named = ", ".join(md(each.value) for each in values.most[:10])
            st.markdown(f"{word}: {values.values:,} in {count(values.rows, 'row')}: {named}")
    if told.shares:
        chart.pairs(
            [each.to_json() for each in told.shares], before, after, f"How {name} is spread", f"{key}.chart.{name}"
        )
    return name


def _size(told: SampleDifference) -> float:
    return max((abs(each.value) for each in told.measures.values()), default=0.0)


def _row(name: str, told: SampleDifference) -> dict[str, Any]:
    def value(measure: str) -> float | None:
        each = told.measures.get(measure)
        return each.value if each else None

    return {
        "Column": name,
        "Verdict": WORDS.get(told.verdict, told.verdict),
        "PSI": value("psi"),
        "Jensen-Shannon": value("js"),
        "KS": value("ks"),
        "Missing": value("missing"),
        "Rows": " and ".join(f"{n:,}" for n in told.n),
    }
