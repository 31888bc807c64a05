"""Which engine makes a synthetic table, how often it practises, by which seed, and what is rare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dataops_core.synthetic import ENGINES
from dataops_core.synthetic.sequences.detection import chosen
from dataops_core.wording import duration
from pages._ui import page_layout
from pages._ui.formatting import count, md
from pages._ui.synthesize import conditions_form
from pages._ui.synthesize.settings import Asked


def panel(wanted: Asked) -> None:
    """The engines with what they are good for, the rows, then what few people will want to change."""
    st.header("Engine")
    st.caption(
        "An engine learns one half of the rows; the other half is kept from it, and judges. Times are those of one"
        " processor core; the verdicts take from ten seconds to two minutes more."
    )
    engines = {name: each for name, each in wanted.plan["engines"].items() if name in ENGINES}
    there = [name for name, each in engines.items() if each["there"] and (each["fits"] or wanted.sequence)]
    said = {name: _says(wanted, name) for name in there}
    at = there.index(wanted.draft["engine"]) if wanted.draft["engine"] in there else None
    now = st.radio(
        "Engine",
        there,
        index=at,
        format_func=lambda name: engines[name]["title"],
        captions=list(said.values()),
        key=wanted.key("engine"),
        on_change=wanted.take,
        args=("engine",),
        label_visibility="collapsed",
    )
    if now:
        about = engines[now]
        made = (
            f"package {md(about['package'])} {md(about['version'])}" if about["package"] else "part of this workbench"
        )
        st.caption(f"{md(about['title'])}: {made}; licence: {md(about['licence'])}.")
        if ENGINES[now].epochs:
            _number(
                wanted,
                "epochs",
                "Rounds of practice (epochs)",
                10_000,
                "How often the engine goes through all rows: more is slower, and better up to a point",
                step=50,
            )
    _sequences(wanted)
    _others([each for name, each in engines.items() if name not in there])
    st.header("Rows")
    conditions_form.panel(wanted)
    st.header("What matters")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = wanted.learned
        at = names.index(wanted.draft["target"]) if wanted.draft["target"] in names else None
        st.selectbox(
            "Outcome",
            names,
            index=at,
            key=wanted.key("target"),
            placeholder="None",
            width=260,
            on_change=_target,
            args=(wanted,),
            help="What a model should be able to learn from the synthetic data: usefulness is judged by it",
        )
        st.multiselect(
            "Sensitive columns",
            names,
            default=[name for name in wanted.draft["sensitive"] if name in names],
            key=wanted.key("sensitive"),
            on_change=wanted.take,
            args=("sensitive",),
            placeholder="None",
            width=380,
            help="Usefulness is told for each of their groups",
        )
    st.caption("As the roles of the columns say (page Data), unless you change it here.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _number(
            wanted,
            "rare",
            "Rare is what fewer rows have than",
            1_000,
            "Values that fewer rows have are merged into “(other)”, and extremes are clipped: nobody can be told by"
            " them. 1: nothing is merged",
        )
        _number(
            wanted,
            "seed",
            "Seed",
            2**53 - 1,
            "The same seed makes the same synthetic data again; another one draws anew which rows are learned from",
            low=0,
        )


def _number(wanted: Asked, name: str, label: str, most: int, help_text: str, *, low: int = 1, step: int = 1) -> None:
    st.number_input(
        label,
        low,
        most,
        value=int(wanted.draft[name]),
        step=step,
        key=wanted.key(name),
        on_change=wanted.take,
        args=(name,),
        width=260,
        help=help_text,
    )


def _others(engines: Sequence[Mapping[str, Any]]) -> None:
    """The engines that cannot be used here, and why."""
    if not engines:
        return
    with st.expander(f"{count(len(engines), 'engine')} cannot be used here", icon=":material/block:"):
        for each in engines:
            why = (
                f"does not fit: {md(each['why_not'])}"
                if each["there"]
                else f"is not installed (package {md(each['package'])})"
            )
            st.markdown(f"**{md(each['title'])}** {why}. Use it for {md(each['good'])}.")


def _sequences(wanted: Asked) -> None:
    """Which rows follow each other, as found or as said."""
    now, found = wanted.sequence, wanted.plan["sequence"]
    with st.expander("Rows that follow each other", icon=":material/timeline:", expanded=now is not None):
        st.markdown(
            f"Found: {md(found['words'])}"
            if found
            else (
                "None were found: every row stands by itself. If some belong together, such as the visits of one"
                " patient, say so here."
            )
        )
        st.caption(
            "Such rows are learned from together, or kept apart together. PAR makes whole sequences; all other engines"
            " make single rows."
        )
        keys = [c.name for c in wanted.table.columns if c.type in ("text", "integer")]
        times = [c.name for c in wanted.table.columns if c.type in ("integer", "decimal", "datetime")]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for name, label, able in (("key", "Whose row it is", keys), ("index", "When it is", times)):
                at = able.index(now[name]) if now and now[name] in able else None
                st.selectbox(
                    label,
                    able,
                    index=at,
                    key=wanted.key(f"sequence.{name}"),
                    placeholder="Nobody's" if name == "key" else "As in the file",
                    width=300,
                    on_change=_follow,
                    args=(wanted,),
                )


def _follow(wanted: Asked) -> None:
    said = {name: st.session_state[wanted.key(f"sequence.{name}")] for name in ("key", "index")}

    def kept() -> None:
        if said["key"]:
            chosen(wanted.table, wanted.table.frame(), said)
        wanted.change(sequence=said if said["key"] else None)

    page_layout.act(kept)


def _says(wanted: Asked, name: str) -> str:
    each = wanted.plan["engines"][name]
    seconds = ENGINES[name].seconds(wanted.plan["learned_rows"], max(1, len(wanted.learned)), wanted.draft["epochs"])
    return md(f"Use it for {each['good']}. Its weak side: {each['weak']}. Takes {duration(seconds)}.")


def _target(wanted: Asked) -> None:
    wanted.change(target=st.session_state[wanted.key("target")] or "")
