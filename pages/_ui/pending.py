"""The change that is being previewed: what it would do, with Apply and Discard, on whichever page it was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dataops_core.recipe.recipe import Recipe, RecipeStep, from_json
from dataops_core.store import datasets, states
from dataops_core.store.datasets import Dataset
from dataops_core.store.results import diffs
from dataops_core.store.states import Result
from dataops_core.wording import as_plan
from pages._ui import allowed, current_table, grid, job, page_layout, preview, redaction
from pages._ui.formatting import md

_KEY = "clean.pending"


def get(here: Dataset) -> dict[str, Any] | None:
    """The change that is being previewed for this dataset, if there is one."""
    pending = st.session_state.get(_KEY)
    return pending if pending and pending["dataset"] == here.id else None


def propose(here: Dataset, steps: Sequence[RecipeStep], what: str, at: int | None = None) -> None:
    """Put a changed recipe up for preview; nothing happens to the data before it is applied.

    `at` is the place of the one step that is new or changed, whose reason is then asked for.
    """
    recipe = replace(here.recipe, steps=tuple(steps))
    st.session_state[_KEY] = {
        "recipe": recipe.to_json(),
        "what": what,
        "revision": here.revision,
        "dataset": here.id,
        "at": at,
    }
    st.session_state.pop("clean.form", None)


def discard() -> None:
    """Forget the change that is being previewed."""
    st.session_state.pop(_KEY, None)
    st.session_state.pop("clean.form", None)


def panel(here: Dataset, root: str, state: str, results: Sequence[Result]) -> None:
    """What the proposed change would do, with Apply and Discard; nothing where none is proposed."""
    asked = get(here)
    if asked is None:
        return
    if redaction.is_viewer():  # a preview shows cells as they are
        discard()
        st.info("It takes the role editor: ask whoever owns the project.", title="You may not change steps")
        return
    with page_layout.errors(), st.container(border=True, key="clean-preview"):
        _panel(here, asked, root, state, results)


def _panel(here: Dataset, asked: Mapping[str, Any], root: str, state: str, results: Sequence[Result]) -> None:
    candidate = from_json(asked["recipe"])
    sensitive = datasets.roles_now(here).get("sensitive") or []
    args = {"raw": dict(here.raw), "now": here.recipe.to_json(), "candidate": asked["recipe"], "sensitive": sensitive}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Preview", width="content")
        buttons = st.container(horizontal=True, width="content")
    st.markdown(f"**Not applied yet:** {md(as_plan(asked['what']))}")
    found = _known(here, state, candidate, sensitive)
    if found is None:
        job.do("preview", args, "Computing the preview on all rows", cells=grid.table(root).cells)
        found = _known(here, state, candidate, sensitive)
    if found is None:
        buttons.button("Discard", on_click=discard, key="clean.discard_early")
        return
    change, after, outcomes = found
    at = asked.get("at")
    own = outcomes[at].outcome if at is not None else None
    if own is not None and own.status == "failed":
        st.error(md(own.reason), title="This step cannot be done", icon=":material/error:")
        buttons.button("Discard", on_click=discard, key="clean.discard_failed")
        return
    with buttons:
        allowed.button(
            "recipe changed",
            "Apply",
            type="primary",
            icon=":material/check:",
            on_click=_apply,
            args=(here.id,),
            key="clean.apply",
        )
        st.button("Discard", icon=":material/close:", on_click=discard, key="clean.discard")
    if at is not None:
        st.text_input("Why (optional, kept in the history)", key="clean.why", placeholder="For whoever asks later")
    preview.panel(change, state, after, outcomes, results)


def _known(
    here: Dataset, state: str, candidate: Recipe, sensitive: list[str]
) -> tuple[diffs.Change, str, list[Result]] | None:
    """The computed preview of a changed recipe: the change, the state it leads to, and what became of each step."""
    outcomes = current_table.results(here, candidate)
    if any(r.outcome.status == "pending" for r in outcomes):
        return None
    after = states.head(here.raw, candidate, outcomes)
    change = diffs.change(
        page_layout.store(), state, after, diffs.renamings(here.recipe, candidate), sensitive, run=False
    )
    return (change, after, outcomes) if change else None


def _apply(dataset: str) -> None:
    """Make the previewed recipe the draft."""
    asked = st.session_state[_KEY]
    wanted = from_json(asked["recipe"])
    why = st.session_state.get("clean.why", "").strip()
    at = asked.get("at")
    if why and at is not None:
        kept = list(wanted.steps)
        kept[at] = replace(kept[at], why=why)
        wanted = replace(wanted, steps=tuple(kept))
    store, actor = page_layout.store(), page_layout.actor()
    if page_layout.act(lambda: datasets.edit(store, dataset, asked["revision"], wanted, asked["what"], actor, why=why)):
        page_layout.say(f"Applied: {asked['what']}")
        discard()
        return
    st.session_state.pop(_KEY, None)
    if (st.session_state.get("clean.form") or {}).get("at") is not None:
        st.session_state.pop("clean.form")  # the recipe changed: its places are others now


def back(here: Dataset) -> None:
    """Discard the preview, the last thing that was done, or else take back the last change that was applied."""
    if get(here):
        discard()
        page_layout.say("The preview is discarded; the steps are as they were.")
        return
    page_layout.act(lambda: datasets.undo(page_layout.store(), here.id, here.revision, page_layout.actor()))
    st.session_state.pop(_KEY, None)


def forth(here: Dataset) -> None:
    """Do again what was taken back last."""
    page_layout.act(lambda: datasets.redo(page_layout.store(), here.id, here.revision, page_layout.actor()))
    st.session_state.pop(_KEY, None)
