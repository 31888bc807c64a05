"""Reach k: proposals that make the table k-anonymous, with what each costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.anonymize.propose import WAYS
from dataops_core.privacy import PersonalData
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import allowed, job, method_results
from pages._ui.formatting import count, md, percent

NOBODY = "(none)"
DATES = ("birth_date", "admission_date")  # what a quasi-identifier of dates is called


def panel(
    here: Dataset,
    state: str,
    table: Table,
    found: PersonalData,
    quasi: Sequence[str],
    sensitive: Sequence[str],
    roles: Mapping[str, Any],
) -> None:
    """What to ask for, then the proposals."""
    target = roles.get("target") if roles.get("target") in table.names else None
    st.markdown(
        "Generalize the chosen columns (ages to ranges, dates to years, rare values to “other”) until each row looks"
        " like at least **k - 1 others** in them: whoever knows these columns of a person then finds k rows, not one."
    )
    dates = [name for name in quasi if found.quasi.get(name) in DATES and table.column(name).type == "text"]
    if dates:
        told = ", ".join(md(name) for name in dates)
        st.info(
            f"{told}: dates that are kept as text can only be grouped by their frequency. Parse them first (page Clean,"
            " step “Parse dates”): then they can become months, years or decades, which keeps more of them.",
            icon=":material/calendar_month:",
        )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        k = st.number_input(
            "k", 2, max(2, table.rows), min(5, max(2, table.rows)), key="privacy.k", width=130,
            help="Each row shall be like k - 1 others at least; 5 is common, 10 and more for data that is published",
        )  # fmt: skip
        most = st.number_input(
            "Rows that may be dropped, %", 0.0, 50.0, 2.0, 0.5, key="privacy.most", width=210,
            help="Dropping a few odd rows often spares all others much generalization",
        )  # fmt: skip
        guarded = None
        least = 1
        if sensitive:
            guarded = st.selectbox(
                "Groups differ in", [NOBODY, *sensitive], key="privacy.guarded", width=200,
                help="l-diversity: a group whose rows share one illness says it of each of them",
            )  # fmt: skip
        if guarded and guarded != NOBODY:
            least = st.number_input("l", 2, 100, 2, key="privacy.l", width=110, help="Different values in each group")
    args = {
        "state": state,
        "quasi": list(quasi),
        "k": int(k),
        "suppressed": round(most / 100, 6),
        "codes": {name: found.quasi[name] for name in quasi if name in found.quasi},
        "target": target if target not in quasi else None,
        "sensitive": guarded if least > 1 else None,
        "least": int(least),
    }
    cells = max(job.SMALL + 1, table.cells) if table.rows > 500 else table.cells
    told = job.counted("anonymize", args, f"Find what reaches k = {int(k)}", cells, auto=False)
    if told is None:
        return
    if told["before"] >= k and least == 1:
        st.success(
            f"The smallest group has {count(told['before'], 'row')}.",
            title=f"The table reaches k = {int(k)} as it is",
            icon=":material/check_circle:",
        )
        return
    st.caption(
        f"{told['looked_at']:,} of {told['nodes']:,} combinations of levels were looked at. In each proposal no column"
        f" can stay finer: more than {count(told['rows_allowed'], 'row')} would have to go."
    )
    for at, each in enumerate(told["proposals"]):
        _proposal(here, each, at)


def _proposal(here: Dataset, each: Mapping[str, Any], at: int) -> None:
    with st.container(border=True, key=f"privacy-proposal-{at}", gap="small"):
        st.header(WAYS[each["way"]])
        with st.container(horizontal=True):
            st.metric(
                "Information lost",
                percent(each["information_lost"]),
                border=True,
                width=180,
                help="Of these columns: 0 % as they are, 100 % all left out (normalized certainty penalty)",
            )
            st.metric("Rows dropped", f"{each['rows_dropped']:,}", border=True, width=160)
            model = each.get("model")
            if model:
                st.metric(
                    f"Predicting {md(model['target'])}",
                    f"{model['after']:.3f}",
                    f"{model['difference']['mean']:+.3f}",
                    border=True,
                    width=210,
                    help=(
                        f"{model['measure'].replace('_', ' ')} of a plain model on the rows that stay:"
                        f" {model['before']:.3f} before; the difference is {model['difference']['low']:+.3f} to"
                        f" {model['difference']['high']:+.3f} (95 % interval)"
                    ),
                )
        st.dataframe(
            pd.DataFrame([{"Column": name, "Becomes": words} for name, words in each["columns"].items()]),
            hide_index=True,
            key=f"privacy.proposal.{at}.columns",
            alt=f"Treatment of each column: {WAYS[each['way']].lower()}",
            width=560,
            placeholder="",
        )
        dropped = (
            f"{each['share_dropped']:.1%} of the rows are dropped." if each["rows_dropped"] else "No row is dropped."
        )
        st.caption(dropped)
        if each["steps"]:
            allowed.button(
                "recipe changed",
                "Preview this",
                key=f"privacy.proposal.{at}.use",
                type="primary" if at == 0 else "secondary",
                icon=":material/visibility:",
                on_click=_propose,
                args=(here, each["steps"]),
                help=method_results.HELP,
            )


def _propose(here: Dataset, steps: Sequence[Mapping[str, Any]]) -> None:
    method_results.use_all(here, steps)
    st.session_state.pop("finding.go", None)  # the preview is shown on this page
