"""Which engine makes a twin, how often it practises, by which seed, and what is rare."""

from __future__ import annotations

import streamlit as st

from dataops_core.synthetic import ENGINES
from pages._ui import wishing
from pages._ui.twin import Asked
from pages._ui.words import duration, md


def panel(wanted: Asked) -> None:
    """The engines with what they are good for, the rows, then what few people will want to change."""
    st.header("Engine")
    st.caption("An engine learns one half of the rows; the other half is kept from it, and judges. Times are those of one processor core; the verdicts take from ten seconds to two minutes more.")
    there = [name for name, each in wanted.plan["engines"].items() if each["there"] and name in ENGINES]
    said = {name: _says(wanted, name) for name in there}
    at = there.index(wanted.draft["engine"]) if wanted.draft["engine"] in there else None
    chosen = st.radio("Engine", there, index=at, format_func=lambda name: wanted.plan["engines"][name]["title"], captions=list(said.values()), key=wanted.key("engine"), on_change=wanted.take, args=("engine",), label_visibility="collapsed")
    for name, each in wanted.plan["engines"].items():
        if name not in there:
            st.caption(f":material/block: {md(each['title'])} is not installed (package {md(each['package'])}). Good for {md(each['good'])}.")
    if chosen:
        about = wanted.plan["engines"][chosen]
        made = f"package {md(about['package'])} {md(about['version'])}" if about["package"] else "part of this workbench"
        st.caption(f"{md(about['title'])}: {made}; licence: {md(about['licence'])}.")
        if ENGINES[chosen].epochs:
            st.number_input("Rounds of practice (epochs)", 1, 10_000, value=int(wanted.draft["epochs"]), step=50, key=wanted.key("epochs"), on_change=wanted.take, args=("epochs",), width=240, help="How often the engine goes through all rows: more is slower, and better up to a point")
    st.header("Rows")
    wishing.panel(wanted)
    st.header("What matters")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = wanted.learned
        at = names.index(wanted.draft["target"]) if wanted.draft["target"] in names else None
        st.selectbox("Outcome", names, index=at, key=wanted.key("target"), placeholder="None", width=260, on_change=_target, args=(wanted,), help="What a model should be able to learn from the twin: usefulness is judged by it")
        st.multiselect("Sensitive columns", names, default=[name for name in wanted.draft["sensitive"] if name in names], key=wanted.key("sensitive"), on_change=wanted.take, args=("sensitive",), placeholder="None", width=380,
                       help="Usefulness is told for each of their groups")
    st.caption("As the roles of the columns say (page Data), unless you change it here.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("Rare is what fewer rows have than", 1, 1_000, value=int(wanted.draft["rare"]), key=wanted.key("rare"), on_change=wanted.take, args=("rare",), width=260, help="Values that fewer rows have are merged into “(other)”, and extremes are clipped: nobody can be told by them. 1: nothing is merged")
        st.number_input("Seed", 0, 2**53 - 1, value=int(wanted.draft["seed"]), key=wanted.key("seed"), on_change=wanted.take, args=("seed",), width=200, help="The same seed makes the same twin again; another one draws anew which rows are learned from")


def _says(wanted: Asked, name: str) -> str:
    each = wanted.plan["engines"][name]
    seconds = ENGINES[name].seconds(wanted.plan["learned_rows"], max(1, len(wanted.learned)), wanted.draft["epochs"])
    return md(f"Good for {each['good']}. Its weak side: {each['weak']}. Takes {duration(seconds)}.")


def _target(wanted: Asked) -> None:
    wanted.change(target=st.session_state[wanted.key("target")] or "")
