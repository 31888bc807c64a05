"""Clean: choose a step, see what it would do, apply it; the recipe stands beside it."""

import streamlit as st

from dataops_core import steps
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import states
from pages._ui import allowed, current_table, form, grid, page_header, page_layout, pending, splitting
from pages._ui.clean import cell, download, other_tables, recipe, repairs
from pages._ui.columns import panel
from pages._ui.findings import finding
from pages._ui.formatting import md

place = page_header.enter("Clean")
st.session_state.pop("finding.go", None)
here = page_layout.need_dataset(place)
root = current_table.root(here)
state = current_table.now(here) if root else None
if root is None or state is None:
    st.stop()
results = current_table.results(here)
previewed = pending.get(here)
if not previewed and st.session_state.get("clean.form") is None:
    repairs.panel(here, state, grid.table(state))
work, beside = st.columns([5, 3], gap="medium")


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
        format_func=lambda n: form.label(steps.get(n)),
        key=f"clean.op.{asked['op']}.{at}",
        placeholder="Search the steps, for example: duplicate, dates, missing",
    )
    if name is None:
        if at is not None:
            st.button("Never mind", on_click=pending.discard, key="clean.never_mind")
        return
    step = steps.get(name)
    before = state if at is None else results[at].before
    columns = grid.table(before).columns
    st.markdown(md(step.summary))
    with st.expander("How it works, and when not to use it"):
        st.markdown(step.doc.split(">>>")[0].strip())
        st.caption("The code that runs")
        st.code(step.source, language="python", wrap_lines=True)
    given = asked["with"] if name == asked["op"] else {}
    key = f"clean.{name}.{at}.{here.id}"
    if step.learner and states.earlier(results[:at]).split is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                "It learns from all rows, for none are kept apart. If a model shall be tested on this table, split"
                " first.",
                width="stretch",
            )
            allowed.button(
                "recipe changed",
                "Split first …",
                key="clean.split",
                on_click=finding.ask,
                args=(splitting.proposal(here, state, grid.table(state)),),
                icon=":material/call_split:",
                type="tertiary",
            )
    with page_layout.errors():
        others = other_tables.other_tables(here) if step.needs_table else None
        values = form.fields(step, columns, given, key, others)
        with st.container(horizontal=True):
            go = allowed.button(
                "recipe changed", "Preview", type="primary", icon=":material/visibility:", key=f"{key}.go"
            )
            if at is not None:
                st.button("Never mind", on_click=pending.discard, key="clean.never_mind")
        if go or st.session_state.pop("clean.preview_now", False):
            settings = step.check(values, columns)
            entry = RecipeStep(name, settings, asked.get("off", False) and editing, why=asked.get("why", ""))
            kept = list(here.recipe.steps)
            place_at = len(kept) if at is None else at
            kept[place_at : place_at + (1 if editing else 0)] = [entry]
            what = f"Edited step {at + 1}: {entry.sentence}" if editing else entry.sentence
            pending.propose(here, kept, what, at=place_at)
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
        if allowed.button("version committed", "Save a version", icon=":material/arrow_forward:", key="clean.commit"):
            st.switch_page("pages/versions.py", query_params=st.query_params.to_dict())
    download.panel(here, state)
with work:
    if previewed:
        pending.panel(here, root, state, results)
        st.header("Change the settings" if st.session_state.get("clean.form") else "Do something else")
    with page_layout.errors():
        show_form()
    if not previewed:
        st.header("The table now")
        strip = st.container()  # drawn after the rows, as on Data
        with page_layout.errors():
            grid.grid(
                state,
                "clean",
                on_cell=lambda row, column: cell.panel(here, state, row, column, "clean", mend=True),
            )
        with strip, page_layout.errors():
            panel.columns(here, state, "clean", mend=True)
