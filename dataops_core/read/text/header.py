"""Whether a record is a header, a title above one, or data. Embedded in exported scripts: standard library only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dataops_core.read.cells import MISSING_CANDIDATES, column_type, shape_of
from dataops_core.read.text.mend import value_kind
from dataops_core.values.dates import YEAR


def sniff_header(records: Sequence[Sequence[str]], width: int) -> tuple[int, list[int]]:
    """The index of the header among the first records (-1: there is none), and the indexes of lines before it."""
    start, skipped = 0, []
    while start < len(records) and is_preamble(records[start], width):
        skipped.append(start)
        start += 1
    if start == len(records):
        return 0, []
    return (-1, skipped) if looks_like_data(records[start], records[start + 1 :]) else (start, skipped)


def is_preamble(record: Sequence[str], width: int) -> bool:
    """Whether a leading record is blank, a comment, or a title of one cell above a wider table."""
    filled = [cell for cell in record if cell.strip()]
    if not filled or (record[0].startswith(("#", "//")) and (len(record) < width or width < 2)):
        return True
    return width > 1 and len(filled) == 1 and (len(record) == 1 or width > 2)


def names_years(cells: Sequence[str]) -> bool:
    """Whether the numbers of a row are years that name columns: two or more that follow each other, or three or more in
    order.

    >>> names_years(["2019", "2020"]), names_years(["2010", "2015", "2020"]), names_years(["2022", "2021", "2020"])
    (True, True, True)
    >>> names_years(["2019", "2021"]), names_years(["2019", "2020", "7"])
    (False, False)
    """
    years = [int(cell) for cell in cells if YEAR.fullmatch(cell)]
    if len(years) < 2 or len(years) < len(cells):
        return False
    steps = {later - year for year, later in zip(years, years[1:], strict=False)}
    return steps == {1} or (len(years) > 2 and (min(steps) > 0 or max(steps) < 0))


def counts_columns(cells: Sequence[str]) -> bool:
    """Whether the numbers of a row count columns: three or more, from 0 or 1.

    >>> counts_columns(["1", "2", "3"]), counts_columns(["3", "4", "5"])
    (True, False)
    """
    return len(cells) > 2 and list(cells) in (
        [str(at) for at in range(len(cells))],
        [str(at) for at in range(1, len(cells) + 1)],
    )


def is_scale(cells: Sequence[str]) -> bool:
    """Whether the whole numbers of a row go up by equal steps, as names of classes or depths do; three or more.

    >>> is_scale(["depth", "0", "50", "100"]), is_scale(["7", "9", "12"])
    (True, False)
    """
    numbers = [int(cell) for cell in cells if re.fullmatch("[0-9]{1,9}", cell)]
    steps = {later - number for number, later in zip(numbers, numbers[1:], strict=False)}
    return len(numbers) > 2 and len(numbers) >= len(cells) - 1 and len(steps) == 1 and min(steps) > 0


def looks_like_data(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a first record is data: it has the types of the columns below it, or only values that come again."""
    cells = [cell.strip() for cell in first]
    filled = [cell for cell in cells if cell not in MISSING_CANDIDATES]
    typed = [cell for cell in filled if shape_of(cell) not in ("text", "code")]
    rows = [record for record in below[:1000] if list(record) != list(first) and any(record)]
    if not rows:
        return bool(filled) and len(typed) == len(filled)
    if names_years(typed) or counts_columns(typed) or (is_scale(typed) and not any(map(is_scale, rows[:50]))):
        return False
    same = again = 0
    for number, cell in enumerate(cells):
        column = [row[number].strip() for row in rows if len(row) > number]
        values = {value for value in column if value not in MISSING_CANDIDATES}
        kind = column_type({shape_of(value) for value in values}, ".")
        if cell in MISSING_CANDIDATES or cell == "\\N" or not values:
            continue
        if kind != "text":
            if shape_of(cell) in ("text", "code") or (kind in ("integer", "decimal") and value_kind(cell) == "date"):
                return False
            same += 1
        elif len(loose := {value_kind(value) for value in values} - {""}) == 1 and loose <= {"date", "number"}:
            if value_kind(cell) == "text":
                return False
            same += value_kind(cell) in loose
        again += cell in values
    return same > 0 or (again == len(filled) and again > 0)
