"""How a text table is laid out: its signs, where the table begins and ends, and its names.

Embedded in exported scripts: standard library, numpy and pandas only.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from dataops_core.errors import InputError, SettingError
from dataops_core.read.cells import MISSING_CANDIDATES
from dataops_core.read.names import (
    EXTRA_CELLS,
    MOST_COLUMNS,
    check_flaws,
    check_width,
    clean_names,
    nameless,
    table_flaws,
)
from dataops_core.read.text.dialect import piece_of, sniff_dialect
from dataops_core.read.text.encodings import byte_pieces, decode_errors, mixed_lines, sniff_encoding, text_stream
from dataops_core.read.text.layout_types import Signs, TableHead, TextLayout
from dataops_core.read.text.mend import column_kinds, cut
from dataops_core.read.text.records import RowNotes, text_batches
from dataops_core.read.text.sniff import (
    check_encoding,
    check_header,
    check_header_rows,
    check_repairs,
    check_signs,
    check_table,
    null_signs,
    sample_records,
    sample_texts,
    spoken_lines,
    undecodable,
)
from dataops_core.read.text.structure import (
    choose_table,
    filled,
    find_header,
    find_tables,
    notes_from,
    table_width,
)
from dataops_core.wording import for_number

HEAD_RECORDS = 1100
WHOLE_TEXT = 400_000  # characters of a text of which all records are looked at before it is read


def text_layout(data: Any, given: dict, problems: list[dict]) -> TextLayout:
    """How the file is laid out: encoding, delimiter, quote, header, names; what is not given is found out."""
    if not any(piece.strip() for piece in byte_pieces(data)):
        raise InputError("The file is empty.", "the whole file", "Bring a file with at least a header line.")
    check_signs(given)
    encoding = check_encoding(given["encoding"], data) if "encoding" in given else sniff_encoding(data, problems)
    errors = decode_errors() if "bytes" in check_repairs(given) else "replace"
    problems += mixed_problem(data, encoding, errors) + undecodable(data, encoding, errors) + null_signs(data, encoding)
    lines, _ = text_stream(data, encoding, errors)
    layout = layout_of(sample_texts(data, encoding, errors), iter(lines), encoding, given, problems)
    if layout.tail:
        lines, _ = text_stream(data, encoding, errors)
        layout = replace(layout, last_line=sum(1 for _ in lines) - layout.tail)
    return layout


def mixed_problem(data: Any, encoding: str, errors: str) -> list[dict]:
    """A problem that says where letters of the Windows code page stand in a text of UTF-8."""
    if errors == "replace" or not encoding.startswith("utf-8"):
        return []
    lines = list(mixed_lines(data))
    return (
        [
            {
                "what": for_number(
                    f"{len(lines):,} lines|line hold|holds letters of cp1252 in a text of UTF-8.", len(lines)
                ),
                "where": spoken_lines(lines, len(lines)),
                "fix": "Look at these words; to see the characters as errors, leave out the repair of bytes.",
                "count": len(lines),
            }
        ]
        if lines
        else []
    )


def layout_of(
    texts: Sequence[str],
    lines: Iterator[str],
    encoding: str,
    given: dict,
    problems: list[dict],
) -> TextLayout:
    """The layout of a text whose encoding is known, from samples of it and its first lines."""
    repairs = check_repairs(given)
    delimiter, quote = sniff_dialect(texts, given.get("delimiter"), given.get("quote"))
    sample = sample_records([piece_of(text) for text in texts], delimiter, quote)
    width = table_width(sample)
    seen = max(width, len(sample[0]) if sample else 0)
    if seen > MOST_COLUMNS and texts:  # the sample may have ended in the middle of that line
        seen = max(seen, texts[0].split("\n", 1)[0].count(delimiter[0]) + 1)
    check_width(seen)
    if "delimiters" in repairs:
        sample = inner_records(sample, delimiter, quote)
        width = table_width(sample)
    signs = Signs(delimiter, quote, width, repairs, column_kinds(sample[:2000], width))
    whole = len(texts) == 1 and len(texts[0]) <= WHOLE_TEXT
    numbers, records = first_records(texts, lines, signs, whole=whole)
    held = held_records(records, numbers, texts[0]) if whole else []
    spans = find_tables(records, held, width) if "tables" in repairs and whole and width > 1 else [(0, len(records))]
    header_at = check_header(given)
    number = choose_table(records, spans, check_table(given))
    if header_at is not None and header_at >= 0:
        there = next((at for at, (_, end) in enumerate(spans) if header_at < end), number)
        header_at = header_at if "table" not in given or there == number else None
        number = there if header_at is not None else number
    start, end = spans[number]
    if len(spans) > 1 and table_width(records[start:end]) != width:
        width = table_width(records[start:end])
        signs = replace(signs, width=width, kinds=column_kinds(records[start:end], width))
        numbers, records = first_records(texts, lines, signs, whole=whole)
    found = find_header(records, start, end, width, quote, delimiter)
    if "preamble" not in repairs:
        at = next((here for here in range(start, end) if records[here]), start)
        found = TableHead(at, 1, at + 1, [], found.kinds)
    if "header" not in repairs and found.header >= 0:
        found = replace(found, rows=1, first=found.header + 1)
    if header_at not in (None, found.header):
        header = int(header_at or 0) if header_at != -1 else -1
        found = TableHead(header, 1, header + 1, list(range(start, min(header, len(records)))), found.kinds)
    if found.header >= len(records):
        raise SettingError(
            f"There is no line {found.header + 1} to be the header.",
            "header_row",
            "Choose an earlier line, or -1 for none.",
        )
    if found.header >= 0 and given.get("header_rows") is not None:
        rows = min(check_header_rows(given), len(records) - found.header)
        found = replace(found, rows=rows, first=found.header + rows)
    last, tail = last_record(texts, records, numbers, found, (start, end), signs, whole=whole)
    problems += skipped_problems(records, numbers, found, delimiter)
    problems += table_problems(records, numbers, spans, number)
    problems += notes_problems(records, numbers, last, end, tail, texts, delimiter)
    heads = [records[at] for at in range(found.header, found.first)] if found.header >= 0 else []
    heads = [list(found.cells)] if found.cells else heads
    where = f"line {numbers[found.header]}" if heads else "the first line"
    names = names_of(heads, where, signs, records[found.first : last], given, problems)
    return TextLayout(
        signs=replace(signs, width=len(names.names)),
        encoding=encoding,
        header_row=found.header,
        header_rows=found.rows,
        table=number + 1 if len(spans) > 1 else None,
        first=found.first,
        last_line=numbers[last] - 1 if last < len(records) and whole else None,
        tail=tail,
        heads=names.heads,
        where=where,
        names=names.names,
        raw=names.raw,
        body=signs.width,
        flawed=names.flawed,
    )


def inner_records(sample: list[list[str]], delimiter: str, quote: str) -> list[list[str]]:
    """Records as they are; but where most lines stand in quotes as a whole, what is in the quotes cut again."""
    whole = [record for record in sample[1:] if len(record) == 1 and delimiter in record[0]]
    if not quote or len(whole) < 2 or len(whole) < 0.8 * (len(sample) - 1):
        return sample
    inner = [cut(record[0], delimiter, quote) if len(record) == 1 else record for record in sample]
    width, count = Counter(map(len, inner)).most_common(1)[0]
    return inner if width > 1 and len(inner[0]) == width and count >= 0.8 * len(inner) else sample


def first_records(
    texts: Sequence[str], lines: Iterator[str], signs: Signs, *, whole: bool
) -> tuple[Sequence[int], list[list[str]]]:
    """The records of a short text, or the first ones of a long one, with the numbers of their lines."""
    if not whole:
        return next(text_batches(lines, signs, RowNotes(), HEAD_RECORDS), ([], []))
    numbers: list[int] = []
    records: list[list[str]] = []
    for some, batch in text_batches(iter(io.StringIO(texts[0], newline="")), signs, RowNotes(), HEAD_RECORDS):
        numbers += some
        records += batch
    return numbers, records


def last_record(
    texts: Sequence[str],
    records: Sequence[Sequence[str]],
    numbers: Sequence[int],
    found: TableHead,
    span: tuple[int, int],
    signs: Signs,
    *,
    whole: bool,
) -> tuple[int, int]:
    """Where the notes after the table begin: the number of the record, and for a long text how many lines they are."""
    if "footnotes" not in signs.repairs:
        return span[1], 0
    if whole:
        held = held_records(records, numbers, texts[0])
        return notes_from(records, held, found.first, span[1], signs.width, signs.kinds), 0
    text = texts[-1]
    ends = [at for at in range(len(text) - 20_000, len(text)) if at > 0 and text[at - 1] == "\n"]
    piece = text[ends[0] :] if ends else ""
    batches = list(text_batches(iter(io.StringIO(piece, newline="")), signs, RowNotes(), HEAD_RECORDS))
    ends_at = [number for some, _ in batches for number in some]
    rows = [record for _, some in batches for record in some]
    lines = io.StringIO(piece, newline="").readlines()
    held = held_records(rows, ends_at, piece)
    at = notes_from(rows, held, 0, len(rows), signs.width, signs.kinds) if len(rows) > 5 else len(rows)
    return len(records), len(lines) - ends_at[at] + 1 if at < len(rows) else 0


def held_records(records: Sequence[Sequence[str]], numbers: Sequence[int], text: str) -> list[bool]:
    """Which records are more than delimiters; a cell of nothing in quotes counts."""
    if all(map(any, records)):
        return [True] * len(records)
    lines = io.StringIO(text, newline="").readlines()
    return [
        filled(record) > 0 or (len(record) > 1 and '"' in lines[number - 1])
        for record, number in zip(records, numbers, strict=True)
    ]


def skipped_problems(
    records: Sequence[Sequence[str]], numbers: Sequence[int], found: TableHead, delimiter: str
) -> list[dict]:
    """What says that lines before the table were skipped."""
    skipped = found.skipped
    if not skipped:
        return []
    return [
        {
            "what": (
                f"{len(skipped):,} {for_number('lines|line before the table were|was skipped', len(skipped))}: "
                + " / ".join(f'"{delimiter[0].join(records[at])}"' for at in skipped[:5])
                + "."
            ),
            "where": spoken_lines([numbers[at] for at in skipped], len(skipped)),
            "fix": "Choose another header line if they belong to the table.",
            "count": len(skipped),
        }
    ]


def table_problems(
    records: Sequence[Sequence[str]], numbers: Sequence[int], spans: Sequence[tuple[int, int]], chosen: int
) -> list[dict]:
    """What says that there are several tables, where each begins, and which was read."""
    if len(spans) < 2:
        return []
    told = []
    for at, (start, end) in enumerate(spans, 1):
        first = next((here for here in range(start, end) if filled(records[here]) > 1), start)
        names = ", ".join(cell for cell in records[first][:4] if cell.strip())
        told.append(f"table {at} from line {numbers[first]} ({names})")
    return [
        {
            "what": f"The file holds {len(spans)} tables; table {chosen + 1} was read.",
            "where": ", ".join(told[:20]),
            "fix": "Choose another table by its number, or save each as a file of its own.",
            "count": len(spans),
        }
    ]


def notes_problems(
    records: Sequence[Sequence[str]],
    numbers: Sequence[int],
    last: int,
    end: int,
    tail: int,
    texts: Sequence[str],
    delimiter: str,
) -> list[dict]:
    """What says that notes after the table were left out."""
    notes = [at for at in range(last, min(end, len(records))) if records[at]]
    shown = [delimiter[0].join(records[at]) for at in notes]
    if tail:
        shown = [line.strip() for line in texts[-1].splitlines()[-tail:] if line.strip()]
    if not shown:
        return []
    return [
        {
            "what": (
                f"{len(shown):,} {for_number('lines|line after the table were|was left out', len(shown))}: "
                + " / ".join(f'"{line}"' for line in shown[:5])
                + "."
            ),
            "where": spoken_lines([numbers[at] for at in notes], len(notes)) if notes else "the end of the file",
            "fix": "Leave out the repair of footnotes if they are rows.",
            "count": len(shown),
        }
    ]


def joined_names(heads: Sequence[Sequence[str]]) -> list[str]:
    """One name for each column from a header of several rows; a group's name counts for the empty cells after it.

    >>> joined_names([["", "2020", "", "2021"], ["town", "men", "women", "men"]])
    ['town', '2020 / men', '2020 / women', '2021 / men']
    """
    width = max(map(len, heads))
    parts: list[list[str]] = [[] for _ in range(width)]
    for number, row in enumerate(heads):
        held = ""
        for at in range(width):
            cell = row[at].strip() if at < len(row) else ""
            held = cell or (held if number < len(heads) - 1 and not (row and row[0].strip()) else "")
            if held and held not in parts[at]:
                parts[at].append(held)
    return [" / ".join(part) for part in parts]


class Names(NamedTuple):
    """The names of the columns, what they were made from, whether they have flaws, and the records of the header."""

    names: list[str]
    raw: Sequence[str]
    flawed: bool
    heads: Sequence[Sequence[str]]


def names_of(
    heads: Sequence[Sequence[str]],
    where: str,
    signs: Signs,
    rows: Sequence[Sequence[str]],
    given: dict,
    problems: list[dict],
) -> Names:
    """The names of the columns, from the records of the header."""
    width = signs.width
    raw = (
        heads[0] if len(heads) == 1 else joined_names(heads) if heads else [f"column {n}" for n in range(1, width + 1)]
    )
    if len(heads) > 1:
        problems.append(
            {
                "what": f"The header goes over {len(heads)} lines; they were joined to one name for each column.",
                "where": where,
                "fix": "Leave out the repair of the header if the lines after the first are rows.",
                "count": len(heads),
            }
        )
    if heads and width == len(raw) + 1 and names_rows(rows, width):
        problems.append(
            {
                "what": "Every row has one cell more than the header; the first column holds row names.",
                "where": where,
                "fix": "Name the first column.",
                "count": 1,
            }
        )
        raw = ["", *raw]
    elif heads and "header" in signs.repairs:
        gone = surplus_names(raw, rows)
        if gone:
            problems.append(
                {
                    "what": for_number(
                        f"{len(gone):,} empty names|name in the header were|was left out: no row has a cell there.",
                        len(gone),
                    ),
                    "where": f"{where}, columns {', '.join(str(at + 1) for at in gone[:20])}",
                    "fix": "Take the surplus delimiters out of the header.",
                    "count": len(gone),
                }
            )
            raw = [name for at, name in enumerate(raw) if at not in gone]
            heads = [[cell for at, cell in enumerate(head) if at not in gone] for head in heads]
    flawed = bool(heads) and flawed_start(raw, rows, where, given)
    if not heads and given.get("columns"):
        raw = [name for name in given["columns"] if name != EXTRA_CELLS]
    names = clean_names(raw, where, problems)
    if heads and given.get("columns"):
        gone_names = [name for name in given["columns"] if name not in names and not name.startswith(EXTRA_CELLS)]
        new = [name for name in names if name not in given["columns"]]
        if gone_names or new:
            problems.append(
                {
                    "what": (
                        f"The columns are not those expected: missing: {', '.join(gone_names[:20]) or 'none'}; "
                        f"new: {', '.join(new[:20]) or 'none'}."
                    ),
                    "where": where,
                    "fix": "Check that the file is the right one.",
                    "count": len(gone_names) + len(new),
                }
            )
    return Names(names, raw, flawed, heads)


def surplus_names(raw: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """The positions of empty names in a header that is wider than (nearly) all rows: at its end, or the only one."""
    widths = Counter(len(row) for row in rows if row)
    most, count = widths.most_common(1)[0] if widths else (0, 0)
    over = len(raw) - most
    empty = nameless(raw)
    if over < 1 or count < 0.5 * sum(widths.values()) or any(width >= len(raw) for width in widths):
        return []
    ends = list(range(most, len(raw)))
    if all(at in empty for at in ends):
        return ends
    return empty if len(empty) == over else []


def flawed_start(raw: Sequence[str], records: Sequence[Sequence[str]], where: str, given: dict) -> bool:
    """Whether the names have flaws; refuses those that the first rows show, before all the others are read."""
    tokens = {"", *given.get("missing_tokens", MISSING_CANDIDATES)}
    held = {at for at in nameless(raw) for record in records if len(record) > at and record[at].strip() not in tokens}
    return any(records) and check_flaws(table_flaws(raw, held, len(records)), where, given.get("lenient"))


def names_rows(records: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the rows carry row names: all have one cell more than the header, and the last one is in use."""
    rows = [record for record in records if record]
    return bool(rows) and all(len(row) == width for row in rows) and any(row[-1].strip() for row in rows)
