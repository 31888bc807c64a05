"""What the person on this page may see of a state: viewers see masked cells where a column names people."""

from __future__ import annotations

import functools

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from dataops_core.errors import DataOpsError
from dataops_core.store import datasets, personal_data, states
from dataops_core.store import redaction as engine
from dataops_core.store.people import veil
from pages._ui import allowed, formatting, job, page_layout

COST = 20  # what looking for personal data costs beside counting, per cell


def is_viewer(dataset: str | None = None) -> bool:
    """Whether who looks at a dataset, this page's where none is named, may look only."""
    dataset = dataset or st.query_params.get("d")
    if not dataset:
        return False
    return bool(allowed.refusal("recipe changed", dataset))


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
    said = {name: bool(each["personal"]) for name, each in personal_data.settled(house, here).items()}
    if table.cells <= job.SMALL:
        return _redacted(str(house.home), state, tuple(sorted(said.items())))
    args = {"dataset": here.id, "state": state, "said": dict(sorted(said.items()))}
    masked = job.do("redact", args, "Masking cells that name people", cells=table.cells)
    if masked is None:
        st.stop()
    return str(masked)


@functools.lru_cache(maxsize=256)
def _redacted(_home: str, state: str, said: tuple[tuple[str, bool], ...]) -> str:
    return engine.redacted(page_layout.store(), state, {name: {"personal": personal} for name, personal in said})


def told(text: str, dataset: str | None = None) -> str:
    """A text of a dataset, such as the sentence of a step, as this person may read it: what stands in a cell that names
    somebody is masked for viewers.
    """
    return _veil(dataset).text(text)


def _veil(dataset: str | None) -> veil.Veil:
    if get_script_run_ctx(suppress_warning=True) is None:  # a download, which is made of what was told before
        return veil.OPEN
    dataset = dataset or st.query_params.get("d")
    if not is_viewer(dataset):
        return veil.OPEN
    house = page_layout.store()
    try:
        here = datasets.get(house, dataset or "")
    except DataOpsError:  # whoever may not look is told nothing of it anyway
        return veil.OPEN
    said = tuple(sorted((name, bool(each["personal"])) for name, each in personal_data.settled(house, here).items()))
    return _hidden(str(house.home), here.id, here.revision, here.raw["sha256"], said)


@functools.lru_cache(maxsize=32)
def _hidden(_home: str, dataset: str, _revision: int, _file: str, _said: tuple[tuple[str, bool], ...]) -> veil.Veil:
    house = page_layout.store()
    return veil.hidden(house, datasets.get(house, dataset))


formatting.mask_by(told)


def note() -> None:
    """A line for viewers."""
    if is_viewer():
        st.caption(
            "You may look at this dataset: cells that name people are masked for you, and what changes something is"
            " switched off."
        )
