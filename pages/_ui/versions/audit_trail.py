"""Who did what and when: the audit log with filters, whether it is whole, and as files that anybody can verify."""

from __future__ import annotations

import os

import pandas as pd
import streamlit as st

from dataops_core.export.signature import KEY
from dataops_core.store.datasets import Dataset
from dataops_core.store.trail import audit
from dataops_core.store.trail.export import zipped
from dataops_core.store.trail.whole_log import whole_log
from pages._ui import page_layout, redaction
from pages._ui.formatting import count, when
from pages._ui.versions import audit_words


def panel(here: Dataset) -> None:
    """The entries of this dataset (or of all), filtered; chain and anchors are checked each time."""
    store = page_layout.store()
    log = whole_log(store)
    whole = store.may("log read")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        everything = whole and st.toggle("All datasets", key="versions.trail.all")
        mine = audit.chosen(log, dataset=None if everything else here.id)
        who = _choice("Who", "Anybody", mine, "actor")
        what = _choice("What", "Anything", mine, "what")
        since = st.date_input("Since", value=None, key="versions.trail.since", width=140)
        text = st.text_input("Search", key="versions.trail.text", placeholder="In the details", width=180)
    shown = audit.chosen(mine, who=who, what=what, since=since.isoformat() if since else None, text=text or None)
    st.caption(
        f":material/verified: The log of {count(len(log), 'entry', 'entries')} is unbroken."
        f" {count(len(shown), 'entry', 'entries')} shown."
    )
    rows = [
        {
            "When": when(e["at"]),
            "Who": e["actor"],
            "What": audit_words.what(e["what"]),
            "Details": redaction.told(audit_words.details(e)),
            "Hash": e["hash"][:12],
        }
        for e in reversed(shown)
    ]
    columns = ["When", "Who", "What", "Details", "Hash"]
    st.dataframe(
        pd.DataFrame(rows, columns=columns),
        hide_index=True,
        key="versions.trail",
        alt="The audit trail, newest first",
        column_config={"Details": st.column_config.TextColumn(width="large")},
        placeholder="",
    )
    if not whole:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            "Download the log and its verifier",
            data=lambda: zipped(store),
            file_name="audit.zip",
            mime="application/zip",
            on_click="ignore",
            icon=":material/download:",
            key="versions.trail.file",
            help="All entries of all datasets, the anchors, and verify_audit.py, which needs Python alone",
        )
        st.caption(
            "Every change is anchored: the hash of the last entry is signed and kept apart from the log."
            if os.environ.get(KEY)
            else f"The anchors are not signed: an administrator can set {KEY}, so that a log that was cut or written"
            " anew is found out."
        )


def _choice(label: str, nothing: str, log: list[dict], key: str) -> str | None:
    values = sorted({str(entry[key]) for entry in log})
    return st.selectbox(
        label,
        values,
        index=None,
        format_func=audit_words.what if key == "what" else str,
        key=f"versions.trail.{key}",
        placeholder=nothing,
        width=180,
    )
