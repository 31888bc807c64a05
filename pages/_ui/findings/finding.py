"""One finding: what is wrong, why it matters, which rows, the step that mends it, and a way to ignore it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dataops_core.rules import Rule
from dataops_core.rules.of_finding import rule_of
from dataops_core.steps import REGISTRY
from dataops_core.store import dataset_rules
from dataops_core.store.choices import finding_overrides
from pages._ui import allowed, grid, page_layout
from pages._ui.formatting import SEVERITY, count, md, share

FEW = 20  # rows that stand beside a finding at once
FIXES = {"total_rows": "drop the rows of totals", "blank_rows": "drop the blank rows"}
VARIANTS = ("case_variants", "spelling_variants")


def card(
    finding: Mapping[str, Any],
    state: str,
    rows: int,
    key: str,
    *,
    mend: bool = True,
    ignore: tuple[str, tuple[str, ...]] | None = None,
    fix_here: Callable[[], None] | None = None,
) -> None:
    """One finding in detail: what it is, why it matters, its rows, and what can be done about it.

    `fix_here` puts its fix up for preview on the same page.
    """
    name, icon, colour = SEVERITY[finding["severity"]]
    where = ", ".join(finding["columns"]) or "whole rows"
    with st.container(border=True, key=key.replace(".", "-"), gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(name, icon=icon, color=colour)
            st.markdown(f"**{md(finding['title'])}** in **{md(where)}**")
        st.markdown(f"{md(finding['message'])} ({share(finding['count'], rows)} of rows)")
        st.caption(md(finding["why"]))
        if finding.get("no_fix"):
            st.caption(f"No step is offered: {md(finding['no_fix'])}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if mend and finding["fix"]:
                if fix_here:
                    allowed.button(
                        "recipe changed",
                        f"Fix: {_fix_name(finding)}",
                        key=f"{key}.fix_here",
                        type="primary",
                        icon=":material/healing:",
                        on_click=fix_here,
                        help="Shows a preview on this page; nothing changes before you apply it",
                    )
                _fix(finding, key, "Change the settings" if fix_here else None)
            if mend and finding["check"] in VARIANTS:
                allowed.button(
                    "recipe changed",
                    "Choose what to merge",
                    key=f"{key}.merge",
                    on_click=_merge,
                    args=(finding["columns"][0],),
                    icon=":material/merge:",
                    help="Shows the groups of variants; you tick those to merge and say what they become",
                )
            if ignore:
                _ignore(finding["check"], *ignore, key)
                _require(finding, ignore[0], key)
        shown = len(finding["rows"])
        st.caption(
            f"The first {min(shown, FEW):,} of {count(finding['count'], 'row')}:"
            if finding["count"] > FEW
            else f"{count(finding['count'], 'row')}:"
        )
        grid.some_rows(
            state, finding["rows"][:FEW], key, f"Rows of the finding {finding['title']}", finding["columns"], height=190
        )
        if finding["count"] > FEW:
            show = st.toggle("Show more rows", key=f"{key}.show")
    if finding["count"] > FEW and show:
        grid.some_rows(state, finding["rows"], f"{key}.more", f"Rows of {finding['title']}", finding["columns"])
        if shown < finding["count"]:
            st.caption(f"The first {shown:,} of {count(finding['count'], 'row')}.")


def line(finding: Mapping[str, Any], rows: int, key: str, *, mend: bool = True) -> None:
    """One finding in one line, with the button of its step."""
    name, icon, colour = SEVERITY[finding["severity"]]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=key.replace(".", "-")):
        st.badge(name, icon=icon, color=colour)
        st.markdown(
            f"**{md(finding['title'])}**: {md(finding['message'])} ({share(finding['count'], rows)} of rows)",
            width="stretch",
        )
        if mend and finding["fix"]:
            _fix(finding, key)


def _fix(finding: Mapping[str, Any], key: str, label: str | None = None) -> None:
    allowed.button(
        "recipe changed",
        label or f"Fix: {_fix_name(finding)}",
        key=f"{key}.fix",
        on_click=ask,
        args=(finding["fix"],),
        icon=":material/tune:" if label else ":material/healing:",
        help="Opens the step with its settings filled in; nothing changes before you have seen a preview",
    )


def _fix_name(finding: Mapping[str, Any]) -> str:
    """What the fix does, in the words of the problem."""
    return FIXES.get(finding["check"]) or str(REGISTRY[finding["fix"]["op"]].title).lower()


def _require(finding: Mapping[str, Any], dataset: str, key: str) -> None:
    """Offers what was found as a rule, so that the next file is held to it."""
    rule = rule_of(finding)
    if rule is not None:
        allowed.button(
            "rules added",
            "Make it a rule",
            key=f"{key}.rule",
            icon=":material/rule:",
            on_click=_add_rule,
            args=(dataset, rule),
            help=f"From now on: {rule.sentence} Every version and every new file is checked for it",
        )


def _add_rule(dataset: str, rule: Rule) -> None:
    if page_layout.act(lambda: dataset_rules.add(page_layout.store(), dataset, [rule], page_layout.actor())):
        page_layout.say(f"A rule from now on: {rule.sentence}")


def _ignore(check: str, dataset: str, columns: tuple[str, ...], key: str) -> None:
    with st.popover("Ignore", icon=":material/visibility_off:", key=f"{key}.popover"):
        st.text_input("It is not a problem here, because", key=f"{key}.why", placeholder="Such values are true here")
        allowed.button(
            "finding ignored",
            "Ignore it",
            key=f"{key}.ignore",
            on_click=_put_away,
            args=(dataset, check, columns, f"{key}.why"),
            help="The finding is kept with your reason; you can stop ignoring it at any time",
        )


def _put_away(dataset: str, check: str, columns: tuple[str, ...], why: str) -> None:
    page_layout.act(
        lambda: finding_overrides.ignore(
            page_layout.store(), dataset, check, columns, st.session_state.get(why, ""), page_layout.actor()
        )
    )


def _merge(column: str) -> None:
    st.session_state["profile.tabs"] = "Variants"
    st.session_state["variants.column"] = column


def ask(fix: Mapping[str, Any]) -> None:
    """Open the step on the Clean page with its settings filled in, and preview it."""
    choose(fix["op"], fix["with"])
    st.session_state["clean.preview_now"] = True


def choose(op: str, settings: Mapping[str, Any]) -> None:
    """Open a step on the Clean page with some of its settings filled in."""
    st.session_state["clean.form"] = {"op": op, "with": dict(settings), "at": None}
    st.session_state["finding.go"] = True


def follow() -> None:
    """Go to the Clean page, if a card was asked to."""
    if st.session_state.pop("finding.go", False):
        st.switch_page("pages/clean.py", query_params=st.query_params.to_dict())
