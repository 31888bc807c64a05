"""Bias in decisions: a model's or a column's, by group, with honest gaps; within strata; and what tells who a person
is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dataops_core.fairness import html_report, json_report
from dataops_core.fairness.bias import Bias
from dataops_core.fairness.confounding import Confounding
from dataops_core.fairness.decisions import BroughtDecisions
from dataops_core.fairness.model import ControlledDecisions, GroupDecisions, ModelMeasures
from dataops_core.fairness.proxies import Proxies
from dataops_core.table import Table
from pages._ui import job, method_results
from pages._ui.bias.groups import MOST, Asked
from pages._ui.formatting import count, md

BASELINE = "A baseline model"
PERCENT = {
    name: st.column_config.NumberColumn(name, format="percent") for name in ("Rate", "From", "To", "Difference", "Gap")
}


def panel(asked: Asked, table: Table, title: str) -> None:
    """Choose whose decisions are judged, then the rates, gaps and notions of fairness."""
    if not asked.target:
        st.info("Choose an outcome and its good value: then decisions about it can be judged.", icon=":material/info:")
        return
    told = _asked(asked, table)
    if told is None:
        st.caption(
            "The baseline learns without the sensitive columns, and judges only rows that it did not learn from. While"
            " it runs, the time left is estimated from this machine's own speed; it can be cancelled."
        )
        return
    for words in told.words:
        st.markdown(f"- {md(words)}")
    for what, why in told.left_out.items():
        st.caption(f"{md(what.capitalize())} left out: {md(why)}")
    looks = told.looks
    name = st.selectbox("Groups by", list(looks), key="bias.look", width=330) if len(looks) > 1 else next(iter(looks))
    _model(looks[name].model, told, name, looks[name].reference)
    _report(told, table, title)


def _report(told: Bias, table: Table, title: str) -> None:
    """The report to take away; what could give away a few people is left out of it."""
    name = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in title) or "table"
    with st.container(horizontal=True):
        st.download_button(
            "Report (HTML)",
            lambda: html_report(told, title=title, content_hash=table.content_hash),
            f"{name}-bias.html",
            "text/html",
            icon=":material/download:",
            key="bias.html",
        )
        st.download_button(
            "Report (JSON)",
            lambda: json.dumps(json_report(told, title=title, content_hash=table.content_hash), indent=2),
            f"{name}-bias.json",
            "application/json",
            icon=":material/download:",
            key="bias.json",
        )
    st.caption("Counts of fewer than ten people are left out of the reports; they hold what is needed to repeat them.")


def _asked(asked: Asked, table: Table) -> Bias | None:
    able = [
        c.name
        for c in table.columns
        if c.name not in (*asked.sensitive, asked.target, asked.split)
        and (c.kind in ("category", "boolean") or c.type in ("decimal", "integer"))
    ]
    with st.container(horizontal=True):
        whose = st.selectbox(
            "Whose decisions",
            [BASELINE, *able],
            key="bias.prediction",
            width=250,
            help="A column of decisions or probabilities that you bring, or a model made here",
        )
        kind = (
            st.selectbox(
                "Model",
                ["linear", "trees"],
                format_func={"linear": "Logistic regression", "trees": "Boosted trees"}.get,
                key="bias.kind",
                width=200,
            )
            if whose == BASELINE
            else "linear"
        )
        control = st.selectbox(
            "Also within",
            [c for c in able if c != whose],
            index=None,
            key="bias.control",
            placeholder="No control feature",
            width=230,
            help="Rates are told within each value of this column as well",
        )
    args = asked.args(
        "target",
        "favorable",
        "reference",
        "split",
        "leave_out",
        prediction=None if whose == BASELINE else whose,
        kind=kind,
        control=control,
    )
    return job.counted("bias", args, "Judge the decisions", 10**9, auto=False)


def _model(model: ModelMeasures | None, told: Bias, look: str, reference: str) -> None:
    if not model:
        return
    said = (
        f"decisions of the column {md(told.decisions.column)}"
        if isinstance(told.decisions, BroughtDecisions)
        else "decisions of the baseline model"
    )
    st.caption(
        f"{count(model.rows, 'row')} with an outcome and a decision; {said}. The reference group is {md(reference)}."
    )
    about = model.about
    measure = st.radio(
        "Measure", list(about), format_func=lambda m: about[m]["title"], horizontal=True, key="bias.measure"
    )
    st.caption(f"{about[measure]['says'].capitalize()}: {about[measure]['formula']}.")
    every = [(name, group.rates[measure]) for name, group in model.groups.items()]
    rows = [
        {"name": name, "value": each.value, "low": each.ci[0], "high": each.ci[1], "mark": name == reference}
        for name, each in every[:MOST]
        if each.value is not None
    ]
    method_results.dots(
        sorted(rows, key=lambda row: -row["value"]),
        about[measure]["title"],
        f"bias.model.{measure}",
        unit="95 % interval; diamond: the reference",
        percent=True,
    )
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Group": name,
                    "Rate": each.value,
                    "From": (each.ci or [None])[0],
                    "To": (each.ci or [None, None])[1],
                    "Out of": each.of,
                    "Note": each.why or ("few rows" if each.thin else ""),
                }
                for name, each in every
            ]
        ),
        hide_index=True,
        key=f"bias.rates.{measure}",
        alt=f"{about[measure]['title']} by group",
        placeholder="undefined",
        column_config=PERCENT,
    )
    _gaps(told, look, measure)
    _calibration(model.groups)
    notions = model.about_fairness
    st.markdown("**Notions of fairness, over all groups**")
    st.table(
        pd.DataFrame(
            [
                {
                    "Notion": each["title"],
                    "Difference": method_results.figure(model.fairness[key].difference),
                    "Ratio": method_results.figure(model.fairness[key].ratio),
                    "Means": md(
                        "; undefined for ".join(
                            [
                                each["formula"],
                                *([", ".join(model.fairness[key].undefined)] if model.fairness[key].undefined else []),
                            ]
                        )
                    ),
                }
                for key, each in notions.items()
            ]
        ),
        hide_index=True,
        alt="Notions of fairness with difference and ratio",
    )
    st.caption("Difference: the highest rate less the lowest. Ratio: the lowest by the highest.")
    if model.controlled:
        _controlled(model.controlled, measure, about[measure]["title"])


def _calibration(groups: Mapping[str, GroupDecisions]) -> None:
    known = {name: each.calibration for name, each in groups.items() if each.calibration}
    if not known:
        return
    st.markdown("**Calibration: does a probability mean the same in each group?**")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Group": name,
                    "Predicted": c.mean_predicted,
                    "Observed": c.observed,
                    "Predicted too much by": c.gap,
                    "Calibration error": c.error,
                    "Note": "few rows" if c.thin else "",
                }
                for name, c in known.items()
            ]
        ),
        hide_index=True,
        key="bias.calibration",
        alt="Mean predicted and observed share of the good outcome by group",
        placeholder="undefined",
        column_config={
            name: st.column_config.NumberColumn(name, format="percent")
            for name in ("Predicted", "Observed", "Predicted too much by")
        }
        | {
            "Calibration error": st.column_config.NumberColumn(
                "Calibration error",
                format="%.3f",
                help="Mean distance between predicted and observed shares, over ten ranges of the prediction",
            )
        },
    )


def _gaps(told: Bias, look: str, measure: str) -> None:
    wanted = [each for each in told.gaps if each.of == look and each.measure == measure]
    if not wanted:
        return
    largest = next((each for each in told.largest if each.of == look and each.measure == measure), None)
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Group": each.group,
                    "Gap": each.value,
                    "From": (each.ci or [None])[0],
                    "To": (each.ci or [None, None])[1],
                    "Verdict": each.verdict,
                }
                for each in wanted
            ]
        ),
        hide_index=True,
        key=f"bias.gaps.{measure}",
        alt=f"The gap of each group to the reference in {measure}",
        placeholder="undefined",
        column_config=PERCENT
        | {
            "Gap": st.column_config.NumberColumn(
                "Gap to the reference",
                format="percent",
                help=(
                    "In percentage points. Below 0: less often than in the reference group; 95 % interval by Newcombe"
                    " (1998)"
                ),
            )
        },
    )
    if largest and largest.value is not None:
        p = f"p {largest.p_holm:.3f}" if largest.p_holm is not None and largest.p_holm >= 0.001 else "p below 0.001"
        st.caption(
            f"Largest gap: {largest.value:.1%}, from {md(largest.lowest)} to {md(largest.highest)};"
            f" {'clear' if largest.clear else 'not clear'} by a permutation test ({p}, corrected by Holm for all the"
            " measures that were looked at)."
        )


def _controlled(levels: Mapping[str, ControlledDecisions], measure: str, title: str) -> None:
    st.markdown(f"**{title}, within each value of the control feature**")
    names = list(dict.fromkeys(name for level in levels.values() for name in level.groups))
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Within": level,
                    **{name: each.groups[name].rates[measure].value if name in each.groups else None for name in names},
                }
                for level, each in levels.items()
            ]
        ),
        hide_index=True,
        key=f"bias.controlled.{measure}",
        alt=f"{title} by group within each value of the control feature",
        placeholder="undefined",
        column_config={name: st.column_config.NumberColumn(name, format="percent") for name in names},
    )


def reasons(asked: Asked, table: Table) -> None:
    """Whether strata explain the gap, and which columns tell who a person is."""
    if asked.target:
        _strata(asked, table)
    st.header("What tells who a person is")
    for name in asked.sensitive:
        args = {
            "state": asked.state,
            "sensitive": [name],
            "target": asked.target,
            "split": asked.split,
            "leave_out": list(asked.weights),
        }
        told: Proxies | None = job.counted("proxies", args, f"Looking for proxies of {name}", table.cells * 4)
        if told is not None:
            _proxies(told, name)
    st.caption(
        "Leaving out a sensitive column hides little where others tell it. AUC: 0.5 is guessing, 1 is certain; on rows"
        " that the shares were not counted on."
    )


def _strata(asked: Asked, table: Table) -> None:
    st.header("Compare like with like")
    able = [
        c.name
        for c in table.columns
        if c.kind in ("category", "boolean") and c.name not in (*asked.sensitive, asked.target, asked.split)
    ]
    strata = st.multiselect(
        "Within",
        able,
        key="bias.within",
        placeholder="Choose what could explain the gap, such as a department",
        width=420,
        max_selections=2,
    )
    if not strata:
        st.caption(
            "A gap overall may come from where people are, not from how they are treated there, or the other way round:"
            " compare within strata. Choose with care: a stratum may itself be the result of unequal treatment."
        )
        return
    told: Confounding | None = job.counted(
        "confounding",
        asked.args("target", "favorable", "reference", strata=strata),
        "Comparing within strata",
        table.cells * 2,
    )
    if told is None:
        return
    for name, each in told.by_group.items():
        if each.reverses:
            st.warning(md(each.words), title=f"{md(name)}: the picture reverses", icon=":material/swap_vert:")
        else:
            st.markdown(f"- {md(each.words)}")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Group": name,
                    "Gap overall": each.crude.gap,
                    "Gap, standardised": each.standardised.gap,
                    "Odds ratio overall": each.crude.odds.odds_ratio,
                    "Odds ratio within": each.adjusted.odds.odds_ratio,
                    "From": (each.adjusted.odds.ci or [None])[0],
                    "To": (each.adjusted.odds.ci or [None, None])[1],
                }
                for name, each in told.by_group.items()
            ]
        ),
        hide_index=True,
        key="bias.confounding",
        alt="Gaps and odds ratios overall and within strata",
        placeholder="undefined",
        column_config={
            name: st.column_config.NumberColumn(name, format="percent") for name in ("Gap overall", "Gap, standardised")
        }
        | {
            name: st.column_config.NumberColumn(
                name,
                format="%.3f",
                help="Of the reference against the group; Mantel-Haenszel, interval by Robins, Breslow and Greenland",
            )
            for name in ("Odds ratio overall", "Odds ratio within", "From", "To")
        },
    )
    group = st.selectbox("Stratum by stratum", list(told.by_group), key="bias.strata.group", width=330)
    layers = told.by_group[group].strata
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Stratum": s.stratum,
                    f"{told.reference}: rows": s.reference.n,
                    f"{told.reference}: good outcome": s.reference.rate,
                    f"{group}: rows": s.group.n,
                    f"{group}: good outcome": s.group.rate,
                }
                for s in layers
            ]
        ),
        hide_index=True,
        key=f"bias.strata.{group}",
        alt=f"{group} and {told.reference} in each stratum",
        placeholder="undefined",
        column_config={
            f"{name}: good outcome": st.column_config.NumberColumn(format="percent") for name in (group, told.reference)
        },
    )


def _proxies(told: Proxies, name: str) -> None:
    together = told.together
    if together:
        st.markdown(f"All columns together tell **{md(name)}** with an AUC of {together.auc:.2f} ({together.verdict}).")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Column": c.column,
                    "AUC": c.scores.auc,
                    "From": c.scores.interval[0],
                    "To": c.scores.interval[1],
                    "Association": c.scores.association and c.scores.association.association,
                    "By": c.scores.association and c.scores.association.measure,
                    "Verdict": c.scores.verdict,
                }
                for c in told.columns[:15]
            ]
        ),
        hide_index=True,
        key=f"bias.proxies.{name}",
        alt=f"How well each column tells {name}",
        placeholder="–",
        column_config={
            "AUC": st.column_config.ProgressColumn("AUC", format="%.2f", min_value=0.5, max_value=1.0),
            "Association": st.column_config.NumberColumn("Association", format="%.2f"),
        },
    )
