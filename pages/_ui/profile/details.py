"""One column in detail: its facts, every number leading to its rows, its spread, and how it goes with the outcome,
groups and time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import chart, current_table, job
from pages._ui.columns.strip import facts_as_meant, misfits
from pages._ui.formatting import count, md, share
from pages._ui.profile import facets

ALONE, TARGET, GROUP, TIME = "By itself", "Against the outcome", "By group", "Over time"


def panel(here: Dataset, state: str, table: Table, name: str, facts: Mapping[str, Any]) -> None:
    """Everything about one column."""
    st.header(md(name))
    if "failed" in facts:
        st.warning(
            md(facts["failed"]),
            title="This column could not be counted; the others are not affected",
            icon=":material/warning:",
        )
        return
    seen = facts_as_meant(facts)
    ways = {
        ALONE: True,
        TARGET: here.roles.get("target") in table.names,
        GROUP: bool(_groups(table, name)),
        TIME: bool(_times(table)),
    }
    look = st.radio(
        "Look at it", [way for way, there in ways.items() if there], key=f"details.way.{name}", horizontal=True
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        key = f"details.{state[:8]}.{name}"
        if look == TARGET and here.roles["target"] != name:
            _counted(
                "against",
                {"state": state, "column": name, "target": here.roles["target"]},
                table,
                lambda told: chart.against(told, f"{key}.target"),
            )
        elif look == GROUP:
            group = st.selectbox("Group", _groups(table, name), key=f"details.group.{name}", width=260)
            _counted(
                "against",
                {"state": state, "column": group, "target": name},
                table,
                lambda told: chart.against(told, f"{key}.group"),
            )
        elif look == TIME:
            time = st.selectbox("Time", _times(table), key=f"details.time.{name}", width=260)
            _counted(
                "over time",
                {"state": state, "column": name, "time": time},
                table,
                lambda told: chart.along(told, f"{key}.time"),
            )
        else:
            chart.distribution(seen, f"How {name} is spread", f"profile.chart.{state[:8]}.{name}")
            misfits(facts)
    with right:
        if seen is not facts:
            st.caption("Counted on the values as meant; the cells are stored as text.")
        st.table(current_table.told(seen))
        _links(name, facts)


def _counted(what: str, args: dict[str, Any], table: Table, draw: Callable[[Mapping[str, Any]], None]) -> None:
    """Count once, as a job where the table is large, and draw."""
    told = job.counted(what, args, "Counting", table.rows * 4)
    if told is not None:
        draw(told)


def _groups(table: Table, name: str) -> list[str]:
    return [c.name for c in table.columns if c.kind in ("category", "boolean") and c.name != name]


def _times(table: Table) -> list[str]:
    return [c.name for c in table.columns if c.type == "datetime"]


def _links(name: str, facts: Mapping[str, Any]) -> None:
    """Buttons that open the rows behind the numbers."""
    rows = facts["rows"]
    links: list[tuple[str, int, tuple[Any, ...]]] = [
        ("missing", facts["missing"], ("missing",)),
        ("zero", facts.get("zeros") or 0, ("is", "0")),
        ("infinite", facts.get("infinite") or 0, ("is", "inf", "-inf")),
    ]
    if facts.get("negatives"):
        links.append(("negative", facts["negatives"], ("between", facts["min"], -5e-324)))
    histogram = facts.get("histogram") or {}
    if histogram.get("below"):
        links.append(("far below", histogram["below"], ("between", facts["min"], histogram["edges"][0])))
    if histogram.get("above"):
        links.append(("far above", histogram["above"], ("between", histogram["edges"][-1], facts["max"])))
    links += [(str(top["value"])[:30], top["count"], ("is", top["value"])) for top in facts["top"][:4]]
    st.caption("Open the rows behind a number:")
    with st.container(horizontal=True, gap="small"):
        for number, (label, n, how) in enumerate(links):
            if n:
                st.button(
                    f"{md(label)} ({n:,})",
                    key=f"details.link.{name}.{number}",
                    type="tertiary",
                    on_click=facets.show,
                    args=(name, *how),
                    help=f"{count(n, 'row')}, {share(n, rows)}",
                )
