"""How alike a synthetic table is: between shuffled columns and real rows, column by column, pair by pair, and all
together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dataops_core.synthetic.evaluate.column_distributions import CategorySeries, Series
from dataops_core.synthetic.evaluate.fidelity import Fidelity, PartScores
from pages._ui import chart
from pages._ui.formatting import md

PARTS = {
    "all": "Taken together",
    "columns": "Each column by itself",
    "pairs": "Columns in pairs",
    "joint": "Whole rows",
}
DRAWN = 4  # columns that are drawn at first, the least alike ones
PAIRS = 200


def panel(judged: Fidelity) -> None:
    """The score between floor and ceiling, what gives the synthetic data away, then columns and pairs."""
    if judged.score is None:
        st.info(md(" ".join(judged.words)), icon=":material/info:")
        return
    _between(judged)
    _given_away(judged)
    _columns(judged)
    _pairs(judged)


def _between(judged: Fidelity) -> None:
    every: dict[str, Fidelity | PartScores] = {"all": judged, **judged.parts}
    known = {
        name: every[name]
        for name in PARTS
        if all(getattr(every[name], side) is not None for side in ("score", "floor", "ceiling"))
    }
    quiet, loud = chart.colours(2)
    figure = go.Figure()
    for place, each in enumerate(reversed(known.values())):
        figure.add_scatter(
            x=[each.floor, each.ceiling],
            y=[place, place],
            mode="lines",
            line={"color": quiet, "width": 3},
            hoverinfo="skip",
            showlegend=False,
        )
    back = list(reversed(known.items()))
    for side, name, symbol, colour in (
        ("floor", "Columns shuffled", "line-ns-open", quiet),
        ("ceiling", "Real rows kept apart", "circle-open", quiet),
        ("score", "Synthetic data", "diamond", loud),
    ):
        figure.add_scatter(
            x=[getattr(each, side) for _, each in back],
            y=list(range(len(back))),
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 14, "color": colour, "line": {"width": 2, "color": colour}},
            customdata=[PARTS[part] for part, _ in back],
            hovertemplate="%{customdata}, " + name.lower() + ": %{x:.3f}<extra></extra>",
        )
    figure.update_layout(
        title={"text": "How alike, from shuffled columns to real rows", "font": {"size": 15}},
        height=140 + 42 * len(back),
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        yaxis={
            "tickvals": list(range(len(back))),
            "ticktext": [PARTS[part] for part, _ in back],
            "automargin": True,
            "range": [-0.5, len(back) - 0.5],
        },
        xaxis={"range": [-0.02, 1.02]},
        legend={"orientation": "h", "y": -0.18, "yanchor": "top", "x": 0, "xanchor": "left"},
    )
    words = "; ".join(
        f"{PARTS[part]}: {each.score:.3f} between {each.floor:.3f} and {each.ceiling:.3f}"
        for part, each in known.items()
    )
    st.plotly_chart(
        figure,
        key="synthesize.between",
        config=chart.CONFIG,
        alt=f"Where the synthetic data lies between shuffled columns and real rows. {words}.",
    )
    st.caption(
        "The more to the right the better, and the circle is as good as it gets: two halves of the same real rows"
        f" differ as much. At the left mark everything that goes together is lost. Measured on {judged.rows:,} rows"
        " of each kind."
    )
    with st.popover("The numbers", icon=":material/table:", key="synthesize.between.popover"):
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Part": PARTS[part],
                        "Columns shuffled": each.floor,
                        "Synthetic data": each.score,
                        "Real rows kept apart": each.ceiling,
                    }
                    for part, each in known.items()
                ]
            ),
            hide_index=True,
            key="synthesize.between.numbers",
            alt="How alike, as numbers",
            column_config={
                name: st.column_config.NumberColumn(name, format="%.3f")
                for name in ("Columns shuffled", "Synthetic data", "Real rows kept apart")
            },
            placeholder="",
        )


def _given_away(judged: Fidelity) -> None:
    if None in (judged.auc, judged.auc_floor, judged.auc_ceiling):
        return
    st.header("Can a model tell real from made rows?")
    others = (
        f"in {judged.auc_ceiling:.0%} where both are real, and in {judged.auc_floor:.0%} where columns are shuffled"
    )
    st.markdown(
        f"Shown a real row and a made one, it tells which is which in **{judged.auc:.0%}** of cases; {others}. 50%"
        " is guessing.",
        help="The area under the curve (AUC) of a discriminator: boosted trees, judged by cross-validation",
    )
    away = [each for each in judged.given_away if each.importance > 0.005]
    if away:
        st.dataframe(
            pd.DataFrame(
                [{"Column that gives it away": each.column, "By so much": each.importance} for each in away[:10]]
            ),
            hide_index=True,
            key="synthesize.away",
            alt="Columns that give the synthetic data away",
            width=480,
            column_config={
                "By so much": st.column_config.ProgressColumn(
                    "By so much",
                    format="%.3f",
                    min_value=0.0,
                    max_value=max(each.importance for each in away),
                    help="What the model loses where the column is shuffled",
                )
            },
            placeholder="",
        )


def _columns(judged: Fidelity) -> None:
    st.header("Each column")
    draws = judged.draw
    worst = [each.column for each in judged.columns if each.column in draws]
    names = st.multiselect(
        "Draw",
        worst,
        default=worst[:DRAWN],
        key="synthesize.draw",
        placeholder="Choose columns",
        help="The least alike come first",
    )
    sides = st.columns(2)
    for place, name in enumerate(names):
        with sides[place % 2]:
            together(draws[name], name, f"synthesize.draw.{name}")
    percent = {
        name: st.column_config.NumberColumn(name, format="percent") for name in ("Missing, real", "Missing, synthetic")
    }
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Column": each.column,
                    "Alike": each.score,
                    "Real rows kept apart": each.ceiling,
                    "Missing, real": each.missing[0],
                    "Missing, synthetic": each.missing[1],
                    "Measure": each.measure,
                }
                for each in judged.columns
            ]
        ),
        hide_index=True,
        key="synthesize.columns",
        alt="How alike each column is, the least first",
        column_config=percent
        | {
            name: st.column_config.NumberColumn(
                name, format="%.3f", help="1: the same spread of values; 0: nothing in common"
            )
            for name in ("Alike", "Real rows kept apart")
        }
        | {
            "Measure": st.column_config.TextColumn(
                "Measure",
                help=(
                    "KS: the greatest distance of the distribution functions (Kolmogorov-Smirnov), for numbers; total"
                    " variation: half the sum of the differences in shares, for categories"
                ),
            )
        },
        placeholder="",
    )


def together(draw: Series, name: str, key: str) -> None:
    """A column of real, made and kept-apart rows in one chart, with the numbers beside it."""
    quiet, loud = chart.colours(2)
    category = isinstance(draw, CategorySeries)
    labels = (
        [_cut(value) for value in draw.values]
        if isinstance(draw, CategorySeries)
        else [f"{_short(a)} to {_short(b)}" for a, b in zip(draw.edges[:-1], draw.edges[1:], strict=True)]
    )
    table = pd.DataFrame(
        {"Real rows": draw.real, "Synthetic data": draw.synthetic}
        | ({"Real rows kept apart": draw.holdout} if draw.holdout else {}),
        index=pd.Index(labels, name="Value"),
    )
    places, shown = list(range(len(table))), [chart.plain(label) for label in labels]

    def ends(column: str) -> dict[str, Any]:
        along = {"x": table[column], "y": places} if category else {"x": places, "y": table[column]}
        return along | {
            "name": column,
            "customdata": shown,
            "hovertemplate": "%{customdata}: %{" + ("x" if category else "y") + ":.1%}<extra>" + column + "</extra>",
        }

    figure = go.Figure(go.Bar(**ends("Real rows"), marker_color=quiet, orientation="h" if category else "v"))
    if "Real rows kept apart" in table:
        figure.add_scatter(
            **ends("Real rows kept apart"),
            mode="markers",
            marker={
                "symbol": "circle-open",
                "size": 9,
                "color": "#f1f4f9" if st.context.theme.type == "dark" else "#10182b",
                "line": {"width": 1.5},
            },
        )
    figure.add_scatter(
        **ends("Synthetic data"),
        mode="markers" if category else "lines+markers",
        marker={"symbol": "diamond", "size": 9, "color": loud},
    )
    some = -(-len(labels) // 5)
    figure.update_layout(
        title={"text": chart.plain(_cut(name)), "font": {"size": 15}},
        height=150 + 24 * len(labels) if category else 300,
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        bargap=0.12,
        legend={
            "orientation": "h",
            "y": -0.16 if not category else -0.3 if len(labels) < 4 else -0.12,
            "yanchor": "top",
            "x": 0,
            "xanchor": "left",
            "traceorder": "normal",
        },
    )
    shares = {"tickformat": ".0%", "rangemode": "tozero"}
    if category:
        figure.update_layout(
            yaxis={"tickvals": places, "ticktext": shown, "autorange": "reversed", "automargin": True}, xaxis=shares
        )
    else:
        figure.update_layout(
            xaxis={"tickvals": places[::some], "ticktext": [label.split(" to ")[0] for label in shown[::some]]},
            yaxis=shares,
        )
    apart = max(
        range(len(labels)),
        key=lambda at: abs(table["Real rows"].iloc[at] - table["Synthetic data"].iloc[at]),
        default=0,
    )
    most = (
        f"They differ most at {labels[apart]}: {table['Real rows'].iloc[apart]:.1%} real,"
        f" {table['Synthetic data'].iloc[apart]:.1%} made."
        if labels
        else ""
    )
    st.plotly_chart(
        figure,
        key=key,
        config=chart.CONFIG,
        alt=(
            f"{name}: shares of real rows as bars, of the synthetic data as diamonds, of real rows kept apart as"
            f" circles. {most}"
        ),
    )
    if not isinstance(draw, CategorySeries) and draw.outside >= 0.001:
        st.caption(f"{draw.outside:.1%} of the made values lie beyond what is drawn.")
    with st.popover("The numbers", icon=":material/table:", key=f"{key}.popover"):
        st.dataframe(
            table,
            key=f"{key}.numbers",
            alt=f"{name}, as numbers",
            column_config={column: st.column_config.NumberColumn(column, format="percent") for column in table.columns},
            placeholder="",
        )


def _cut(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:23]}…"


def _short(edge: Any) -> str:
    return edge if isinstance(edge, str) else f"{edge:,.0f}" if abs(edge) >= 100 else f"{edge:.3g}"


def _pairs(judged: Fidelity) -> None:
    if not judged.pairs:
        return
    st.header("Columns in pairs")
    st.caption(
        f"What goes together in the real rows should go together in the synthetic data; the least alike of"
        f" {judged.pairs_of:,} pairs come first, and pairs that hardly go together count little."
    )
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Columns": " and ".join(each.columns),
                    "Alike": each.score,
                    "Real rows kept apart": each.ceiling,
                    "Weight": each.weight,
                    "Real": each.real,
                    "Synthetic": each.synthetic,
                    "Measure": each.measure,
                }
                for each in sorted(judged.pairs, key=lambda each: -each.weight * (each.ceiling - each.score))[:PAIRS]
            ]
        ),
        hide_index=True,
        key="synthesize.pairs",
        alt="How alike pairs of columns are",
        height=320,
        column_config={
            "Columns": st.column_config.TextColumn("Columns", width=240),
            "Measure": st.column_config.TextColumn(
                "Measure",
                help=(
                    "correlation: of ranks (Spearman); dependence: distance from columns without a connection (total"
                    " variation)"
                ),
            ),
        }
        | {
            name: st.column_config.NumberColumn(name, format="%.3f")
            for name in ("Alike", "Real rows kept apart", "Weight", "Real", "Synthetic")
        },
        placeholder="",
    )
    gap = judged.missing_pattern_gap
    if gap is not None:
        st.caption(
            f"Which cells are missing together differs by {gap:.1%} of the rows at most; between two halves of the real"
            f" rows by {judged.missing_pattern_ceiling or 0:.1%}."
        )


def sequences(told: Mapping[str, Any]) -> None:
    """How alike sequences are: their length, the time between rows, and how a row depends on the one before."""
    judged = told["verdict"]
    st.markdown(" ".join(md(each) for each in judged["words"]))
    st.caption(
        f"{told['made']:,} sequences were made; {told['learned']:,} of {told['real']:,} real ones were learned from."
    )
    titles = {
        "length": "Rows of a sequence",
        "step": "Time between rows",
        "memory": "Goes with the row before",
        "transitions": "From value to value",
    }
    st.table(
        pd.DataFrame(
            [
                {
                    "What": titles.get(each["of"], each["of"]) + (f": {md(each['column'])}" if each["column"] else ""),
                    "By lot": f"{each['floor']:.2f}",
                    "Synthetic data": f"{each['score']:.2f}",
                    "Real": f"{each['ceiling']:.2f}",
                    "In words": md(each["words"]),
                }
                for each in judged["measures"]
            ]
        ),
        hide_index=True,
        alt="How alike sequences are, by measure",
    )
    st.caption(
        "By lot: rows dealt out to sequences by lot; real: sequences that were kept apart. 1 is the same, 0 has nothing"
        " in common."
    )
