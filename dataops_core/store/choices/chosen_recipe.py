"""The comparison by which the steps of a draft were chosen: kept with the draft, and part of the version made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dataops_core.hashing import canonical
from dataops_core.recipe.recipe import RecipeStep, from_json
from dataops_core.store.choices import form_state
from dataops_core.store.store import Store

ABOUT = "comparison"
PLAIN = ("target", "measure", "model", "rows", "of", "folds", "repeats", "seed", "verdict", "recommended")
SCORES = ("name", "score", "ci", "difference", "fairness_gap", "rows_kept", "stopped")


def keep(store: Store, dataset: str, told: Mapping[str, Any], taken: str, actor: str) -> None:
    """Keep what a comparison found and which of its recipes was taken; `told` is as `Comparison.to_json` gives it."""
    chosen = next(each for each in told["candidates"] if each["name"] == taken)
    steps = [_settled(step) for step in from_json(chosen["recipe"]).steps]
    form_state.change(store, dataset, ABOUT, {"scores": scores(told, taken), "steps": steps}, actor)


def for_version(store: Store, dataset: str, steps: Iterable[RecipeStep]) -> dict[str, Any] | None:
    """The scores of the comparison that a draft's steps were taken from; None where there was none, or where a step of
    the recipe that was taken is no longer among them.
    """
    kept = form_state.get(store, dataset, ABOUT)
    there = [_settled(step) for step in steps if not step.off]
    if not kept or not kept["steps"] or not all(step in there for step in kept["steps"]):
        return None
    return dict(kept["scores"])


def scores(told: Mapping[str, Any], taken: str) -> dict[str, Any]:
    """What a version says of a comparison: how each recipe did, and which was taken."""
    held = told["held_out"]
    return {
        **{key: told[key] for key in PLAIN},
        "taken": taken,
        "held_out": {"rows": held["rows"], "score": held["scores"][told["measure"]]} if held else None,
        "candidates": [
            {"name": each["name"], "failed": each["failed"]}
            if each.get("failed")
            else {key: each[key] for key in SCORES} | {"failed": ""}
            for each in told["candidates"]
        ],
    }


def _settled(step: RecipeStep) -> str:
    """A step without what it learned and why it is there: what makes it the same step."""
    return canonical({"op": step.op, "with": dict(step.settings)})
