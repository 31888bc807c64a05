"""Comparisons of recipes in the store: finished folds are kept, so that a job that was stopped goes on where it was."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.evaluation import Candidate, compare_recipes
from dataops_core.evaluation.choices import suggest_choices
from dataops_core.evaluation.export.script import scoreboard_script
from dataops_core.evaluation.pilot import fit_seconds
from dataops_core.evaluation.problem import SAMPLE
from dataops_core.progress import Progress
from dataops_core.recipe.recipe import from_json
from dataops_core.store import states
from dataops_core.store.results.kept_folds import InStore
from dataops_core.store.store import Store


def compare(store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The comparison of recipes from the file of a state, as plain JSON values, with the text of its "script" (None,
    and "no_script" says why, where there can be none).
    """
    candidates = [Candidate(each["name"], from_json(each["recipe"])) for each in args["candidates"]]
    found = compare_recipes(
        states.table(store, args["state"]),
        candidates,
        args["target"],
        **args["how"],
        kept=InStore(store),
        tables=functools.partial(states.table_of_content, store),
        progress=progress,
    )
    told = found.to_json()
    try:
        told |= {"script": scoreboard_script(found, args.get("read")), "no_script": ""}
    except SettingError as error:
        told |= {"script": None, "no_script": str(error)}
    return told


def choices(store: Store, args: Mapping[str, Any], _: Progress) -> dict[str, Any]:
    """The choices that fit the table of a state ("grid"), and about how many "seconds" one fit takes."""
    table = states.table(store, args["state"])
    frame = table.frame()
    leave_out = args["leave_out"]
    grid = suggest_choices(
        frame[frame[args["target"]].notna()],
        table.columns,
        args["target"],
        favorable=args["favorable"],
        sensitive=args["sensitive"],
        leave_out=leave_out,
    )
    rows = min(table.rows, SAMPLE)
    return {
        "grid": grid,
        "seconds": fit_seconds(frame, table.columns, args["target"], leave_out, rows, args["model"]),
    }
