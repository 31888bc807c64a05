"""How far the dataset has come: the pages whose part is done."""

from __future__ import annotations

import streamlit as st

from dataops_core.store import dataset_rules
from dataops_core.store.datasets import Dataset
from pages._ui import current_table, page_layout

STEPS = {  # the page that a step belongs to, beside Clean
    "impute": ("fill_missing", "fill_iterative", "fill_from_neighbours", "fill_hot_deck", "fill_along"),
    "resample": ("resample_rows", "add_weights", "treat_outliers", "treat_unusual_rows"),
    "privacy": (
        "pseudonymize",
        "hash_values",
        "mask_values",
        "redact_text",
        "generalize_values",
        "suppress_rare",
        "suppress_small_groups",
        "shift_dates",
        "add_noise",
    ),
    "bias": ("reweigh", "repair_disparate_impact", "remove_correlation"),
}


def done() -> set[str]:
    """The names of the pages whose part is done for the dataset that is open; none where none is."""
    if "page" in st.query_params:  # a guarded deep link, which goes on to its page before anything is shown
        return set()
    here = page_layout.here().dataset
    return pages_done(here) if here is not None else set()


def pages_done(here: Dataset) -> set[str]:
    """The pages whose part is done: read, profiled, given rules, changed by steps, saved as it is now."""
    now = current_table.standing(here)
    used = {step.op for step in here.recipe.active}
    found = {"data"} | {page for page, ops in STEPS.items() if used & set(ops)}
    found |= {"profile"} if now.findings is not None else set()
    found |= {"clean"} if used else set()
    found |= {"versions"} if now.saved else set()
    found |= {"rules"} if dataset_rules.rules_of(page_layout.store(), here.id) else set()
    return found | ({"synthesize"} if now.synthetic else set())
