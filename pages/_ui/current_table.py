"""The states that pages look at: the file as it came, and where the draft recipe leads; with their profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.checks import Context
from dataops_core.privacy import propose_roles
from dataops_core.recipe.recipe import Recipe
from dataops_core.repair.full_profile import worth
from dataops_core.store import overview, states
from dataops_core.store.datasets import Dataset
from dataops_core.store.results import profile as profiles
from dataops_core.store.states import Result
from dataops_core.table import Table
from pages._ui import grid, job, page_layout, redaction
from pages._ui.data import reading

AS_CAME, NOW = "As it came", "As it is now"
CELLS_OF_A_COLUMN = 3000  # what a column costs besides its cells, in cells
_LABELS = {
    "missing": "Missing",
    "distinct": "Distinct",
    "singles": "Unique values",
    "mean": "Mean",
    "sd": "Standard deviation",
    "min": "Smallest",
    "max": "Greatest",
    "zeros": "Zeros",
    "negatives": "Negative",
    "infinite": "Infinite",
    "shortest": "Shortest text",
    "longest": "Longest text",
    "mean_length": "Mean length",
    "skewness": "Skewness (0: even on both sides)",
    "kurtosis": "Kurtosis (0: like a bell curve)",
    "entropy": "Entropy (bits)",
    "monotonic": "Trend",
    "bytes": "Bytes, not compressed",
}


def root(here: Dataset) -> str | None:
    """The state of the file as it came, as this person may see it."""
    state = reading.root_state(here)
    return redaction.seen(state) if state else None


def results(here: Dataset, recipe: Recipe | None = None) -> list[Result]:
    """What became of each step; computed only if that was done before."""
    return states.evaluate(page_layout.store(), here.raw, recipe or here.recipe, run=False)


def chosen(here: Dataset, first: str, key: str) -> str | None:
    """The state that is to be looked at: as it is now, or (where there are steps, and somebody asks) as it came."""
    if not here.recipe.active:
        return first
    options = (NOW, AS_CAME)
    look = st.radio("Which state", options, key=key, horizontal=True, label_visibility="collapsed")
    return first if look == AS_CAME else now(here)


def now(here: Dataset) -> str | None:
    """The state in which the draft recipe ends; a long computation runs as a job, and this is None meanwhile."""
    first = root(here)
    if first is None:
        return None
    found = results(here)
    if any(result.outcome.status == "pending" for result in found):
        args = {"raw": dict(here.raw), "recipe": here.recipe.to_json()}
        job.do("evaluate", args, "Running the steps", cells=grid.table(first).cells)
        found = results(here)
        if any(result.outcome.status == "pending" for result in found):
            return None
    return redaction.seen(states.head(here.raw, here.recipe, found))


def table_now(here: Dataset) -> tuple[str, Table]:
    """The state in which the draft recipe ends, and its table; the page stops where it is not computed yet."""
    state = now(here)
    if state is None:
        st.stop()
    return state, grid.table(state)


@st.cache_data(max_entries=32, show_spinner=False)
def _kept(home: str, state: str, context: Context, code: str) -> dict[str, Any]:
    found = profiles.profile(page_layout.store(), state, context, run=False)
    if found is None:
        raise LookupError
    return found


@st.cache_data(max_entries=64, show_spinner="Looking at names and values")
def _proposals(home: str, state: str) -> dict[str, Any]:
    return propose_roles(grid.table(state))


def proposed_roles(state: str) -> dict[str, Any]:
    """What the columns of a state are probably for (see `propose_roles`), where nobody has said it."""
    return _proposals(str(page_layout.store().home), state)


def context(here: Dataset) -> Context:
    """What the checks know of the dataset besides its cells: the roles of its columns, and the day it was
    brought in.
    """
    return overview.context(here)


def standing(here: Dataset) -> overview.Standing:
    """How the dataset stood when this run of the script began, as far as it was known: for the frame and the header."""
    return page_layout.remembered("standing", (here.id, here.revision, here.draft), lambda: standing_now(here))


def standing_now(here: Dataset) -> overview.Standing:
    """How the dataset stands, as far as it is known."""
    state = overview.current_state(page_layout.store(), here)
    if state is None:
        return overview.standing(page_layout.store(), here, None, None, None)
    known = compared(here, state) or profile(here, state)
    return overview.standing(page_layout.store(), here, state, grid.table(state), known)


def profile(here: Dataset, state: str) -> dict[str, Any] | None:
    """The profile of a state, if it has been computed."""
    try:
        return _kept(str(page_layout.store().home), state, context(here), profiles.code_hash())
    except LookupError:
        return None


def compared(here: Dataset, state: str) -> dict[str, Any] | None:
    """The profile with the values that a comparison of rows shows to be wrong, if that was asked for."""
    return profiles.compared(page_layout.store(), state, context(here), run=False)


def compare_rows(here: Dataset, state: str) -> None:
    """What a comparison of rows is for, and a button that starts it; nothing where the table is too large for that."""
    if not worth(grid.table(state)):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            "Rows were not compared with each other yet: that finds values that only other rows show to be wrong."
        )
        args = {"state": state, "context": context(here).to_json()}
        what = "Comparing rows with each other"
        told = "Takes several times as long as the checks of single columns; the scores do not change"
        job.ask("compare rows", args, what, "Compare rows", "findings.compare", told, ":material/table_rows:")


def profiled(
    here: Dataset, state: str, what: str = "Counting and checking all rows", *, auto: bool = True
) -> dict[str, Any] | None:
    """The profile of a state: known, or counted now if that is quick, or by a job, and then None meanwhile."""
    known = profile(here, state)
    if known is None:
        table = grid.table(state)
        cells = table.cells + CELLS_OF_A_COLUMN * len(table.columns)
        args = {"state": state, "context": context(here).to_json()}
        job.do("profile", args, what, cells=cells, auto=auto or cells <= job.SMALL)
        known = profile(here, state)
    return known


def told(facts: Mapping[str, Any]) -> pd.DataFrame:
    """The facts of one column as a table for people."""
    rows = [(label, _said(facts[key])) for key, label in _LABELS.items() if facts.get(key) is not None]
    rows += [
        (f"{float(q):.0%} lie below", _said(v))
        for q, v in (facts.get("quantiles") or {}).items()
        if q in ("0.25", "0.5", "0.75")
    ]
    if facts.get("distinct_error"):
        rows.append(("Distinct is an estimate", f"give or take {facts['distinct_error']:.1%}"))
    if facts.get("step"):
        rows.append(("Usual step", f"{_span(facts['step']['seconds'])} ({facts['step']['count']:,} times)"))
    if facts.get("gap"):
        rows.append(("Longest gap", f"{_span(facts['gap']['seconds'])}, from {facts['gap']['from'].replace('T', ' ')}"))
    if facts["top"]:
        rows.append(("Most frequent", f"{facts['top'][0]['value']} ({facts['top'][0]['count']:,})"))
    return pd.DataFrame(rows, columns=["Fact", "Value"]).set_index("Fact")


def _span(seconds: float) -> str:
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            number = seconds / size
            return f"{number:,.4g} {word}{'' if number == 1 else 's'}"
    return f"{seconds:g} seconds"


def _said(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}" if isinstance(value, float) else str(value)
