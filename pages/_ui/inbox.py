"""The findings inbox: ranked, filtered, and those that are ignored with their reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dataops_core.checks import REGISTRY
from dataops_core.store import opinions
from dataops_core.store.datasets import Dataset
from pages._ui import finding, frame
from pages._ui.words import SEVERITY, count, md, when

SHOWN = 30
ALL_COLUMNS, ALL_GROUPS = "All columns", "All kinds"


def inbox(here: Dataset, profile: Mapping[str, Any], state: str, names: Sequence[str], *, mend: bool) -> None:
    """All findings of a state as cards, with filters; ignored ones stand apart."""
    ignored = opinions.ignored(frame.store(), here.id)
    every = [f for f in profile["findings"] if opinions.key(f["check"], f["columns"]) not in ignored]
    put_away = [f for f in profile["findings"] if opinions.key(f["check"], f["columns"]) in ignored]
    if not profile["findings"]:
        st.success(f"{len(REGISTRY)} checks looked at every cell and found nothing.", icon=":material/check_circle:")
        return
    shown = _filtered(every, state, names)
    for number, each in enumerate(shown[:SHOWN]):
        finding.card(each, state, profile["rows"], f"finding.{state[:8]}.{each['check']}.{number}", mend=mend, dataset=here.id)
    if len(shown) > SHOWN:
        st.caption(f"The gravest {SHOWN} of {len(shown)}. Choose a column or a kind of problem to see the others.")
    elif not shown:
        st.info("No finding meets the filters.", icon=":material/filter_alt_off:")
    if put_away:
        _ignored(here, put_away, ignored)


def _filtered(every: list[dict[str, Any]], state: str, names: Sequence[str]) -> list[dict[str, Any]]:
    grades = [grade for grade in SEVERITY if any(f["severity"] == grade for f in every)]
    groups = sorted({REGISTRY[f["check"]].group for f in every if f["check"] in REGISTRY})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        grade = st.radio(
            "Show", ["all", *grades], key=f"profile.grades.{state[:8]}", horizontal=True,
            format_func=lambda g: f"All ({len(every)})" if g == "all" else f"{SEVERITY[g][0]}s ({sum(f['severity'] == g for f in every)})",
        )
        only = st.selectbox("Column", [ALL_COLUMNS, *names], key="profile.only", width=200)
        kind = st.selectbox("Kind of problem", [ALL_GROUPS, *groups], key=f"profile.group.{state[:8]}", width=200)
        words = st.text_input("Search", key="profile.search", placeholder="Words in the finding", width=220)
    return [
        f for f in every
        if grade in ("all", f["severity"]) and only in (ALL_COLUMNS, *f["columns"])
        and (kind == ALL_GROUPS or (f["check"] in REGISTRY and REGISTRY[f["check"]].group == kind))
        and words.strip().casefold() in f"{f['title']} {' '.join(f['columns'])} {f['message']}".casefold()
    ]


def _ignored(here: Dataset, put_away: Sequence[Mapping[str, Any]], why: Mapping[str, Mapping[str, Any]]) -> None:
    with st.expander(f"Ignored: {count(len(put_away), 'finding')}", icon=":material/visibility_off:"):
        for number, each in enumerate(put_away):
            told = why[opinions.key(each["check"], each["columns"])]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"**{md(each['title'])}** in **{md(', '.join(each['columns']) or 'whole rows')}** ({count(each['count'], 'row')}), because: "
                    f"{md(told['value'])} ({md(told['actor'])}, {when(told['at'])})"
                )
                st.button("Mind it again", key=f"finding.mind.{number}", on_click=_mind, args=(here.id, each["check"], tuple(each["columns"])))


def _mind(dataset: str, check: str, columns: tuple[str, ...]) -> None:
    frame.act(lambda: opinions.mind(frame.store(), dataset, check, columns, frame.actor()))
