"""The cells of lines that break the rules: quotes that are stray, missing or never closed, another delimiter than all
other lines have, quotes around the whole line. Embedded in exported scripts: standard library only.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Sequence

from dataops_core.read.cells import MISSING_CANDIDATES, shape_of
from dataops_core.read.text.sniff import SINGLE_SPACE, line_reader

OTHER_DELIMITERS = (",", ";", "\t", "|", " ")
MOST_ROWS = 300  # that the kinds of columns are told from
SHORT = 64  # letters of a cell whose kind is remembered: that of a sample's cells is asked several times
MOST_WORK = 100_000  # ways to cut a line that are looked at
TIME_OR_DATE = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}(?: [0-9:]+)?|[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[T ]\S+)?"
)
LOOSE_NUMBER = re.compile(
    r"[-+(]?[$€£]? ?[0-9]{1,3}(?:[ ,.'\u00a0][0-9]{3})*(?:[.,][0-9]+)? ?[%€£$)]?|[-+]?[0-9]+[.,]?[0-9]*%?"
)


def value_kind(cell: str) -> str:
    """What a cell is, roughly: number, date, truth, text, or "" for nothing.

    >>> [value_kind(cell) for cell in ("1.5", "007", "$ 1,200", "10:30", "true", "word", "NA")]
    ['number', 'number', 'number', 'date', 'truth', 'text', '']
    """
    return _kind(cell) if len(cell) <= SHORT else _kind.__wrapped__(cell)


@functools.lru_cache(maxsize=1 << 14)
def _kind(cell: str) -> str:
    bare = cell.strip()
    if bare in MISSING_CANDIDATES or bare == "\\N" or not bare.strip(".-–—*: "):
        return ""
    shape = shape_of(bare)
    if shape == "text":
        if LOOSE_NUMBER.fullmatch(bare):
            return "number"
        return "date" if TIME_OR_DATE.fullmatch(bare) else "text"
    return {"moment": "date", "truth": "truth"}.get(shape, "number")


def cut_to_width(line: str, delimiter: str, quote: str, width: int) -> list[str] | None:
    """The cells of a line whose quotes break the rules, if there is a way to cut it into so many; of several ways the
    one with the fewest stray quotes.

    A cell in quotes ends at a quote that a delimiter or the end follows; quotes inside it that are not doubled stay.

    >>> cut_to_width('a,"so "very, very" good",b', ",", '"', 3)
    ['a', 'so "very, very" good', 'b']
    >>> cut_to_width('"12,x,"y, z"', ",", '"', 3)
    ['"12', 'x', 'y, z']
    """
    sign, mark = quote[-1:], delimiter[:1] if delimiter[1:] == " " else delimiter
    mark = " " if delimiter == SINGLE_SPACE else mark
    skips = delimiter[1:] == " "
    line = line.rstrip("\r\n")
    if delimiter == " ":
        line = re.sub(r'("[^"]*")| +', lambda match: match[1] or " ", line.strip(" "))
    if len(quote) == 2:
        line = line.replace(quote, sign * 2)
    if not sign or sign == "\\" or line.count(sign) > 400:
        return None
    starts = [0, *(match.end() for match in re.finditer(re.escape(mark), line))]
    closers = [at for at in range(len(line)) if line[at] == sign and ends_cell(line, at + 1, mark)]
    work = len(starts) * (1 + len(closers))
    if len(starts) < width or work * width > MOST_WORK or work * len(line) > 1000 * MOST_WORK:
        return None
    # from the end: how to cut the rest of the line from each start into each number of cells, and how odd that is
    ways: dict[int, dict[int, tuple[float, str, int]]] = {}
    for start in reversed(starts):
        here: dict[int, tuple[float, str, int]] = {}
        for cost, cell, after in first_cells(line, start, mark, sign, closers, skips=skips):
            if after > len(line):
                here.setdefault(1, (cost, cell, after))
                here[1] = min(here[1], (cost, cell, after), key=lambda way: way[0])
                continue
            for count, (rest, _, _) in ways.get(after, {}).items():
                if count < width and (count + 1 not in here or cost + rest < here[count + 1][0]):
                    here[count + 1] = (cost + rest, cell, after)
        ways[start] = here
    if width not in ways[0]:
        return None
    cells, start = [], 0
    for left in range(width, 0, -1):
        _, cell, start = ways[start][left]
        cells.append(cell)
    return cells


def ends_cell(line: str, at: int, mark: str) -> bool:
    """Whether a cell may end at a position: a delimiter or the end of the line is there, perhaps after spaces."""
    return (
        line.startswith(mark, at)
        or not line[at:].strip(" ")
        or (mark != " " and line[at:].lstrip(" ").startswith(mark))
    )


def first_cells(
    line: str, start: int, mark: str, sign: str, closers: Sequence[int], *, skips: bool
) -> list[tuple[float, str, int]]:
    """The ways to read one cell from a position: how odd each is, the cell, and where the next one starts."""
    found = []
    begin = start
    while mark != " " and line.startswith(" ", begin):
        begin += 1
    if line.startswith(sign, begin):
        for at in closers:
            if at <= begin:
                continue
            inner = line[begin + 1 : at]
            stray = inner.replace(sign * 2, "").count(sign)
            after = at + 1
            while not line.startswith(mark, after) and after < len(line):
                after += 1
            found.append((float(stray), inner.replace(sign * 2, sign), after + len(mark)))
    end = line.find(mark, start)
    end = len(line) if end < 0 else end
    cell = line[begin if skips else start : end]
    if "\n" not in cell and "\r" not in cell:
        cost = cell.count(sign) * 0.5 + 2.0 * cell.lstrip(" ").startswith(sign)
        found.append((cost, cell, end + len(mark)))
    return found


def column_kinds(records: Sequence[Sequence[str]], width: int) -> list[str]:
    """The kind that nearly all cells of each column have; "" where they have no kind in common, or are text."""
    body = [record for record in records if len(record) == width]
    body = [record for record in body if sum(map(bool, record)) > 1] or body if width > 2 else body
    body = body[min(8, len(body) // 3) :][:MOST_ROWS]  # the first ones may be titles and names
    kinds = []
    for column in zip(*body, strict=True):
        known = {cell: value_kind(cell) for cell in set(column)}
        found = [known[cell] for cell in column if known[cell]]
        best = max(("number", "date", "truth"), key=found.count)
        kinds.append(best if found and found.count(best) >= max(2, 0.7 * len(found)) else "")
    return kinds or [""] * width


def fits_kinds(cells: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether cells are of the kinds of their columns, and at least one that has a kind holds something."""
    told = [(value_kind(cell), kind) for cell, kind in zip(cells, kinds, strict=False) if kind]
    return all(own in ("", kind) for own, kind in told) and (not told or any(own for own, _ in told))


def cut_otherwise(
    line: str, cells: Sequence[str], delimiter: str, quote: str, kinds: Sequence[str]
) -> list[str] | None:
    """The cells of a line that has another delimiter than the table, or quotes around all of it; None where it has not.

    >>> cut_otherwise("1;x;2.5", ["1;x;2.5"], ",", '"', ["number", "", "number"])
    ['1', 'x', '2.5']
    """
    width = len(kinds)
    line = line.rstrip("\r\n")
    if width < 2 or not line.strip() or "\n" in line or len(line) > 100_000:
        return None
    if len(cells) == 1 and quote and delimiter[0] in cells[0]:
        inner = cut(cells[0], delimiter, quote)
        if len(inner) == width and fits_kinds(inner, kinds):
            return inner
    for sign in OTHER_DELIMITERS:
        if sign == delimiter[0] or sign not in line or (width == 2 and sign == " "):
            continue
        for other in cut(line, sign, quote), cut(line, "\ue001", quote, sign):
            if len(other) == width and any(kinds) and fits_kinds(other, kinds):
                return other
    return None


def cut(line: str, delimiter: str, quote: str, instead: str = "") -> list[str]:
    """The cells of a line by a delimiter, which may stand there for another one; none where the rules are broken."""
    if instead:  # a space that is one delimiter each, not in runs
        pieces = re.split(r'("(?:[^"]|"")*")', line)
        line = "".join(piece if at % 2 else piece.replace(instead, delimiter) for at, piece in enumerate(pieces))
    try:
        return next(line_reader([line], delimiter, quote, strict=True), [])
    except csv.Error:
        return []
