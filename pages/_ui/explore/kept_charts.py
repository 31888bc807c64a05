"""Charts that are kept with the dataset under a name, and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core.store.choices import form_state
from dataops_core.store.datasets import Dataset
from pages._ui import allowed, page_layout

_ABOUT = "charts"


def open_asked(here: Dataset) -> None:
    """Fill the choices in with those of a kept chart that was clicked."""
    asked = st.session_state.pop("explore.open", None)
    kept = form_state.get(page_layout.store(), here.id, _ABOUT).get(asked or "")
    if kept:
        st.session_state["explore.columns"] = kept["columns"]
        for name in ("color", "facet"):
            st.session_state[f"explore.{name}"] = kept[name] or "(none)"


def panel(here: Dataset, asked: Mapping[str, Any]) -> None:
    """The charts that are kept, and a way to keep this one."""
    kept = form_state.get(page_layout.store(), here.id, _ABOUT)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input("Keep this chart as", key="explore.name", placeholder="Income by city", width=230)
        allowed.button(
            "form changed",
            "Keep",
            key="explore.keep",
            icon=":material/bookmark:",
            on_click=_keep,
            args=(here.id, dict(asked)),
        )
        for name in kept:
            st.menu_button(
                name,
                ["Open"] if allowed.refusal("form changed") else ["Open", "Remove"],
                key=f"explore.kept.{name}",
                on_click=_chosen,
                args=(here.id, name),
                icon=":material/bar_chart:",
            )


def _keep(dataset: str, asked: dict[str, Any]) -> None:
    name = st.session_state["explore.name"].strip()
    if not name:
        page_layout.say("Give the chart a name first.")
        return
    if _change(dataset, {name: asked}):
        st.session_state["explore.name"] = ""


def _change(dataset: str, changes: dict[str, Any]) -> bool:
    store, actor = page_layout.store(), page_layout.actor()
    return page_layout.act(lambda: form_state.change(store, dataset, _ABOUT, changes, actor))


def _chosen(dataset: str, name: str) -> None:
    if st.session_state[f"explore.kept.{name}"] == "Remove":
        _change(dataset, {name: None})
    else:
        st.session_state["explore.open"] = name
