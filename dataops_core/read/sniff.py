"""Encoding, delimiter, quote and header of a text table, judged from the file itself.

Embedded in exported scripts: standard library only.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dataops_core.errors import InputError, SettingError
from dataops_core.read.cells import MISSING_CANDIDATES, column_type, shape_of

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = ("\t", ";", "|", ",")
RARE_DELIMITERS = (":", " ")
SAMPLE_BYTES = 1_000_000


def sniff_encoding(data: bytes, problems: list[dict]) -> str:
    """The encoding of a file: its byte order mark, else UTF-8 if all of it decodes, else the Windows code page."""
    early = early_encoding(data[:SAMPLE_BYTES])
    if early:
        return early
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    replaced = data.decode("utf-8", "replace")
    broken = replaced.count("\ufffd")
    good = sum(
        1 for _ in re.finditer(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", data)
    )
    if good > 10 * broken:
        return "utf-8"
    # cp1252 has five bytes without a meaning; a file that uses them is more likely Latin-1.
    chosen = "latin-1" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", data) else "cp1252"
    high = len(re.findall(rb"[\x80-\xff]", data))
    problems.append(
        {
            "what": f"The file is not UTF-8; it was read as {chosen}.",
            "where": "the whole file",
            "fix": "Look at words with accents; if they are wrong, choose another encoding.",
            "count": high,
        }
    )
    return chosen


def early_encoding(head: bytes) -> str | None:
    """The encoding that the start of a file gives away; None if it may be UTF-8. Refuses binary data."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd > 0.2 * len(head) and min(even, odd) < 0.05 * max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    odd_bytes = sum(head.count(bytes([code])) for code in range(32) if code not in (9, 10, 12, 13, 27))
    if head.count(0) > 0.01 * len(head) or odd_bytes > 0.03 * len(head) or head.startswith((b"%PDF-", b"\x89PNG")):
        raise InputError(
            "This is not a text table: it holds binary data.",
            f"{odd_bytes:,} control characters near its start",
            "Save the table as CSV, Excel, Parquet or JSON, and bring that file.",
        )
    return None


def check_encoding(name: str, data: bytes) -> str:
    """The given encoding, with its byte order mark taken off where the file has one."""
    try:
        known = codecs.lookup(name).name
        b"a,b".decode(name, "replace")  # some of what Python knows by name turns bytes into bytes, or refuses most
    except (LookupError, ValueError, TypeError):
        raise SettingError(
            f'There is no encoding "{name}".',
            "encoding",
            "Common ones: utf-8, cp1252, latin-1, utf-16.",
        ) from None
    return "utf-8-sig" if known == "utf-8" and data.startswith(codecs.BOM_UTF8) else name


def check_signs(given: dict) -> None:
    """Refuse a delimiter, quote or decimal sign that no text table can have."""
    delimiter, quote = given.get("delimiter"), given.get("quote")
    unfit = delimiter is not None and (
        not isinstance(delimiter, str) or len(delimiter) not in (1, 2) or delimiter[1:] not in ("", " ")
    )
    if unfit or (delimiter and delimiter[0] in '\r\n\0"'):
        raise SettingError(
            f"{delimiter!r} is not a delimiter.",
            "delimiter",
            'Give one sign, such as "," or ";", perhaps with a space after it.',
        )
    unfit = quote is not None and (
        not isinstance(quote, str) or len(quote) > 2 or (len(quote) == 2 and quote[0] != "\\")
    )
    if unfit or (quote and (quote[-1] in "\r\n\0 " or quote[-1] == (delimiter or "")[:1])):
        raise SettingError(
            f"{quote!r} is not a quote.",
            "quote",
            """Give one sign, such as '"', or nothing; a backslash may stand before it.""",
        )
    check_decimal(given)


def check_decimal(given: dict) -> str | None:
    """The given decimal sign, if it is one."""
    if given.get("decimal") not in (None, ".", ","):
        raise SettingError(f"{given['decimal']!r} is not a decimal sign.", "decimal", 'Give "." or ",".')
    return given.get("decimal")


def check_header(given: dict) -> int | None:
    """The given number of the header line, if it is one."""
    row = given.get("header_row")
    if row is not None and (not isinstance(row, int) or isinstance(row, bool) or row < -1):
        raise SettingError(
            f"{row!r} is not a number of a header line.",
            "header_row",
            "Count lines from 0, or give -1 where there is no header.",
        )
    return row


def null_signs(data: bytes, encoding: str) -> list[dict]:
    """A problem that says where the text has NUL signs; they are kept, though many programs stop at them."""
    text = data.decode(encoding, "replace") if b"\0" in data else ""
    count = text.count("\0")
    return (
        [
            {
                "what": f"{count:,} NUL characters stand in the text; they were kept.",
                "where": spoken_lines(lines_with("\0", text), count),
                "fix": "Repair the file, or replace them with a step.",
                "count": count,
            }
        ]
        if count
        else []
    )


def lines_with(sign: str, text: str) -> list[int]:
    """The numbers of the first twenty lines that hold a sign."""
    lines: list[int] = []
    line, start, at = 1, 0, text.find(sign)
    while at >= 0 and len(lines) < 20:
        line += text.count("\n", start, at)
        lines.append(line)
        start = text.find("\n", at)
        at = text.find(sign, start) if start >= 0 else -1
    return lines


def undecodable(data: bytes, encoding: str) -> list[dict]:
    """A problem that says where bytes do not fit the encoding; they are read as U+FFFD."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        pass
    else:
        return []
    text = data.decode(encoding, "replace")
    count = text.count("\ufffd")
    return [
        {
            "what": f"{count:,} characters could not be decoded as {encoding}; each was replaced by U+FFFD.",
            "where": spoken_lines(lines_with("\ufffd", text), count),
            "fix": "Choose another encoding, or repair the file.",
            "count": count,
        }
    ]


def spoken_lines(lines: Sequence[int], count: int | None = None) -> str:
    """Line numbers as words, the first twenty of them.

    >>> spoken_lines([3, 9]), spoken_lines([3])
    ('lines 3, 9', 'line 3')
    """
    shown = ", ".join(str(line) for line in lines[:20])
    more = ", …" if (count or 0) > len(lines[:20]) and len(lines) >= 20 else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def sample_texts(data: bytes, encoding: str) -> list[str]:
    """The file as text if it is small, else its start, middle and end, cut at line ends."""
    if len(data) <= 4 * SAMPLE_BYTES:
        return [data.decode(encoding, "replace")]
    middle = len(data) // 2 // 4 * 4
    parts = [
        data[:SAMPLE_BYTES],
        data[middle : middle + SAMPLE_BYTES // 4],
        data[len(data) // 4 * 4 - SAMPLE_BYTES // 4 :],
    ]
    later = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    if encoding in ("utf-16", "utf-32"):  # without the mark, the decoder needs to be told the order of bytes
        later = f"{encoding}-{'le' if data[0] == 0xFF else 'be'}"
    texts = [part.decode(later if number else encoding, "replace") for number, part in enumerate(parts)]
    return [
        text[(text.find("\n") + 1 if number else 0) : (text.rfind("\n") + 1 if number < 2 else len(text))] or text
        for number, text in enumerate(texts)
    ]


def line_reader(lines: Any, delimiter: str, quote: str, *, strict: bool = False) -> Any:
    """A csv reader for a delimiter (", " skips spaces after it, " " takes runs) and a quote ("" for none)."""
    csv.field_size_limit(2**31 - 1)
    if delimiter == " ":
        lines = (re.sub(r'("[^"]*")| +', lambda m: m[1] or " ", line.strip(" ")) for line in lines)
    if len(quote) == 2:  # a backslash before the quote: written as a doubled quote, all other backslashes stay
        lines = (line.replace(quote, quote[1] * 2) for line in lines)
    given: dict[str, Any] = {"delimiter": delimiter[0], "strict": strict, "skipinitialspace": len(delimiter) == 2}
    if not quote:
        return csv.reader(lines, quoting=csv.QUOTE_NONE, **given)
    return csv.reader(lines, quotechar=quote[-1], **given)


def sample_records(texts: Sequence[str], delimiter: str, quote: str) -> list[list[str]]:
    """The records of the samples, blank ones left out."""
    found = []
    for text in texts:
        found += [r for r in line_reader(io.StringIO(text, newline=""), delimiter, quote) if r]
    return found


def sniff_delimiter(texts: Sequence[str], quote: str | None) -> str:
    """The delimiter that cuts most records into the same number of cells, at least two; one that cuts nothing else."""
    best: tuple[float, int, str] = (0.0, 0, ",")
    for rank, delimiter in enumerate(DELIMITERS):
        if not any(delimiter in text for text in texts):
            continue
        records = [r for r in sample_records(texts, delimiter, '"' if quote is None else quote) if not is_comment(r)]
        share, width, leads = consistency(records)
        if not leads:  # perhaps titles stand above the table
            below = records[next((n for n, r in enumerate(records) if len(r) > 1), 0) :]
            share, width, _ = consistency(below if len(below) > 1 else [])
        if width > 1 and (share >= 0.9 or (leads and share >= 0.4)):
            best = max(best, (share if leads else share * 0.8, -rank, delimiter))
    if best[0]:
        delimiter = best[2]
        spaced = sum(len(re.findall(re.escape(delimiter) + ' +"[^"]*"', text)) for text in texts)
        tight = sum(text.count(delimiter + '"') for text in texts)
        return delimiter + " " if spaced > tight and quote != "" and delimiter != "\t" else delimiter
    for delimiter in RARE_DELIMITERS:
        records = sample_records(texts, delimiter, '"')
        share, width, leads = consistency(records)
        whole = {shape_of(delimiter.join(record)) for record in records[1:]}
        if share == 1 and leads and width > 2 and len(records) > 2 and whole == {"text"}:
            return delimiter
    for delimiter in (",", "\t", ";", "|"):  # one column: any sign will do that cuts nothing
        if all(len(record) == 1 for record in sample_records(texts, delimiter, '"' if quote is None else quote)):
            return delimiter
    return "\x1f"


def is_comment(record: Sequence[str]) -> bool:
    """Whether a record is a comment or a title: one cell that starts with # or //."""
    return record[0].startswith(("#", "//")) and not any(record[1:])


def consistency(records: Sequence[Sequence[str]]) -> tuple[float, int, bool]:
    """The share of records with the most common number of cells, that number, and whether the first one has it."""
    if not records:
        return 0.0, 0, False
    widths = Counter(map(len, records))
    width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0] == len(records[0]), pair[0]))
    return count / len(records), width, len(records[0]) in (width, width - 1) and len(records[0]) > 1


def sniff_quote(texts: Sequence[str], delimiter: str) -> str:
    r"""The quote: ", or ' where cells stand in it, or \" where a backslash protects quotes inside cells."""
    if any('\\"' in text for text in texts):
        try:  # a file that keeps the rules of doubled quotes has backslashes that are just backslashes
            list(line_reader(io.StringIO(texts[0], newline=""), delimiter, '"', strict=True))
        except csv.Error:
            pass
        else:
            return '"'
        plain, escaped = (quote_faults(texts, delimiter, quote) for quote in ('"', '\\"'))
        return '\\"' if escaped < plain else '"'
    if any('"' in text for text in texts) or not any("'" in text for text in texts):
        return '"'
    mark = re.escape(delimiter[0])
    lines = [line for text in texts for line in text.splitlines() if line.strip()][1:]
    quoted = sum(1 for line in lines if re.search(rf"(?:^|{mark})'[^']*'(?:{mark}|$)", line))
    return "'" if lines and quoted >= 0.5 * len(lines) and not quote_faults(texts, delimiter, "'") else '"'


def quote_faults(texts: Sequence[str], delimiter: str, quote: str) -> int:
    """How many lines break the rules of quoting, each line by itself."""
    faults = 0
    for text in texts:
        for line in text.splitlines():
            if quote[-1] in line:
                try:
                    list(line_reader([line], delimiter, quote, strict=True))
                except csv.Error:
                    faults += 1
    return faults


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
    years = [int(cell) for cell in cells if re.fullmatch("(19|20)[0-9]{2}", cell)]
    if len(years) < 2 or len(years) < len(cells):
        return False
    steps = {later - year for year, later in zip(years, years[1:], strict=False)}
    return steps == {1} or (len(years) > 2 and (min(steps) > 0 or max(steps) < 0))


def looks_like_data(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a first record is data: it has the types of the columns below it, or only values that come again."""
    cells = [cell.strip() for cell in first]
    filled = [cell for cell in cells if cell not in MISSING_CANDIDATES]
    typed = [cell for cell in filled if shape_of(cell) not in ("text", "code")]
    rows = [record for record in below[:1000] if list(record) != list(first) and any(record)]
    if not rows:
        return bool(filled) and len(typed) == len(filled)
    if names_years(typed):
        return False
    same = again = 0
    for number, cell in enumerate(cells):
        column = [row[number].strip() for row in rows if len(row) > number]
        values = {value for value in column if value not in MISSING_CANDIDATES}
        kind = column_type({shape_of(value) for value in values}, ".")
        if cell in MISSING_CANDIDATES or not values:
            continue
        if kind != "text":
            if shape_of(cell) in ("text", "code"):
                return False
            same += 1
        again += cell in values
    return same > 0 or (again == len(filled) and again > 0)
