"""What deliveries are held to, and where alerts go: the form, and what is in the outbox."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.monitoring import VERDICTS, Limits
from dataops_core.monitoring.channels import channels
from dataops_core.store.datasets import Dataset
from dataops_core.store.monitoring import alerts, deliveries
from pages._ui import allowed, current_table, grid, page_layout
from pages._ui.formatting import md, when

WORDS = {"pass": "Passes", "warn": "Is a warning", "fail": "Fails"}
_KEY = "deliveries.limits"


def form(here: Dataset) -> None:
    """Limits in one folded section, alerts in another."""
    with st.expander("What deliveries are held to", icon=":material/tune:"):
        _limits(here)
    with st.expander("Alerts", icon=":material/notifications:"):
        _alerts(here)


def _limits(here: Dataset) -> None:
    now = deliveries.limits_of(page_layout.store(), here.id)
    state = current_table.now(here)
    names = list(grid.table(state).names) if state else []
    with st.form(_KEY, border=False):
        given: dict[str, Any] = {}
        with st.container(horizontal=True):
            for each in dataclasses.fields(Limits):
                given[each.name] = _field(each, getattr(now, each.name), names)
        if allowed.submit("limits set", "Save the limits", icon=":material/save:"):
            _save(here.id, given)


def _field(each: dataclasses.Field, value: Any, names: list[str]) -> Any:
    label, help_text, key = each.metadata["label"], each.metadata["help"] or None, f"{_KEY}.{each.name}"
    if each.type == "Verdict":
        options = ["warn", "fail"] if each.name == "alert_from" else list(VERDICTS)
        words = {"warn": "Warnings on", "fail": "Failures only"} if each.name == "alert_from" else WORDS
        at = options.index(value) if value in options else 0
        return st.selectbox(
            label, options, at, format_func=lambda option: words[option], key=key, help=help_text, width=300
        )
    if each.name == "drift_ignored":
        return st.multiselect(label, [*names, *(n for n in value if n not in names)], list(value), key=key, width=300)
    if each.name == "freshness_column":
        options = ["", *names]
        at = options.index(value) if value in options else 0
        return st.selectbox(
            label, options, at, format_func=lambda o: o or "(freshness is not checked)", key=key, width=300
        )
    if each.name == "freshness_days":
        return st.number_input(label, min_value=0, value=value, step=1, key=key, width=300, placeholder="Days")
    return st.number_input(label, min_value=0.0, value=float(value), key=key, help=help_text, width=300)


def _save(dataset: str, given: dict[str, Any]) -> None:
    store, actor = page_layout.store(), page_layout.actor()
    with page_layout.errors():
        deliveries.set_limits(store, dataset, Limits.from_json(given), actor)
        st.success("Saved. They hold for the next delivery.", icon=":material/check_circle:")


def _alerts(here: Dataset) -> None:
    store = page_layout.store()
    ways = channels(store.home)
    st.markdown(
        "Where alerts go is set where the workbench runs (see Settings in the documentation): "
        + "; ".join(f"**{name}** to {md(way.leads_to)}" for name, way in ways.items())
        + "."
    )
    told = alerts.listed(store, here.id)
    if not told:
        st.caption("There has been no alert.")
        return
    rows = [
        {
            "Delivery": each.delivery,
            "Way": each.channel,
            "Sent": when(each.sent) if each.sent else "not yet",
            "Attempts": each.attempts,
            "Last error": each.error,
        }
        for each in told
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key="deliveries.alerts", alt="The alerts of this dataset", placeholder=""
    )
    if any(each.sent is None for each in told):
        st.button(
            "Send what is due",
            icon=":material/send:",
            key="deliveries.send",
            on_click=lambda: page_layout.act(lambda: alerts.send_due(store, page_layout.actor())),
        )
