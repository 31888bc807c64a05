"""The rules that the data suggests, to be accepted by ticking them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.rules import KINDS, Rule
from dataops_core.store import dataset_rules, datasets, versions
from dataops_core.store.datasets import Dataset
from pages._ui import allowed, grid, job, page_layout
from pages._ui.formatting import count
from pages._ui.rules import states

ALL, NOBODY = "All kinds", "(no version)"


def known(here: Dataset, state: str, reference: str = "") -> list[Rule] | None:
    """The suggestions for a state, keys of the project's other datasets among them; a large table is looked at by a
    job, and this is None meanwhile.
    """
    others = dataset_rules.related(page_layout.store(), here.id)
    args = dataset_rules.suggested(state, states.today(), reference, others)
    cells = 4 * grid.table(state).cells + 2 * sum(grid.table(other).rows for other in others.values())
    told = job.counted("rule suggestions", args, "Looking for rules in all rows", cells)
    return [Rule.from_json(each) for each in told["rules"]] if told else None


def panel(here: Dataset, state: str) -> None:
    """Suggestions that are not accepted yet, in a table to tick."""
    saved = {f"Version {each['number']}": str(each["state"]) for each in versions.log(page_layout.store(), here.id)}
    like = NOBODY
    if saved:
        like = st.selectbox(
            "Also require that columns stay spread as in",
            [NOBODY, *saved],
            key="rules.reference",
            width=320,
            help="Adds a rule for each column: the next file may not differ much from that version",
        )
    found = known(here, state, saved.get(like, ""))
    if found is None:
        return
    have = {rule.key for rule in dataset_rules.rules_of(page_layout.store(), here.id)}
    roles = datasets.roles_now(here)
    matter = {roles.get("target"), *(roles.get("sensitive") or [])}
    left = sorted(  # what decisions hang on comes first
        (rule for rule in found if rule.key not in have), key=lambda rule: not matter & set(rule.columns)
    )
    if not left:
        st.success(
            f"All {count(len(found), 'suggested rule')} are among yours." if found else "The data suggests no rule.",
            icon=":material/check_circle:",
        )
        return
    st.markdown(
        f"The table as it is now suggests **{count(len(left), 'more rule')}**. Limits leave room for rows that are"
        " still to come: another file from the same source should pass. Untick what is not meant, and accept the rest."
    )
    kinds = [ALL, *dict.fromkeys(KINDS[rule.name].title for rule in left)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        only = st.selectbox("Kind", kinds, key="rules.kind_shown", width=220)
        words = st.text_input("Search", key="rules.search", placeholder="A column or a word", width=220)
    shown = [
        rule
        for rule in left
        if only in (ALL, KINDS[rule.name].title) and words.strip().casefold() in rule.sentence.casefold()
    ]
    if not shown:
        st.info("No suggestion meets the filters.", icon=":material/filter_alt_off:")
        return
    edited = st.data_editor(
        pd.DataFrame([_row(rule) for rule in shown]),
        key=f"rules.suggested.{state[:12]}.{len(have)}.{only}.{words}.{like}",
        hide_index=True,
        placeholder="",
        height=min(38 + 35 * len(shown), 520),
        disabled=["Rule", "Kind", "Rows", "Meet it"],
        column_config={
            "Accept": st.column_config.CheckboxColumn(width=70),
            "Rule": st.column_config.TextColumn(width="large"),
            "If it fails": st.column_config.SelectboxColumn(
                options=["blocks", "warns"], required=True, width=90, help="A rule that blocks stops saving a version"
            ),
            "Rows": st.column_config.NumberColumn(width=80, help="Rows that it speaks of", format="localized"),
            "Meet it": st.column_config.NumberColumn(format="percent", width=80, help="Share of them that meet it now"),
        },
    )
    ticked = [
        rule.changed(severity="block" if fails == "blocks" else "warn")
        for rule, take, fails in zip(shown, edited["Accept"], edited["If it fails"], strict=True)
        if take
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        allowed.button(
            "rules added",
            f"Accept {count(len(ticked), 'rule')}",
            type="primary",
            icon=":material/playlist_add_check:",
            key="rules.accept",
            disabled=not ticked,
            on_click=_accept,
            args=(here.id, ticked),
        )
        st.caption("You can change limits afterwards: select a rule under Your rules, then Edit.")


def _row(rule: Rule) -> dict[str, Any]:
    return {
        "Accept": True,
        "Rule": rule.sentence,
        "If it fails": "blocks" if rule.severity == "block" else "warns",
        "Kind": KINDS[rule.name].title,
        "Rows": rule.support,
        "Meet it": rule.confidence,
    }


def _accept(dataset: str, rules: list[Rule]) -> None:
    if page_layout.act(lambda: dataset_rules.add(page_layout.store(), dataset, rules, page_layout.actor())):
        page_layout.say(f"{count(len(rules), 'rule')} accepted.")
        st.session_state["rules.go"] = "Your rules"
