"""The steps of a dataset on a new file: next month's delivery, whose columns may be called differently."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dataops_core.recipe.recipe import Recipe
from dataops_core.store import states
from dataops_core.store.datasets import Dataset
from dataops_core.store.store import Store

ALIKE = 0.75  # least similarity of two names (Ratcliff and Obershelp) for one to be proposed for the other


@dataclass(frozen=True)
class ColumnMatch:
    """How the columns of a new file answer to those of the file before; `proposed` maps old names to new ones."""

    gone: tuple[str, ...]
    new: tuple[str, ...]
    proposed: Mapping[str, str]


def match_columns(before: Sequence[str], after: Sequence[str]) -> ColumnMatch:
    """Which columns are gone, which are new, and which new one is probably which old one by another name.

    >>> match_columns(["Customer No", "city"], ["customer_no", "city", "fax"])
    ColumnMatch(gone=('Customer No',), new=('customer_no', 'fax'), proposed={'Customer No': 'customer_no'})
    """
    gone = tuple(name for name in before if name not in after)
    new = tuple(name for name in after if name not in before)
    pairs = sorted(
        ((_similarity(one, other), one, other) for one in gone for other in new), key=lambda pair: (-pair[0], *pair[1:])
    )
    proposed: dict[str, str] = {}
    for similarity, one, other in pairs:
        if similarity >= ALIKE and one not in proposed and other not in proposed.values():
            proposed[one] = other
    return ColumnMatch(gone, new, proposed)


def _similarity(one: str, other: str) -> float:
    first, second = ("".join(letter for letter in name.casefold() if letter.isalnum()) for name in (one, other))
    return 1.0 if first == second else difflib.SequenceMatcher(None, first, second).ratio()


def fitted_recipe(store: Store, dataset: Dataset) -> Recipe:
    """The draft recipe of a dataset with all that its steps learned."""
    results = states.evaluate(store, dataset.raw, dataset.recipe, run=False)
    learned = [result.outcome.learned if result.outcome.status == "done" else None for result in results]
    steps = tuple(
        replace(step, learned=found if found is not None else step.learned)
        for step, found in zip(dataset.recipe.steps, learned, strict=True)
    )
    return replace(dataset.recipe, steps=steps)
