"""Read a sheet of an Excel or OpenDocument file into a frame."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd

from dataops_core.errors import InputError, SettingError, nearest
from dataops_core.read.bounds import check_cells
from dataops_core.read.changed import ERRORS, changed_problem, note_cells
from dataops_core.read.excel.old_excel import check_old, old_extents
from dataops_core.read.excel.sheet_rows import (
    cell_text,
    choose_table,
    fill_merged,
    select_rows,
    skipped_rows,
    spoken_rows,
    whole_number,
)
from dataops_core.read.excel.sheet_scan import BROKEN, Extent, sheet_extents
from dataops_core.read.excel.sheet_tables import cell_at, sheet_tables
from dataops_core.read.names import check_flaws, check_width, clean_names, nameless, table_flaws
from dataops_core.read.text.header import sniff_header
from dataops_core.read.text.sniff import check_header, check_repairs
from dataops_core.read.values import value_frame
from dataops_core.wording import for_number

MOST_OLD_CELLS = 65_536 * 256


def read_excel_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read one sheet of an Excel file: a tidy frame, the complete options, and the problems met.

    Excel has no integers: numbers without a fraction are read as integers.
    """
    given = {key: value for key, value in (options or {}).items() if value is not None}
    problems: list[dict] = []
    sheet, rows, extent = sheet_rows(data, given.get("sheet"), problems)
    if not any(any(cell != "" for cell in row) for row in rows):
        raise InputError("The sheet is empty.", f'sheet "{sheet}"', "Choose another sheet.")
    allowed = check_repairs(given)
    if extent.merged and "merged cells" in allowed:
        problems += fill_merged(rows, extent.merged)
    tables = sheet_tables(rows, [(row, column) for row, column, _ in extent.errors])
    table = choose_table(rows, tables, given, problems, sheet)
    width = len(table.columns)
    cells = {at: [cell_at(rows, at, column) for column in table.columns] for at in table.rows}
    texts = [[cell_text(cell) for cell in cells[at]] for at in table.rows[:1100]]
    place, skipped = sniff_header(texts, width)
    if (asked := check_header(given)) is not None:
        place = table.rows.index(asked) if asked >= 0 else -1
        skipped = list(range(max(0, place))) if asked >= 0 else []
    header = table.rows[place] if place >= 0 else -1
    problems += skipped_rows(rows, [*table.above, *[table.rows[at] for at in skipped]])
    first = place + 1 if place >= 0 else len(skipped)
    raw = [cell_text(cell) for cell in cells[header]] if header >= 0 else [f"column {n}" for n in range(1, width + 1)]
    if header < 0 and len(given.get("columns") or ()) == width:
        raw = list(given["columns"])
    names = clean_names(raw, f"row {header + 1}", problems)
    kept = select_rows(rows, table, table.rows[first:], allowed, problems)
    body = [[cell_at(rows, at, column) for column in table.columns] for at in kept]
    if not body:
        problems.append(
            {
                "what": "The table has no rows, only a header.",
                "where": f'sheet "{sheet}"',
                "fix": "Check that the sheet is the right one.",
                "count": 1,
            }
        )
    again = [at + 1 for at, row in zip(kept, body, strict=True) if header >= 0 and row == cells[header]]
    if again:
        problems.append(
            {
                "what": for_number(f"{len(again):,} rows|row repeat|repeats the header and were|was kept.", len(again)),
                "where": spoken_rows(again),
                "fix": "Drop these rows: perhaps files were joined.",
                "count": len(again),
            }
        )
    hidden = [at + 1 for at in kept if at in extent.hidden]
    if hidden:
        problems.append(
            {
                "what": for_number(
                    f"{len(hidden):,} rows|row are|is hidden in the sheet and were|was read like the others.",
                    len(hidden),
                ),
                "where": spoken_rows(hidden),
                "fix": "Filter them out if whoever hid them meant them to be left out.",
                "count": len(hidden),
            }
        )
    columns = [[whole_number(row[at]) for row in body] for at in range(len(names))]
    frame, facts = value_frame(names, columns, given, problems, "row", [at + 1 for at in kept])
    faults: dict[str, list[Any]] = {name: [0, []] for name in names}
    read = set(kept)
    for row, column, fault in extent.errors:
        if row in read and column in table.columns:
            note_cells(faults[names[table.columns.index(column)]], {fault: 1})
    problems += changed_problem(ERRORS, faults)
    held = {at for at in nameless(raw) if frame[names[at]].notna().any()}
    flaws = table_flaws(raw, held, len(body)) if header >= 0 else []
    flawed = check_flaws(flaws, f'sheet "{sheet}", row {header + 1}', given.get("lenient"))
    complete = {"format": "excel", "sheet": sheet, "header_row": header, **facts}
    if len(tables) > 1:
        complete["table"] = tables.index(table) + 1 if table in tables else given.get("table")
    complete |= {key: given[key] for key in ("repairs",) if key in given}
    return frame, {**complete, **({"lenient": True} if flawed else {})}, problems


def sheet_rows(data: bytes, wanted: str | None, problems: list[dict]) -> tuple[str, list[list[Any]], Extent]:
    """The name, rows and extent of the sheet asked for, or of the first one that holds something."""
    import python_calamine

    locked = InputError("The Excel file is encrypted.", "the whole file", "Save it without a password.")
    if data.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in data:
        raise locked
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        check_old(data)
    found = old_extents(data) if data.startswith(b"\xd0\xcf\x11\xe0") else sheet_extents(data, "the workbook")
    if any(extent.claimed > MOST_OLD_CELLS for extent in (found if isinstance(found, list) else ())):
        raise InputError(
            "The workbook is damaged: a sheet claims to be larger than a sheet can be.", "the whole file", BROKEN
        )
    try:
        with quiet():
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(book.sheet_names)
        if wanted is not None and wanted not in names:
            raise SettingError(f'There is no sheet "{wanted}".', "sheet", nearest(wanted, names))
        extents = extents_by_name(names, found)
        filled = [name for name in names if extents[name].held]
        name = wanted or next(iter(filled or names), "")
        others = [other for other in filled if other != name]
        if wanted is None and others:
            problems.append(
                {
                    "what": f'The sheet "{name}" was read; others hold something too: {", ".join(others[:20])}.',
                    "where": f'sheet "{name}"',
                    "fix": "Choose another sheet if you meant that one.",
                    "count": len(others),
                }
            )
        if name not in extents:
            raise InputError("The workbook has no sheet.", "the whole file", BROKEN)
        extent = extents[name]
        check_cells(extent.rows, extent.columns, extent.held, extent.characters, len(data), f'sheet "{name}"')
        check_width(extent.columns)
        with quiet():
            page = book.get_sheet_by_name(name)
            extent.merged = list(page.merged_cell_ranges or ())
            return name, page.to_python(skip_empty_area=False), extent
    except python_calamine.PasswordError:
        raise locked from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(f"This is not an Excel file that can be read: {error}.", "the whole file", BROKEN) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what a fault inside of the reader's Rust code is called
            raise
        raise InputError("The workbook is damaged.", "the whole file", BROKEN) from None


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what the reader's Rust code says of its own faults off the terminal; they come as errors as well."""
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def extents_by_name(names: Sequence[str], found: dict[str, Extent] | list[Extent]) -> dict[str, Extent]:
    """The extents of the sheets by their names; where it is unclear whose they are, each sheet may be the largest of
    all.
    """
    if isinstance(found, dict) and set(names) <= set(found):
        return found
    several = list(found.values() if isinstance(found, dict) else found)
    if len(several) == len(names):
        return dict(zip(names, several, strict=True))
    worst = Extent()
    for each in several:
        worst.rows, worst.columns = max(worst.rows, each.rows), max(worst.columns, each.columns)
        worst.held, worst.characters = max(worst.held, each.held), max(worst.characters, each.characters)
    return dict.fromkeys(names, worst)
