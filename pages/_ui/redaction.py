"""What the person on this page may see of a state: viewers see masked cells where a column names people."""

from __future__ import annotations

import functools

import streamlit as st

from dataops_core.store import datasets, personal_data, states
from dataops_core.store import redaction as engine
from pages._ui import job, page_layout

COST = 20  # what looking for personal data costs beside counting, per cell


def is_viewer(dataset: str | None = None) -> bool:
    """Whether who looks at a dataset, this page's where none is named, may look only."""
    dataset = dataset or st.query_params.get("d")
    return bool(dataset) and not page_layout.store().may("recipe changed", dataset)


def seen(state: str, dataset: str | None = None) -> str:
    """The state of a dataset, this page's where none is named, as this person may see it; the page stops while a job
    looks for personal data.
    """
    if not is_viewer(dataset):
        return state
    house = page_layout.store()
    here = datasets.get(house, dataset or st.query_params["d"])
    table = states.table(house, state)
    cells = COST * min(table.cells, 5_000 * len(table.columns))
    cells = min(cells, job.SMALL) if table.cells <= job.SMALL else cells
    if job.counted("personal data", {"state": state}, "Looking for personal data", cells) is None:
        st.stop()
    said = personal_data.settled(house, here)
    told = tuple(sorted((name, bool(each["personal"])) for name, each in said.items()))
    return _redacted(str(house.home), state, told)


@functools.lru_cache(maxsize=256)
def _redacted(_home: str, state: str, told: tuple[tuple[str, bool], ...]) -> str:
    said = {name: {"personal": personal} for name, personal in told}
    return engine.redacted(page_layout.store(), state, said)


def note() -> None:
    """A line for viewers."""
    if is_viewer():
        st.caption("You may look at this dataset: cells that name people are masked for you.")
