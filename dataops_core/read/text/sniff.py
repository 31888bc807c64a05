"""The signs of a text table as they are given, the samples it is judged from, and its records as they are cut.

Embedded in exported scripts: standard library only.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import Any

from dataops_core.errors import SettingError, nearest
from dataops_core.read.text.encodings import SAMPLE_BYTES, byte_pieces, decoded_pieces

# What reading repairs, unless the option `repairs` leaves it out: letters of another encoding; lines before the table
# skipped; a header of several rows joined and surplus empty names dropped; one of several tables chosen; notes after
# the table left out; stray quotes kept; lines with another delimiter cut by it; rows of another width fitted.
REPAIRS = (
    *("bytes", "preamble", "header", "tables", "footnotes", "quotes", "delimiters", "widths"),  # in text
    *("blank rows", "totals", "merged cells"),  # on sheets
)
LONGEST_DELIMITER = 5
SINGLE_SPACE = "\u2420"  # a delimiter: each space is one, while " " stands for runs of spaces
INSIDE = "\ue000"  # stands for a delimiter of several signs while a line is cut


def check_encoding(name: str, data: Any) -> str:
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
    return "utf-8-sig" if known == "utf-8" and data[:3] == codecs.BOM_UTF8 else name


def check_signs(given: dict) -> None:
    """Refuse a delimiter, quote or decimal sign that no text table can have."""
    delimiter, quote = given.get("delimiter"), given.get("quote")
    unfit = delimiter is not None and (not isinstance(delimiter, str) or not 1 <= len(delimiter) <= LONGEST_DELIMITER)
    if unfit or (delimiter and set(delimiter) & set('\r\n\0"')):
        raise SettingError(
            f"{delimiter!r} is not a delimiter.",
            "delimiter",
            'Give a sign such as "," or ";", perhaps with a space after it, or up to five signs such as "||".',
        )
    unfit = quote is not None and (
        not isinstance(quote, str) or len(quote) > 2 or (len(quote) == 2 and quote[0] != "\\")
    )
    if unfit or (quote and (quote[-1] in "\r\n\0 " or quote[-1] in (delimiter or ""))):
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


def check_header_rows(given: dict) -> int:
    """The given number of lines that the header goes over."""
    rows = given["header_rows"]
    if not isinstance(rows, int) or isinstance(rows, bool) or not 1 <= rows <= 20:
        raise SettingError(f"{rows!r} is not a number of header lines.", "header_rows", "Give a number from 1 to 20.")
    return rows


def check_table(given: dict) -> int | None:
    """The given number of the table in a file of several, if it is one."""
    number = given.get("table")
    if number is not None and (not isinstance(number, int) or isinstance(number, bool) or number < 1):
        raise SettingError(f"{number!r} is not a number of a table.", "table", "Count tables from 1.")
    return number


def check_repairs(given: dict) -> frozenset[str]:
    """The repairs that reading may make: all of them, unless they are given."""
    wanted = given.get("repairs")
    if wanted is None:
        return frozenset(REPAIRS)
    for name in wanted:
        if name not in REPAIRS:
            raise SettingError(f'There is no repair "{name}".', "repairs", nearest(str(name), REPAIRS))
    return frozenset(wanted)


def null_signs(data: Any, encoding: str) -> list[dict]:
    """A problem that says where the text has NUL signs; they are kept, though many programs stop at them."""
    count, lines = 0, list[int]()
    if any(b"\0" in piece for piece in byte_pieces(data)):
        count, lines = found_signs(decoded_pieces(data, "replace", encoding), "\0")
    return (
        [
            {
                "what": f"{count:,} NUL characters stand in the text; they were kept.",
                "where": spoken_lines(lines, count),
                "fix": "Repair the file, or replace them with a step.",
                "count": count,
            }
        ]
        if count
        else []
    )


def found_signs(pieces: Iterable[str], sign: str) -> tuple[int, list[int]]:
    """How often a sign stands in a text, and the numbers of the first twenty lines that hold it."""
    count, before = 0, 1
    lines: list[int] = []
    for text in pieces:
        line, start, at = before, 0, text.find(sign)
        count += text.count(sign) if at >= 0 else 0
        while at >= 0 and len(lines) < 20:
            line += text.count("\n", start, at)
            lines += [line] if not lines or lines[-1] != line else []
            start = text.find("\n", at)
            at = text.find(sign, start) if start >= 0 else -1
        before += text.count("\n")
    return count, lines


def undecodable(data: Any, encoding: str, errors: str = "replace") -> list[dict]:
    """A problem that says where bytes do not fit the encoding; they are read as U+FFFD."""
    try:
        deque(decoded_pieces(data, "strict", encoding), maxlen=0)
    except UnicodeDecodeError:
        pass
    else:
        return []
    count, lines = found_signs(decoded_pieces(data, errors, encoding), "\ufffd")
    if not count:
        return []
    return [
        {
            "what": f"{count:,} characters could not be decoded as {encoding}; each was replaced by U+FFFD.",
            "where": spoken_lines(lines, count),
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


def sample_texts(data: Any, encoding: str, errors: str = "replace") -> list[str]:
    """The file as text if it is small, else its start, middle and end, cut at line ends."""
    if len(data) <= 4 * SAMPLE_BYTES:
        return [data[:].decode(encoding, errors)]
    middle = len(data) // 2 // 4 * 4
    parts = [
        data[:SAMPLE_BYTES],
        data[middle : middle + SAMPLE_BYTES // 4],
        data[len(data) // 4 * 4 - SAMPLE_BYTES // 4 :],
    ]
    later = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    if encoding in ("utf-16", "utf-32"):  # without the mark, the decoder needs to be told the order of bytes
        later = f"{encoding}-{'le' if data[0] == 0xFF else 'be'}"
    texts = [part.decode(later if number else encoding, errors) for number, part in enumerate(parts)]
    return [
        text[(text.find("\n") + 1 if number else 0) : (text.rfind("\n") + 1 if number < 2 else len(text))] or text
        for number, text in enumerate(texts)
    ]


def line_reader(lines: Any, delimiter: str, quote: str, *, strict: bool = False) -> Any:
    r"""A csv reader for a delimiter (", " skips spaces after it, " " takes runs, "␠" single ones) and a quote ("" for
    none, a backslash for none where it protects delimiters).
    """
    csv.field_size_limit(2**31 - 1)
    if len(delimiter) > 1 and delimiter[1:] != " ":
        whole = line_reader((line.replace(delimiter, INSIDE) for line in lines), INSIDE, quote, strict=strict)
        return ([cell.replace(INSIDE, delimiter) for cell in record] for record in whole)
    if delimiter == SINGLE_SPACE:
        delimiter = " "
    elif delimiter == " ":
        lines = (re.sub(r'("[^"]*")| +', lambda m: m[1] or " ", line.strip(" ")) for line in lines)
    if len(quote) == 2:  # a backslash before the quote: written as a doubled quote, all other backslashes stay
        lines = (line.replace(quote, quote[1] * 2) for line in lines)
    given: dict[str, Any] = {"delimiter": delimiter[0], "strict": strict, "skipinitialspace": len(delimiter) == 2}
    if quote == "\\":
        return csv.reader(lines, quoting=csv.QUOTE_NONE, escapechar="\\", **given)
    if not quote:
        return csv.reader(lines, quoting=csv.QUOTE_NONE, **given)
    return csv.reader(lines, quotechar=quote[-1], **given)


def sample_records(texts: Sequence[str], delimiter: str, quote: str) -> list[list[str]]:
    """The records of the samples, blank ones left out."""
    found = []
    for text in texts:
        found += [r for r in line_reader(io.StringIO(text, newline=""), delimiter, quote) if r]
    return found


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
