"""The steps of this dataset on a new file: how its columns match, what the steps do to it, how it differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from dataops_core.errors import FlawError
from dataops_core.recipe.recipe import Recipe
from dataops_core.store import datasets, new_file, states
from dataops_core.store.datasets import Dataset
from dataops_core.store.states import Result
from pages._ui import allowed, grid, job, page_layout, uploaded
from pages._ui.clean.recipe import effect
from pages._ui.compare import differences
from pages._ui.formatting import STATUS, count, fix_of, md

NONE = "(none: leave it out)"
_KEY = "new_file"


def panel(here: Dataset, root: str) -> None:
    """Upload, match, preview, take over."""
    kept = st.session_state.get(_KEY, {}).get(here.id)
    if kept is None:
        st.markdown(
            f"Upload the next delivery of the same data. The steps of **{md(here.name)}**"
            f" ({len(here.recipe.active)}) run on it; nothing changes before you take it over."
        )
        allowed.uploader(
            "recipe changed",
            "The new file",
            key=uploaded.key(f"{_KEY}.upload"),
            on_change=uploaded.take,
            args=(f"{_KEY}.upload", lambda file, name: _keep(here.id, file, name)),
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{md(kept['raw']['name'])}**", width="content")
        st.button("Choose another file", key=f"{_KEY}.forget", on_click=_forget, args=(here.id,), type="tertiary")
    asked = {"raw": kept["raw"], "options": {"lenient": True} if kept.get("lenient") else {}}
    try:
        options = job.do("reread", asked, f"Reading {kept['raw']['name']}", cells=kept["raw"]["size"] // 8)
    except FlawError as flaw:
        st.warning(md(fix_of(flaw)), title=md(flaw.what), icon=":material/rule:")
        st.button(
            "Read it anyway",
            key=f"{_KEY}.anyway",
            icon=":material/arrow_forward:",
            on_click=lambda: kept.update(lenient=True),
        )
        return
    if options is None:
        return
    new_root = states.root_id(kept["raw"]["sha256"], options)
    table = grid.table(new_root)
    before = grid.table(root)
    mapping = _columns(here, before.names, table.names)
    refit = st.checkbox(
        "Learn anew from this file",
        key=f"{_KEY}.refit",
        help="Off: medians, categories and other learned values stay those of the file before, so that both are treated"
        " alike. On: they are learned from the new file.",
    )
    recipe = _recipe(here, mapping, options, refit)
    problems = recipe.missing_columns(table.names)
    if problems:
        st.warning(
            " ".join(dict.fromkeys(md(problem.what) for problem in problems)),
            title="Some steps name columns that the new file does not have; they will not run",
            icon=":material/warning:",
        )
    args = {"raw": kept["raw"], "recipe": recipe.to_json()}
    found = states.evaluate(page_layout.store(), kept["raw"], recipe, run=False)
    if any(result.outcome.status == "pending" for result in found):
        job.do("evaluate", args, "Running the steps on the new file", cells=table.cells)
        found = states.evaluate(page_layout.store(), kept["raw"], recipe, run=False)
    if any(result.outcome.status == "pending" for result in found):
        return
    after = grid.table(states.head(kept["raw"], recipe, found))
    allowed.button(
        "recipe changed",
        "Use this file",
        type="primary",
        icon=":material/check:",
        key=f"{_KEY}.use",
        on_click=_use,
        args=(here, kept["raw"], recipe, kept["raw"]["name"]),
        help="It becomes the table that you work on; save a version then. Undo brings the file before back.",
    )
    steps, differs = st.tabs(["What the steps do", "How the file differs"], key=f"{_KEY}.tabs", on_change="rerun")
    if steps.open:
        with steps:
            _steps(found)
            st.markdown(f"Result: {count(after.rows, 'row')}, {count(len(after.columns), 'column')}.")
            grid.grid(states.head(kept["raw"], recipe, found), f"{_KEY}.rows", what="The new file after the steps")
    if differs.open:
        with differs:
            _differences(here, root, new_root, before.cells + table.cells, kept["raw"]["name"])


def _columns(here: Dataset, before: list[str], after: list[str]) -> dict[str, str]:
    """How old columns are called in the new file, as proposed and as the person corrects it."""
    match = new_file.match_columns(before, after)
    if not match.gone and not match.new:
        st.markdown(":material/check_circle: It has the same columns.")
        return {}
    mapping: dict[str, str] = {}
    if match.gone:
        st.markdown(f"**{count(len(match.gone), 'column')} of the file before** not found by name:")
        with st.container(horizontal=True):
            for name in match.gone:
                proposed = match.proposed.get(name)
                options = [NONE, *match.new]
                chosen = st.selectbox(
                    md(name),
                    options,
                    index=options.index(proposed) if proposed else 0,
                    key=f"{_KEY}.map.{here.id}.{name}",
                    width=240,
                )
                if chosen != NONE:
                    mapping[name] = chosen
    fresh = [name for name in match.new if name not in mapping.values()]
    if fresh:
        st.markdown(
            f"New in this file: {', '.join(f'**{md(name)}**' for name in fresh[:30])}{', …' if len(fresh) > 30 else ''}"
        )
    return mapping


def _recipe(here: Dataset, mapping: dict[str, str], options: dict[str, Any], refit: bool) -> Recipe:
    recipe = new_file.fitted_recipe(page_layout.store(), here)
    recipe = recipe.unfitted() if refit else recipe
    recipe = recipe.mapped(mapping) if mapping else recipe
    return Recipe(recipe.name, recipe.seed, recipe.steps, options)


def _steps(found: list[Result]) -> None:
    if not found:
        st.caption("There are no steps: the file is taken as it is.")
    for number, result in enumerate(found, 1):
        icon, word = STATUS[result.outcome.status]
        st.markdown(f"{icon} {number}. {md(result.entry.sentence)} ({md(effect(result.outcome) or word)})")


def _differences(here: Dataset, root: str, new_root: str, cells: int, name: str) -> None:
    told = job.counted("drift", {"reference": root, "state": new_root}, "Comparing the two files", cells)
    if told is not None:
        differences.tables(told, "The file before", name, (root, new_root))


def _keep(dataset: str, file: Path, name: str) -> None:
    """Keep an upload as the file that is tried out."""
    raw = datasets.store_raw(page_layout.store(), file, name)
    st.session_state.setdefault(_KEY, {})[dataset] = {"raw": raw}


def _forget(dataset: str) -> None:
    st.session_state.get(_KEY, {}).pop(dataset, None)


def _use(here: Dataset, raw: dict[str, Any], recipe: Recipe, name: str) -> None:
    store, actor = page_layout.store(), page_layout.actor()
    what = f"Steps on the new file {name}"
    if page_layout.act(lambda: datasets.edit(store, here.id, here.revision, recipe, what, actor, raw=raw)):
        _forget(here.id)
        page_layout.say(f"{name} is the table that you work on. Save a version to keep it.")
