"""A cell that is set by hand joins the step before only where both are one change."""

from dataclasses import replace

from dataops_core.recipe.cells import with_cell

ONE = with_cell([], "city", 4, "Delf", "Delft", "the map")


def test_the_same_cell_set_again_still_says_what_stood_there_first():
    (step,) = with_cell(ONE, "city", 4, "Delft", "Delft-Zuid", "the map")
    assert (step.settings["cells"], step.settings["was"]) == ({"5": "Delft-Zuid"}, {"5": "Delf"})


def test_another_column_another_reason_or_a_step_that_is_off_makes_a_step_of_its_own():
    for steps in (
        with_cell(ONE, "town", 7, "", "Breda", "the map"),
        with_cell(ONE, "city", 7, "", "Breda", "a call"),
        with_cell([replace(ONE[0], off=True)], "city", 7, "", "Breda", "the map"),
    ):
        assert len(steps) == 2 and steps[1].settings["cells"] == {"8": "Breda"}
