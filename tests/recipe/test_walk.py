"""The one way through a recipe: what is off is passed by, what fails ends the way or not, what is done settles."""

import dataclasses

import pytest

from dataops_core.errors import SettingError, Skip
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.walk import Outcome, settled_by, walk

SPLIT = RecipeStep("split_rows", {"into": "part", "by": "share"})
RECIPE = Recipe(
    steps=(SPLIT, RecipeStep("off", {}, off=True), *(RecipeStep(name, {}) for name in ("skips", "fails", "last")))
)


def do(place, entry, state, settled):
    if entry.op == "skips":
        raise Skip("Not for me.")
    status = "failed" if entry.op == "fails" else "done"
    return entry, f"{state}>{place}{settled.split or ''}", Outcome(entry.op, entry.op, status)


@pytest.mark.parametrize(("on_failure", "end"), [("continue", "s>0>4part"), ("stop", "s>0")])
def test_a_way_goes_on_or_ends_where_a_step_fails(on_failure, end):
    steps = list(walk(RECIPE, "s", do, on_failure=on_failure))
    status = [each.outcome.status for each in steps]
    assert status == ["done", "off", "skipped", "failed", "done"][: 5 if on_failure == "continue" else 4]
    assert steps[-1].after == end
    assert [each.before for each in steps[1:]] == [each.after for each in steps[:-1]]
    assert settled_by((each.entry, each.outcome) for each in steps).split == "part"


def test_only_what_is_done_settles():
    failed = dataclasses.replace(RECIPE, steps=(RecipeStep("fails", SPLIT.settings), RecipeStep("last", {})))
    assert [each.after for each in walk(failed, "s", do, on_failure="continue")] == ["s", "s>1"]


def test_an_error_ends_the_way_for_whoever_walks():
    def raises(*_):
        raise SettingError("No.", "here", "Another.")

    with pytest.raises(SettingError, match="No"):
        list(walk(RECIPE, "s", raises, on_failure="continue"))
