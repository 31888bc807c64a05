"""Recipes side by side: which of them is right for this data, judged on rows that none of them has learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dataops_core.evaluation import Candidate, grid_candidates
from dataops_core.evaluation.choices import LEAVE, chosen_grid
from dataops_core.evaluation.pilot import expected_seconds
from dataops_core.evaluation.scores import measures_of
from dataops_core.recipe.recipe import Recipe
from dataops_core.store import datasets, states, versions
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from dataops_core.wording import duration
from pages._ui import grid, job, page_layout, redaction
from pages._ui.compare import scoreboard
from pages._ui.formatting import count, md

MODELS = {"linear": "Linear model", "trees": "Boosted trees"}
FOLDS, REPEATS = 5, 2
FIRST = 3  # choices of which two options are taken at first


def panel(here: Dataset, root: str, state: str, table: Table) -> None:
    """Choose what to compare, run it as a job, read what it found."""
    roles = datasets.roles_now(here)
    target, model, measure = _question(here, roles, table)
    if target is None:
        return
    base, state, table = _branch(here, state, table)
    if target not in table.names:
        st.info(f"There is no column {md(target)} before step {len(base.steps) + 1} yet.", icon=":material/info:")
        return
    favorable = roles.get("favorable") if target == roles.get("target") else None
    sensitive = [name for name in roles.get("sensitive") or [] if name in table.names and name != target]
    leave_out = [name for name in (roles.get("id"), roles.get("weight")) if name in table.names]
    asked = {
        "state": state,
        "target": target,
        "favorable": favorable,
        "sensitive": sensitive,
        "leave_out": leave_out,
        "model": model,
    }
    known = job.counted("choices", asked, "Looking which choices fit", table.cells)
    if known is None:
        return
    candidates = _candidates(here, base, known["grid"])
    if not candidates:
        st.info(
            "Choose at least one option or one list of steps to compare with doing nothing.", icon=":material/info:"
        )
        return
    fits = (len(candidates) + 1) * FOLDS * REPEATS
    expected = duration(expected_seconds(len(candidates) + 1, fits, known["seconds"]))
    st.caption(
        f"{count(len(candidates), 'recipe')} and doing nothing, {FOLDS} folds {REPEATS} times over:"
        f" {count(fits, 'fit')}, {expected}. What is clearly worse after all folds once is not tried further."
    )
    args = {
        "state": root,
        "target": target,
        "read": dict(here.raw.get("options") or {}),
        "candidates": [{"name": each.name, "recipe": each.recipe.unfitted().to_json()} for each in candidates],
        "how": {
            "favorable": favorable,
            "sensitive": sensitive,
            "leave_out": leave_out,
            "model": model,
            "measure": measure,
            "folds": FOLDS,
            "repeats": REPEATS,
            "curve_of_best": True,
        },
    }
    told = job.counted("recipes", args, f"Compare {count(len(candidates), 'recipe')}", 10**9, auto=False)
    if told is None:
        st.caption(
            "Everything that a recipe learns, it learns from four fifths of the rows, and it is judged on the last"
            " fifth, by turns. While it runs, the time left is shown; it can be cancelled, and finished folds are kept."
        )
        return
    scoreboard.panel(here, told)


def _question(here: Dataset, roles: Mapping[str, Any], table: Table) -> tuple[str | None, str, str | None]:
    names = [column.name for column in table.columns if column.kind not in ("id", "text")]
    if roles.get("target") in table.names and roles["target"] not in names:
        names.insert(0, roles["target"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = names.index(roles["target"]) if roles.get("target") in names else None
        target = st.selectbox(
            "Predict",
            names,
            index=at,
            key=f"recipes.target.{here.id}",
            placeholder="Choose the column that a model is to predict",
            width=280,
            help="Set it once for all pages on Data, under Roles",
        )
        model = st.radio(
            "Model",
            list(MODELS),
            format_func=MODELS.get,
            horizontal=True,
            key="recipes.model",
            help="Learns from what each recipe leaves; the same for all",
            width="content",
        )
        if target is None:
            st.info("Choose the column that a model is to predict.", icon=":material/info:")
            return None, model, None
        column = table.column(target)
        number = column.type in ("integer", "decimal") and column.kind == "number"
        measures = measures_of("number" if number else "classes")
        measure = st.selectbox(
            "Decide by",
            list(measures),
            index=list(measures).index("r2" if number else "roc_auc"),
            format_func=lambda key: measures[key].title,
            key=f"recipes.measure.{number}",
            width=220,
            help="; ".join(f"{each.title}: {each.says}" for each in measures.values()),
        )
    return target, model, measure


def _branch(here: Dataset, state: str, table: Table) -> tuple[Recipe, str, Table]:
    """The steps that the choices come after, all or the first of them, and the table as it is there."""
    whole = replace(here.recipe, name="recipe")
    number = len(whole.steps)
    if not whole.active:
        return whole, state, table
    at = st.selectbox(
        "Choices follow",
        [number, *range(number)],
        format_func=lambda n: (
            "all your steps"
            if n == number
            else f"step {n}: {redaction.told(whole.steps[n - 1].sentence)}"
            if n
            else "the file as it came"
        ),
        key=f"recipes.branch.{here.id}.{number}",
        width=420,
        help="An earlier step: a branch of your recipe, in which the choices take the place of the steps after it",
    )
    results = states.evaluate(page_layout.store(), here.raw, here.recipe, run=False)
    if at == number or not states.known(page_layout.store(), results[at].before):
        return whole, state, table
    before = redaction.seen(results[at].before)
    return replace(whole, steps=whole.steps[:at]), before, grid.table(before)


def _candidates(here: Dataset, base: Recipe, choices: Mapping[str, Any]) -> list[Candidate]:
    """What the person chose: choices after some steps of now, parts of these steps, steps of versions."""
    with st.container(border=True, key="recipes-choices"):
        st.markdown("**Choices**: every combination is one recipe" + (", after these steps." if base.active else "."))
        columns, chosen = st.columns(2), {}
        for number, (choice, options) in enumerate(choices.items()):
            with columns[number % 2]:
                default = list(options)[: 2 if number < FIRST and choice != "Skewed numbers" else 1]
                chosen[choice] = st.multiselect(
                    choice,
                    list(options),
                    default=default,
                    key=f"recipes.choice.{here.id}.{choice}",
                    placeholder=LEAVE,
                )
    made = _by_grid(base, chosen_grid(choices, chosen))
    others = _others(here, replace(here.recipe, name="recipe"))
    if others:
        picked = st.multiselect(
            "Your steps and versions",
            list(others),
            default=list(others)[:1],
            key=f"recipes.others.{here.id}",
            placeholder="None chosen",
            help="Without a step: what does this step do for the model?",
        )
        made = [Candidate(name, others[name]) for name in picked] + made
    return made


def _by_grid(base: Recipe, choices: Mapping[str, Any]) -> list[Candidate]:
    """The combinations, named by what is not left as it is."""
    if not choices:
        return []
    kept = []
    for candidate in grid_candidates(base, choices):
        words = [name for name in candidate.name.split(" + ") if name not in (LEAVE, "All")]
        if words:
            kept.append(Candidate(" + ".join(words), candidate.recipe))
    return kept


def _others(here: Dataset, base: Recipe) -> dict[str, Recipe]:
    made: dict[str, Recipe] = {}
    if base.active:
        made["Your steps as they are"] = base
        for number, entry in enumerate(base.steps, 1):
            if not entry.off and len(base.active) > 1:
                rest = tuple(each for each in base.steps if each is not entry)
                made[f"Without step {number}: {redaction.told(entry.sentence)}"[:90]] = replace(base, steps=rest)
    for version in versions.log(page_layout.store(), here.id):
        recipe = versions.get(page_layout.store(), here.id, version["number"]).recipe
        if recipe.active and recipe.seed == base.seed:
            made[redaction.told(f"Version {version['number']}: {version['message']}")[:90]] = recipe
    return made
