"""What every step of the recipe did to each group of people."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dataops_core.fairness.recipe_impact import StepImpact
from dataops_core.store import datasets
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import current_table, job, redaction
from pages._ui.bias.groups import Asked
from pages._ui.formatting import count, md


def panel(here: Dataset, asked: Asked, root: str, table: Table) -> None:
    """Step by step: rows lost, the rate of the good outcome, and missing cells, by group."""
    done = [result for result in current_table.results(here) if result.outcome.status == "done"]
    if not done:
        st.info("There are no steps yet: nothing was done to anybody.", icon=":material/info:")
        return
    back = {new: old for old, new in datasets.names_now(here).items()}
    tables = [["As it came", root], *([redaction.told(result.entry.sentence), result.after] for result in done)]
    args = {
        "tables": tables,
        "sensitive": [back.get(name, name) for name in asked.sensitive],
        "target": back.get(asked.target, asked.target) if asked.target else None,
        "favorable": asked.favorable,
    }
    told: list[StepImpact] | None = job.counted(
        "through", args, "Following the groups through the steps", table.cells * len(tables)
    )
    if told is None:
        return
    st.caption(
        "Who belongs to which group is taken from the file as it came, row by row, so that it stays known whatever a"
        " step does to the columns."
    )
    for number, step in enumerate(told):
        _step(number, step, told[number - 1] if number else None)


def _step(number: int, step: StepImpact, before: StepImpact | None) -> None:
    groups = step.groups
    lost = sum(each.lost for each in groups.values())
    added = sum(each.added for each in groups.values())
    moved = (
        lost
        or added
        or (
            before
            and any(each.rate != each.rate_before or each.missing != each.missing_before for each in groups.values())
        )
    )
    said = ", ".join(
        filter(None, [f"{count(lost, 'row')} lost" if lost else "", f"{count(added, 'row')} added" if added else ""])
    )
    with st.container(border=True, key=f"through-{number}", gap="xsmall"):
        st.markdown(f"**{f'{number}. ' if number else ''}{md(step.step)}**{f' ({said})' if said else ''}")
        if step.apart:
            st.warning(
                f"{md(', '.join(step.apart))} lost clearly more or less of their rows than all others.",
                icon=":material/balance:",
            )
        if step.why:
            st.caption(f"No rate can be told: {md(step.why)}.")
        if before is not None and not moved:
            st.caption("Nothing changed for any group.")
            return
        rows = []
        for name, each in groups.items():
            row = {"Group": name, "Rows": each.n, "Good outcome": each.rate, "Missing cells": each.missing}
            if before is not None:
                row = {
                    "Group": name,
                    "Rows": each.n,
                    "Lost": each.lost,
                    "Share lost": each.lost_share,
                    "Added": each.added,
                    "Good outcome before": each.rate_before,
                    "Good outcome": each.rate,
                    "Missing before": each.missing_before,
                    "Missing cells": each.missing,
                }
            rows.append(row | {"Note": "few rows" if each.thin else ""})
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            key=f"through.{number}",
            alt=f"What the step did to each group: {step.step}",
            placeholder="–",
            column_config={
                name: st.column_config.NumberColumn(name, format="percent")
                for name in ("Share lost", "Good outcome before", "Good outcome", "Missing before", "Missing cells")
            },
        )
