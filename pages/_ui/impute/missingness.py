"""Why cells are missing: patterns, what goes missing together, for whom, when."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dataops_core.imputation.mcar import Little
from dataops_core.imputation.patterns import MissingTogether, Patterns
from dataops_core.imputation.understand import MissingCells
from dataops_core.table import Table
from pages._ui import chart, job, method_results
from pages._ui.formatting import count, md, share

VERDICTS = {
    "random": "Looks random",
    "slight": "Depends a little",
    "depends": "Depends on others",
    "too few": "Too few to tell",
}
FEW = 12  # columns of which the reason is told in a sentence


def panel(state: str, table: Table, target: str | None, sensitive: Sequence[str], split: str | None) -> None:
    """What is missing where, with whom, and what can be said of the reason."""
    times = [c.name for c in table.columns if c.type == "datetime"]
    time = st.selectbox("Over time, by", times, index=0, key="gaps.time", width=300) if times else None
    args = {"state": state, "target": target, "groups": list(sensitive), "time": time, "split": split}
    told: MissingCells | None = job.counted("missing", args, "Looking at what is missing", table.cells * 4)
    if told is None:
        return
    names = [name for name, each in told.columns.items() if each.missing]
    with st.container(horizontal=True):
        st.metric("Missing cells", f"{told.missing_cells:,}", border=True, width=160)
        st.metric("Columns with gaps", f"{len(names):,} of {len(told.columns):,}", border=True, width=180)
        st.metric(
            "Complete rows",
            share(told.complete_rows, told.rows),
            border=True,
            width=160,
            help=f"{told.complete_rows:,} of {told.rows:,}",
        )
    if not names:
        st.success("Nothing is missing.", icon=":material/check_circle:")
        return
    _columns(told, names)
    st.warning(md(told.unknown), icon=":material/help:")
    _little(told.little)
    _patterns(told.patterns)
    _together(told.together)
    _by(told, names, target)
    if told.by_time and len(told.by_time.periods) > 1:
        name = st.selectbox("Missing over time", names, key="gaps.along", width=300)
        periods = [
            {"start": p.period, "n": p.counted.n, "shares": {"Missing": p.counted.shares[name]}}
            for p in told.by_time.periods
        ]
        chart.along(
            {"column": f"Share of {name} that is missing", "period": told.by_time.unit, "periods": periods},
            f"gaps.time.{name}",
        )


def _columns(told: MissingCells, names: Sequence[str]) -> None:
    ranked = sorted(names, key=lambda name: -told.columns[name].missing)
    table = pd.DataFrame(
        [
            {
                "Column": name,
                "Missing": told.columns[name].share,
                "Cells": told.columns[name].missing,
                "Why": VERDICTS.get(_verdict(told, name), "–"),
            }
            for name in ranked
        ]
    )
    st.dataframe(
        table,
        hide_index=True,
        key="gaps.columns",
        alt="Columns with gaps, and what their gaps depend on",
        column_config={
            "Missing": st.column_config.ProgressColumn("Missing", format="percent", min_value=0, max_value=1),
            "Why": st.column_config.TextColumn(
                "Why", help="Whether a model can tell from the other columns where a cell is missing (cross-validated)"
            ),
        },
        placeholder="",
    )
    telling = [name for name in ranked if _verdict(told, name) != "random"]
    if telling:
        st.markdown("\n".join(f"- **{md(name)}**: {md(told.verdicts[name])}" for name in telling[:FEW]))
    st.caption("AUC: how well the other columns tell where a cell is missing; 0.5 is guessing, 1 is certain.")
    with st.container(horizontal=True):
        method_results.use(
            {"op": "flag_missing", "with": {"columns": list(ranked)}}, "Keep where gaps were …", "gaps.flag"
        )
        method_results.use(
            {"op": "drop_columns_with_missing", "with": {}}, "Drop columns with many gaps …", "gaps.drop_columns"
        )
        method_results.use({"op": "drop_rows_with_missing", "with": {}}, "Drop rows with gaps …", "gaps.drop_rows")


def _verdict(told: MissingCells, name: str) -> str | None:
    model = told.models.get(name)
    return model.verdict if model else None


def _little(told: Little) -> None:
    with st.container(border=True, key="gaps-little", gap="xsmall"):
        st.markdown("**Are the numbers missing completely at random?** (Little's MCAR test)")
        if told.why_not:
            st.markdown(f"It cannot be tested here: {md(told.why_not)}.")
            return
        st.markdown(md(told.words))
        p = f"{told.p:.4f}" if told.p >= 0.0001 else "below 0.0001"
        st.caption(
            f"Statistic {told.statistic:.2f}, {told.df} degrees of freedom, p {p};"
            f" {count(told.patterns, 'pattern')} of {count(len(told.columns), 'number column')}."
        )


def _patterns(told: Patterns) -> None:
    gaps = [row for row in told.rows if row.missing]
    if not gaps:
        return
    shown, columns = (
        gaps[:20],
        sorted(told.columns, key=lambda name: -sum(row.rows for row in gaps if name in row.missing))[:40],
    )
    _quiet, loud = chart.colours(2)
    cells = [[1 if name in row.missing else 0 for name in columns] for row in shown]
    figure = go.Figure(
        go.Heatmap(
            z=cells,
            x=[chart.plain(name) for name in columns],
            y=list(range(len(shown))),
            colorscale=[[0, "rgba(128,128,128,0.12)"], [1, loud]],
            showscale=False,
            xgap=2,
            ygap=2,
            customdata=[[f"{row.rows:,} rows: {chart.plain(', '.join(row.missing))}"] * len(columns) for row in shown],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    figure.update_layout(
        title={"text": "Patterns: what is missing in the same rows", "font": {"size": 15}},
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        height=110 + 24 * len(shown),
        yaxis={
            "tickvals": list(range(len(shown))),
            "ticktext": [count(row.rows, "row") for row in shown],
            "autorange": "reversed",
            "automargin": True,
        },
        xaxis={"automargin": True},
    )
    st.plotly_chart(
        figure,
        key="gaps.patterns",
        config=chart.CONFIG,
        alt=(
            f"The {len(shown)} most common patterns of missing cells, each a row of marked columns; the numbers are in"
            " the table beside it."
        ),
    )
    with st.popover("The numbers", icon=":material/table:", key="gaps.patterns.numbers"):
        st.dataframe(
            pd.DataFrame(
                [
                    {"Missing": ", ".join(row.missing) or "nothing", "Rows": row.rows, "Share": row.share}
                    for row in told.rows
                ]
            ),
            hide_index=True,
            key="gaps.patterns.table",
            alt="Patterns of missing cells, as numbers",
            column_config={"Share": st.column_config.NumberColumn(format="percent")},
            placeholder="",
        )
    rest = told.rest
    if rest.patterns:
        st.caption(f"{count(rest.patterns, 'rarer pattern')} in {count(rest.rows, 'row')} are not listed.")


def _together(pairs: Sequence[MissingTogether]) -> None:
    strong = [pair for pair in pairs if abs(pair.phi) >= 0.1][:10]
    if not strong:
        st.caption("No two columns go missing together more than chance would have it.")
        return
    st.markdown("**Columns that go missing together**")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "One": p.columns[0],
                    "Other": p.columns[1],
                    "Both missing": p.both,
                    "By chance": p.expected,
                    "Phi": p.phi,
                }
                for p in strong
            ]
        ),
        hide_index=True,
        key="gaps.together",
        alt="Pairs of columns that are missing in the same rows",
        column_config={
            "By chance": st.column_config.NumberColumn(
                "By chance",
                format="%.0f",
                help="Rows in which both would be missing if one had nothing to do with the other",
            ),
            "Phi": st.column_config.NumberColumn(
                "Phi",
                format="%.2f",
                help="1: always together; 0: independent; below 0: one is there when the other is not",
            ),
        },
        placeholder="",
    )


def _by(told: MissingCells, names: Sequence[str], target: str | None) -> None:
    every = {**told.by_group, **({target: told.by_target} if target and told.by_target else {})}
    for column, groups in every.items():
        table = pd.DataFrame(
            [
                {column: group, "Rows": each.n, **{name: each.shares[name] for name in names if name != column}}
                for group, each in groups.items()
            ]
        )
        st.markdown(f"**Missing by {md(column)}**")
        st.dataframe(
            table,
            hide_index=True,
            key=f"gaps.by.{column}",
            alt=f"The share of missing cells by {column}",
            column_config={name: st.column_config.NumberColumn(name, format="percent") for name in names},
            placeholder="",
        )
