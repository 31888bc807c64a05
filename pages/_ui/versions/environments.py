"""Environments: which version each has, what waits for a second person, promotion and the way back."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.store.datasets import Dataset
from dataops_core.store.people import members, promotions
from dataops_core.store.people.environments import PRODUCTION, PROMOTED, SANDBOX, STAGING
from dataops_core.store.people.promotions import Environment, Promotion
from pages._ui import allowed, page_layout, redaction
from pages._ui.formatting import md, when
from pages._ui.versions import started

_KEY = "environments"
WHAT_FOR = {
    SANDBOX: "Where work is done: it has the newest version",
    STAGING: "Where things are tried out: no raw identifiers",
    PRODUCTION: "What others rely on: deliveries are held against it",
}


def panel(here: Dataset, known: list[dict[str, Any]]) -> None:
    """Three environments side by side, what waits, a form to promote, and what happened so far."""
    if not known:
        st.info("Save a version first.", title="There is nothing to promote yet", icon=":material/history:")
        return
    store = page_layout.store()
    for place, each in zip(st.columns(3), promotions.environments(store, here.id), strict=True):
        with place:
            _environment(here, each)
    every = promotions.listed(store, here.id)
    for each in every:
        if each.standing == promotions.REQUESTED:
            _waiting(here, each)
    _promote(here, known)
    _history(every)


def _environment(here: Dataset, each: Environment) -> None:
    with st.container(border=True, key=f"environment-{each.name}", height="stretch"):
        st.subheader(each.name.capitalize(), anchor=False, help=WHAT_FOR[each.name])
        if each.version is None:
            st.markdown("No version yet")
            return
        st.markdown(f"**Version {each.version}**")
        st.caption(f"since {when(each.since)}" if each.since else "")
        if each.by is None:
            return
        by = each.by
        st.caption(
            f"asked for by {md(by.requester)}, approved by {md(by.approver)}"
            if by.approver
            else f"rolled back by {md(by.requester)}: {md(by.message)}"
        )
        with st.popover("Roll back", icon=":material/undo:", key=f"{_KEY}.{each.name}.popover"):
            st.text_input("Why", key=f"{_KEY}.{each.name}.why")
            allowed.button(
                "rolled back",
                "Go back to the version before",
                environment=each.name,
                key=f"{_KEY}.{each.name}.back",
                on_click=_roll_back,
                args=(here.id, each.name),
            )


def _waiting(here: Dataset, each: Promotion) -> None:
    with st.container(border=True, key=f"promotion-{each.number}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**Version {each.version} into {each.environment}**", width="content")
            st.badge("Waits for a second person", icon=":material/hourglass_empty:", color="orange")
        st.caption(f"{when(each.at)}, asked for by {md(each.requester)}: {md(each.message)}")
        for gate in each.gates:
            st.markdown(f":material/check_circle: {gate.name.capitalize()}: {md(gate.says)}")
        me = page_layout.actor()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Comment (needed to refuse)", key=f"{_KEY}.say.{each.number}")
            allowed.button(
                "promotion approved",
                "Approve",
                environment=each.environment,
                icon=":material/check:",
                key=f"{_KEY}.approve.{each.number}",
                on_click=_answer,
                args=(here.id, each.number, True),
                disabled=me == each.requester,
                help="You asked for it: somebody else has to approve it" if me == each.requester else None,
            )
            own = me == each.requester
            allowed.button(
                "promotion withdrawn" if own else "promotion refused",
                "Withdraw" if own else "Refuse",
                environment=None if own else each.environment,
                icon=":material/block:",
                key=f"{_KEY}.refuse.{each.number}",
                on_click=_answer,
                args=(here.id, each.number, False),
            )
        if own and not members.is_on(page_layout.store()):
            st.caption(
                "On a machine of one user, the second person approves on the command line:"
                f" approve {md(here.name)} {each.number} \\--as PERSON"
            )


def _promote(here: Dataset, known: list[dict[str, Any]]) -> None:
    st.subheader("Promote a version", anchor=False)
    st.markdown(
        "Its recipe is replayed, the rules are checked, and its columns are searched for personal data; then a second"
        " person approves it. Data that names people goes into production only, and only for a written reason:"
        " elsewhere mask it, or promote synthetic data."
    )
    words = {e["number"]: redaction.told(f"Version {e['number']}: {e['message']}") for e in known}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Version", list(words), format_func=lambda n: words[n], key=f"{_KEY}.version", width=260)
        st.selectbox("Into", list(PROMOTED), format_func=str.capitalize, key=f"{_KEY}.into", width=160)
        st.text_input("Why", key=f"{_KEY}.why", width=300)
        allowed.button(
            "promotion requested",
            "Ask for it",
            type="primary",
            icon=":material/publish:",
            key=f"{_KEY}.ask",
            on_click=_ask,
            args=(here.id,),
        )
    started.show(f"{_KEY}.{here.id}", "Checking the conditions")


def _history(every: list[Promotion]) -> None:
    if not every:
        return
    st.subheader("So far", anchor=False)
    rows = [
        {
            "When": when(each.decided_at or each.at),
            "Into": each.environment,
            "Version": each.version,
            "What": each.kind,
            "Standing": each.standing,
            "Asked for by": each.requester,
            "Decided by": each.approver or "",
            "Why": redaction.told(each.reason or each.message),
        }
        for each in every
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key=f"{_KEY}.history", alt="All promotions, the last first", placeholder=""
    )


def _ask(dataset: str) -> None:
    number, into, why = (st.session_state.get(f"{_KEY}.{name}") for name in ("version", "into", "why"))
    args = {"dataset": dataset, "number": number, "environment": into, "message": why or ""}
    started.start(f"{_KEY}.{dataset}", "promote", args)


def _answer(dataset: str, number: int, approve: bool) -> None:
    store, actor = page_layout.store(), page_layout.actor()
    said = st.session_state.get(f"{_KEY}.say.{number}", "")
    if approve:
        started.start(f"{_KEY}.{dataset}", "approve", {"dataset": dataset, "number": number, "reason": said})
    elif page_layout.act(lambda: promotions.refuse(store, dataset, number, actor, reason=said)):
        page_layout.say(f"Promotion {number} is closed.")


def _roll_back(dataset: str, environment: str) -> None:
    store, actor = page_layout.store(), page_layout.actor()
    why = st.session_state.get(f"{_KEY}.{environment}.why", "")
    if page_layout.act(lambda: promotions.roll_back(store, dataset, environment, why, actor)):
        page_layout.say(f"{environment.capitalize()} has the version before again.")
