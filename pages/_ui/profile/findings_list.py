"""The findings inbox: ranked, filtered, and those that are ignored with their reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dataops_core.checks import REGISTRY
from dataops_core.recipe.recipe import sha256
from dataops_core.store import datasets, finding_overrides
from dataops_core.store.datasets import Dataset
from pages._ui import finding, page_layout
from pages._ui.formatting import SEVERITY, count, md, when

SHOWN = 30
ALL_COLUMNS, ALL_GROUPS = "All columns", "All kinds"


def minded(here: Dataset, profile: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The findings that are not ignored."""
    ignored = finding_overrides.ignored(page_layout.store(), here.id)
    return [
        f for f in profile["findings"] if finding_overrides.key(f["check"], in_file(here, f["columns"])) not in ignored
    ]


def in_file(here: Dataset, columns: Sequence[str]) -> tuple[str, ...]:
    """Columns by their names in the file: an opinion outlives a renaming."""
    first = {now: name for name, now in datasets.names_now(here).items()}
    return tuple(first.get(name, name) for name in columns)


def inbox(
    here: Dataset,
    profile: Mapping[str, Any],
    every: list[dict[str, Any]],
    state: str,
    names: Sequence[str],
    *,
    mend: bool,
) -> None:
    """The findings that are minded (`every`) as cards, with filters; ignored ones stand apart."""
    kept = {id(f) for f in every}
    put_away = [f for f in profile["findings"] if id(f) not in kept]
    if not profile["findings"]:
        st.success(f"{len(REGISTRY)} checks looked at every cell and found nothing.", icon=":material/check_circle:")
        return
    shown = _filtered(every, state, names)
    # a check may find several things in the same columns: one for each group of people, say
    seen: Counter[str] = Counter()
    for each in shown[:SHOWN]:
        key = (
            f"finding.{state[:8]}.{each['check']}.{sha256(finding_overrides.key(each['check'], each['columns']))[:10]}"
        )
        seen[key] += 1
        key += f".{seen[key]}" if seen[key] > 1 else ""
        finding.card(each, state, profile["rows"], key, mend=mend, ignore=(here.id, in_file(here, each["columns"])))
    if len(shown) > SHOWN:
        st.caption(f"{SHOWN} most serious of {len(shown)}. Choose a column or a kind of problem to see the others.")
    elif not shown:
        st.info("No finding meets the filters.", icon=":material/filter_alt_off:")
    if put_away:
        _ignored(here, put_away, finding_overrides.ignored(page_layout.store(), here.id))


def _filtered(every: list[dict[str, Any]], state: str, names: Sequence[str]) -> list[dict[str, Any]]:
    # always all of them, so that a choice survives a repair
    groups = sorted({check.group for check in REGISTRY.values()})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        grade = st.radio(
            "Show",
            ["all", *SEVERITY],
            key="profile.grades",
            horizontal=True,
            format_func=lambda g: "All" if g == "all" else f"{SEVERITY[g][0]}s",
            persist_state="session",
        )
        only = st.selectbox("Column", [ALL_COLUMNS, *names], key="profile.only", width=200, persist_state="session")
        kind = st.selectbox(
            "Kind of problem", [ALL_GROUPS, *groups], key="profile.group", width=200, persist_state="session"
        )
        words = st.text_input("Search", key="profile.search", placeholder="Words in the finding", width=220)
    st.caption(", ".join(count(sum(f["severity"] == g for f in every), SEVERITY[g][0].lower()) for g in SEVERITY) + ".")
    return [
        f
        for f in every
        if grade in ("all", f["severity"])
        and only in (ALL_COLUMNS, *f["columns"])
        and (kind == ALL_GROUPS or (f["check"] in REGISTRY and REGISTRY[f["check"]].group == kind))
        and words.strip().casefold() in f"{f['title']} {' '.join(f['columns'])} {f['message']}".casefold()
    ]


def _ignored(here: Dataset, put_away: Sequence[Mapping[str, Any]], why: Mapping[str, Mapping[str, Any]]) -> None:
    with st.expander(f"Ignored: {count(len(put_away), 'finding')}", icon=":material/visibility_off:"):
        for number, each in enumerate(put_away):
            told = why[finding_overrides.key(each["check"], in_file(here, each["columns"]))]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"**{md(each['title'])}** in **{md(', '.join(each['columns']) or 'whole rows')}**"
                    f" ({count(each['count'], 'row')}), because: {md(told['value'])} ({md(told['actor'])},"
                    f" {when(told['at'])})"
                )
                st.button(
                    "Stop ignoring",
                    key=f"finding.mind.{number}",
                    on_click=_mind,
                    args=(here.id, each["check"], in_file(here, each["columns"])),
                )


def _mind(dataset: str, check: str, columns: tuple[str, ...]) -> None:
    page_layout.act(
        lambda: finding_overrides.unignore(page_layout.store(), dataset, check, columns, page_layout.actor())
    )
