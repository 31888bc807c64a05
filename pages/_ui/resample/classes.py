"""How uneven the classes are, and what each way of balancing them does to a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dataops_core.resampling.imbalance import GroupClasses, Imbalance
from dataops_core.resampling.methods import METHODS
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import chart, job, method_results
from pages._ui.formatting import count, md

FEW = 30  # rows below which a share says little


def classes(state: str, table: Table, target: str, groups: Sequence[str], split: str | None) -> None:
    """Rows by class, by part of the split, and by group."""
    args = {"state": state, "target": target, "groups": list(groups), "split": split}
    found: Imbalance | None = job.counted("imbalance", args, "Counting the classes", table.rows * 3)
    if found is None:
        return
    told = found.counted
    st.markdown(md(found.words))
    parts = [part for part in found.parts if part.counted.rows]
    shown = (
        pd.DataFrame(
            {"All rows": {c.value: c.count for c in told.classes}}
            | {part.part.capitalize(): {c.value: c.count for c in part.counted.classes} for part in parts}
        )
        .fillna(0)
        .astype("int64")
    )
    shown.insert(1, "Share", [each.share for each in told.classes])
    shown.index.name = target
    st.dataframe(
        shown,
        key="balance.classes",
        alt=f"The classes of {target} with their rows",
        column_config={"Share": st.column_config.ProgressColumn("Share", format="percent", min_value=0, max_value=1)},
        placeholder="",
    )
    if told.missing:
        st.caption(f"{count(told.missing, 'row')} have no class.")
    names = [each.value for each in told.classes]
    columns = list(dict.fromkeys(group.column for group in told.groups))
    for column, side in zip(
        columns,
        [each for _ in columns[::2] for each in st.columns(2)] if len(columns) > 1 else [st.container()],
        strict=False,
    ):
        with side:
            _groups([group for group in told.groups if group.column == column], names, target, column)
    if len(names) < 2:
        return
    with st.container(horizontal=True):
        method_results.use({"op": "resample_rows", "with": {"target": target}}, "Resample rows …", "balance.resample")
        method_results.use(
            {"op": "add_weights", "with": {"target": target, "by": list(groups)}}, "Add weights …", "balance.weigh"
        )
    st.caption(
        "First compare the methods: resampling often does no more than another threshold, and makes the probabilities"
        " worse."
    )


def _groups(groups: Sequence[GroupClasses], names: Sequence[str], target: str, column: str) -> None:
    told = {
        "target": target,
        "column": column,
        "missing": None,
        "groups": [
            {
                "value": group.group,
                "n": group.rows,
                "shares": {name: group.shares.get(name, 0.0) for name in names[:8]},
            }
            for group in groups[:40]
        ],
    }
    chart.against(told, f"balance.{column}")


def compare(
    here: Dataset,
    state: str,
    table: Table,
    target: str,
    groups: Sequence[str],
    favorable: str | None,
    split: str | None,
) -> None:
    """The bench: choose methods, run it as a job, read what it found."""
    fits = job.counted(
        "resampling methods",
        {"state": state, "target": target, "split": split},
        "Looking which methods fit",
        table.rows * 2,
    )
    if fits is None:
        return
    able = [name for name in METHODS if fits[name].fits and name not in ("nothing", "threshold")]
    chosen = st.multiselect(
        "Methods", able, default=able, format_func=lambda n: METHODS[n], key=f"balance.methods.{target}"
    )
    kind = st.radio(
        "Judged by",
        ["linear", "trees"],
        format_func={"linear": "Logistic regression", "trees": "Boosted trees"}.get,
        horizontal=True,
        key="balance.kind",
        help="The model that learns from the resampled rows, inside each fold",
    )
    unfit = {METHODS[name]: each.why for name, each in fits.items() if not each.fits}
    if unfit:
        with st.expander(f"{count(len(unfit), 'method')} do not fit this table"):
            st.markdown("\n".join(f"- **{md(name)}**: {md(why)}" for name, why in unfit.items()))
    args = {
        "state": state,
        "target": target,
        "favorable": favorable,
        "sensitive": list(groups),
        "split": split,
        "methods": sorted(chosen),
        "kind": kind,
    }
    told = job.counted("resample bench", args, "Compare the methods", 10**9, auto=False)
    if told is None:
        st.caption(
            "Each method works inside five folds, twice over, and is judged on rows that it never touched. While it"
            " runs, the time left is estimated from this machine's own speed; it can be cancelled."
        )
        return
    _found(here, told)


def _found(here: Dataset, told: Mapping[str, Any]) -> None:
    best = told["recommended"]
    title = f"Recommended: {METHODS[best]}" if best else "Recommended: leave the rows as they are"
    method_results.advice(here, title, told["reason"], [told["step"]] if told["step"] else [], "balance.advice")
    sampled = (
        f"a stratified sample of {told['rows']:,} of {told['of']:,} rows"
        if told["rows"] < told["of"]
        else f"all {count(told['rows'], 'row')}"
    )
    st.caption(
        f"Judged on {sampled}, in {told['folds']} folds {told['repeats']} times over, seed {told['seed']}. The rare"
        f" class is {md(told['rare'])}."
    )
    measures = told["measures"]
    measure = st.radio(
        "Measure",
        list(measures),
        index=list(measures).index("pr_auc"),
        format_func=lambda m: measures[m]["title"],
        horizontal=True,
        key="balance.measure",
    )
    better = "higher is better" if measures[measure]["higher_is_better"] else "lower is better"
    st.caption(f"{measures[measure]['says'].capitalize()}; {better}.")
    rows = []
    for name, each in told["methods"].items():
        apart = each["difference"][measure]
        rows.append(
            {
                "name": each["title"],
                "value": apart["mean"],
                "low": apart["low"],
                "high": apart["high"],
                "mark": name == (best or "nothing"),
            }
        )
    rows.sort(key=lambda row: row["value"], reverse=measures[measure]["higher_is_better"])
    method_results.dots(
        rows,
        f"{measures[measure]['title']}, against doing nothing",
        f"balance.dots.{measure}",
        unit=f"Difference ({better})",
        zero="as good",
    )
    table = pd.DataFrame(
        [
            {
                "Method": (
                    each["title"]
                    + (f" ({each['variant']})" if each["variant"] and each["variant"] != each["title"] else "")
                )
            }
            | {m["title"]: each["means"][key]["mean"] for key, m in measures.items()}
            | {
                "Against doing nothing": _verdicts(each["difference"], measures) if name != "nothing" else "–",
                "Seconds": each["seconds"],
            }
            for name, each in told["methods"].items()
        ]
    )
    st.dataframe(
        table,
        hide_index=True,
        key="balance.table",
        alt="All methods with their measures",
        placeholder="–",
        column_config={
            m["title"]: st.column_config.NumberColumn(m["title"], format="%.3f", help=m["says"])
            for m in measures.values()
        }
        | {
            "Method": st.column_config.TextColumn("Method", width=270),
            "Seconds": st.column_config.NumberColumn("Seconds", format="%.1f"),
            "Against doing nothing": st.column_config.TextColumn("Against doing nothing", width=420),
        },
    )
    if told["left_out"]:
        st.caption("; ".join(f"{METHODS.get(name, name)}: {md(why)}" for name, why in told["left_out"].items()))
    _calibration(told)
    _by_group(told)


def _verdicts(difference: Mapping[str, Any], measures: Mapping[str, Any]) -> str:
    said: dict[str, list[str]] = {}
    for key, measure in measures.items():
        said.setdefault(difference[key]["verdict"], []).append(measure["title"])
    return (
        "; ".join(f"{verdict} in {', '.join(said[verdict])}" for verdict in ("worse", "better") if verdict in said)
        or "no clear difference"
    )


def _calibration(told: Mapping[str, Any]) -> None:
    names = {each["title"]: each for each in told["methods"].values()}
    quiet, loud = chart.colours(2)
    other = st.selectbox(
        "Calibration of",
        [name for name in names if name not in (METHODS["nothing"], METHODS["threshold"])],
        key="balance.calibration",
        width=320,
        help="Whether it happens in 30 of 100 rows where the model says 30 %",
    )
    if other is None:
        return
    figure = go.Figure(
        go.Scatter(
            x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "color": quiet}, name="Perfect", hoverinfo="skip"
        )
    )
    for name, colour in ((METHODS["nothing"], quiet), (other, loud)):
        points = names[name]["curve"]
        figure.add_scatter(
            x=[p["mean"] for p in points],
            y=[p["observed"] for p in points],
            mode="lines+markers",
            name=chart.plain(name),
            marker_color=colour,
        )
    figure.update_layout(
        title={
            "text": f"How often {chart.plain(told['rare'])} happens where so much is predicted",
            "font": {"size": 15},
        },
        height=360,
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        xaxis={"title": {"text": "Predicted"}, "tickformat": ".0%", "range": [0, 1]},
        yaxis={"title": {"text": "Observed"}, "tickformat": ".0%", "range": [0, 1]},
        legend={"orientation": "h", "y": -0.3, "yanchor": "top", "x": 0, "xanchor": "left"},
    )
    st.plotly_chart(
        figure,
        key="balance.curve",
        config=chart.CONFIG,
        alt=f"Calibration of {other} beside that of doing nothing; the closer to the diagonal the better.",
    )
    with st.popover("The numbers", icon=":material/table:", key="balance.curve.numbers"):
        st.dataframe(
            pd.DataFrame(names[other]["curve"]),
            hide_index=True,
            key="balance.curve.table",
            alt=f"The calibration of {other}, as numbers",
            placeholder="",
        )


def _by_group(told: Mapping[str, Any]) -> None:
    columns = list(next(iter(told["methods"].values()))["by_group"])
    for column in columns:
        table = pd.DataFrame(
            {
                each["title"]: {group: _recall(g) for group, g in each["by_group"][column].items()}
                for each in told["methods"].values()
            }
        ).T
        st.markdown(f"How many of **{md(told['rare'])}** are found, by **{md(column)}** (recall)")
        st.dataframe(
            table,
            key=f"balance.groups.{column}",
            alt=f"Recall of {told['rare']} by {column}",
            placeholder="–",
            column_config={"_index": st.column_config.TextColumn("Method", width=270)},
        )
        st.caption(
            f"Each figure is out of the rows of {md(told['rare'])} in that group; under {FEW} of them it says little."
        )


def _recall(group: Mapping[str, Any]) -> str | None:
    """The recall of a group with the number of rows that it is out of.

    >>> _recall({"recall": 1.0, "recall_of": 3}), _recall({"recall": 0.456, "recall_of": 1200})
    ('100 % of 3 (too few)', '45.6 % of 1,200')
    """
    if group["recall"] is None:
        return None
    few = " (too few)" if group["recall_of"] < FEW else ""
    return f"{100 * group['recall']:.3g} % of {group['recall_of']:,}{few}"


def target_of(roles: Mapping[str, Any], table: Table, key: str) -> tuple[str | None, list[str]]:
    """The outcome and the sensitive columns, as the roles say or as chosen here."""
    names = [
        c.name
        for c in table.columns
        if c.kind in ("category", "boolean")
        or (c.type in ("integer", "boolean", "text") and c.name == roles.get("target"))
    ]
    if not names:
        st.info("There is no column with classes to balance.", icon=":material/info:")
        return None, []
    with st.container(horizontal=True):
        at = names.index(roles["target"]) if roles.get("target") in names else None
        target = st.selectbox(
            "Outcome",
            names,
            index=at,
            key=f"{key}.target",
            placeholder="Choose the column whose classes matter",
            width=300,
        )
        able = [name for name in table.names if name != target]
        groups = st.multiselect(
            "Groups of people",
            able,
            default=[n for n in roles.get("sensitive") or [] if n in able],
            key=f"{key}.groups",
            max_selections=3,
            placeholder="Choose sensitive columns",
            width=380,
        )
    return target, groups
