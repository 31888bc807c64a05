"""The steps of this dataset on a cluster that an administrator set up, over all that lies there."""

from __future__ import annotations

import streamlit as st

from dataops_core.engines import plan
from dataops_core.store import new_file
from dataops_core.store.clusters import cluster_runs
from dataops_core.store.datasets import Dataset
from pages._ui import allowed, page_layout
from pages._ui.formatting import count, md
from pages._ui.versions import started

_KEY = "clusters"


def panel(here: Dataset) -> None:
    """Choose a cluster and a table there, see what would run where, start it, watch it."""
    known = {each.name: each for each in cluster_runs.clusters()}
    if not known:
        st.info(
            "An administrator describes clusters in a file, and names it in DATAOPS_CLUSTERS (see the guide on Spark).",
            title="No cluster is set up",
            icon=":material/dns:",
        )
        return
    if why := cluster_runs.missing():
        st.warning(md(why), title="Nothing can run on a cluster from here", icon=":material/build:")
        return
    st.markdown(
        f"The steps of **{md(here.name)}** ({len(here.recipe.active)}) run on a cluster, over a table that lies there,"
        " however large. What the steps learned here, they use there. The result is saved as the next version."
    )
    if started.show(_KEY, "Running on the cluster"):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Run on", list(known), key=f"{_KEY}.name", width=240)
        inputs = cluster_runs.inputs(known[name])
        source = st.selectbox(
            "Table", inputs, key=f"{_KEY}.input.{name}", width=320, placeholder="Its input folder is empty"
        )
    refused = [each for each in plan(new_file.fitted_recipe(page_layout.store(), here), "spark") if each.refused]
    if refused:
        st.warning(
            "\n".join(f"- {each.number}. {md(each.entry.sentence)}" for each in refused),
            title=f"{count(len(refused), 'step')} cannot run there: switch off what needs the whole table in one place",
            icon=":material/block:",
        )
        return
    message = st.text_input("What is this version? (optional)", key=f"{_KEY}.message", placeholder="All of 2026")
    reasons = {}
    with st.expander("Reasons for saving it anyway", icon=":material/rule:"):
        for name_of, label in (("reason", "If a rule that blocks fails"), ("pii_reason", "If it names people")):
            reasons[name_of] = st.text_input(
                f"{label}: why is it saved?", key=f"{_KEY}.{name_of}", placeholder="For example: contract 12"
            ).strip()
        st.caption("Without a reason no version is made then. The result stays in the output folder of the cluster.")
    args = {
        "dataset": here.id,
        "cluster": name,
        "input": source,
        "message": message.strip() or f"{source}, on {name}",
        **reasons,
    }
    allowed.button(
        cluster_runs.ACTION,
        f"Run on {md(name)}",
        type="primary",
        icon=":material/play_arrow:",
        key=f"{_KEY}.run",
        on_click=started.start,
        args=(_KEY, cluster_runs.KIND, args),
        disabled=source is None,
    )
