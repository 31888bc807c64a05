"""What somebody reads who may look at a dataset and no more: settings, rules and the log, without what names people.

Tables are masked by `redaction`. Here it is texts: the sentence of a step that replaced a name, a rule that lists
addresses, an entry of the log. Whatever in them stands in a cell that is masked becomes the mask.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dataops_core.store import datasets, overview, personal_data, states
from dataops_core.store.datasets import Dataset
from dataops_core.store.store import Store
from dataops_core.table import Table

MASK = "***"
MOST = 200_000  # values that are remembered of a table
_EDGES = re.compile(r"(?<=\w)(?=\W)|(?<=\W)(?=\w)|(?<=\W)(?=\W)|^|$")
_WIDE = 64  # edges between which a value is looked for


@dataclass(frozen=True)
class Veil:
    """The texts that somebody must not read."""

    values: frozenset[str] = frozenset()
    longest: int = 0

    def text(self, told: str) -> str:
        """A text with each of the values in it masked, the longest first; a value counts between edges of words.

        >>> Veil(frozenset({"Ann", "Ann Lee"}), 7).text("Replaced Ann Lee, Ann and Annie")
        'Replaced ***, *** and Annie'
        """
        if not self.values or not told:
            return told
        edges = [match.start() for match in _EDGES.finditer(told)]
        parts, at, number = [], 0, 0
        while number < len(edges):
            start = edges[number]
            end = next(
                (
                    stop
                    for stop in reversed(edges[number + 1 : number + 1 + _WIDE])
                    if stop - start <= self.longest and told[start:stop] in self.values
                ),
                None,
            )
            if end is None:
                number += 1
                continue
            parts += [told[at:start], MASK]
            at = end
            number = edges.index(end)
        return "".join([*parts, told[at:]])

    def of(self, told: Any) -> Any:
        """Plain values with all their texts masked, however deep."""
        if not self.values:
            return told
        if isinstance(told, str):
            return MASK if told in self.values else self.text(told)
        if isinstance(told, Mapping):
            return {self.of(key): self.of(value) for key, value in told.items()}
        if isinstance(told, (list, tuple)):
            return [self.of(each) for each in told]
        if isinstance(told, (int, float)) and not isinstance(told, bool) and str(told) in self.values:
            return MASK
        return told


OPEN = Veil()  # hides nothing


def veil(store: Store, dataset: str) -> Veil:
    """What the store's person must not read of a dataset: nothing is hidden from whoever may change it."""
    if store.may("recipe changed", dataset):
        return OPEN
    return hidden(store, datasets.get(store, dataset))


def hidden(store: Store, here: Dataset) -> Veil:
    """The cells of a dataset that name people, in the file as it was brought and in the table as it is now."""
    said = personal_data.settled(store, here)
    root = states.root_id(here.raw["sha256"], here.recipe.read or {})
    found: set[str] = set()
    for state in dict.fromkeys((root, overview.current_state(store, here))):
        if state is not None and states.known(store, state):
            table = states.table(store, state)
            left = personal_data.unresolved(personal_data.recognized(store, state), (), said)
            found |= _cells(table, [each.column for each in left if each.column in table.names])
    kept = {each for each in found if len(each) > 1}
    return Veil(frozenset(kept), max(map(len, kept), default=0))


def _cells(table: Table, names: list[str]) -> set[str]:
    out: set[str] = set()
    for name in names:
        values = pd.unique(table.frame([name])[name].dropna().astype(str))[:MOST]
        out |= {str(each).strip() for each in values}
    return out
