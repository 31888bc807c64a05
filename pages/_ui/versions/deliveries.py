"""Deliveries: the next file held against a version, what is in quarantine, how deliveries went over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.monitoring import Check
from dataops_core.store import datasets
from dataops_core.store.datasets import Dataset
from dataops_core.store.monitoring import deliveries
from dataops_core.store.monitoring.deliveries import Delivery
from pages._ui import allowed, page_layout, redaction, uploaded
from pages._ui.formatting import md, when
from pages._ui.versions import delivery_history, delivery_limits, started

_KEY = "deliveries"
VERDICTS = {
    "pass": ("Passes", ":material/check_circle:", "green"),
    "warn": ("Warning", ":material/warning:", "orange"),
    "fail": ("Fails", ":material/error:", "red"),
    "not checked": ("Not checked", ":material/remove:", "gray"),
}
STANDINGS = {
    "accepted": ("Accepted", "green"),
    "quarantined": ("In quarantine", "orange"),
    "rejected": ("Rejected", "red"),
}
AREAS = {
    "reading": "File",
    "schema": "Columns",
    "volume": "Rows",
    "steps": "Steps",
    "rules": "Rules",
    "drift": "Values",
    "freshness": "Freshness",
    "quality": "Quality",
}
MOST = 20  # deliveries that are listed; the charts show all


def panel(here: Dataset, numbers: list[int]) -> None:
    """Bring a delivery, decide about those in quarantine, look back. `numbers` are the versions of real rows."""
    if not numbers:
        st.info(
            "Deliveries are held against a version: save one first.",
            title="There is no version yet",
            icon=":material/history:",
        )
        return
    _bring(here, numbers)
    some = deliveries.listed(page_layout.store(), here.id)
    for each in some[:MOST]:
        _card(here, each)
    if len(some) > MOST:
        st.caption(f"{len(some) - MOST:,} older deliveries are not listed; the charts below show all.")
    delivery_history.charts(some)
    delivery_limits.form(here)


def _bring(here: Dataset, numbers: list[int]) -> None:
    st.markdown(
        f"Upload the next delivery of **{md(here.name)}**. Its columns, rows, rules, values and quality are compared"
        " with a version after the same steps. What fails stays in quarantine until somebody decides; nothing else"
        " changes."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Compare with",
            numbers,
            index=numbers.index(deliveries.reference(page_layout.store(), here.id).number),
            format_func=lambda number: f"Version {number}",
            key=f"{_KEY}.against",
            width=200,
        )
        st.checkbox(
            "Read it even if it has flaws",
            key=f"{_KEY}.lenient",
            help="Columns that are called alike get a number, nameless ones a name. Otherwise such a file fails.",
        )
    allowed.uploader(
        "delivery judged",
        "The delivery",
        key=uploaded.key(f"{_KEY}.upload"),
        on_change=uploaded.take,
        args=(f"{_KEY}.upload", lambda file, name: _watch(here, numbers, file, name)),
    )
    started.show(f"{_KEY}.{here.id}", "Comparing the delivery")


def _watch(here: Dataset, numbers: list[int], file: Path, name: str) -> None:
    store = page_layout.store()
    args = {
        "dataset": here.id,
        "raw": datasets.store_raw(store, file, name),
        "number": st.session_state.get(f"{_KEY}.against", numbers[0]),
        "lenient": bool(st.session_state.get(f"{_KEY}.lenient")),
    }
    started.start(f"{_KEY}.{here.id}", "watch", args)


def _card(here: Dataset, each: Delivery) -> None:
    with st.container(border=True, key=f"delivery-{each.number}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**Delivery {each.number}**: {md(each.report.file)}", width="content")
            word, icon, color = VERDICTS[each.report.verdict]
            st.badge(word, icon=icon, color=color)
            word, color = STANDINGS[each.standing]
            st.badge(word, color=color)
        st.caption(f"{when(each.at)} by {md(each.actor)}, compared with version {each.report.version}")
        for check in each.report.troubles:
            st.markdown(f"{VERDICTS[check.verdict][1]} {AREAS[check.area]}: {md(check.says)}")
        if each.reason:
            word = STANDINGS[each.standing][0]
            st.markdown(f"{word} by {md(each.decided_by)}: {md(each.reason)}")
        if each.standing == "quarantined":
            _decide(here, each)
        with st.container(horizontal=True, vertical_alignment="center"):
            if each.standing == "accepted":
                allowed.button(
                    "recipe changed",
                    "Work on this delivery",
                    icon=":material/check:",
                    key=f"{_KEY}.use.{each.number}",
                    on_click=_use,
                    args=(here, each),
                    help="It becomes the table that you work on, with the steps that ran on it. Undo brings back"
                    " the one before; save a version to keep it.",
                )
            shown = st.toggle("Show all checks", key=f"{_KEY}.show.{each.number}")
        if shown:
            _checks(each.number, each.report.checks)


def _checks(number: int, checks: tuple[Check, ...]) -> None:
    rows = [
        {"About": AREAS[c.area], "Verdict": VERDICTS[c.verdict][0], "What was found": redaction.told(c.says)}
        for c in checks
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key=f"{_KEY}.checks.{number}",
        alt=f"What was checked of delivery {number}",
        column_config={"What was found": st.column_config.TextColumn(width="large")},
        placeholder="",
    )


def _decide(here: Dataset, each: Delivery) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Why you accept or reject it", key=f"{_KEY}.reason.{each.number}")
        for label, icon, accept in (("Accept", "check", True), ("Reject", "block", False)):
            allowed.button(
                "delivery accepted" if accept else "delivery rejected",
                label,
                icon=f":material/{icon}:",
                key=f"{_KEY}.{label.lower()}.{each.number}",
                on_click=_settle,
                args=(here.id, each.number, accept),
                disabled=accept and each.state is None,
                help="A file that cannot be read can only be rejected" if accept and each.state is None else None,
            )


def _settle(dataset: str, number: int, accept: bool) -> None:
    reason: Any = st.session_state.get(f"{_KEY}.reason.{number}", "")
    store, actor = page_layout.store(), page_layout.actor()
    if page_layout.act(lambda: deliveries.decide(store, dataset, number, accept=accept, reason=reason, actor=actor)):
        page_layout.say(f"Delivery {number} is {'accepted' if accept else 'rejected'}.")


def _use(here: Dataset, each: Delivery) -> None:
    store, actor = page_layout.store(), page_layout.actor()
    if page_layout.act(lambda: deliveries.use(store, here.id, here.revision, each.number, actor)):
        page_layout.say(f"{each.report.file} is the table that you work on. Save a version to keep it.")
