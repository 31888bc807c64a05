"""Reading a file for a recipe."""

from __future__ import annotations

from pathlib import Path

from dataops_core.errors import DataOpsError
from dataops_core.read import ReadOptions, Source, read_file
from dataops_core.recipe.recipe import Recipe


def read_for(recipe: Recipe | None, file: Path, out: Path, options: ReadOptions) -> Source:
    """Read a file as the recipe says, and as `options` say where they say anything.

    What was found out from the recipe's own file holds for a file with the same columns whose cells all fit. For any
    other file it is found out anew: the types of one file would empty cells of another.
    """
    asked = {key: value for key, value in options.to_json().items() if value is not None}
    told = dict(recipe.read or {}) if recipe else {}
    if not told.get("columns"):  # said by a person, not found out
        return read_file(file, out, ReadOptions.from_json({**told, **asked}))
    try:
        source = read_file(file, out, ReadOptions.from_json({**told, **asked}))
        if source.options.columns == tuple(told["columns"]) and not any(problem.misfit for problem in source.problems):
            return source
    except DataOpsError:
        pass  # another sort of file: reading it anew says so if it cannot be read at all
    kept = {key: told.get(key) for key in ("lenient", "sheet")}
    return read_file(file, out, ReadOptions.from_json({**kept, **asked}))


def read_for_table(recipe: Recipe, name: str, file: Path, out: Path) -> Source:
    """Read the file of another table that a step works with, as the recipe says."""
    known = dict((recipe.tables or {}).get(name) or {})
    return read_for(Recipe(read=known or None), file, out, ReadOptions())
