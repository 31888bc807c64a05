"""Purge a version: what it alone holds is deleted for good; what is said of one that was purged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core.store import purge
from dataops_core.store.datasets import Dataset
from pages._ui import allowed, page_layout, redaction
from pages._ui.formatting import count, md, when


def tombstone(version: Mapping[str, Any]) -> None:
    """What is left of a version: its number, who purged it, when and why."""
    told = version["purged"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Version {version['number']}**: its data was purged")
        st.badge("Purged", icon=":material/delete_forever:", color="gray")
    st.caption(
        f"{when(told['at'])} by {md(told['by'])}: {md(redaction.told(told['reason']))}. It cannot be opened again;"
        " versions made after it still can."
    )
    st.caption(
        f"Saved {when(version['created'])} by {md(version['actor'])}, fingerprint {version['content_hash'][:16]}…"
    )


def opener(here: Dataset, number: int) -> None:
    """The popover in which a version is purged, with what would go and what would stay."""
    box = st.popover("Purge", icon=":material/delete_forever:", key=f"versions.purge.open.{number}", on_change="rerun")
    if not box.open:  # what would go takes a look at all versions
        return
    with box:
        if why := allowed.refusal("version purged"):
            st.caption(why)
        else:
            _form(here, number)


def _form(here: Dataset, number: int) -> None:
    """What would go, what would stay, and the reason."""
    store = page_layout.store()
    would = purge.purge(store, here.id, [number], page_layout.actor(), reason="", force=True, dry_run=True)
    guarded = purge.guarded(store, here.id, [number])
    st.markdown(
        f"**Purge version {number}**: {count(would.files, 'file')} that nothing else needs will be deleted for good."
        " What Undo could bring back goes, too."
    )
    for each in would.held:
        st.caption(f"A {each.what} stays, needed by {md('; '.join(each.users))}.")
    st.caption(
        "Number, fingerprint, author and your reason stay in the list, the lineage and the audit trail. To take one"
        " person out of all versions, see `dataops purge --where`."
    )
    st.text_input("Why? (do not repeat the data itself)", key=f"versions.purge.reason.{number}")
    force = bool(guarded) and st.checkbox(f"{guarded}: purge it all the same", key=f"versions.purge.force.{number}")
    allowed.button(
        "version purged",
        f"Purge version {number}",
        key=f"versions.purge.{number}",
        icon=":material/delete_forever:",
        disabled=bool(guarded) and not force,
        on_click=_purge,
        args=(here, number),
    )


def _purge(here: Dataset, number: int) -> None:
    why = st.session_state.get(f"versions.purge.reason.{number}", "")
    force = bool(st.session_state.get(f"versions.purge.force.{number}"))
    store, actor = page_layout.store(), page_layout.actor()
    if page_layout.act(lambda: purge.purge(store, here.id, [number], actor, reason=why, force=force)):
        page_layout.say(f"Version {number} is purged.")
