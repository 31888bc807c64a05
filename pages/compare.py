"""Compare: which recipe is right for this data; what differs between two tables, two versions, or groups of rows."""

import streamlit as st

from dataops_core.store import datasets
from pages._ui import current_table, grid, job, page_header, page_layout
from pages._ui.compare import differences, recipes
from pages._ui.findings import finding
from pages._ui.formatting import md

place = page_header.enter("Compare")
here = page_layout.need_dataset(place)
finding.follow()
state = current_table.now(here)
if state is None:
    st.stop()
table = grid.table(state)

RECIPES, TABLES, GROUPS = "Recipes", "With another table or version", "Groups of this table"
way = st.radio("Compare", [RECIPES, TABLES, GROUPS], key="compare.way", horizontal=True)

with page_layout.errors():
    root = current_table.root(here)
    if way == RECIPES:
        st.markdown("Which preparation is right for this data? Recipes are judged on rows that none has learned from.")
        if root is not None:
            recipes.panel(here, root, state, table)
        st.stop()
    st.markdown(f"What is different, and how much it matters. This side: **{md(here.name)}** as it is now.")
    if way == TABLES:
        others = differences.others(here, state, root)
        if not others:
            st.info(
                "Upload a second file, save a version, or add a step: then there is something to compare with.",
                icon=":material/info:",
            )
            st.stop()
        chosen = st.selectbox("Compare with", list(others), key=f"compare.with.{here.id}", width=420)
        what, args, cells = (
            "drift",
            {"reference": others[chosen], "state": state},
            table.cells + grid.table(others[chosen]).cells,
        )
    else:
        names = [c.name for c in table.columns if c.kind in ("category", "boolean")]
        if not names:
            st.info("There is no column of categories to make groups of.", icon=":material/info:")
            st.stop()
        told_apart = datasets.roles_now(here).get("sensitive") or []
        first = next((number for number, name in enumerate(names) if name in told_apart), 0)
        chosen = st.selectbox("Groups by", names, index=first, key=f"compare.by.{here.id}", width=320)
        what, args, cells = "groups", {"state": state, "column": chosen}, table.cells * 2
    told = job.counted(what, args, "Comparing all rows", cells)
    if told is not None:
        if way == TABLES:
            differences.tables(told, chosen, here.name, (args["reference"], state))
        else:
            differences.groups(told)
