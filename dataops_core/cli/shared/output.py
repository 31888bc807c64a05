"""What commands share: reading the file they are given, and how they print."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops_core.errors import SettingError, nearest
from dataops_core.printable import printable
from dataops_core.read import ReadOptions, Source, read_file
from dataops_core.scratch import scratch_folder

if TYPE_CHECKING:
    from dataops_core.recipe import recipe as recipes


def options_of(args: argparse.Namespace) -> ReadOptions:
    """The reading options given on the command line."""
    names = (
        "format",
        "encoding",
        "delimiter",
        "quote",
        "header_row",
        "decimal",
        "missing_tokens",
        "sheet",
        "lenient",
        "header_rows",
        "table",
        "explode",
    )
    given = {name: getattr(args, name) for name in names if getattr(args, name, None) is not None}
    if args.reading_repairs is not None:
        given["repairs"] = args.reading_repairs
    if given.get("delimiter") in ("\\t", "tab"):
        given["delimiter"] = "\t"
    return ReadOptions.from_json(given)


def check_file(file: Path) -> None:
    """Raises SettingError where there is no such file."""
    if not file.is_file():
        near = [path.name for path in file.parent.glob("*")] if file.parent.is_dir() else []
        raise SettingError("There is no such file.", str(file), nearest(file.name, near))


@contextmanager
def reading(
    args: argparse.Namespace, recipe: recipes.Recipe | None = None, file: Path | None = None
) -> Iterator[tuple[Source, Path]]:
    """The file (that the arguments name), read as they say or as the recipe does, and a folder that goes away
    afterwards.
    """
    file = file or args.file
    check_file(file)
    with scratch_folder() as folder:
        out, options = folder / "read.parquet", options_of(args)
        if recipe is None:  # recipes bring all steps with them
            yield read_file(file, out, options), folder
            return
        from dataops_core.recipe.source import read_for

        yield read_for(recipe, file, out, options), folder


def read_model(path: Path) -> dict[str, Any]:
    """A fitted model from a file; raises SettingError where there is none."""
    from dataops_core.fairness.fitted import check

    try:
        return check(json.loads(path.read_text(encoding="utf-8")), str(path))
    except (OSError, ValueError) as error:
        raise SettingError(
            "The model cannot be read.",
            str(path),
            "Name a .json file that the command fit has written, or of a bundle's folder models.",
        ) from error


def tell_problems(source: Source) -> None:
    """What was odd in the file, line by line."""
    for problem in source.problems:
        print(printable(f"- {problem.what} ({problem.where}) {problem.fix}", one_line=True))


def print_json(told: Any) -> int:
    """One JSON document; answers 0, the exit code."""
    print(json.dumps(told, ensure_ascii=False, indent=2))
    return 0


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows of text in columns, under a head."""
    lines = [tuple(head), *[tuple(printable(str(cell)[:60], one_line=True) for cell in row) for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
