"""The recipe beside the work: each step as a sentence with what it did; edit, switch off, move, insert, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dataops_core.recipe.script import script
from dataops_core.recipe.walk import Outcome
from dataops_core.store.datasets import Dataset
from dataops_core.store.new_file import fitted_recipe
from dataops_core.store.states import Result
from pages._ui import allowed, page_layout, pending, redaction
from pages._ui.formatting import STATUS, count, md

EDIT, OFF, ON, UP, DOWN, INSERT, DELETE = (
    "Edit",
    "Switch off",
    "Switch on",
    "Move up",
    "Move down",
    "Insert a step before",
    "Delete",
)


def panel(here: Dataset, results: Sequence[Result]) -> None:
    """The list of steps with their menus."""
    st.header("Steps")
    st.markdown(f":material/description: Read {md(here.raw['name'])}")
    if not results:
        st.caption("No steps yet. Choose one on this page, or start from a finding on the Profile page.")
    for number, result in enumerate(results, 1):
        _line(here, number, result, len(results))
    if results and not redaction.is_viewer():  # the code holds the settings as they are
        code = st.popover("The code of all steps", icon=":material/code:", key="recipe.code", on_change="rerun")
        if not code.open:
            return
        with code:
            st.caption("A plain pandas script that does the same without this app: python clean.py IN OUT")
            with page_layout.errors():
                st.code(script(fitted_recipe(page_layout.store(), here)), language=None, wrap_lines=True)


def _line(here: Dataset, number: int, result: Result, last: int) -> None:
    icon, word = STATUS[result.outcome.status]
    with st.container(border=True, key=f"recipe-step-{number}", gap="xxsmall"):
        why = f"  \n:small[Why: {md(result.entry.why)}]" if result.entry.why else ""
        st.markdown(f"{icon} {number}. {md(result.entry.sentence)}{why}")
        options = [
            EDIT,
            ON if result.entry.off else OFF,
            *([UP] if number > 1 else []),
            *([DOWN] if number < last else []),
            INSERT,
            DELETE,
        ]
        key = f"recipe.menu.{here.revision}.{number}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(md(effect(result.outcome) or word), width="stretch")
            allowed.button(
                "recipe changed",
                f"Change step {number}",
                kind=st.menu_button,
                options=options,
                key=key,
                on_click=_chosen,
                args=(here, number - 1, key),
                type="tertiary",
            )


def effect(outcome: Outcome) -> str:
    """What a step did, in a few words."""
    if outcome.status != "done" or outcome.difference is None:
        return outcome.reason
    d, parts = outcome.difference, []
    if d.rows_dropped:
        parts.append(f"{count(d.rows_dropped, 'row')} dropped")
    if d.rows_added:
        parts.append(f"{count(d.rows_added, 'row')} added")
    if d.cells_changed:
        parts.append(f"{count(sum(d.cells_changed.values()), 'cell')} changed")
    if d.columns_added:
        parts.append(f"{count(len(d.columns_added), 'column')} added")
    if d.columns_removed:
        parts.append(f"{count(len(d.columns_removed), 'column')} removed")
    if d.columns_renamed:
        parts.append(f"{count(len(d.columns_renamed), 'column')} renamed")
    if d.columns_retyped:
        parts.append("changed kind of " + ", ".join(d.columns_retyped))
    return ". ".join(part for part in (", ".join(parts) or "nothing had to change", outcome.reason) if part)


def _chosen(here: Dataset, at: int, key: str) -> None:
    steps = list(here.recipe.steps)
    step, does = steps[at], st.session_state[key]
    if does in (EDIT, INSERT):
        form: dict[str, Any] = {"at": at, "insert": does == INSERT}
        form |= (
            {"op": step.op, "with": dict(step.settings), "why": step.why, "off": step.off}
            if does == EDIT
            else {"op": None, "with": {}}
        )
        st.session_state["clean.form"] = form
        st.session_state.pop("clean.pending", None)
    elif does in (OFF, ON):
        steps[at] = replace(step, off=does == OFF)
        pending.propose(
            here, steps, f"{'Switched off' if does == OFF else 'Switched on'} step {at + 1}: {step.sentence}"
        )
    elif does in (UP, DOWN):
        to = at + (1 if does == DOWN else -1)
        steps[at], steps[to] = steps[to], steps[at]
        pending.propose(here, steps, f"Moved step {at + 1} {'down' if does == DOWN else 'up'}: {step.sentence}")
    else:
        del steps[at]
        pending.propose(here, steps, f"Deleted step {at + 1}: {step.sentence}")
    page_layout.say(
        "Fill in the step at the top of the page."
        if does in (EDIT, INSERT)
        else "The preview is at the top of the page."
    )
