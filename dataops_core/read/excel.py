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
from dataops_core.read.header import sniff_header
from dataops_core.read.names import check_flaws, check_width, clean_names, nameless, table_flaws
from dataops_core.read.old_excel import check_old, old_extents
from dataops_core.read.sheet_scan import BROKEN, Extent, sheet_extents
from dataops_core.read.sniff import check_header, spoken_lines
from dataops_core.read.values import value_frame
from dataops_core.table.kinds import as_text

MOST_OLD_CELLS = 65_536 * 256


def read_excel_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read one sheet of an Excel file: a tidy frame, the complete options, and the problems met.

    Excel has no integers: numbers without a fraction are read as integers.
    """
    given = {key: value for key, value in (options or {}).items() if value is not None}
    problems: list[dict] = []
    sheet, rows, extent = sheet_rows(data, given.get("sheet"), problems)
    width = max(map(len, rows), default=0)
    if not any(any(cell != "" for cell in row) for row in rows):
        raise InputError("The sheet is empty.", f'sheet "{sheet}"', "Choose another sheet.")
    texts = [[cell_text(cell) for cell in row] for row in rows[:1100]]
    header, skipped = sniff_header(texts, width)
    if check_header(given) not in (None, header):
        header = given["header_row"]
        skipped = list(range(min(header, len(texts))))
    if header >= len(rows):
        raise SettingError(f"There is no row {header + 1} to be the header.", "header_row", "Choose an earlier row.")
    filled = [at for at in skipped if any(texts[at])]
    if filled:
        problems.append(
            {
                "what": (
                    f"{len(filled)} rows before the table were skipped: "
                    + " / ".join('"' + " ".join(filter(None, texts[at])) + '"' for at in filled[:5])
                    + "."
                ),
                "where": spoken_lines([at + 1 for at in filled], len(filled)).replace("line", "row"),
                "fix": "Choose another header row if they belong to the table.",
                "count": len(filled),
            }
        )
    first = header + 1 if header >= 0 else len(skipped)
    raw = [cell_text(cell) for cell in rows[header]] if header >= 0 else [f"column {n}" for n in range(1, width + 1)]
    if header < 0 and len(given.get("columns") or ()) == width:
        raw = list(given["columns"])
    names = clean_names(raw, f"row {header + 1}", problems)
    body = rows[first:]
    if not body:
        problems.append(
            {
                "what": "The table has no rows, only a header.",
                "where": f'sheet "{sheet}"',
                "fix": "Check that the sheet is the right one.",
                "count": 1,
            }
        )
    again = [first + number for number, row in enumerate(body, 1) if header >= 0 and row == rows[header]]
    if again:
        problems.append(
            {
                "what": f"{len(again):,} rows repeat the header; they were kept.",
                "where": spoken_lines(again, len(again)).replace("line", "row"),
                "fix": "Drop these rows: perhaps files were joined.",
                "count": len(again),
            }
        )
    columns = [[whole_number(row[at]) for row in body] for at in range(len(names))]
    frame, facts = value_frame(names, columns, given, problems, "row", first + 1)
    faults: dict[str, list[Any]] = {name: [0, []] for name in names}
    for row, column, fault in extent.errors:
        if row >= first and column < len(names):
            note_cells(faults[names[column]], {fault: 1})
    problems += changed_problem(ERRORS, faults)
    held = {at for at in nameless(raw) if frame[names[at]].notna().any()}
    flaws = table_flaws(raw, held, len(body)) if header >= 0 else []
    flawed = check_flaws(flaws, f'sheet "{sheet}", row {header + 1}', given.get("lenient"))
    complete = {"format": "excel", "sheet": sheet, "header_row": header, **facts}
    return frame, {**complete, **({"lenient": True} if flawed else {})}, problems


def whole_number(cell: Any) -> Any:
    """A cell as it was meant: 3.0 is the number 3, and an empty cell is missing."""
    if isinstance(cell, float) and abs(cell) <= 2**53 and cell == int(cell):
        return int(cell)
    return None if cell == "" else cell


def cell_text(cell: Any) -> str:
    """A cell as people see it: Excel stores the year 2019 as 2019.0."""
    whole = whole_number(cell)
    return "" if whole is None else as_text(whole)


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
            return name, book.get_sheet_by_name(name).to_python(skip_empty_area=False), extent
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
