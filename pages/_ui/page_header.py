"""The first line of every page: which dataset, how large, how good, how far; undo and redo. Each part is a link."""

from __future__ import annotations

import streamlit as st

from dataops_core.store.datasets import Dataset
from dataops_core.store.overview import Standing
from pages._ui import allowed, current_table, page_layout, pending, redaction
from pages._ui.formatting import count, md, percent
from pages._ui.page_layout import Here


def enter(title: str) -> Here:
    """The first line of every page: the guard of `page_layout.enter`, then the title with how the dataset stands."""
    place = page_layout.enter(title)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="page-header"):
        st.title(title, anchor=False, width="content")
        if place.dataset is not None:
            _standing(place.dataset)
    page_layout.show_failure()
    redaction.note()
    return place


def _standing(here: Dataset) -> None:
    told = current_table.standing(here)
    _link("data", md(here.name), "table", "The file, its rows and what its columns are for")
    if told.rows is not None and told.columns is not None:
        _link("data", f"{told.rows:,} × {told.columns:,}", "grid_on", "Rows x columns, as the table is now")
    _findings(told)
    _link("clean", count(told.steps, "step"), "healing", "The steps that change the table; add, edit or move them")
    _version(told)
    previewed = pending.get(here)
    undoes = f"Discards the preview: {previewed['what']}" if previewed else redaction.told(f"Takes back: {here.undo}")
    with st.container(horizontal=True, gap="xxsmall", width="content"):
        allowed.button(
            "undone",
            "Undo",
            icon=":material/undo:",
            key="recipe.undo",
            type="tertiary",
            disabled=here.undo is None and not previewed,
            on_click=pending.back,
            args=(here,),
            help=undoes if here.undo or previewed else "Nothing to undo",
        )
        allowed.button(
            "redone",
            "Redo",
            icon=":material/redo:",
            key="recipe.redo",
            type="tertiary",
            disabled=here.redo is None,
            on_click=pending.forth,
            args=(here,),
            help=redaction.told(f"Does again: {here.redo}") if here.redo else "Nothing to redo",
        )


def _findings(told: Standing) -> None:
    if told.findings is None:
        _link("profile", "Not profiled", "query_stats", "Opens Profile, which counts and checks all rows")
        return
    if told.score is not None:
        _link("overview", percent(told.score), "speed", "Score: the weighted mean of six dimensions of quality")
    grave = told.findings["error"] + told.findings["warning"]
    said = count(told.open_findings or 0, "finding")
    _link("profile", said, "rule", f"{grave:,} of them errors or warnings; findings that are ignored do not count")


def _version(told: Standing) -> None:
    if told.version is None:
        _link("versions", "Not saved", "history", "No version has been saved yet")
    elif told.saved:
        _link("versions", f"Version {told.version}", "history", "The table as it is now is this version")
    else:
        _link("versions", f"Changed since version {told.version}", "history", "Save a version to keep what was done")


def _link(page: str, label: str, icon: str, help_text: str) -> None:
    st.page_link(
        f"pages/{page}.py",
        label=label,
        icon=f":material/{icon}:",
        help=help_text,
        query_params=st.query_params.to_dict(),
        width="content",
    )
