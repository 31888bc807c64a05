"""The bench of imputation methods: which one recovers hidden cells of this very table best."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dataops_core.imputation.methods import ALONG, METHODS, Task, steps_of
from dataops_core.imputation.results import ImputationBench, MethodRecovery
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import allowed, job, method_results
from pages._ui.formatting import count, md

TITLES = {
    "mean": "Mean",
    "median": "Median",
    "most_frequent": "Most frequent value",
    "group_median": "Median of the group",
    "forward": "Last known value",
    "backward": "Next known value",
    "interpolate": "Straight line in time",
    "hot_deck": "Another row's value (hot deck)",
    "bayesian_ridge": "Predicted, straight lines (Bayesian ridge)",
    "knn": "Nearest neighbours (KNN)",
    "trees": "Predicted, boosted trees",
    "several": "Filled several times (mean of the draws)",
}
MEASURES = {
    "nrmse": (
        "Numbers: error",
        (
            "Root mean squared error in standard deviations of the hidden cells (NRMSE): 0 is perfect, 1 is what the"
            " true mean would reach"
        ),
        False,
        "%.3f",
    ),
    "accuracy": ("Categories: right", "Share of hidden categories that were recovered exactly", True, "percent"),
    "wasserstein": (
        "Change of spread",
        (
            "Distance between the spread of what was filled in and of what was hidden (Wasserstein), in standard"
            " deviations; for categories half the sum of differences in shares"
        ),
        False,
        "%.3f",
    ),
    "crps": (
        "Numbers: distance",
        (
            "How far what is drawn lies from the hidden cell, in standard deviations: the continuous ranked probability"
            " score (CRPS), which of a single guess is its absolute error; draws gain where they say how sure they are"
        ),
        False,
        "%.3f",
    ),
    "coverage": (
        "Truth within 95 %",
        (
            "How often the 95 % interval of the draws holds the hidden cell: about 95 % is right, less is too sure."
            " Only filling several times draws"
        ),
        True,
        "percent",
    ),
    "score": (
        "Model score",
        (
            "How well a model that learns from the filled table predicts the outcome: ROC-AUC, or R² for a number,"
            " cross-validated"
        ),
        True,
        "%.3f",
    ),
}


def title(name: str) -> str:
    """A method, or two of them, as people call it."""
    return " and ".join(TITLES.get(part, part) for part in name.split(" + "))


def panel(
    here: Dataset, state: str, table: Table, target: str | None, sensitive: Sequence[str], split: str | None
) -> None:
    """Choose methods, run the bench as a job, read what it found."""
    times = [c.name for c in table.columns if c.type == "datetime" and c.name != target]
    chosen = st.multiselect(
        "Methods",
        list(METHODS),
        default=[n for n in METHODS if n not in ALONG],
        format_func=title,
        key="impute.methods",
    )
    time = None
    if set(ALONG) & set(chosen):
        time = (
            st.selectbox("Order of time", times, key="impute.time", width=300, placeholder="No column of dates")
            if times
            else None
        )
        if time is None:
            st.caption("Methods along time need a column of dates: they are left out.")
    asked = sorted(name for name in chosen if name not in ALONG or time)
    if not asked:
        st.info("Choose at least one method.", icon=":material/info:")
        return
    args = {
        "state": state,
        "target": target,
        "sensitive": list(sensitive),
        "split": split,
        "methods": asked,
        "time": time,
    }
    told: ImputationBench | None = job.counted("impute bench", args, "Compare the methods", 10**9, auto=False)
    if told is None:
        st.caption(
            "Cells whose value is known are hidden, at random and the way cells are really missing here; each method"
            " recovers them, and the truth tells which one is right. While it runs, the time left is estimated from"
            " this machine's own speed; it can be cancelled."
        )
        return
    _found(here, told)


def _found(here: Dataset, told: ImputationBench) -> None:
    best, methods = told.advice.recommended, told.methods
    method_results.advice(
        here, f"Recommended: {title(best)}", _in_words(told.advice.reason), told.advice.steps, "impute.advice"
    )
    sampled = (
        f"a sample of {told.rows:,} of {told.of:,} rows" if told.rows < told.of else f"all {count(told.rows, 'row')}"
    )
    hidden = ", ".join(
        f"{cells:,} cells were hidden {told.patterns[pattern]}" for pattern, cells in told.hidden.items()
    )
    st.caption(f"Judged on {sampled}. {hidden}, in {count(told.repeats, 'round')}, seed {told.seed}.")
    for note in told.notes:
        st.caption(md(note))
    able = [name for name in MEASURES if any(each.of(name) is not None for each in methods.values())]
    measure = st.radio("Measure", able, format_func=lambda m: MEASURES[m][0], horizontal=True, key="impute.measure")
    name, says, higher, _ = MEASURES[measure]
    st.caption(f"{says}. {'Higher' if higher else 'Lower'} is better.")
    rows = []
    for method, each in methods.items():
        span = each.interval_of(measure) or (None, None)
        rows.append(
            {"name": title(method), "value": each.of(measure), "low": span[0], "high": span[1], "mark": method == best}
        )
    rows.sort(key=lambda row: (row["value"] is None, -(row["value"] or 0) if higher else (row["value"] or 0)))
    method_results.dots(rows, name, f"impute.dots.{measure}", unit="Lines: 95 % intervals over the rounds")
    order = [best, *[name for row in rows for name in methods if title(name) == row["name"] and name != best]]
    _table({name: methods[name] for name in order if name in methods}, able, best)
    warned = {method: each.warning for method, each in methods.items() if each.warning}
    if warned:
        with st.expander(f"{count(len(warned), 'method')} answer one and the same value", icon=":material/warning:"):
            st.markdown("\n".join(f"- **{md(title(method))}**: {md(words)}" for method, words in warned.items()))
    for method, why in told.failed.items():
        st.caption(f"{md(title(method))} could not be judged: {md(why)}")
    _details(here, told, best)


def _in_words(reason: str) -> str:
    """The reason with methods called as on the screen."""
    for name in sorted(TITLES, key=len, reverse=True):
        after = "(?= reaches| recovers| is better| categories|, with|, would)"
        reason = re.sub(rf"\b{re.escape(name.replace('_', ' '))}{after}", TITLES[name].replace("\\", ""), reason)
    return reason


def _table(methods: Mapping[str, MethodRecovery], able: Sequence[str], best: str) -> None:
    table = pd.DataFrame(
        [
            {"Method": title(method) + (" (recommended)" if method == best else "")}
            | {MEASURES[m][0]: each.of(m) for m in able}
            | {
                "Correlations moved": each.correlations,
                "One value only": "yes" if each.degenerate else "",
                "Seconds": each.seconds,
            }
            for method, each in methods.items()
        ]
    )
    st.dataframe(
        table,
        hide_index=True,
        key="impute.table",
        alt="All methods with their measures",
        placeholder="–",
        column_config={
            MEASURES[m][0]: st.column_config.NumberColumn(MEASURES[m][0], format=MEASURES[m][3], help=MEASURES[m][1])
            for m in able
        }
        | {
            "Method": st.column_config.TextColumn("Method", width=380),
            "Correlations moved": st.column_config.NumberColumn(
                "Correlations moved", format="%.3f", help="Mean change of the correlations between columns"
            ),
            "One value only": st.column_config.TextColumn(
                "One value only", help="It fills some column with one constant: the column loses its spread"
            ),
            "Seconds": st.column_config.NumberColumn("Seconds", format="%.2f", help="For one round"),
        },
    )


def _details(here: Dataset, told: ImputationBench, best: str) -> None:
    methods = told.methods
    names = [best, *[name for name in methods if name != best]]
    method = st.selectbox("Look closer at", names, format_func=title, key="impute.method", width=360)
    each = methods[method]
    columns = pd.DataFrame(
        [
            {
                "Column": name,
                "Error (NRMSE)": c.nrmse,
                "Mean absolute error": c.mae,
                "Right": c.accuracy,
                "Change of spread": c.wasserstein,
                "Cells judged": c.cells,
                "Still missing": c.still_missing,
            }
            for name, c in each.by_column.items()
        ]
    ).dropna(axis=1, how="all")
    st.dataframe(
        columns,
        hide_index=True,
        key=f"impute.columns.{method}",
        alt=f"What {title(method)} recovers, by column",
        placeholder="–",
        column_config={
            "Right": st.column_config.NumberColumn("Right", format="percent"),
            "Error (NRMSE)": st.column_config.NumberColumn(format="%.3f"),
            "Mean absolute error": st.column_config.NumberColumn(
                format="%.4g", help="In the column's own unit; dates in days"
            ),
            "Change of spread": st.column_config.NumberColumn(format="%.3f"),
        },
    )
    for column, groups in each.by_group.items():
        table = pd.DataFrame(
            [
                {
                    column: group,
                    "Error (NRMSE)": g.nrmse,
                    "Error from": (g.nrmse_interval or [None])[0],
                    "Error to": (g.nrmse_interval or [None, None])[1],
                    "Right": g.accuracy,
                    "Right from": (g.accuracy_interval or [None])[0],
                    "Right to": (g.accuracy_interval or [None, None])[1],
                    "Cells judged": g.cells,
                }
                for group, g in groups.items()
            ]
        ).dropna(axis=1, how="all")
        st.markdown(f"Who pays: the error by **{md(column)}**")
        st.dataframe(
            table,
            hide_index=True,
            key=f"impute.group.{method}.{column}",
            alt=f"The error of {title(method)} by {column}",
            placeholder="–",
            column_config={
                key: st.column_config.NumberColumn(key, format="percent") for key in ("Right", "Right from", "Right to")
            }
            | {
                key: st.column_config.NumberColumn(key, format="%.3f")
                for key in ("Error (NRMSE)", "Error from", "Error to")
            },
        )
    if method != best and method in METHODS:
        task = Task(
            tuple(told.columns.numbers),
            tuple(told.columns.categories),
            tuple(told.columns.predict_from),
            told.group,
            told.time,
        )
        allowed.button(
            "recipe changed",
            "Use this instead …",
            key=f"impute.use.{method}",
            on_click=method_results.use_all,
            args=(here, steps_of(method, task)),
            icon=":material/healing:",
            help=method_results.HELP,
        )
