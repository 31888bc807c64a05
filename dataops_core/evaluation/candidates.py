"""Candidates: the recipes that are compared, given one by one or as a grid of choices."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.hashing import canonical, sha256
from dataops_core.recipe.frames import settles
from dataops_core.recipe.recipe import Recipe, RecipeStep, columns_named, from_json

NOTHING = "Do nothing"
MOST = 200  # candidates


@dataclass(frozen=True)
class Candidate:
    """A recipe under a name; `recipe` holds all its steps, `own` those that not every candidate has in common first."""

    name: str
    recipe: Recipe
    own: tuple[RecipeStep, ...] = ()

    @property
    def id(self) -> str:
        """What the candidate does, whatever it is called: the hash of its own steps, without what they learned."""
        return sha256(canonical([*map(_plain, self.own), {"seed": self.recipe.seed, "code": _code(self.own)}]))

    @property
    def sentences(self) -> list[str]:
        """Its own steps in plain words."""
        return [step.sentence for step in self.own]


@dataclass(frozen=True)
class Field:
    """What is compared: the steps that all share, the candidates with doing nothing first, and the names of those that
    do the same as another one, which are left out.
    """

    shared: Recipe
    candidates: list[Candidate]
    same: dict[str, str]


def prepared(candidates: Sequence[Candidate], target: str) -> Field:
    """The steps that settle the target and the split, which all candidates begin with and which may be done on all rows
    at once, and the candidates with the steps of their own, doing nothing first. Raises SettingError where a name is
    given twice, or seeds differ.
    """
    if not candidates:
        raise SettingError("There is no recipe to compare.", "compare", "Give one recipe or more, or a grid.")
    if len(candidates) > MOST:
        raise SettingError(
            f"There are {len(candidates):,} candidates; at most {MOST} are compared.", "compare", "Choose fewer."
        )
    active = [candidate.recipe.active for candidate in candidates]
    shared = 0
    for common, entries in enumerate(zip(*active, strict=False), 1):
        if len({canonical(_plain(entry)) for entry in entries}) > 1 or not settles(entries[0]):
            break
        if entries[0].step and (entries[0].step.split_column or target in columns_named(entries[0])):
            shared = common
    seeds = {candidate.recipe.seed for candidate in candidates}
    if len(seeds) > 1:
        raise SettingError(
            f"The recipes have different seeds: {', '.join(map(str, sorted(seeds)))}.",
            "compare",
            "Give all recipes the same seed, so that they differ by their steps alone.",
        )
    first = candidates[0].recipe
    base = replace(first, name="shared steps", steps=tuple(replace(step, learned=None) for step in active[0][:shared]))
    own = [
        replace(candidate, own=tuple(replace(step, learned=None) for step in steps[shared:]))
        for candidate, steps in zip(candidates, active, strict=True)
    ]
    nothing = Candidate(NOTHING, base, ())
    names = [candidate.name for candidate in own]
    seen: dict[str, str] = {}
    same: dict[str, str] = {}
    kept = [nothing]
    for candidate in own:
        if names.count(candidate.name) > 1 or candidate.name == NOTHING:
            raise SettingError(
                f'Two candidates are called "{candidate.name}".', "compare", "Give each a name of its own."
            )
        if candidate.id in seen or not candidate.own:
            same[candidate.name] = seen.get(candidate.id, NOTHING)
            continue
        seen[candidate.id] = candidate.name
        kept.append(candidate)
    return Field(base, kept, same)


def grid_candidates(base: Recipe, grid: Any, where: str = "grid") -> list[Candidate]:
    """All combinations of choices after the steps of a recipe.

    A grid maps a choice (such as "Missing values") to its options by name; an option is one step or a list of steps,
    as they stand in a recipe, or null for none of them. The steps follow in the order of the choices; a combination
    without any step is doing nothing, and left out.

    >>> grid = {"gaps": {"leave": None, "median": {"op": "fill_missing", "with": {"columns": ["age"]}}}}
    >>> [each.name for each in grid_candidates(Recipe(), grid)]
    ['median']
    """
    if (
        not isinstance(grid, Mapping)
        or not grid
        or not all(isinstance(each, Mapping) and each for each in grid.values())
    ):
        raise SettingError(
            "This is not a grid of choices.",
            where,
            'Write it as {"Missing values": {"leave": null, "median": {"op": "fill_missing", "with": {…}}}}.',
        )
    number = 1
    for options in grid.values():
        number *= len(options)
    if number > MOST:
        raise SettingError(
            f"The grid has {number:,} combinations; at most {MOST} are compared.", where, "Leave out some options."
        )
    parsed = [
        [(str(name), _option(option, f"{where}, {choice}, {name}")) for name, option in options.items()]
        for choice, options in grid.items()
    ]
    made = []
    for combination in itertools.product(*parsed):
        steps = tuple(step for _, steps in combination for step in steps)
        made.append(Candidate(" + ".join(name for name, _ in combination), replace(base, steps=(*base.steps, *steps))))
    return [candidate for candidate in made if candidate.recipe.steps]


def _option(option: Any, where: str) -> tuple[RecipeStep, ...]:
    if option is None:
        return ()
    entries = option if isinstance(option, list) else [option]
    return from_json({"steps": entries}, where).steps


def _plain(step: RecipeStep) -> dict[str, Any]:
    return {"op": step.op, "with": dict(step.settings)}


def _code(steps: Sequence[RecipeStep]) -> list[str]:
    return [sha256(step.step.source) if step.step else "" for step in steps]
