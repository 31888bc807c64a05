"""One cell set by hand, as a step of a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dataops_core.recipe.recipe import RecipeStep


def with_cell(
    steps: Sequence[RecipeStep], column: str, row: int, old: str, new: str, why: str = ""
) -> list[RecipeStep]:
    """The steps with one more cell set: in the last step, where that sets cells of the same column for the same reason,
    else in a step of its own. `row` counts from 0; an empty text is a missing cell.

    >>> steps = with_cell(with_cell([], "city", 4, "Delf", "Delft"), "city", 7, "", "Breda")
    >>> [(step.op, step.settings["cells"], step.settings["was"]) for step in steps]
    [('set_cells', {'5': 'Delft', '8': 'Breda'}, {'8': '', '5': 'Delf'})]
    """
    number, made = str(row + 1), list(steps)
    last = made[-1] if made else None
    if last and last.op == "set_cells" and last.settings["column"] == column and not last.off and last.why == why:
        was = {number: old} | dict(last.settings.get("was") or {})  # what stood there before any of them
        settings = {**last.settings, "cells": {**last.settings["cells"], number: new}, "was": was}
        made[-1] = replace(last, settings=settings, learned=None)
    else:
        settings = {"column": column, "cells": {number: new}, "was": {number: old}}
        made.append(RecipeStep("set_cells", settings, why=why))
    return made
