"""What a bench found: the advice, a chart with intervals, a table of all methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store.datasets import Dataset
from pages._ui import allowed, pending
from pages._ui.chart import CONFIG, colours, plain
from pages._ui.findings import finding
from pages._ui.formatting import md

HELP = "Opens the step with its settings filled in; nothing changes before you have seen a preview"


def advice(here: Dataset, title: str, reason: str, steps: Sequence[Mapping[str, Any]], key: str) -> None:
    """The recommendation with its reason, and the way of its step, or of several at once, into the recipe."""
    with st.container(border=True, key=f"{key.replace('.', '-')}-advice", gap="xsmall"):
        st.markdown(f":material/recommend: **{md(title)}**")
        st.markdown(md(reason))
        with st.container(horizontal=True):
            if len(steps) == 1:
                use(steps[0], "Use this …", f"{key}.use", primary=True)
            elif steps:
                allowed.button(
                    "recipe changed",
                    f"Use these {len(steps)} steps …",
                    key=f"{key}.use",
                    on_click=use_all,
                    args=(here, steps),
                    icon=":material/healing:",
                    type="primary",
                    help=HELP,
                )


def use_all(here: Dataset, steps: Sequence[Mapping[str, Any]]) -> None:
    """Propose several steps as one change of the recipe, and go where its preview is."""
    entries = [RecipeStep(step["op"], step["with"]) for step in steps]
    pending.propose(here, [*here.recipe.steps, *entries], "; ".join(entry.sentence for entry in entries))
    st.session_state["finding.go"] = True


def use(step: Mapping[str, Any], label: str, key: str, *, primary: bool = False) -> None:
    """A button that opens a step with its settings filled in, in preview."""
    allowed.button(
        "recipe changed",
        label,
        key=key,
        on_click=finding.ask,
        args=(step,),
        icon=":material/healing:",
        type="primary" if primary else "secondary",
        help=HELP,
    )


def dots(
    rows: Sequence[Mapping[str, Any]], title: str, key: str, *, unit: str = "", zero: str = "", percent: bool = False
) -> None:
    """One dot a method with its interval, best on top: rows of {"name", "value", "low", "high", "mark"}; `zero` draws a
    line at 0.
    """
    drawn = [row for row in rows if row["value"] is not None]
    if not drawn:
        return
    quiet, loud = colours(2)
    names = [row["name"] for row in reversed(drawn)]
    back = list(reversed(drawn))
    figure = go.Figure(
        go.Scatter(
            x=[row["value"] for row in back],
            y=list(range(len(back))),
            mode="markers",
            marker={
                "size": 11,
                "color": [loud if row.get("mark") else quiet for row in back],
                "symbol": ["diamond" if row.get("mark") else "circle" for row in back],
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "thickness": 1.5,
                "color": quiet,
                "array": [
                    max(0.0, (row["high"] if row["high"] is not None else row["value"]) - row["value"]) for row in back
                ],
                "arrayminus": [
                    max(0.0, row["value"] - (row["low"] if row["low"] is not None else row["value"])) for row in back
                ],
            },
            customdata=[plain(name) for name in names],
            hovertemplate="%{customdata}: %{x:" + (".1%" if percent else ".4g") + "}<extra></extra>",
        )
    )
    figure.update_layout(
        title={"text": plain(title), "font": {"size": 15}},
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        height=90 + 28 * len(back),
        showlegend=False,
        yaxis={
            "tickvals": list(range(len(back))),
            "ticktext": [plain(name if len(name) <= 30 else f"{name[:29]}…") for name in names],
            "automargin": True,
        },
        xaxis={"title": {"text": unit}, "zeroline": bool(zero), "tickformat": ".0%" if percent else ""},
    )
    if zero:
        figure.add_vline(
            x=0, line_dash="dot", line_color=quiet, annotation_text=zero, annotation_position="bottom right"
        )
    st.plotly_chart(
        figure,
        key=key,
        config=CONFIG,
        alt=(
            f"{title}: one dot for each of {len(back)} methods, with a 95 % interval; the numbers are in the table"
            " beside it."
        ),
    )


def figure(value: float | None, ends: Sequence[float] | None = None) -> str:
    """A number in a table of text, with its interval; what is not defined is no 0."""
    return "undefined" if value is None else f"{value:.4f}" + (f" ({ends[0]:.4f} to {ends[1]:.4f})" if ends else "")
