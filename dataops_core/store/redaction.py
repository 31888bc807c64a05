"""What somebody sees who may look at a dataset and no more: its tables, with the cells that name people masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataops_core.errors import PersonalDataError, SecretError
from dataops_core.privacy.keys import pseudonym_key
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import personal_data, states
from dataops_core.store.store import Store


def redacted(store: Store, state: str, said: Mapping[str, Mapping[str, Any]]) -> str:
    """The state in which cells that name people are masked, and texts are redacted; the state itself where no column
    names anybody. `said` is what somebody settled (see personal_data.settled).

    A state is redacted once and kept. Whatever is counted, drawn or downloaded from it knows nothing of the cells.
    """
    if store.cached(f"is redacted:{state}"):
        return state
    table = states.table(store, state)
    left = [
        each
        for each in personal_data.unresolved(personal_data.recognized(store, state), (), said)
        if each.column in table.names
    ]
    texts = [each.column for each in left if each.inside and table.column(each.column).type == "text" and _has_key()]
    others = [each.column for each in left if each.column not in texts]
    after = state
    for entry in (
        RecipeStep("redact_text", {"columns": texts, "known": others}),
        RecipeStep("mask_values", {"columns": others}),
    ):
        if entry.settings["columns"]:
            after, outcome = states.step_after(store, after, entry)
            if outcome.status != "done":
                raise PersonalDataError(
                    f"Cells that name people cannot be masked, so the table is not shown. {outcome.reason}",
                    "redaction",
                    "Ask an editor of the project.",
                )
    store.keep({f"is redacted:{after}": True})
    return after


def _has_key() -> bool:
    """Whether names of other rows are found in texts; without a key, whole texts are masked."""
    try:
        return bool(pseudonym_key())
    except SecretError:
        return False
