"""Sign-off: the checklist of a version for the review board, with the answers that only people know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core.store.datasets import Dataset
from dataops_core.store.people import sign_off
from dataops_core.store.people.checklist import GATES, QUESTIONS, SHARES, Checklist
from pages._ui import allowed, grid, job, page_layout
from pages._ui.formatting import md, when
from pages._ui.versions import started

_KEY = "signoff"


def panel(here: Dataset, numbers: list[int], state: str) -> None:
    """What the data is for, then the checklist of a version with its two gates. `numbers` are the versions of real
    rows.
    """
    if not numbers:
        st.info("Save a version first.", title="There is nothing to sign off yet", icon=":material/history:")
        return
    _formulation(here)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox("Version", numbers, key=f"{_KEY}.version", width=160)
    if started.show(f"{_KEY}.{here.id}", "Signing"):
        return
    asked = {"dataset": here.id, "number": number, "asked": _asked(here, number)}
    told = job.do("checklist", asked, "Filling the checklist", cells=grid.table(state).cells)
    if told is None:
        return
    now = Checklist.from_json(told)
    for gate in GATES:
        _gate(here, now, gate)
    _export(now)


def _asked(here: Dataset, number: int) -> str:
    """What the checklist depends on besides the version: it is filled anew when answers, rules or signatures change."""
    return sign_off.stamp(page_layout.store(), here.id, number)


def _formulation(here: Dataset) -> None:
    answers = sign_off.answers_of(page_layout.store(), here.id)
    open_ones = sum(not answers.get(key) for key in QUESTIONS)
    left = f" ({open_ones} open)" if open_ones else ""
    title = f"What the data is for{left}"
    with st.expander(title, icon=":material/edit_note:"), st.form(f"{_KEY}.form", border=False):
        st.caption(
            "Only people know this. The answers stand in the checklist, and count for every version; Bias compares with"
            " the population, and Profile with the required quality. The outcome, its good value and the groups are"
            " said on Data, under Column roles: Rules, Resample, Bias, Synthesize and Compare begin with them."
        )
        given = {
            key: st.text_input(question, value=answers.get(key, ""), key=f"{_KEY}.{key}")
            for key, (_, question) in QUESTIONS.items()
        }
        given[SHARES] = st.text_input(
            "How large is each group in the population? (optional)",
            value=answers.get(SHARES, ""),
            key=f"{_KEY}.{SHARES}",
            placeholder="Female=51, Male=49",
            help="Numbers or shares for the groups of the first sensitive column; the table is compared with them",
        )
        if allowed.submit("questions answered", "Save the answers", icon=":material/save:"):
            _answer(here.id, {key: text for key, text in given.items() if text != answers.get(key, "")})


def _answer(dataset: str, given: Mapping[str, str]) -> None:
    with page_layout.errors():
        if given:
            sign_off.answer(page_layout.store(), dataset, given, page_layout.actor())
            st.rerun()


def _gate(here: Dataset, now: Checklist, gate: str) -> None:
    signed = next((each for each in now.signatures if each.gate == gate), None)
    left = now.open(gate)
    with st.container(border=True, key=f"gate-{gate.replace(' ', '-')}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(gate.capitalize(), anchor=False, width="content")
            if signed:
                st.badge("Signed", icon=":material/verified:", color="green")
            elif left:
                st.badge(f"{len(left)} open", icon=":material/hourglass_empty:", color="orange")
        for item in now.items:
            if item.gate != gate:
                continue
            icon = ":material/radio_button_unchecked:" if item.is_open else ":material/check_circle:"
            why = f" Accepted: {md(item.accepted)}" if item.accepted and not item.met else ""
            st.markdown(f"{icon} **{item.title}** {md(item.says)}{why}")
            if item.is_open and item.measured and not signed:
                _accept(here, item.key)
        if signed:
            st.caption(f"Signed by {md(signed.signer)}, {when(signed.at)}, fingerprint {signed.sha256[:16]}…")
        else:
            allowed.button(
                "gate signed",
                "Sign",
                type="primary",
                icon=":material/draw:",
                key=f"{_KEY}.sign.{gate}",
                on_click=started.start,
                args=(f"{_KEY}.{here.id}", "sign", {"dataset": here.id, "number": now.version, "gate": gate}),
                disabled=bool(left),
                help="Settle what is open first" if left else "The checklist as it is now is kept under your name",
            )


def _accept(here: Dataset, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Why this is acceptable", key=f"{_KEY}.accept.{key}", width=420)

        def accept() -> None:
            why: Any = st.session_state.get(f"{_KEY}.accept.{key}", "")
            store, actor = page_layout.store(), page_layout.actor()
            page_layout.act(lambda: sign_off.accept(store, here.id, key, why, actor))

        allowed.button(
            "gate signed", "Accept", icon=":material/check:", key=f"{_KEY}.accept.button.{key}", on_click=accept
        )


def _export(now: Checklist) -> None:
    stem = f"sign-off-version-{now.version}"
    with st.container(horizontal=True):
        for label, suffix, text in (
            ("Markdown", "md", now.to_markdown()),
            ("JSON", "json", json.dumps(now.to_json(), indent=2, ensure_ascii=False)),
        ):
            st.download_button(
                f"Download as {label}",
                data=text.encode(),
                file_name=f"{stem}.{suffix}",
                on_click="ignore",
                icon=":material/download:",
                key=f"{_KEY}.download.{suffix}",
            )
