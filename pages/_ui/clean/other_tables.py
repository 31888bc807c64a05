"""The tables that a step can join or append: the project's other datasets as they are now, and their versions."""

from __future__ import annotations

from dataops_core.store import datasets, overview, states, versions
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import grid, page_layout, redaction


def other_tables(here: Dataset) -> dict[str, tuple[str, Table]]:
    """The tables by what people call them, each with the name that stands for it in recipes."""
    store = page_layout.store()
    found: dict[str, tuple[str, Table]] = {}
    for each in datasets.in_project(store, here.project):
        if each["id"] != here.id:
            state = overview.current_state(store, datasets.get(store, each["id"]))
            if state is not None:
                found[each["name"]] = (each["name"], grid.table(state))
        for version in versions.log(store, each["id"]):
            if states.known(store, version["state"]):
                name = f"{each['name']} version {version['number']}"  # not that of the dataset, which may be joined too
                found[redaction.told(f"{name}: {version['message']}")] = (name, grid.table(version["state"]))
    return found
