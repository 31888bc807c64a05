"""Rename or delete the dataset that is open; what would go with it is said before."""

from __future__ import annotations

import streamlit as st

from dataops_core.hashing import sha256
from dataops_core.store import removal
from dataops_core.store.datasets import Dataset
from pages._ui import allowed, page_layout
from pages._ui.formatting import count, md


def panel(here: Dataset) -> None:
    """The popover with both."""
    box = st.popover("Rename or delete", icon=":material/edit:", key="manage.open", on_change="rerun")
    if not box.open:  # what would go with it takes a look at all datasets
        return
    with box:
        st.text_input("New name", key=_name_key(here), placeholder=here.name)
        allowed.button(
            "dataset renamed", "Rename", key="manage.rename", on_click=_rename, args=(here,), icon=":material/edit:"
        )
        gone = removal.contents(page_layout.store(), here.id)
        parts = ["the file as it came", "all steps", count(len(gone["versions"]), "version")]
        parts += [count(len(gone["models"]), "model")] if gone["models"] else []
        st.markdown(f"**Delete {md(here.name)}** with {', '.join(parts)}. It cannot be undone.")
        if gone["same_file"]:
            st.caption(f"The file itself stays: {md(', '.join(gone['same_file']))} was read from the same one.")
        if gone["used_by"]:
            st.caption(f"It cannot be deleted: {md(', '.join(gone['used_by']))} joins or appends its table.")
        st.text_input("Type the name of the dataset to delete it", key=f"manage.confirm.{here.id}")
        allowed.button(
            "dataset deleted", "Delete", key="manage.delete", on_click=_delete, args=(here,), icon=":material/delete:"
        )


def _name_key(here: Dataset) -> str:
    """The key of the box for the name: another one when the name is another one."""
    return f"manage.name.{here.id}.{sha256(here.name)[:8]}"


def _rename(here: Dataset) -> None:
    name = st.session_state[_name_key(here)]
    if page_layout.act(lambda: removal.rename(page_layout.store(), here.id, name, page_layout.actor())):
        page_layout.say(f"Renamed to {name.strip()}.")


def _delete(here: Dataset) -> None:
    confirm = st.session_state.get(f"manage.confirm.{here.id}", "")
    store, actor = page_layout.store(), page_layout.actor()
    if page_layout.act(lambda: removal.delete(store, here.id, actor, confirm=confirm)):
        page_layout.go(here.project, None)
        page_layout.say(f"{here.name} is deleted.")
