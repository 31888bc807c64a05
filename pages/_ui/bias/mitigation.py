"""The mitigation lab: what each way to act on bias changes, for whom, and at what price."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dataops_core.fairness.mitigation_results import Mitigation, Mitigations
from dataops_core.fairness.mitigations import FITTED, METHODS
from dataops_core.store import models
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import allowed, chart, job, method_results, page_layout
from pages._ui.bias.groups import Asked
from pages._ui.formatting import count, md

CONSTRAINTS = {
    "demographic_parity": "Good decisions alike (demographic parity)",
    "equalized_odds": "Right and wrong decisions alike (equalised odds)",
}
GAPS = {"selection_gap": "Gap in good decisions", "odds_gap": "Gap in right and wrong ones"}
SHORT = {"selection_gap": "Gap, good", "odds_gap": "Gap, right or not"}
MEASURES = {
    "selection_rate": "good decisions",
    "tpr": "good decisions among those who deserve them",
    "fpr": "good decisions among those who do not",
    "accuracy": "right decisions",
}


def panel(here: Dataset, asked: Asked, table: Table) -> None:
    """Choose the goal and the ways, run the lab as a job, read what it found."""
    if not asked.target:
        st.info("Choose an outcome and its good value first.", icon=":material/info:")
        return
    able = [name for name in METHODS if name != "baseline"]
    with st.container(horizontal=True):
        goal = st.selectbox(
            "What should be equal", list(CONSTRAINTS), format_func=CONSTRAINTS.get, key="lab.constraint", width=400
        )
        kind = st.selectbox(
            "Model",
            ["linear", "trees"],
            format_func={"linear": "Logistic regression", "trees": "Boosted trees"}.get,
            key="lab.kind",
            width=200,
        )
    chosen = st.multiselect(
        "Ways to act", able, default=able, format_func=lambda n: METHODS[n].title, key="lab.methods"
    )
    if not chosen:
        st.info("Choose at least one way.", icon=":material/info:")
        return
    args = asked.args(
        "target", "favorable", "split", "leave_out", constraint=goal, kind=kind, methods=sorted(chosen, key=able.index)
    )
    told: Mitigations | None = job.counted("mitigation lab", args, "Compare ways to act", 10**9, auto=False)
    if told is None:
        st.caption(
            "Each way learns from the same rows and decides about the same rows, which none has seen. While it runs,"
            " the time left is estimated from this machine's own speed; it can be cancelled."
        )
        return
    _found(told)
    _keep(here, asked, told)


def _found(told: Mitigations) -> None:
    gap = told.gap_name
    st.caption(
        f"Learned from {count(told.rows.learned_from, 'row')}, judged on {count(told.rows.judged, 'row')}"
        f" ({md(told.judged)}), seed {told.seed}. No model is given the sensitive columns as features."
    )
    _chart(told.methods, gap)
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Way": each.method.title,
                    "Accuracy": each.judged.accuracy,
                    GAPS[gap]: each.judged.gap(told.constraint),
                    "From": (each.judged.intervals.get(gap) or [None])[0],
                    "To": (each.judged.intervals.get(gap) or [None, None])[1],
                    "Note": "; ".join(
                        filter(
                            None,
                            [
                                "undominated" if each.undominated else "",
                                "levels down" if each.judged.levels_down else "",
                            ],
                        )
                    ),
                    "Balanced accuracy": each.judged.balanced_accuracy,
                    **{word: getattr(each.judged, name) for name, word in GAPS.items() if name != gap},
                    "Seconds": each.seconds,
                }
                for each in told.methods.values()
            ]
        ),
        hide_index=True,
        key="lab.table",
        alt="Ways to act, with accuracy and gaps",
        placeholder="undefined",
        column_config={
            "Accuracy": st.column_config.NumberColumn("Accuracy", format="percent", width=80),
            "Balanced accuracy": st.column_config.NumberColumn(
                "Balanced", format="percent", width=80, help="Accuracy where both outcomes count as much"
            ),
        }
        | {
            word: st.column_config.NumberColumn(SHORT[name], format="percent", width=110, help=word)
            for name, word in GAPS.items()
        }
        | {
            name: st.column_config.NumberColumn(name, format="percent", width=70, help="95 % interval of the gap")
            for name in ("From", "To")
        }
        | {
            "Way": st.column_config.TextColumn("Way", width=190),
            "Seconds": st.column_config.NumberColumn("Seconds", format="%.1f", width=70),
            "Note": st.column_config.TextColumn(
                "Note",
                width=110,
                help=(
                    "undominated: no other way is both more accurate and nearer to no gap; levels down: the gap shrinks"
                    " only because the better-off lose"
                ),
            ),
        },
    )
    for name, why in told.failed.items():
        st.caption(f"{md(METHODS[name].title)} could not be done: {md(why)}")
    name = st.selectbox(
        "Look closer at",
        [n for n in told.methods if n != "baseline"],
        format_func=lambda n: METHODS[n].title,
        key="lab.method",
        width=360,
    )
    if name:
        _closer(told.methods[name], name)


def _keep(here: Dataset, asked: Asked, told: Mitigations) -> None:
    """The ways that are a fitted model, each with a button to keep it with the dataset, and those that are kept."""
    st.header("Keep a model")
    st.caption(
        "A model that is kept ships with the version that is saved of this very table: in its export file, with the"
        " columns alone that it takes. None takes a sensitive column, the outcome, an id, a weight or the split. Other"
        " ways are steps, and ship with the others."
    )
    for name in ("baseline", *FITTED):
        if name not in told.methods:
            continue
        each = told.methods[name]
        given = {
            "target": asked.target,
            "favorable": asked.favorable,
            "sensitive": list(asked.sensitive),
            "split": asked.split,
            "leave_out": list(asked.leave_out),
            "method": name,
            "constraint": told.constraint,
            "kind": told.model,
            "seed": told.seed,
        }
        with st.container(border=True, key=f"lab-keep-{name}", gap="xsmall"):
            st.markdown(f"**{md('Nothing: the model as it is' if name == 'baseline' else each.method.title)}**")
            st.caption(
                "When it decides it needs"
                f" {'the group too' if each.method.at_prediction else 'its features alone, not the group'}."
                f" {100 * each.judged.accuracy:.1f} % of its decisions are right."
            )
            job.ask(
                "keep model",
                {"dataset": here.id, "state": asked.state, "with": given},
                f"Keeping {each.method.title}",
                "Keep this model",
                f"lab.keep.{name}",
                "Learns it again from the same rows, and keeps it with the table as it is now",
            )
    for model in models.kept(page_layout.store(), here.id, asked.state):  # after the jobs: one may have ended just now
        with st.container(horizontal=True, vertical_alignment="center", key=f"lab-kept-{model['name']}"):
            st.markdown(
                f":material/inventory_2: **{md(model['name'])}** is kept: {md(model['title'])}, whether"
                f" {md(model['target'])} is {md(model['favorable'])}, by {md(', '.join(model['features']))}."
            )
            allowed.button(
                "model dropped",
                "Remove",
                on_click=_drop,
                args=(here.id, asked.state, model["name"]),
                key=f"lab.drop.{model['name']}",
                icon=":material/delete:",
                help="Versions that have it still have it",
            )


def _drop(dataset: str, state: str, name: str) -> None:
    page_layout.act(lambda: models.drop(page_layout.store(), dataset, state, name, page_layout.actor()))


def _chart(methods: Mapping[str, Mitigation], gap: str) -> None:
    quiet, loud = chart.colours(2)
    drawn = {name: each for name, each in methods.items() if getattr(each.judged, gap) is not None}
    if not drawn:
        return
    ends = [getattr(each.judged, gap) for each in drawn.values()]
    middle = (min(ends) + max(ends)) / 2  # names run inwards, so that none is cut off
    figure = go.Figure(
        go.Scatter(
            x=[getattr(each.judged, gap) for each in drawn.values()],
            y=[each.judged.accuracy for each in drawn.values()],
            mode="markers+text",
            textposition=["top right" if end <= middle else "top left" for end in ends],
            text=[chart.plain(each.method.title) if each.undominated else "" for each in drawn.values()],
            textfont={"size": 11},
            customdata=[chart.plain(each.method.title) for each in drawn.values()],
            marker={
                "size": 12,
                "color": [loud if each.undominated else quiet for each in drawn.values()],
                "symbol": ["diamond" if each.undominated else "circle" for each in drawn.values()],
            },
            hovertemplate="%{customdata}: gap %{x:.1%}, accuracy %{y:.1%}<extra></extra>",
        )
    )
    figure.update_layout(
        title={"text": "Accuracy against the gap (diamonds: undominated)", "font": {"size": 15}},
        height=420,
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        xaxis={"title": {"text": GAPS[gap]}, "tickformat": ".0%", "rangemode": "tozero"},
        yaxis={"title": {"text": "Accuracy"}, "tickformat": ".1%"},
    )
    st.plotly_chart(
        figure,
        key="lab.chart",
        config=chart.CONFIG,
        alt=f"Each way with its accuracy and its {GAPS[gap].lower()}; the numbers are in the table below.",
    )


def _closer(each: Mitigation, name: str) -> None:
    with st.container(border=True, key="lab-closer", gap="xsmall"):
        st.markdown(f"**{md(each.method.title)}** changes {md(each.method.changes)}.")
        st.markdown(f"It needs {md(each.method.needs)}.")
        if each.judged.levels_down:
            st.warning(
                "The gap shrinks only because the better-off group loses; nobody gains.",
                title="It levels down",
                icon=":material/trending_down:",
            )
        for word, moved in (("Who pays", each.judged.pays), ("Who gains", each.judged.gains)):
            said = "; ".join(
                f"{md(m.group)}: {MEASURES[m.measure]} {100 * m.change.value:+.1f} points" for m in moved[:8]
            )
            st.markdown(f"{word}: {said or 'nobody clearly'}.")
        if each.step:
            method_results.use(each.step, "Use this …", f"lab.use.{name}")
    accuracy = each.judged.difference["accuracy"]
    st.caption(
        f"Accuracy {100 * accuracy.value:+.1f} points against doing nothing"
        + (
            f" (95 % interval {100 * accuracy.ci[0]:+.1f} to {100 * accuracy.ci[1]:+.1f}, the same people both times)."
            if accuracy.ci
            else "."
        )
        + " Changes below are in percentage points, with the same kind of interval."
    )
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Group": group,
                    "Rows": g.n,
                    "Good decisions": g.rates["selection_rate"].value,
                    "Change": g.rates["selection_rate"].change.value,
                    "From": (g.rates["selection_rate"].change.ci or [None])[0],
                    "To": (g.rates["selection_rate"].change.ci or [None, None])[1],
                    "Right decisions": g.rates["accuracy"].value,
                    "Change of right": g.rates["accuracy"].change.value,
                    "Note": "few rows" if g.thin else "",
                }
                for group, g in each.judged.groups.items()
            ]
        ),
        hide_index=True,
        key=f"lab.groups.{name}",
        alt=f"What {each.method.title} does to each group",
        placeholder="undefined",
        column_config={
            word: st.column_config.NumberColumn(word, format="percent")
            for word in ("Good decisions", "Change", "From", "To", "Right decisions", "Change of right")
        },
    )
