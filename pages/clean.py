"""Clean: choose a step, see what it would do, apply it; the recipe stands beside it."""

from dataclasses import replace

import streamlit as st

from dataops_core import steps
from dataops_core.recipe.recipe import Recipe, RecipeStep, from_json
from dataops_core.store import datasets, diffs, states
from pages._ui import current_table, finding, form, grid, job, page_layout, preview, recipe, splitting
from pages._ui.clean import download, repairs
from pages._ui.columns import panel
from pages._ui.formatting import md

place = page_layout.enter("Clean")
st.session_state.pop("finding.go", None)
here = page_layout.need_dataset(place)
root = current_table.root(here)
state = current_table.now(here) if root else None
if root is None or state is None:
    st.stop()
results = current_table.results(here)
pending = st.session_state.get("clean.pending")
if pending and pending["dataset"] != here.id:
    pending = None
if st.button("Back to the findings", icon=":material/arrow_back:", key="clean.back", type="tertiary"):
    st.switch_page("pages/profile.py", query_params=st.query_params.to_dict())
if not pending and st.session_state.get("clean.form") is None:
    repairs.panel(here, state, grid.table(state))
work, beside = st.columns([5, 3], gap="medium")


def discard() -> None:
    """Forget the change that is being previewed."""
    st.session_state.pop("clean.pending", None)
    st.session_state.pop("clean.form", None)


def apply() -> None:
    """Make the previewed recipe the draft."""
    asked = st.session_state["clean.pending"]
    wanted = from_json(asked["recipe"])
    why = st.session_state.get("clean.why", "").strip()
    at = asked.get("at")
    if why and at is not None:
        kept = list(wanted.steps)
        kept[at] = replace(kept[at], why=why)
        wanted = replace(wanted, steps=tuple(kept))
    store, actor = page_layout.store(), page_layout.actor()
    if page_layout.act(lambda: datasets.edit(store, here.id, asked["revision"], wanted, asked["what"], actor, why=why)):
        page_layout.say(f"Applied: {asked['what']}")
        discard()
        return
    st.session_state.pop("clean.pending", None)
    if (st.session_state.get("clean.form") or {}).get(
        "at"
    ) is not None:  # the recipe changed: its places are others now
        st.session_state.pop("clean.form")


def show_preview() -> None:
    """What the proposed change would do, with Apply and Discard."""
    candidate = from_json(pending["recipe"])
    sensitive = datasets.roles_now(here).get("sensitive") or []
    args = {"raw": dict(here.raw), "now": here.recipe.to_json(), "candidate": pending["recipe"], "sensitive": sensitive}
    st.header("Preview")
    st.markdown(md(pending["what"]))
    found = _known(candidate, sensitive)
    if found is None:
        job.do("preview", args, "Computing the preview on all rows", cells=grid.table(root).cells)
        found = _known(candidate, sensitive)
    if found is None:
        st.button("Discard", on_click=discard, key="clean.discard_early")
        return
    change, after, outcomes = found
    at = pending.get("at")
    own = outcomes[at].outcome if at is not None else None
    if own is not None and own.status == "failed":
        st.error(md(own.reason), title="This step cannot be done", icon=":material/error:")
        st.button("Discard", on_click=discard, key="clean.discard_failed")
        return
    if at is not None:
        st.text_input("Why (optional, kept in the history)", key="clean.why", placeholder="For whoever asks later")
    with st.container(horizontal=True):
        st.button("Apply", type="primary", icon=":material/check:", on_click=apply, key="clean.apply")
        st.button("Discard", icon=":material/close:", on_click=discard, key="clean.discard")
    preview.panel(change, state, after, outcomes, results)


def _known(candidate: Recipe, sensitive: list[str]) -> tuple[diffs.Change, str, list[states.Result]] | None:
    """The computed preview of a changed recipe: the change, the state it leads to, and what became of each step."""
    outcomes = current_table.results(here, candidate)
    if any(r.outcome.status == "pending" for r in outcomes):
        return None
    after = states.head(here.raw, candidate, outcomes)
    change = diffs.change(
        page_layout.store(), state, after, diffs.renamings(here.recipe, candidate), sensitive, run=False
    )
    return (change, after, outcomes) if change else None


def show_form() -> None:
    """Choose a step and fill in its settings."""
    asked = st.session_state.get("clean.form") or {"op": None, "with": {}, "at": None}
    if asked["op"] in steps.REGISTRY:
        asked = asked | {"op": steps.get(asked["op"]).name}  # a recipe may know the step by its old name
    at = asked.get("at")
    editing = at is not None and not asked.get("insert")
    known = sorted({s.name for s in steps.REGISTRY.values()}, key=lambda n: (steps.get(n).group, steps.get(n).title))
    if at is not None:
        st.header(f"Edit step {at + 1}" if editing else f"Insert a step before step {at + 1}")
    name = st.selectbox(
        "What do you want to do?",
        known,
        index=known.index(asked["op"]) if asked["op"] in known else None,
        format_func=lambda n: f"{steps.get(n).group}: {steps.get(n).title}",
        key=f"clean.op.{asked['op']}.{at}",
        placeholder="Search the steps, for example: duplicate, dates, missing",
    )
    if name is None:
        if at is not None:
            st.button("Never mind", on_click=discard, key="clean.never_mind")
        return
    step = steps.get(name)
    before = state if at is None else results[at].before
    columns = grid.table(before).columns
    st.markdown(md(step.summary))
    with st.expander("How it works, and when not to use it"):
        st.markdown(step.doc.split(">>>")[0].strip())
        st.caption("The code that runs")
        st.code(step.source, language="python")
    given = asked["with"] if name == asked["op"] else {}
    key = f"clean.{name}.{at}.{here.id}"
    if step.learner and states.earlier(results[:at]).split is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                "It learns from all rows, for none are kept apart. If a model shall be tested on this table, split"
                " first.",
                width="stretch",
            )
            st.button(
                "Split first …",
                key="clean.split",
                on_click=finding.ask,
                args=(splitting.proposal(here, state, grid.table(state)),),
                icon=":material/call_split:",
                type="tertiary",
            )
    with page_layout.errors():
        values = form.fields(step, columns, given, key)
        with st.container(horizontal=True):
            go = st.button("Preview", type="primary", icon=":material/visibility:", key=f"{key}.go")
            if at is not None:
                st.button("Never mind", on_click=discard, key="clean.never_mind")
        if go or st.session_state.pop("clean.preview_now", False):
            settings = step.check(values, columns)
            entry = RecipeStep(name, settings, asked.get("off", False) and editing, why=asked.get("why", ""))
            kept = list(here.recipe.steps)
            place_at = len(kept) if at is None else at
            kept[place_at : place_at + (1 if editing else 0)] = [entry]
            what = f"Edited step {at + 1}: {entry.sentence}" if editing else entry.sentence
            recipe.propose(here, kept, what)
            st.session_state["clean.pending"]["at"] = place_at
            st.session_state["clean.form"] = {
                "op": name,
                "with": settings,
                "at": at,
                "insert": asked.get("insert", False),
                "off": entry.off,
                "why": entry.why,
            }
            st.rerun()


with beside, page_layout.errors():
    recipe.panel(here, results)
    if results:
        if st.button("Commit a version", icon=":material/arrow_forward:", key="clean.commit"):
            st.switch_page("pages/versions.py", query_params=st.query_params.to_dict())
    download.panel(here, state)
with work:
    if pending:
        with page_layout.errors(), st.container(border=True, key="clean-preview"):
            show_preview()
        st.header("Change the settings" if st.session_state.get("clean.form") else "Do something else")
    with page_layout.errors():
        show_form()
    if not pending:
        st.header("The table now")
        strip = st.container()  # drawn after the rows, as on Data
        with page_layout.errors():
            grid.grid(state, "clean")
        with strip, page_layout.errors():
            panel.columns(here, state, "clean", mend=True)
