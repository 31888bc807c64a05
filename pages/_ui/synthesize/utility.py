"""How useful a synthetic table is: a model that learns from it against one that learns from real rows, both judged on
real rows.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dataops_core.synthetic.evaluate.utility import Utility
from pages._ui import method_results
from pages._ui.formatting import md

KINDS = {"trees": "boosted trees", "linear": "a linear model"}
SIDES = {"synthetic": "Synthetic data", "real": "Real rows"}


def panel(judged: Utility) -> None:
    """The models with their intervals, by group, and what they go by."""
    if judged.rows is None:
        st.info(
            f"{md(' '.join(judged.words))} Choose an outcome on the tab “Engine and rows”, then generate the"
            " synthetic data again.",
            icon=":material/info:",
        )
        return
    name = "AUC" if judged.measure == "auc" else "R²"
    rows = [
        {
            "name": f"{SIDES[side]}, {KINDS[kind]}",
            "value": each.mean,
            "low": each.interval[0],
            "high": each.interval[1],
            "mark": side == "synthetic",
        }
        for kind, sides in judged.models.items()
        for side, each in sides.items()
    ]
    rows.sort(key=lambda row: -row["value"])
    method_results.dots(
        rows, f"Predicting {judged.target}, learned from …", "synthesize.useful", unit=f"{name} (95 % interval)"
    )
    tested = judged.rows
    st.caption(
        f"Each learned from {tested.synthetic:,} rows, {judged.seeds} times over, and was judged on"
        f" {tested.test:,} real rows that neither saw. "
        + (
            "AUC: how often the right one of two rows is found; 0.5 is guessing, 1 is always."
            if name == "AUC"
            else "R²: the share of the differences that is foretold; 0 is the mean, 1 is all."
        )
    )
    with st.popover("The numbers", icon=":material/table:", key="synthesize.useful.popover"):
        st.dataframe(
            pd.DataFrame(
                [{"Model": row["name"], name: row["value"], "From": row["low"], "To": row["high"]} for row in rows]
            ),
            hide_index=True,
            key="synthesize.useful.numbers",
            alt="How well each model predicts, as numbers",
            column_config={each: st.column_config.NumberColumn(each, format="%.3f") for each in (name, "From", "To")},
            placeholder="",
        )
    for column, groups in judged.by.items():
        st.header(f"By {md(column)}")
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Group": each.group,
                        "Real rows that judge": each.rows,
                        "Learned from the synthetic data": each.synthetic,
                        "Learned from real rows": each.real,
                        "Lost": (None if each.real is None or each.synthetic is None else each.real - each.synthetic),
                    }
                    for each in groups
                ]
            ),
            hide_index=True,
            key=f"synthesize.useful.{column}",
            alt=f"How well groups of {column} are predicted",
            placeholder="too few rows",
            width=760,
            column_config={
                each: st.column_config.NumberColumn(each, format="%.3f")
                for each in ("Learned from the synthetic data", "Learned from real rows", "Lost")
            }
            | {"Real rows that judge": st.column_config.NumberColumn("Real rows that judge", format="localized")},
        )
    _reasons(judged)


def _reasons(judged: Utility) -> None:
    """Whether the models go by the same columns, in the same direction."""
    if not judged.importances:
        return
    st.header("Do the models go by the same columns?")
    told = []
    if judged.ranks is not None:
        same = "much the same" if judged.ranks > 0.8 else "partly the same" if judged.ranks > 0.4 else "another one"
        told.append(f"The order in which columns matter is {same} (rank correlation {judged.ranks:.2f}).")
    if judged.signs:
        told.append(f"{judged.signs.agree} of {judged.signs.of} effects of the linear model point the same way.")
    st.markdown(
        " ".join(told),
        help="Of permutation importances (Spearman), and of the signs of coefficients that are not next to nothing",
    )
    ranked = pd.DataFrame(
        [
            {
                "Column": each.column,
                "Learned from real rows": each.real,
                "Learned from the synthetic data": each.synthetic,
            }
            for each in judged.importances
        ]
    )
    ranked.insert(2, "Rank, real", ranked["Learned from real rows"].rank(ascending=False, method="min").astype(int))
    ranked["Rank, synthetic"] = (
        ranked["Learned from the synthetic data"].rank(ascending=False, method="min").astype(int)
    )
    st.dataframe(
        ranked,
        hide_index=True,
        key="synthesize.importances",
        alt="How much each column matters to either model",
        width=760,
        column_config={
            each: st.column_config.NumberColumn(
                each, format="%.3f", help="What the model loses where the column is shuffled"
            )
            for each in ("Learned from real rows", "Learned from the synthetic data")
        },
        placeholder="",
    )
