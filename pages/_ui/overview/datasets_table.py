"""All datasets of the project in one table; a click on a row opens the dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.store import datasets, jobs, overview
from dataops_core.store.choices import finding_overrides
from dataops_core.store.results import profile as profiles
from pages._ui import page_layout
from pages._ui.formatting import count, when
from pages._ui.page_layout import Here


def table(place: Here) -> bool:
    """The datasets with their scores, open findings, sizes and versions; whether there are any."""
    store = page_layout.store()
    known = overview.project_overview(store, place.project)
    if not known:
        return False
    rows = [each | _kept_standing(each["id"]) for each in known]
    chosen = st.dataframe(
        pd.DataFrame(
            [
                {
                    "Dataset": each["name"],
                    "Score": each["score"],
                    "Over versions": each["history"],
                    "Errors": each["findings"].get("error"),
                    "Warnings": each["findings"].get("warning"),
                    "Notes": each["findings"].get("note"),
                    "Rows": each["rows"],
                    "Columns": each["columns"],
                    "Version": each["version"],
                    "Owner": each["owner"],
                    "Last change": when(each["changed"]) if each["changed"] else "",
                }
                for each in rows
            ]
        ),
        hide_index=True,
        placeholder="",
        key=f"overview.datasets.{place.dataset.id if place.dataset else ''}",
        on_select="rerun",
        selection_mode="single-row",
        alt="Datasets of the project: score, open findings, size, last version, owner",
        column_config={
            "Score": st.column_config.ProgressColumn("Score", format="percent", min_value=0, max_value=1),
            "Over versions": st.column_config.LineChartColumn(
                "Over versions", help="The score of each version, oldest first", y_min=0, y_max=1
            ),
            "Rows": st.column_config.NumberColumn("Rows", format="localized"),
        },
    )
    _offer_scores([each for each in rows if each["score"] is None])
    picked = chosen["selection"]["rows"]
    if picked and (place.dataset is None or rows[picked[0]]["id"] != place.dataset.id):
        page_layout.go(place.project, rows[picked[0]]["id"])
        st.rerun()
    return True


def _offer_scores(without: Sequence[Mapping[str, Any]]) -> None:
    """A button that profiles the datasets that nobody has opened yet."""
    store = page_layout.store()
    running = [
        each for each in without if (job := jobs.latest(store, "score", {"dataset": each["id"]})) and job.is_open
    ]
    waiting = [each for each in without if each not in running]
    if running:
        st.caption(f"{count(len(running), 'dataset is', 'datasets are')} being profiled: see Jobs in the sidebar.")
    if waiting:
        st.button(
            f"Profile {count(len(waiting), 'dataset')} without a score",
            icon=":material/query_stats:",
            key="overview.profile_all",
            on_click=_profile_all,
            args=([each["id"] for each in waiting],),
            help="Counts and checks all rows of each, one after another",
        )


def _profile_all(some: Sequence[str]) -> None:
    for dataset in some:
        jobs.start(page_layout.store(), "score", {"dataset": dataset}, page_layout.actor())


def _kept_standing(dataset: str) -> dict[str, Any]:
    """How a dataset stands; looked up again on the next run while there is no profile yet."""
    asked = str(page_layout.store().home), dataset, *_sign(dataset)
    found = _standing(*asked)
    if found["score"] is None:
        _standing.clear(*asked)
    return found


def _sign(dataset: str) -> tuple[int, str, str]:
    """What a kept standing depends on besides the dataset."""
    store = page_layout.store()
    here = datasets.get(store, dataset)
    said = sorted(finding_overrides.ignored(store, dataset)), finding_overrides.weights(store, dataset)
    return here.revision, f"{overview.versions_made(store, dataset)} {said}", profiles.code_hash()


@st.cache_data(max_entries=256, show_spinner=False, ttl=20)
def _standing(home: str, dataset: str, revision: int, said: str, code: str) -> dict[str, Any]:
    """How a dataset stands; looked up again after some seconds, for a profile may have been computed meanwhile."""
    store = page_layout.store()
    here = datasets.get(store, dataset)
    now = overview.look_up(store, here)
    scores = [each["score"] for each in overview.score_history(store, here) if each["score"] is not None]
    return {
        "rows": now.rows,
        "columns": now.columns,
        "score": now.score,
        "findings": dict(now.findings or {}),
        "version": now.version,
        "history": scores if now.saved or now.score is None else [*scores, now.score],
    }
