"""Where the table is in a text: lines before it, the rows of its header, notes after it, and other tables beside it.

Embedded in exported scripts: standard library only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from dataops_core.read.text.header import is_preamble, looks_like_data, names_years
from dataops_core.read.text.layout_types import TableHead
from dataops_core.read.text.mend import OTHER_DELIMITERS, column_kinds, cut, fits_kinds, value_kind
from dataops_core.read.text.sniff import consistency, is_comment
from dataops_core.values.dates import YEAR

LEADING = 60  # records among which a header is looked for
MOST_HEADERS = 4
NOTE_START = re.compile(
    r"\W*(?:notes?|sources?|footnotes?|remarks?|legend|disclaimer|copyright|(?:last )?updated?|extracted|generated|"
    r"contact|quellen?|hinweise?|anmerkung(?:en)?|stand|fuentes?|notas?|fontes?|bron(?:nen)?|remarques?|kilde|lähde)"
    r"\b|[*†‡©¹²³]|[-_=*]{3,}$|\(?[0-9]{1,2}[)]|\(?[a-z][)]|https?://",
    re.IGNORECASE,
)


def filled(record: Sequence[str]) -> int:
    """How many cells of a record hold something."""
    return sum(map(bool, map(str.strip, record)))


def reach(record: Sequence[str]) -> int:
    """How many cells a record has up to the last that holds something."""
    return next((at for at in range(len(record), 0, -1) if record[at - 1].strip()), 0)


def find_tables(records: Sequence[Sequence[str]], held: Sequence[bool], width: int) -> list[tuple[int, int]]:
    """The first and last record (excluded) of each table; one, unless a blank line or title separates tables whose
    headers or widths differ. `held` says which records are more than delimiters.
    """
    starts = [0]
    at, begun = 0, False
    while at < len(records):
        if (not begun or not opens_block(records, at)) and not changes_width(records, at, starts[-1]):
            begun = begun or filled(records[at]) > 1
            at += 1
            continue
        block = block_at(records, at)
        apart = not all(held[max(0, at - 4) : at]) or len(records[at]) != table_width(records[starts[-1] : at])
        if begun and apart and is_other_table(records[starts[-1] : at], block):
            start = at
            while start and filled(records[start - 1]) == 1 and start - 1 > starts[-1] and width > 1:
                start -= 1  # its titles belong to it
            starts.append(start)
        at += 1
    return list(zip(starts, [*starts[1:], len(records)], strict=True))


def opens_block(records: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a record of several cells follows a blank line or a title."""
    return at > 0 and filled(records[at]) > 1 and filled(records[at - 1]) <= 1


def changes_width(records: Sequence[Sequence[str]], at: int, start: int) -> bool:
    """Whether three records of one width are followed by three of another, without a blank line."""
    before, after = records[max(start, at - 3) : at], records[at : at + 3]
    if len(before) < 3 or len(after) < 3:
        return False
    old, new = ({len(record) for record in some} for some in (before, after))
    return len(old) == len(new) == 1 and old != new and min(*old, *new) > 1


def block_at(records: Sequence[Sequence[str]], at: int) -> list[Sequence[str]]:
    """The records from one on, up to the next blank one or title; at most 200."""
    block: list[Sequence[str]] = []
    for record in records[at : at + 200]:
        if filled(record) < 1 or (filled(record) == 1 and len(block) > 1 and reach(block[0]) > 2):
            break
        block.append(record)
    return block


def is_other_table(above: Sequence[Sequence[str]], block: Sequence[Sequence[str]]) -> bool:
    """Whether a block of records is a table of its own: it begins with names that are not like the rows above, and has
    other columns or other types than they have.
    """
    if len(block) < 2:
        return False
    rows = [record for record in above if filled(record) > 1]
    names, body = block[0], block[1:]
    told = [cell for cell in names if cell.strip()]
    years = [cell for cell in told if value_kind(cell) == "number"]
    again = list(names) in [list(row) for row in rows[:3]]
    if again and filled(above[-1]) == 1 and not all(map(filled, above[-3:])):
        return True  # the same names below a blank line and a title
    if len(rows) < 2 or len(set(told)) < len(told) or again:
        return False
    if any(value_kind(cell) != "text" for cell in told) and not (names_years(years) and len(years) < len(told)):
        return False
    _, old, _ = consistency(rows)
    if len(rows) < 6 and sum(map(filled, rows)) < 0.6 * old * len(rows):
        return False  # a preamble
    _, new, _ = consistency(body)
    old_reach, new_reach = max(Counter(map(reach, rows)).items(), key=lambda pair: pair[1])[0], reach(names)
    if any(filled(record) > len(told) for record in body[:20]) and len(names) < new:
        return False
    old_kinds, new_kinds = column_kinds(rows[1:], old), column_kinds(body, new)
    narrower = old_reach != new_reach and (old != new or all(reach(record) <= new_reach for record in body))
    if narrower and len(told) == new_reach:
        full = sum(1 for record in body if reach(record) == new_reach) >= 0.5 * len(body)
        return full and not (any(old_kinds) and fits_kinds(names[: len(old_kinds)], old_kinds))
    if not any(old_kinds) or not any(new_kinds) or len(told) < 2:
        return False
    unlike = sum(1 for cell, kind in zip(names, old_kinds, strict=False) if kind and value_kind(cell) not in ("", kind))
    own = sum(1 for cell, kind in zip(names, new_kinds, strict=False) if kind and value_kind(cell) not in ("", kind))
    return unlike > 0 and own > 0 and own >= 0.5 * sum(map(bool, new_kinds))


def choose_table(records: Sequence[Sequence[str]], spans: Sequence[tuple[int, int]], wanted: int | None) -> int:
    """The number of the table to read, from 0: the one asked for, else the one with the most cells."""
    if wanted is not None and 1 <= wanted <= len(spans):
        return wanted - 1
    cells = [sum(map(filled, records[start:end])) for start, end in spans]
    return cells.index(max(cells))


def table_width(records: Sequence[Sequence[str]]) -> int:
    """The number of cells that most records of a table have, titles and notes left aside."""
    records = records if len(records) < 3000 else [*records[:2000], *records[-500:]]
    rows = [record for record in records if filled(record) > 1 and not is_comment(record)]
    rows = rows if len(rows) > 1 else [record for record in records if record and not is_comment(record)]
    _, width, _ = consistency(rows or [record for record in records if record])
    counts = Counter(map(len, rows))
    # of widths that are about as frequent, the one with the most cells: notes are narrower than tables
    wide = [each for each in counts if each > width and counts[each] >= max(2, 0.6 * counts[width])]
    return max(wide, key=lambda each: each * counts[each], default=width)


def find_header(
    records: Sequence[Sequence[str]], start: int, end: int, width: int, quote: str, delimiter: str
) -> TableHead:
    """Where header and rows begin in the records of one table."""
    kinds = column_kinds(records[start:end], width)
    at = start
    while at < min(end, start + LEADING) and is_before_table(records, at, end, width, kinds):
        at += 1
    if at >= min(end, start + LEADING):
        at = next((here for here in range(start, end) if records[here]), start)
        return TableHead(at, 1, at + 1, list(range(start, at)), kinds)
    skipped = list(range(start, at))
    below = [record for record in records[at + 1 : min(end, at + 1101)] if record]
    if looks_like_data(records[at], below):
        again = skipped[-1] if skipped else -1
        cells = names_otherwise(delimiter.join(records[again]), delimiter, quote, width) if again >= 0 else []
        if cells and not looks_like_data(cells, [records[at], *below]):
            return TableHead(again, 1, at, skipped[:-1], kinds, cells)
        few = list(records[again]) if again >= 0 else []
        if len(few) > 1 and all(value_kind(cell) == "text" for cell in few) and len(set(few)) == len(few):
            return TableHead(again, 1, at, skipped[:-1], kinds)
        return TableHead(-1, 0, at, skipped, kinds)
    rows = header_rows(records, at, end, width, kinds)
    return TableHead(at, rows, at + rows, skipped, kinds)


def names_otherwise(line: str, delimiter: str, quote: str, width: int) -> list[str]:
    """The names in a line that has another delimiter than the table; none where it gives no name to each column."""
    for sign in OTHER_DELIMITERS if width > 2 else ():
        cells = cut(line, sign, quote) if sign != delimiter[0] and sign in line else []
        if len(cells) == width and all(value_kind(cell) == "text" for cell in cells) and len(set(cells)) == width:
            return cells
    return []


def is_before_table(records: Sequence[Sequence[str]], at: int, end: int, width: int, kinds: Sequence[str]) -> bool:
    """Whether a leading record is no part of the table: blank, a comment, a title, or a note of a few cells above a
    wider table.
    """
    record = records[at]
    if is_preamble(record, width):
        return True
    if width > 2 and (len(record) != width or 2 * filled(record) <= width) and stands_apart(records, at, end, width):
        return True
    if width < 4 or 2 * reach(record) > width or filled(record) > 2:
        return False
    later = [here for here in range(at + 1, min(end, at + LEADING)) if filled(records[here]) >= 0.6 * width]
    if not later:
        return False
    between = records[at + 1 : later[0]]
    if len(record) < width or any(not filled(each) for each in between):
        return True
    return any(kinds) and filled(record) == reach(record) and not fits_kinds(records[later[0]], kinds)


def stands_apart(records: Sequence[Sequence[str]], at: int, end: int, width: int) -> bool:
    """Whether a blank line separates leading records of another width than the table's from one of names, all of them
    there.
    """
    here = at
    while here < min(end, at + LEADING) and filled(records[here]):
        if len(records[here]) == width and 2 * filled(records[here]) > width:
            return False
        here += 1
    while here < min(end, at + LEADING) and (not filled(records[here]) or len(records[here]) == 1):
        here += 1
    names = records[here] if here < min(end, at + LEADING) else []
    return (
        len(names) == width and all(cell.strip() for cell in names) and not looks_like_data(names, records[here + 1 :])
    )


def header_rows(records: Sequence[Sequence[str]], at: int, end: int, width: int, kinds: Sequence[str]) -> int:
    """Over how many rows the header goes: more than one if the next rows have text in columns of numbers and dates
    too.
    """
    typed = [column for column, kind in enumerate(kinds) if kind]
    data = sum(
        1 for record in records[at + 1 : min(end, at + 200)] if len(record) == width and fits_kinds(record, kinds)
    )
    rows = 1
    gaps = any(not cell.strip() for cell in records[at])
    while typed and rows < MOST_HEADERS and at + rows < end:
        record = records[at + rows]
        if len(record) not in (width, width - 1) or data < 2 or (filled(record) < 2 and width > 2):
            break
        told = [record[column] for column in typed if column < len(record) and record[column].strip()]
        fills = gaps and all(
            cell.strip() for cell, above in zip(record, records[at], strict=False) if not above.strip()
        )
        years = bool(told) and gaps and rows < MOST_HEADERS - 1 and all(map(YEAR.fullmatch, told))
        if years and names_over(records, at + rows + 1, end, typed):
            rows += 1
            continue
        if not told or any(value_kind(cell) != "text" for cell in told):
            break
        if len(told) < 2 and not fills:
            break
        if len(told) < 0.5 * len(typed) or comes_again(record, records[at + rows + 1 : end], typed):
            break
        rows += 1
    # a first row that fits the columns is data, however few cells the row below it has wrong
    return rows if rows == 1 or not fits_kinds(records[at], kinds) or gaps else 1


def names_over(records: Sequence[Sequence[str]], at: int, end: int, typed: Sequence[int]) -> bool:
    """Whether below a row of years another row of names, or rows of other numbers follow."""
    rows = [record for record in records[at : min(end, at + 20)] if record]
    cells = [[row[column].strip() for column in typed if column < len(row)] for row in rows]
    if not cells or not any(cells[0]):
        return False
    return all(value_kind(cell) == "text" for cell in cells[0]) or not any(
        all(map(YEAR.fullmatch, row)) for row in cells
    )


def comes_again(record: Sequence[str], below: Sequence[Sequence[str]], typed: Sequence[int]) -> bool:
    """Whether texts of a row in columns of numbers stand there further down too, as words for a missing number do."""
    return any(
        record[column].strip() and any(len(row) > column and row[column] == record[column] for row in below[:1000])
        for column in typed
        if column < len(record)
    )


def notes_from(
    records: Sequence[Sequence[str]], held: Sequence[bool], first: int, end: int, width: int, kinds: Sequence[str]
) -> int:
    """The first record of the notes after a table; `end` where there are none. `held` says which records are more than
    delimiters.
    """
    if width < 2:
        return end
    if end > first and list(records[end - 1]) == ["\x1a"]:  # the end of a text, as DOS marks it
        end -= 1
    at, last = end, end
    longest = 0
    for record in records[first : min(end, first + 500)]:
        if len(record) == width and filled(record) > 1:
            longest = max(longest, len(record[0]))
    while last > first + 1:
        begin = last
        while begin > first + 1 and held[begin - 1]:
            begin -= 1
        block = list(records[begin:last])
        apart = begin > first + 1
        note = notes_in(block, width, kinds, longest) if apart else len(block)
        if block and note == 0:
            at = begin
        elif note < len(block):
            at = last - len(block) + note
            break
        elif block:
            while last > first + 1 and is_note(records[last - 1], width, kinds, longest, apart=False):
                last -= 1
                at = last
            break
        last = begin
        while last > first + 1 and not held[last - 1]:
            last -= 1
    if at == end:  # no notes; but lines of delimiters alone may follow the table
        bare = end
        while bare > first + 1 and not held[bare - 1]:
            bare -= 1
        return bare if end < len(records) or sum(1 for record in records[bare:end] if record) >= 3 else end
    while at > first + 1 and not held[at - 1]:
        at -= 1
    return at


def notes_in(block: Sequence[Sequence[str]], width: int, kinds: Sequence[str], longest: int) -> int:
    """Where the notes begin in a block of records after a blank line: at the first note, if only notes and short
    records follow it.
    """
    note = len(block)
    for at in range(len(block) - 1, -1, -1):
        record = block[at]
        if is_note(record, width, kinds, longest, apart=True):
            note = at
        elif 2 * filled(record) > width or (len(record) == width and width < 4):
            break
    return note


def is_note(record: Sequence[str], width: int, kinds: Sequence[str], longest: int, *, apart: bool) -> bool:
    """Whether a record after the rows is a note: little of it is filled, and it reads like one or stands apart."""
    held, text = filled(record), next((cell.strip() for cell in record if cell.strip()), "")
    if not held or value_kind(text) != "text":
        return False
    if (
        len(record) == width
        and fits_kinds(record, kinds)
        and any(kind and cell.strip() for cell, kind in zip(record, kinds, strict=False))
    ):
        return False  # a row like those above
    marked = bool(NOTE_START.match(text))
    long = len(text) > max(20, 2 * longest) and text.count(" ") >= 2
    if len(record) == 1 and width > 2 and (kinds[0] or (len(text) > 2 * longest and text.count(" ") >= 2)):
        return True
    if held == 1 and record[0].strip():
        return marked or long or (apart and (len(record) < width or bool(kinds[0])))
    if len(record) >= width and (2 * held > width or not (marked or long)):
        return False
    return (marked or apart or long) and 2 * reach(record) <= max(width, 4) + (len(record) < width) * width
