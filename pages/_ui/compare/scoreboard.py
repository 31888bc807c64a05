"""What a comparison of recipes found: the sentence first, one chart, one table, the rest folded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dataops_core.evaluation.candidates import NOTHING
from dataops_core.evaluation.measures import Measure
from dataops_core.evaluation.scores import measures_of
from dataops_core.recipe.recipe import from_json
from dataops_core.store.choices import chosen_recipe
from dataops_core.store.datasets import Dataset
from pages._ui import allowed, method_results, page_layout, pending
from pages._ui.chart import CONFIG, colours, plain
from pages._ui.formatting import count, md

SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "star", "pentagon", "hexagon")


def panel(here: Dataset, told: Mapping[str, Any]) -> None:
    """The whole scoreboard."""
    measure = measures_of(told["task"])[told["measure"]]
    ran = [each for each in told["candidates"] if "failed" not in each]
    best = next(each for each in ran if each["name"] == told["recommended"])
    _advice(here, told, best)
    of = (
        f"a sample of {told['rows']:,} of {told['of']:,} rows"
        if told["rows"] < told["of"]
        else count(told["rows"], "row")
    )
    guess = told["dummy"][told["measure"]]["mean"]
    st.caption(
        f"Judged on {of}, {told['folds']} folds {told['repeats']} times over, seed {told['seed']}. {measure.title}:"
        f" {measure.says}; {'higher' if measure.higher_is_better else 'lower'} is better, guessing scores {guess:.3f}."
        f" {_least(measure)}"
    )
    rows = [
        {
            "name": each["name"],
            "value": each["difference"]["mean"],
            "low": each["difference"]["ci"][0],
            "high": each["difference"]["ci"][1],
            "mark": each["name"] == best["name"],
        }
        for each in ran
        if each["name"] != NOTHING
    ]
    rows.sort(key=lambda row: row["value"], reverse=measure.higher_is_better)
    method_results.dots(
        rows, f"{measure.title}, against doing nothing", "recipes.dots", unit="Difference", zero="as good"
    )
    _table(told, ran, measure.title, best["name"])
    for leak in told["leaks"]:
        st.warning(md(leak["fix"]), title=md(leak["says"]), icon=":material/water_drop:")
    failed = [each for each in told["candidates"] if "failed" in each]
    for each in failed:
        st.warning(md(each["failed"]), title=f"{md(each['name'])} could not be judged", icon=":material/error:")
    for note in told["notes"]:
        st.caption(md(note))
    if any(each["fairness_gap"] is not None for each in ran):
        with st.expander("Score against fairness", expanded=True):
            _fairness(told, ran, measure.title, best["name"])
    if told["learning_curve"]:
        with st.expander("Would more rows help?"):
            _learning(told["learning_curve"], measure.title, best["name"])
    if told["slices"]:
        with st.expander("Rows that gain and lose"):
            _slices(told, best["name"])
    with st.expander("One recipe in detail"):
        _detail(here, told, ran, best["name"])
    with st.container(horizontal=True):
        st.download_button(
            "Scoreboard (JSON)",
            json.dumps({key: value for key, value in told.items() if key != "script"}, indent=2, ensure_ascii=False),
            "scoreboard.json",
            "application/json",
            key="recipes.json",
            icon=":material/download:",
        )
        if told["script"]:
            st.download_button(
                "Script that reproduces it",
                told["script"],
                "scoreboard.py",
                "text/x-python",
                key="recipes.script",
                icon=":material/code:",
                help="Runs the same folds with pandas and scikit-learn alone: python scoreboard.py TABLE",
            )
    if told["no_script"]:
        st.caption(f"There is no script: {md(told['no_script'])}")


def _least(measure: Measure) -> str:
    """What difference counts at all, in words."""
    spreads = " standard deviations of the target" if measure.says.endswith("the unit of the target") else ""
    return f"A difference below {measure.least:g}{spreads} is too small to count, even where its interval leaves out 0."


def _advice(here: Dataset, told: Mapping[str, Any], best: Mapping[str, Any]) -> None:
    with st.container(border=True, key="recipes-advice", gap="xsmall"):
        title = "leave the data as it is" if best["name"] == NOTHING else best["name"]
        st.markdown(f":material/recommend: **Recommended: {md(title)}**")
        st.markdown(md(told["verdict"]))
        if told["held_out"]:
            held = told["held_out"]
            score = held["scores"][told["measure"]]
            st.markdown(
                f"On {count(held['rows'], 'row')} that had no part in the choice it scores **{score:.4f}**"
                f" (in the folds {best['score']:.4f})."
            )
        if best["name"] != NOTHING:
            _take(here, told, best, told["verdict"], "recipes.take", primary=True)


def _take(
    here: Dataset, told: Mapping[str, Any], each: Mapping[str, Any], why: str, key: str, *, primary: bool = False
) -> None:
    allowed.button(
        "recipe changed",
        "Take this one …",
        key=key,
        on_click=_propose,
        args=(here, told, each, why),
        type="primary" if primary else "secondary",
        icon=":material/check:",
        help="Opens a preview of these steps in place of yours; nothing changes before you apply it. The version that"
        " you save of them carries this scoreboard in its data card",
    )


def _propose(here: Dataset, told: Mapping[str, Any], each: Mapping[str, Any], why: str) -> None:
    """Put the candidate's steps up for preview; those that it has of its own say that a comparison chose them, and the
    scoreboard is kept for the version that is made of them.
    """
    page_layout.act(lambda: chosen_recipe.keep(page_layout.store(), here.id, told, each["name"], page_layout.actor()))
    own = set(each["steps"])
    steps = [
        replace(step, why=step.why or f"Chosen by comparison: {why}") if step.sentence in own else step
        for step in from_json(each["recipe"]).steps
    ]
    pending.propose(here, steps, f"The steps of {each['name']}")
    st.session_state["finding.go"] = True


def _table(told: Mapping[str, Any], ran: Sequence[Mapping[str, Any]], title: str, best: str) -> None:
    ordered = sorted(ran, key=lambda each: each["name"] != best)
    table = pd.DataFrame([_row(told, each, title) for each in ordered])
    empty = [name for name in ("Gap", "Gap, 95 %", "Calibration error") if table[name].isna().all()]
    table = table.drop(columns=[*empty, *([] if table["Note"].any() else ["Note"])])
    st.dataframe(
        table,
        hide_index=True,
        placeholder="–",
        key="recipes.table",
        alt="All recipes with their scores, the recommended one on top",
        column_config={
            "Recipe": st.column_config.TextColumn("Recipe", width=200, pinned=True),
            title: st.column_config.NumberColumn(title, format="%.4f", help="The mean over the folds"),
            f"{title}, 95 %": st.column_config.TextColumn(f"{title}, 95 %", help="The 95 % interval of the mean"),
            "Difference": st.column_config.NumberColumn(
                "Difference", format="%+.4f", help="From doing nothing, in the same folds"
            ),
            "Verdict": st.column_config.TextColumn(
                "Verdict", help="Clear only where chance and the number of recipes are accounted for"
            ),
            "Gap": st.column_config.NumberColumn(
                "Gap", format="percent", help="The greatest difference between groups in the share decided favorable"
            ),
            "Gap, 95 %": st.column_config.TextColumn("Gap, 95 %", help="The 95 % interval of the gap"),
            "Calibration error": st.column_config.NumberColumn(
                "Calibration error",
                format="%.4f",
                help="How far the probabilities are from how often it happens: 0 is best",
            ),
            "Rows kept": st.column_config.NumberColumn("Rows kept", format="localized"),
            "Missing left": st.column_config.NumberColumn(
                "Missing left", format="localized", help="Cells of the whole table that stay missing"
            ),
            "Cells kept": st.column_config.NumberColumn(
                "Cells kept", format="percent", help="The share of cells that stay as they were"
            ),
            "Drift": st.column_config.NumberColumn(
                "Drift",
                format="%.3f",
                help="The mean Jensen-Shannon distance of the columns from before: 0 is the same",
            ),
            "Seconds": st.column_config.NumberColumn("Seconds", format="%.2f", help="To learn and judge one fold"),
            "Undominated": st.column_config.CheckboxColumn(
                "Undominated", help="No other recipe is better in score and fairness gap at once"
            ),
            "Note": st.column_config.TextColumn("Note", width=300),
        },
    )


def _row(told: Mapping[str, Any], each: Mapping[str, Any], title: str) -> dict[str, Any]:
    nothing = each["name"] == NOTHING
    widest = max(each["fairness"].values(), key=lambda gap: gap["gap"], default=None)
    calibration = each["measures"].get("calibration") if told["measure"] != "calibration" else None
    return {
        "Recipe": each["name"],
        title: each["score"],
        f"{title}, 95 %": f"{each['ci'][0]:.4f} to {each['ci'][1]:.4f}",
        "Difference": None if nothing else each["difference"]["mean"],
        "Verdict": None if nothing else each["difference"]["verdict"],
        "Gap": each["fairness_gap"],
        "Gap, 95 %": f"{widest['ci'][0]:.1%} to {widest['ci'][1]:.1%}" if widest and widest["ci"] else None,
        "Calibration error": calibration and calibration["mean"],
        "Rows kept": each["rows_kept"],
        "Cells kept": each["effect"]["cells_kept"],
        "Missing left": each["effect"]["missing_left"],
        "Drift": each["effect"]["drift"],
        "Seconds": each["seconds"],
        "Undominated": each["undominated"],
        "Note": each["stopped"],
    }


def _fairness(told: Mapping[str, Any], ran: Sequence[Mapping[str, Any]], title: str, best: str) -> None:
    drawn = [each for each in ran if each["fairness_gap"] is not None]
    if not drawn:
        st.caption("No two groups have enough rows.")
        return
    quiet, loud = colours(2)
    figure = go.Figure()
    for number, each in enumerate(drawn):
        shape = SHAPES[number] if len(drawn) <= len(SHAPES) else SHAPES[0]
        figure.add_scatter(
            x=[each["fairness_gap"]],
            y=[each["score"]],
            name=plain(each["name"]),
            mode="markers",
            marker={
                "size": 12,
                "color": loud if each["name"] == best else quiet,
                "line": {"width": 2, "color": loud if each["name"] == best else quiet},
                "symbol": shape if each["undominated"] else f"{shape}-open",
            },
            hovertemplate="gap %{x:.1%}, score %{y:.4f}",
        )
    figure.update_layout(
        height=320 + 20 * min(len(drawn), len(SHAPES)),
        margin={"l": 8, "r": 8, "t": 12, "b": 8},
        showlegend=len(drawn) <= len(SHAPES),
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "entrywidthmode": "pixels"},
        xaxis={"title": {"text": "Gap between groups (less is fairer)"}, "tickformat": ".1%"},
        yaxis={"title": {"text": title}, "automargin": True},
    )
    st.plotly_chart(
        figure,
        key="recipes.fairness",
        config=CONFIG,
        alt=f"One dot for each of {len(drawn)} recipes: its score against its gap between groups, as in the table",
    )
    st.caption(
        f"Groups of {md(', '.join(told['sensitive']))}, by the share decided favorable. Filled: no other"
        " recipe is better in both. In color: the recommended one."
    )


def _learning(curve: Mapping[str, Any], title: str, best: str) -> None:
    st.markdown(md(curve["says"]))
    means, ends = [each["mean"] for each in curve["scores"]], [each["ci"] for each in curve["scores"]]
    figure = go.Figure(
        go.Scatter(
            x=curve["rows"],
            y=means,
            mode="lines+markers",
            line={"color": colours(2)[1]},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [high - mean for mean, (_, high) in zip(means, ends, strict=True)],
                "arrayminus": [mean - low for mean, (low, _) in zip(means, ends, strict=True)],
            },
            hovertemplate="%{x:,} rows: %{y:.4f}<extra></extra>",
        )
    )
    figure.update_layout(
        height=300,
        margin={"l": 8, "r": 8, "t": 12, "b": 8},
        xaxis={"title": {"text": "Rows learned from"}, "rangemode": "tozero"},
        yaxis={"title": {"text": title}, "automargin": True},
    )
    words = ", ".join(f"{rows:,} rows {mean:.4f}" for rows, mean in zip(curve["rows"], means, strict=True))
    st.plotly_chart(figure, key="recipes.learning", config=CONFIG, alt=f"The score of {best} by rows: {words}")
    st.caption(f"{md(best)}, with 95 % intervals.")


def _slices(told: Mapping[str, Any], best: str) -> None:
    classes = told["task"] == "classes"
    unit = "Right decisions" if classes else "Mean error"
    table = pd.DataFrame(
        [
            {
                "Column": each["column"],
                "Rows with": each["value"],
                "Rows": each["rows"],
                f"{unit} before": each["before"],
                f"{unit} after": each["after"],
            }
            for each in told["slices"]
        ]
    )
    st.dataframe(
        table,
        hide_index=True,
        key="recipes.slices",
        alt=f"Groups of rows in which {best} does clearly better or worse than doing nothing",
        column_config={
            name: st.column_config.NumberColumn(name, format="percent" if classes else "%.4g")
            for name in (f"{unit} before", f"{unit} after")
        },
        placeholder="",
    )
    st.caption("Only changes that are clear with all slices accounted for (paired tests, Holm).")


def _detail(here: Dataset, told: Mapping[str, Any], ran: Sequence[Mapping[str, Any]], best: str) -> None:
    names = [each["name"] for each in ran]
    chosen = st.selectbox("Recipe", names, index=names.index(best), key="recipes.detail", width=420)
    each = next(each for each in ran if each["name"] == chosen)
    steps = [f"{number}. {md(step)}" for number, step in enumerate(each["steps"], 1)]
    st.markdown("\n".join(steps) or "No steps: the table as it is.")
    for column, gap in each["fairness"].items():
        ends = f", 95 % interval {gap['ci'][0]:.1%} to {gap['ci'][1]:.1%}" if gap["ci"] else ""
        against = "" if chosen == NOTHING else f"; against doing nothing: {gap['difference']['verdict']}"
        st.markdown(f"Gap between groups of {md(column)}: {gap['gap']:.1%}{ends}{against}.")
    titles = {key: measure.title for key, measure in measures_of(told["task"]).items()}
    folds = pd.DataFrame(each["folds"]).rename(columns=titles)
    folds.index = pd.RangeIndex(1, len(folds) + 1, name="Fold")
    st.dataframe(folds, key="recipes.folds", alt=f"The scores of {chosen} in each fold", placeholder="")
    if each["name"] not in (NOTHING, best):
        _take(
            here,
            told,
            each,
            "taken from a comparison of recipes, though another one was recommended.",
            "recipes.take_other",
        )
