"""Multiple imputation: make the copies, see whether their chains settle, and pool what is computed on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from dataops_core.imputation.chains import Chains
from dataops_core.imputation.rubin import NotPooled, Part, PooledMeans, PooledRegression
from dataops_core.table import Table
from pages._ui import chart, job, method_results
from pages._ui.formatting import count, md

COPY = "imputation"
DRAWS = {"model": "Around the prediction", "matching": "Values of similar rows (matching)"}
SUMS = {"mean": "Mean", "sd": "Standard deviation"}


def panel(state: str, table: Table, target: str | None, split: str | None) -> None:
    """Before the copies are made: the step, and its chains. Afterwards: what is pooled from them."""
    st.markdown(
        "One filled table pretends that its guesses were seen. **Multiple imputation** fills the gaps several times,"
        " each time drawn by chance; what differs between the copies is what the gaps leave unknown, and Rubin's rules"
        " put it into the interval."
    )
    if COPY not in table.names:
        names = [c.name for c in table.columns if c.kind not in ("id", "text") and c.name != target]
        method_results.use(
            {"op": "fill_several_times", "with": {"columns": names}}, "Fill several times …", "gaps.several"
        )
        st.caption(
            "The table then holds its rows once per copy, numbered in the column imputation. Come back here for the"
            " pooled results."
        )
        st.header("Do the draws settle?")
        _chains(state, [name for name in names if name != split], split)
        return
    _means(state, table)
    st.header("Pooled regression")
    _regression(state, table)


def _chains(state: str, columns: Sequence[str], split: str | None) -> None:
    draw = st.radio(
        "Draw", ["model", "matching"], format_func=lambda way: DRAWS[way], key="several.draw", horizontal=True
    )
    told: Chains | None = job.counted(
        "chains",
        {"state": state, "columns": list(columns), "split": split, "draw": draw},
        "Follow the chains",
        10**9,
        auto=False,
    )
    if told is None:
        st.caption(
            "Each copy comes from a chain: column after column is predicted from the others, round after round. Here"
            " the chains run longer than the step lets them, from different beginnings, so that one sees whether they"
            " come to the same."
        )
        return
    st.markdown(md(told.words))
    if told.settled is False:
        st.warning("Do not rely on the copies before this is fixed.", icon=":material/warning:")
    for words in told.warnings:
        st.warning(md(words), title="There are too few donors", icon=":material/warning:")
    ranked = sorted(told.columns, key=lambda name: -max((each or 0.0) for each in told.columns[name].r_hat.values()))
    name = st.selectbox("The chains of", ranked, key="several.chains", width=300)
    _traces(told, name)
    sampled = (
        f"a sample of {told.rows:,} of {told.of:,} rows" if told.rows < told.of else f"all {count(told.rows, 'row')}"
    )
    st.caption(
        f"{count(told.chains, 'chain')} on {sampled}, seed {told.seed}. R-hat compares what differs between"
        " chains with what differs within them, by ranks (Vehtari et al. 2021)."
    )


def _traces(told: Chains, name: str) -> None:
    each = told.columns[name]
    names = {what: SUMS.get(what, f"Share of {each.value}") for what in each.traces}
    figure = make_subplots(rows=len(names), cols=1, shared_xaxes=True, vertical_spacing=0.08)
    for row, (what, lines) in enumerate(each.traces.items(), 1):
        for number, (line, colour) in enumerate(zip(lines, chart.many(len(lines)), strict=True), 1):
            figure.add_trace(
                go.Scatter(
                    x=list(range(1, len(line) + 1)),
                    y=line,
                    mode="lines",
                    line={"width": 1.5, "color": colour},
                    name=f"chain {number}",
                    showlegend=False,
                    hovertemplate=f"chain {number}, iteration %{{x}}: %{{y:.4g}}<extra></extra>",
                ),
                row=row,
                col=1,
            )
        figure.update_yaxes(title={"text": chart.plain(names[what])}, automargin=True, row=row, col=1)
        figure.add_vline(x=told.rounds + 0.5, line={"dash": "dot", "width": 1, "color": "#8b95a5"}, row=row, col=1)
    figure.update_xaxes(title={"text": "Iteration"}, row=len(names), col=1)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 12, "b": 8}, height=120 + 140 * len(names))
    hat = ", ".join(
        f"{word.lower()} {value:.3f}" for what, word in names.items() if (value := each.r_hat[what]) is not None
    )
    st.plotly_chart(
        figure,
        key=f"several.traces.{name}",
        config=chart.CONFIG,
        alt=f"What each chain draws for {name}, iteration by iteration; R-hat: {hat or 'not defined'}.",
    )
    st.caption(
        "Lines that cross and cover the same range have settled; the dotted line is where the step stops. R-hat:"
        f" {md(hat) or 'not defined'}."
    )
    with st.popover("The numbers", icon=":material/table:", key="several.traces.popover"):
        st.dataframe(
            pd.DataFrame(
                [
                    {"Iteration": at + 1}
                    | {
                        f"{word}, chain {number}": line[at]
                        for what, word in names.items()
                        for number, line in enumerate(each.traces[what], 1)
                    }
                    for at in range(told.iterations)
                ]
            ),
            hide_index=True,
            key=f"several.traces.numbers.{name}",
            alt=f"The chains of {name}, as numbers",
            placeholder="",
        )


def _means(state: str, table: Table) -> None:
    able = [c.name for c in table.columns if c.kind in ("number", "category", "boolean") and c.name != COPY]
    with st.container(horizontal=True):
        column = st.selectbox("Pool the mean (or the shares) of", able, key="gaps.pool", width=300)
        by = st.selectbox(
            "By",
            [c.name for c in table.columns if c.kind in ("category", "boolean") and c.name != column],
            index=None,
            key="gaps.pool_by",
            placeholder="All rows together",
            width=300,
        )
    if column is None:
        return
    told: PooledMeans | None = job.counted(
        "pooled", {"state": state, "column": column, "by": by}, "Pooling", table.rows * 3
    )
    if told is not None:
        _pooled(told)


def _regression(state: str, table: Table) -> None:
    able = [c.name for c in table.columns if c.kind == "number" and c.name != COPY]
    if len(able) < 2:
        st.caption("It takes two columns of numbers.")
        return
    with st.container(horizontal=True):
        target = st.selectbox("Explain", able, key="several.target", width=300)
        columns = st.multiselect(
            "Predictors",
            [name for name in able if name != target],
            key="several.predictors",
            width=420,
            placeholder="Columns of numbers",
        )
    if target is None or not columns:
        st.caption(
            "Choose what explains it: a linear regression is fitted on each copy, and its coefficients are pooled."
        )
        return
    told: PooledRegression | None = job.counted(
        "pooled regression",
        {"state": state, "target": target, "columns": columns},
        "Pooling",
        table.rows * (len(columns) + 2),
    )
    if told is not None:
        rows = [
            {"Coefficient": "Intercept" if name == "(intercept)" else name, **_told(each)}
            for name, each in told.coefficients.items()
        ]
        _table(
            rows,
            "several.regression",
            f"Coefficients of a linear regression of {target}, pooled over {told.m} copies by Rubin's rules",
        )
        _footnote(told)


def _pooled(told: PooledMeans) -> None:
    rows = []
    for group, parts in [("All rows", told.all), *told.groups.items()]:
        rows += [{"Group": group, "Value": value, **_told(each)} for value, each in parts.items()]
    if all(row["Value"] == "" for row in rows):
        rows = [{key: cell for key, cell in row.items() if key != "Value"} for row in rows]
    _table(rows, "gaps.pooled", f"{told.column}, pooled over {told.m} copies by Rubin's rules")
    _footnote(told)


def _told(each: Part) -> dict[str, Any]:
    if isinstance(each, NotPooled):
        return {"Estimate": None}
    low, high = each.interval or (None, None)
    return {
        "Estimate": each.estimate,
        "From": low,
        "To": high,
        "Lost to gaps": each.missing_information,
        "Degrees of freedom": each.df,
    }


def _table(rows: Sequence[Mapping[str, Any]], key: str, alt: str) -> None:
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key=key,
        alt=alt,
        placeholder="–",
        column_config={name: st.column_config.NumberColumn(name, format="%.4g") for name in ("Estimate", "From", "To")}
        | {
            "Lost to gaps": st.column_config.NumberColumn(
                "Lost to gaps",
                format="percent",
                help="The share of information that the gaps cost (fraction of missing information)",
            ),
            "Degrees of freedom": st.column_config.NumberColumn("Degrees of freedom", format="%.0f"),
        },
    )


def _footnote(told: PooledMeans | PooledRegression) -> None:
    if told.warning:
        st.warning(md(told.warning), title="These intervals may be too narrow", icon=":material/warning:")
    st.caption(f"95 % intervals over {told.m} copies (Rubin 1987; Barnard and Rubin 1999).")
