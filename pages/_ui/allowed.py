"""Controls that change something: they ask the engine whether the person on this page may do that, and say why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages._ui import page_layout


def refusal(action: str, dataset: str | None = None, project: str | None = None, environment: str | None = None) -> str:
    """Why the person on this page may not do this with a dataset, this page's where neither it nor a project is named;
    empty where they may. The action itself is checked again when it is done.
    """
    if project is None:
        dataset = dataset or st.query_params.get("d")
    house = page_layout.store()
    about = (house.person, dataset, project)
    rights = page_layout.remembered("rights", about, lambda: house.rights(dataset, project))
    problem = rights.problem(action, house.person, environment)
    return f"{problem.what} {problem.fix}" if problem else ""


def button(action: str, label: str, *, kind: Callable[..., Any] = st.button, **given: Any) -> Any:
    """A button that does this; it is switched off where the person may not, and its help says why."""
    return kind(label, **_given(action, given))


def submit(action: str, label: str, **given: Any) -> bool:
    """The button of a form that does this."""
    return bool(st.form_submit_button(label, **_given(action, given)))


def uploader(action: str, label: str, **given: Any) -> None:
    """A box for files with which this is done."""
    st.file_uploader(label, **_given(action, given))


def _given(action: str, given: dict[str, Any]) -> dict[str, Any]:
    where = {name: given.pop(name, None) for name in ("dataset", "project", "environment")}
    why = refusal(action, **where)
    return given | ({"disabled": True, "help": why} if why else {})
