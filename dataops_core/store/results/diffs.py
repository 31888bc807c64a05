"""What a change of the recipe would do: rows, cells, and what each group of people loses. Kept once computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dataops_core.facts import Engine, column_facts, spread
from dataops_core.hashing import canonical, sha256
from dataops_core.progress import Progress, no_progress
from dataops_core.recipe.recipe import Recipe
from dataops_core.store import states
from dataops_core.store.results.profile import code_hash
from dataops_core.store.store import Store
from dataops_core.table import Column, Difference, Table, difference


@dataclass(frozen=True)
class Change:
    """What differs between two states, with the rows that each group keeps: (column, group, rows before,
    rows after).
    """

    difference: Difference
    groups: tuple[tuple[str, str, int, int], ...]


def change(
    store: Store, before: str, after: str, renamed: Mapping[str, str], sensitive: Sequence[str], *, run: bool = True
) -> Change | None:
    """Compare two states; with `run=False` only what is known already, else None."""
    key = "change:" + sha256(canonical([before, after, dict(renamed), list(sensitive)]))
    kept = store.cached(key)
    if kept is None:
        if not run:
            return None
        one, other = states.table(store, before), states.table(store, after)
        found = difference(one, other, renamed)
        groups = _groups(one, other, renamed, sensitive) if found.rows_dropped else []
        kept = {"difference": found.to_json(), "groups": groups}
        store.keep({key: kept})
    return Change(Difference.from_json(kept["difference"]), tuple(tuple(group) for group in kept["groups"]))


def _groups(one: Table, other: Table, renamed: Mapping[str, str], sensitive: Sequence[str]) -> list[list[Any]]:
    groups: list[list[Any]] = []
    for name in sensitive:
        if name in one.names and one.column(name).kind in ("category", "boolean"):
            old = one.frame([name])[name]
            left = other.frame([]).index
            counts = old.fillna("(missing)" if one.column(name).type == "text" else False).astype(str)
            kept = counts[old.index.isin(left)].value_counts()
            groups += [
                [name, str(group), int(n), int(kept.get(group, 0))]
                for group, n in counts.value_counts().head(12).items()
            ]
    return groups


def column(store: Store, state: str, name: str, *, run: bool = True) -> dict[str, Any] | None:
    """Facts of one column of a state; with `run=False` only what is known already, else None."""
    table = states.table(store, state)
    about: Column = table.column(name)
    key = f"facts:{sha256(f'{about.hash} {about.kind}')}:{code_hash()}"
    kept = store.cached(key)
    if kept is None and run:
        with Engine(table) as engine:
            kept = column_facts(engine, about)
        store.keep({key: kept})
    return dict(kept) if kept else None


def spreads(store: Store, before: str, after: str, old: str, new: str, *, run: bool = True) -> dict[str, Any] | None:
    """How column `old` of one state and `new` of the other are spread, on one scale (see facts.spread)."""
    one, other = states.table(store, before), states.table(store, after)
    key = f"spread:{sha256(f'{one.column(old).hash} {other.column(new).hash}')}:{code_hash()}"
    kept = store.cached(key)
    if kept is None and run:
        kept = spread(one.frame([old])[old], other.frame([new])[new])
        store.keep({key: kept})
    return dict(kept) if kept else None


def renamings(before: Recipe, after: Recipe) -> dict[str, str]:
    """Old to new names, by following each column of the raw file through both recipes."""
    ways = [_followed(recipe) for recipe in (before, after)]
    pairs = {ways[0].get(source, source): ways[1].get(source, source) for source in {*ways[0], *ways[1]}}
    return {old: new for old, new in pairs.items() if old != new}


def _followed(recipe: Recipe) -> dict[str, str]:
    names: dict[str, str] = {}
    for entry in recipe.active:
        for old, new in (entry.step.new_names(entry.settings) if entry.step else {}).items():
            first = next((source for source, now in names.items() if now == old), old)
            names[first] = new
    return names


def preview(
    store: Store,
    raw: Mapping[str, Any],
    now: Recipe,
    candidate: Recipe,
    sensitive: Sequence[str],
    progress: Progress = no_progress,
) -> None:
    """Compute all that the preview of a changed recipe shows: both ends, their difference, the changed
    columns' facts.
    """
    before = states.head(raw, now, states.evaluate(store, raw, now, progress=progress))
    after = states.head(raw, candidate, states.evaluate(store, raw, candidate, progress=progress))
    progress(0.9, "Comparing before and after")
    found = change(store, before, after, renamings(now, candidate), sensitive)
    assert found is not None
    back = {new: old for old, new in found.difference.columns_renamed.items()}
    for name in list(found.difference.cells_changed)[:1]:
        spreads(store, before, after, back.get(name, name), name)
