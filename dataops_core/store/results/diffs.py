"""What a change of the recipe would do: rows, cells, and what each group of people loses. Kept once computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataops_core.facts import Engine, column_facts, spread
from dataops_core.hashing import canonical, sha256
from dataops_core.progress import Progress, no_progress
from dataops_core.recipe.recipe import Recipe
from dataops_core.source_hash import source_hash
from dataops_core.store import states
from dataops_core.store.results.profile import code_hash
from dataops_core.store.store import Store
from dataops_core.table import Column, Difference, Table, columns_of_both, common_key, difference


@dataclass(frozen=True)
class Change:
    """What differs between two states, with the rows that each group keeps: (column, group, rows before,
    rows after); and the columns whose values each stood in one row before, and do not after: how many rows share one.
    """

    difference: Difference
    groups: tuple[tuple[str, str, int, int], ...]
    no_longer_unique: Mapping[str, int] = field(default_factory=dict)


def change(
    store: Store,
    before: str,
    after: str,
    renamed: Mapping[str, str],
    sensitive: Sequence[str],
    *,
    by_key: bool = False,
    run: bool = True,
) -> Change | None:
    """Compare two states; with `run=False` only what is known already, else None. `by_key`: rows are those of different
    files, so they are matched by an identifier where there is one.
    """
    asked = [before, after, dict(renamed), list(sensitive), *(["by key"] if by_key else [])]
    key = "change2:" + sha256(canonical(asked))
    kept = store.cached(key)
    if kept is None:
        if not run:
            return None
        one, other = states.table(store, before), states.table(store, after)
        found = difference(one, other, renamed, common_key(one, other, renamed) if by_key else None)
        groups = _groups(one, other, renamed, sensitive) if found.rows_dropped else []
        doubled = _no_longer_unique(one, other, found)
        kept = {"difference": found.to_json(), "groups": groups, "no_longer_unique": doubled}
        store.keep({key: kept})
    groups_kept = tuple(tuple(group) for group in kept["groups"])
    return Change(Difference.from_json(kept["difference"]), groups_kept, kept["no_longer_unique"])


def _no_longer_unique(one: Table, other: Table, found: Difference) -> dict[str, int]:
    """Keys and columns of text that told rows apart, and whose changed cells do not: the rows that share a value."""
    if found.rows_added:
        return {}
    back = {new: old for old, new in found.columns_renamed.items()}
    doubled: dict[str, int] = {}
    for name in found.cells_changed:
        was = one.column(back.get(name, name))
        if was.kind != "id" and was.type != "text":
            continue
        before = one.frame([was.name])[was.name].dropna()
        if len(before) > 1 and before.is_unique:
            shared = int(other.frame([name])[name].dropna().duplicated(keep=False).sum())
            if shared:
                doubled[name] = shared
    return doubled


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
    return all_spreads(store, one, other, [(old, new)], run=run).get(new)


def all_spreads(
    store: Store, one: Table, other: Table, pairs: Sequence[tuple[str, str]], *, run: bool = True
) -> dict[str, dict[str, Any]]:
    """The same for several columns of two tables, by their names before and after: by the name after. Those that are
    not known yet are left out with `run=False`.
    """
    code = source_hash("dataops_core.facts.spread")
    keys = {new: f"spread:{sha256(f'{one.column(old).hash} {other.column(new).hash}')}:{code}" for old, new in pairs}
    known = store.cached_many(list(keys.values()))
    left = [(old, new) for old, new in pairs if keys[new] not in known] if run else []
    made = {keys[new]: spread(was, now) for new, was, now in columns_of_both(one, other, left)}
    store.keep(made)
    known |= made
    return {new: dict(known[key]) for new, key in keys.items() if key in known}


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
