"""Read a large text table that only the careful reader understands, piece by piece into a table at rest: what
`read_text_frame` answers, without the frame.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dataops_core.progress import Progress, part_of
from dataops_core.read.content import Content
from dataops_core.read.names import nameless
from dataops_core.read.text.layout import text_layout
from dataops_core.read.text.records import RowNotes, text_chunks
from dataops_core.read.text.text import (
    complete_options,
    filled_frames,
    given_facts,
    given_types,
    judge_columns,
    survey_text,
)
from dataops_core.table import Table, write_table

CELLS = 2_000_000  # of a piece, and more by one batch of lines


def read_large_text(
    content: Content, out: Path, options: dict[str, Any], tell: Progress
) -> tuple[Table, dict[str, Any], list[dict[str, Any]]]:
    """The table, complete options and problems of a text; memory does not grow with it, only with its longest line."""
    given = {key: value for key, value in options.items() if value is not None}
    found: tuple[Table, dict[str, Any], list[dict[str, Any]]] = content.mapped(
        lambda data: _read(data, out, given, tell)
    )
    return found


def _read(
    data: Any, out: Path, given: dict[str, Any], tell: Progress
) -> tuple[Table, dict[str, Any], list[dict[str, Any]]]:
    problems: list[dict[str, Any]] = []
    layout = text_layout(data, given, problems)
    names, notes = layout.names, RowNotes(keeps=False)
    facts = given_facts(given, names)
    looking = part_of(tell, 0, 0.5)
    if facts is None:
        surveys = survey_text(data, layout, given, lambda share: looking(share, "Looking at every cell"), notes)
        facts = judge_columns(surveys, names, given_types(given, names), given, layout.signs.delimiter, problems)
    else:  # options may be those of another file: whether this one has surplus cells is seen in its own lines
        for _columns, _lines, share in text_chunks(data, layout, notes):
            looking(share, "Looking at every line")
    surplus = bool(notes.long)
    held: dict[int, bool] = dict.fromkeys(nameless(layout.raw), False)
    columns: list[str] = []
    rows = 0
    reading = part_of(tell, 0.5, 1.0)

    def pieces() -> Any:
        nonlocal rows
        most = max(1, CELLS // max(1, len(names)))
        for frame in filled_frames(
            data, layout, facts, problems, lambda share: reading(share, "Reading"), most, surplus
        ):
            rows += len(frame)
            columns[:] = frame.columns
            for at in held:
                held[at] |= bool(frame[names[at]].notna().any())
            yield frame

    table = write_table(out, pieces())
    kept = {at for at, there in held.items() if there}
    return table, complete_options(layout, facts, columns, kept, rows, given), problems
