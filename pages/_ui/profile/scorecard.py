"""The scorecard: six dimensions of quality with their formulas, weights, and what got better or worse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.checks import REGISTRY
from dataops_core.checks.score import FORMULAS, Score, changed, scores, total
from dataops_core.store.choices import finding_overrides
from dataops_core.store.datasets import Dataset
from dataops_core.store.people import sign_off
from pages._ui import allowed, page_layout
from pages._ui.formatting import md, percent


def panel(here: Dataset, profile: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """The scores of a state, beside those of the file as it came where that is known; findings that are ignored do not
    count.
    """
    weights = finding_overrides.weights(page_layout.store(), here.id)
    now, first = scores(profile), scores(before) if before else None
    whole, earlier = total(now, weights), total(first, weights) if first else None
    with st.container(horizontal=True, vertical_alignment="top"):
        st.metric(
            "Overall quality",
            _percent(whole),
            delta=_delta(whole, earlier),
            border=True,
            width=200,
            help="The weighted mean of six dimensions. A figure to watch, not a grade: what matters is in the findings",
        )
        for score in now:
            then = next((each.value for each in first if each.name == score.name), None) if first else None
            st.metric(
                score.name.capitalize(),
                _percent(score.value),
                delta=_delta(score.value, then),
                border=True,
                width=160,
                help=FORMULAS[score.name],
            )
    required = sign_off.required_quality(page_layout.store(), here.id)
    if required is not None and whole is not None:
        icon, word = ("check_circle", "It is reached") if whole >= required else ("warning", "It is not reached")
        st.caption(f":material/{icon}: Required is {percent(required)} (Versions, Release, Sign-off). {word}.")
    st.dataframe(
        _table(now, weights),
        hide_index=True,
        key="score.table",
        alt="The six dimensions of quality: figure, cells affected, formula and weight",
        row_height=40,
        placeholder="",
    )
    with st.popover("Change the weights", icon=":material/tune:"), st.form("score.weights", border=False):
        given = {
            name: st.number_input(name.capitalize(), 0.0, 100.0, value=weight, step=0.5, key=f"score.weight.{name}")
            for name, weight in weights.items()
        }
        if allowed.submit("weights set", "Keep these weights", icon=":material/save:"):
            if page_layout.act(
                lambda: finding_overrides.set_weight(page_layout.store(), here.id, given, page_layout.actor())
            ):
                page_layout.say("The weights are kept.")
            st.rerun()
    if before is not None:
        _changes(before, profile)


def _table(now: list[Score], weights: Mapping[str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Dimension": score.name.capitalize(),
                "Figure": _percent(score.value),
                "Affected": f"{score.affected:,} of {score.looked_at:,}",
                "Weight": f"{weights[score.name]:g}",
                "Formula": FORMULAS[score.name],
                "From": ", ".join(REGISTRY[check].title.lower() for check in score.findings) or "no finding",
            }
            for score in now
        ]
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    told = changed(before, after)
    for way, word, icon in (
        ("worse", "What got worse", ":material/trending_down:"),
        ("better", "What got better", ":material/trending_up:"),
    ):
        st.header(f"{icon} {word}")
        if not told[way]:
            st.caption("Nothing.")
        for each in told[way]:
            st.markdown(
                f"**{md(each['title'])}** in {md(', '.join(each['columns']) or 'whole rows')}: {each['before']:,} to"
                f" {each['after']:,} rows"
            )


def _percent(value: float | None) -> str:
    return "none" if value is None else percent(value)


def _delta(now: float | None, before: float | None) -> str | None:
    return (
        f"{100 * (now - before):+.1f}"
        if now is not None and before is not None and abs(now - before) >= 0.0005
        else None
    )
