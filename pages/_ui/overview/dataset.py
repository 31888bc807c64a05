"""How one dataset stands: problems by column, its score now and before, what to do next, and what was done last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.checks.score import FORMULAS, scores
from dataops_core.store import overview
from dataops_core.store.datasets import Dataset
from dataops_core.store.overview import NextStep, Standing
from dataops_core.store.trail import audit
from pages._ui import allowed, chart, current_table, job, page_layout
from pages._ui.findings import finding, inbox
from pages._ui.formatting import count, md, percent, when
from pages._ui.overview import problem_map
from pages._ui.versions import audit_words

LATEST = 6
MAPPED, MAP_HEIGHT = 24, 300  # columns, and pixels, of the map of missing cells
AT_ONCE = 3  # findings of a square that are shown in full
BUTTONS = {
    "profile": "Look",
    "data": "Set roles",
    "versions": "Versions",
    "impute": "Impute",
}


def panel(here: Dataset, state: str, root: str, profile: Mapping[str, Any]) -> None:
    """The dashboard of a dataset whose current state is profiled."""
    found = inbox.open_findings(here, profile)
    now = current_table.standing_now(here)
    _next(here, now, found)  # first, for on a narrow screen all stands below one another
    left, right = st.columns([13, 8], gap="medium")
    with right:
        _score(here, root, state, profile, found, now)
        _activity(here)
    with left:
        _where(here, state, profile, found)
        _missing(state, profile)


def _where(here: Dataset, state: str, profile: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> None:
    st.header("Problems by column", anchor=False)
    problems = overview.problems_by_column(found, list(profile["facts"]))
    if not problems:
        st.success("No check found anything that is not ignored.", icon=":material/check_circle:")
        return
    squares = problem_map.squares(problems)
    opened = st.session_state.get("overview.square", {}).get(here.id)
    opened = opened if opened in squares else None
    problem_map.problem_map(problems, opened, "overview.map", lambda name: _open_square(here, name))
    if opened is None:
        most = problem_map.MOST
        cut = f" The {most} gravest of {count(len(problems), 'column')}." if len(problems) > most else ""
        st.caption(f"Rows with a finding, by column and kind of problem. Select a square to see its rows.{cut}")
        return
    for number, each in enumerate(squares[opened][:AT_ONCE]):
        finding.card(
            each,
            state,
            profile["rows"],
            f"overview.{state[:8]}.{number}.{each['check']}",
            ignore=(here.id, overview.names_in_file(here, each["columns"])),
            fix_here=lambda each=each: inbox.propose(here, [each], each["title"]),  # type: ignore[misc]
        )


def _open_square(here: Dataset, name: str) -> None:
    squares = st.session_state.setdefault("overview.square", {})
    squares[here.id] = None if squares.get(here.id) == name else name


def _missing(state: str, profile: Mapping[str, Any]) -> None:
    """Where in the file cells are missing, of the columns that have such cells; which of them go together shows."""
    from dataops_core.explore.figure import describe, figure

    facts = profile["facts"]
    gaps = {name: each["missing"] for name, each in facts.items() if each["missing"]}
    if not gaps:
        return
    st.header("Missing cells", anchor=False)
    cells = profile["rows"] * len(facts)
    told = job.counted(
        "chart",
        {"state": state, "columns": [], "kind": "missing", "color": None, "facet": None},
        "Looking for missing cells",
        cells,
    )
    if told is None:
        return
    shown = sorted(gaps, key=lambda name: -gaps[name])[:MAPPED]
    places = [at for at, name in enumerate(told["columns"]) if name in shown]
    part = told | {
        "columns": [told["columns"][at] for at in places],
        "blocks": [[block[at] for at in places] for block in told["blocks"]],
    }
    st.plotly_chart(
        figure(part, chart.many(8), chart.empty()).update_layout(height=MAP_HEIGHT, margin_t=8),
        key=f"overview.missing.{state[:8]}",
        alt=describe(part),
        config={"displayModeBar": False},
    )
    more = f" The {MAPPED} columns with most of them." if len(gaps) > MAPPED else ""
    st.caption(
        f"{sum(gaps.values()):,} of {count(cells, 'cell')}, row by row from the top of the file.{more} "
        "Bands across several columns are cells that are missing together."
    )


def _next(here: Dataset, now: Standing, found: Sequence[Mapping[str, Any]]) -> None:
    st.header("What to do next", anchor=False)
    told = overview.next_steps(now, found, here.roles)
    if not told:
        st.markdown("Nothing is open.")
    for number, (each, place) in enumerate(zip(told, st.columns(3, gap="small"), strict=False), 1):
        why = each.why[:90] + ("…" if len(each.why) > 90 else "")
        with place, st.container(border=True, height="stretch", key=f"overview-next-{number}", gap="small"):
            st.markdown(f"**{md(each.what)}**  \n:small[{md(why)}]")
            _button(here, each, found, number)


def _button(here: Dataset, step: NextStep, found: Sequence[Mapping[str, Any]], number: int) -> None:
    if step.harmless:
        allowed.button(
            "recipe changed",
            "Preview",
            type="primary",
            icon=":material/auto_fix_high:",
            key=f"overview.next.{number}",
            on_click=inbox.propose_harmless,
            args=(here, found),
        )
        return
    if st.button(
        BUTTONS[step.page],
        icon=":material/arrow_forward:",
        key=f"overview.next.{number}",
        type="primary" if number == 1 else "secondary",
    ):
        if step.finding is not None:
            inbox.select(here, found, step.finding)
        if step.page == "data":
            st.session_state["data.tabs"] = "Column roles"
        st.switch_page(f"pages/{step.page}.py", query_params=st.query_params.to_dict())


def _score(
    here: Dataset,
    root: str,
    state: str,
    profile: Mapping[str, Any],
    found: Sequence[Mapping[str, Any]],
    now: Standing,
) -> None:
    before = current_table.profile(here, root) if root != state else None
    first = overview.quality(page_layout.store(), here, before) if before else None
    st.header("Score", anchor=False)
    if now.score is None:
        st.markdown("There is nothing to measure.")
        return
    st.metric(
        "Overall quality",
        percent(now.score),
        delta=f"{100 * (now.score - first):+.1f} points since it came" if first is not None else None,
        help="The weighted mean of six dimensions. A figure to watch, not a grade: what matters is in the findings",
        label_visibility="collapsed",
    )
    history = [
        f"version {each['number']} {percent(each['score'])}"
        for each in overview.score_history(page_layout.store(), here)[-4:]
        if each["score"] is not None
    ]
    if history:
        st.caption(" → ".join([*([f"as it came {percent(first)}"] if first is not None else []), *history]))
    was = (
        {each.name: each.value for each in scores({**before, "findings": inbox.open_findings(here, before)})}
        if (before)
        else {}
    )
    sides = scores({**profile, "findings": found})
    st.dataframe(
        pd.DataFrame(
            [
                {"Dimension": s.name.capitalize(), "Now": s.value, "Affected": s.affected}
                | ({"As it came": was.get(s.name)} if was else {})
                for s in sides
            ]
        ),
        hide_index=True,
        key="overview.sides",
        alt="The six dimensions of quality, now and as the file came",
        column_config={
            "Now": st.column_config.ProgressColumn("Now", format="percent", min_value=0, max_value=1),
            "As it came": st.column_config.NumberColumn("As it came", format="percent"),
            "Affected": st.column_config.NumberColumn(
                "Affected", format="localized", help="; ".join(f"{s.name}: {FORMULAS[s.name]}" for s in sides)
            ),
        },
        placeholder="",
    )


def _activity(here: Dataset) -> None:
    st.header("Latest activity", anchor=False)
    with page_layout.store().reading() as connection:
        entries = audit.entries(connection, here.id)
    lines = [
        f"- {when(e['at'])} · {md(e['actor'])} · {md(audit_words.what(e['what']))}{_details(e)}"
        for e in reversed(entries[-LATEST:])
    ]
    st.markdown("\n".join(lines))
    if len(entries) > LATEST:
        st.caption(f"The latest {LATEST} of {count(len(entries), 'entry', 'entries')}; Versions has the whole trail.")


def _details(entry: Mapping[str, Any]) -> str:
    told = audit_words.details(entry)
    return f": {md(told[:90])}{'…' if len(told) > 90 else ''}" if told else ""
