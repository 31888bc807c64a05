"""Bias, before any model: who is in the table, what they get, and the measures of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.fairness.data import DataMeasures, Measured
from dataops_core.fairness.groups import GroupTable
from dataops_core.store.datasets import Dataset
from dataops_core.store.people import sign_off
from dataops_core.table import Table
from pages._ui import current_table, job, method_results, page_layout
from pages._ui.formatting import count, md

MOST = 40  # groups that are drawn


@dataclass(frozen=True)
class Asked:
    """What is asked about: the outcome, its good value, the columns that tell groups apart, the reference group, the
    split.
    """

    state: str
    sensitive: tuple[str, ...]
    target: str | None
    favorable: str | None
    reference: str | None
    split: str | None
    leave_out: tuple[str, ...] = ()  # columns that are no features of a model: weights, and all other sensitive columns
    weights: tuple[str, ...] = ()

    def args(self, *names: str, **more: Any) -> dict[str, Any]:
        """What a count is asked with: the state, the sensitive columns, and what it needs besides."""
        values = {
            "target": self.target,
            "favorable": self.favorable,
            "reference": self.reference,
            "split": self.split,
            "leave_out": list(self.leave_out),
        }
        return {
            "state": self.state,
            "sensitive": list(self.sensitive),
            **{name: values[name] for name in names},
            **more,
        }


def _offer(proposed: Mapping[str, Any], names: Sequence[str], able: Sequence[str]) -> None:
    """A button for each column that seems to tell groups apart, with the outcome that the table seems to have."""
    target = proposed.get("target") if proposed.get("target") in able else None
    with st.container(horizontal=True):
        for name in [each for each in proposed.get("sensitive", ()) if each in names][:5]:
            st.button(
                f"{md(name)} and {md(target)}" if target else md(name),
                key=f"bias.offer.{name}",
                icon=":material/groups:",
                on_click=_take,
                args=(name, target),
                help="Proposed from the names and values of the columns: groups, and the outcome that they get",
            )


def _take(name: str, target: str | None) -> None:
    st.session_state["bias.sensitive"] = [name]
    if target and not st.session_state.get("bias.target"):
        st.session_state["bias.target"] = target


def choose(
    state: str, table: Table, roles: Mapping[str, Any], split: str | None, weighed: Sequence[str]
) -> Asked | None:
    """The outcome, its good value, the sensitive columns and the reference group; as the roles say, or as
    changed here.
    """
    names = [name for name in table.names if name != split]
    with st.container(horizontal=True):
        start = [name for name in roles.get("sensitive") or [] if name in names]
        sensitive = st.multiselect(
            "Groups by",
            names,
            default=start[:1],
            max_selections=3,
            key="bias.sensitive",
            placeholder="Choose sensitive columns",
            width=330,
            help="Columns that tell groups of people apart, such as sex; several together make intersections",
        )
        able = [
            c.name
            for c in table.columns
            if c.name in names and c.kind in ("category", "boolean", "number") and c.name not in sensitive
        ]
        at = able.index(roles["target"]) if roles.get("target") in able else None
        target = st.selectbox("Outcome", able, index=at, key="bias.target", placeholder="None: groups alone", width=230)
        favorable = None
        if target:
            classes = job.counted("classes", {"state": state, "column": target}, "Listing the values", table.rows * 5)
            values = classes["classes"] if classes else []
            kept = roles.get("favorable") if target == roles.get("target") else None
            favorable = st.selectbox(
                "Good outcome",
                values,
                index=values.index(kept) if kept in values else None,
                width=200,
                key=f"bias.favorable.{target}" if classes else None,  # its first value is kept: not before it is known
                placeholder="Choose a value",
                disabled=not values,
                help="The value that is good for the person",
            )
    if target and classes and not values:
        st.info(f"{md(classes['why'])} The groups are shown without outcomes.", icon=":material/info:")
    elif target and classes and favorable is None:
        gone = f"“{md(str(kept))}” is no longer a value of {md(target)}. " if kept and values else ""
        st.info(
            f"{gone}Choose the value of {md(target)} that is good for the person; until then, the groups are shown"
            " without outcomes.",
            icon=":material/info:",
        )
    if not sensitive:
        st.info("Choose the columns that tell groups of people apart.", icon=":material/info:")
        _offer(current_table.proposed_roles(state), names, able)
        return None
    weights = tuple(
        dict.fromkeys(
            name for name in (*weighed, roles.get("weight")) if name in table.names and name not in (*sensitive, target)
        )
    )
    others = tuple(
        name
        for name in roles.get("sensitive") or []
        if name in table.names and name not in (*sensitive, target, *weights)
    )
    asked = Asked(
        state, tuple(sensitive), target if favorable else None, favorable, None, split, (*weights, *others), weights
    )
    told: GroupTable | None = job.counted(
        "bias groups", asked.args("target", "favorable"), "Counting the groups", table.cells
    )
    if told is None:
        return None
    known = [name for name, each in told.groups.items() if not each.unknown]
    at = known.index(told.reference) if told.reference in known else 0
    reference = st.selectbox(
        "Compared with",
        known,
        index=at,
        key=f"bias.reference.{'.'.join(sensitive)}",
        width=330,
        help="The reference group: by default the largest one",
    )
    return replace(asked, reference=reference)


def panel(here: Dataset, asked: Asked, table: Table) -> None:
    """The group table, with honest intervals, and against a stated population."""
    told: GroupTable | None = job.counted(
        "bias groups", asked.args("target", "favorable"), "Counting the groups", table.cells
    )
    if told is None:
        return
    groups = told.groups
    if asked.target:
        rows = [
            {
                "name": name,
                "value": each.rate,
                "low": each.ci[0] if each.ci else None,
                "high": each.ci[1] if each.ci else None,
                "mark": name == asked.reference,
            }
            for name, each in list(groups.items())[:MOST]
            if each.rate is not None
        ]
        rows.sort(key=lambda row: -row["value"])
        method_results.dots(
            rows,
            f"How many have the outcome {asked.favorable}",
            "bias.rates",
            unit="95 % interval (Wilson); diamond: the reference",
            percent=True,
        )
    shown = pd.DataFrame(
        [
            {"Group": name, "Rows": each.n, "Share": each.share}
            | (
                {"Good outcome": each.rate, "From": (each.ci or [None])[0], "To": (each.ci or [None, None])[1]}
                if asked.target
                else {}
            )
            | {
                "Missing cells": each.missing,
                "Note": "few rows" if each.thin else "unknown" if each.unknown else "",
            }
            for name, each in groups.items()
        ]
    )
    shares = {
        name: st.column_config.NumberColumn(name, format="percent")
        for name in ("Share", "Good outcome", "From", "To", "Missing cells")
    }
    st.dataframe(
        shown,
        hide_index=True,
        key="bias.groups",
        alt="The groups with their rows, outcome and missing cells",
        placeholder="–",
        column_config=shares,
    )
    if any(each.thin for each in groups.values()):
        st.caption(f"“few rows”: fewer than {told.thin} rows whose outcome is known. Shown, but not to be relied on.")
    for column, ranges in told.ranges.items():
        st.caption(f"{md(column)} is an amount and was put into ranges: {md(', '.join(map(str, ranges)))}.")
    _population(here, asked, table, [name for name, each in groups.items() if not each.unknown])


def _population(here: Dataset, asked: Asked, table: Table, known: Sequence[str]) -> None:
    before = sign_off.stated_population(page_layout.store(), here.id, known)
    with st.expander("Compare with a population", icon=":material/groups:"):
        st.markdown(
            "Are the groups in the table as they are among all people it stands for? Give counts or shares, from a"
            " census for example."
            + (" What was stated under Versions, Release, Sign-off is filled in." if before else "")
        )
        edited = st.data_editor(
            pd.DataFrame({"Group": list(known), "Population": [before.get(name) for name in known]}, dtype="object"),
            hide_index=True,
            key=f"bias.population.{'.'.join(asked.sensitive)}.{sorted(before.items())}",
            alt="The population by group",
            disabled=["Group"],
            column_config={
                "Population": st.column_config.NumberColumn("Population", min_value=0.0, help="A count or a share")
            },
            placeholder="",
        )
        stated = {
            str(group): float(value)
            for group, value in zip(edited["Group"], edited["Population"], strict=True)
            if not pd.isna(value)
        }
        if len(stated) < 2:
            st.caption("Fill in at least two groups.")
            return
        told: GroupTable | None = job.counted(
            "bias groups",
            asked.args("target", "favorable", population=stated),
            "Comparing with the population",
            table.cells * 2,
        )
        against = told and told.population
        if against is None:
            return
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Group": name,
                        "Here": each.share,
                        "From": (each.ci or [None])[0],
                        "To": (each.ci or [None, None])[1],
                        "In the population": each.stated,
                        "Ratio": each.ratio,
                    }
                    for name, each in against.groups.items()
                ]
            ),
            hide_index=True,
            key="bias.population.told",
            alt="The groups here and in the population",
            placeholder="–",
            column_config={
                name: st.column_config.NumberColumn(name, format="percent")
                for name in ("Here", "From", "To", "In the population")
            }
            | {"Ratio": st.column_config.NumberColumn(format="%.2f")},
        )
        if against.p is not None and against.test:
            st.markdown(
                f"{against.test.capitalize()}: p {against.p:.4f}."
                if against.p >= 0.0001
                else f"{against.test.capitalize()}: p below 0.0001."
            )
        elif against.why:
            st.caption(md(against.why))


def data(asked: Asked, table: Table) -> None:
    """Measures of the outcomes in the data, each with formula, direction and range; undefined is shown as undefined."""
    if not asked.target:
        st.info(
            "Choose an outcome and its good value: then the outcomes of the groups can be compared.",
            icon=":material/info:",
        )
        return
    able = [
        c.name
        for c in table.columns
        if c.kind in ("category", "boolean") and c.name not in (*asked.sensitive, asked.target, asked.split)
    ]
    strata = st.multiselect(
        "Compare like with like, within",
        able,
        key="bias.strata",
        placeholder="All rows together",
        width=380,
        max_selections=2,
        help="Such as the department applied to: conditional demographic disparity is then taken within it",
    )
    told: DataMeasures | None = job.counted(
        "bias data",
        asked.args("target", "favorable", "reference", "leave_out", strata=strata),
        "Measuring the outcomes",
        table.cells * 8,
    )
    if told is None:
        return
    options = ["All other groups together", *told.by_group]
    which = st.selectbox(f"Compared with {told.reference}", options, key="bias.data.group", width=330)
    measures = told.together if which == options[0] else told.by_group[which]
    ratio = measures.get("disparate_impact")
    if ratio and ratio.value is not None:
        ends = f" (95 % interval {ratio.ci[0]:.2f} to {ratio.ci[1]:.2f})" if ratio.ci else ""
        st.markdown(
            f"**{md(which)}** had the good outcome **{ratio.value:.2f} times** as often as"
            f" **{md(told.reference)}**{ends}; 1 is as often."
        )
    st.table(
        pd.DataFrame(
            [
                {
                    "Measure": told.about[name]["title"],
                    "Value (95 % interval)": method_results.figure(each.value, each.ci),
                    "How to read it; formula; range": md(_explained(each, told.about[name])),
                }
                for name, each in measures.items()
            ]
        ),
        hide_index=True,
        alt=f"Measures of {which} against {told.reference}",
    )
    st.caption(
        f"Over {count(told.rows, 'row')} whose outcome is known, with 95 % intervals. “undefined” is not 0: the"
        " reason stands beside it. a is the reference group, d the group that is compared with it, q the share of the"
        " good outcome."
    )
    if told.one_outcome and told.one_outcome.words:
        st.caption(md(told.one_outcome.words))
    st.caption(
        "A ratio below four fifths is a screen of United States employment law (29 CFR 1607.4 D), not a proof of"
        " anything: small groups fall below it by chance."
    )


def _explained(each: Measured, about: Mapping[str, str]) -> str:
    reading = each.why if each.value is None and each.why else about["direction"]
    return f"{reading}; {about['formula']}; {about['range']}"
