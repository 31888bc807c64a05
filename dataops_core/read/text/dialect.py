"""Delimiter and quote of a text table: those by which the whole of it comes out as the most consistent table.

A dialect is judged as van den Burg et al. (2019) do: by how alike the widths of the rows are, times how much the cells
look like values of some type. Embedded in exported scripts: standard library only.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from dataops_core.read.cells import shape_of
from dataops_core.read.text.sniff import SINGLE_SPACE, is_comment, line_reader, quote_faults

DELIMITERS = ("\t", ";", "|", ",")
RARE_DELIMITERS = ("^", "~", "\x1f", "\x01", "\x1e", "§", "¦", "¬", ":", " ", SINGLE_SPACE)
WORDS_HAVE = (":", " ", SINGLE_SPACE)  # signs that text and times have too
SAMPLE_TEXT = 150_000
SAMPLE_LINES = 20
SAMPLE_ROWS = 600
JUDGED_ROWS, JUDGED_COLUMNS = 200, 200
LEAST_SCORE = 0.12  # below it, the text is no table of several columns
WHOLE_VALUE = re.compile(
    r"(?:https?|ftp)://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[T ][0-9:.+Z-]+)?|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r"|[-+(]?[$€£]? ?[0-9]{1,3}(?:[ ,.'][0-9]{3})*(?:[.,][0-9]+)? ?[%€£$)]?"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
)
TIGHT_SIGN = re.compile(r"[,;|\t^~](?! |$)")


def sniff_dialect(texts: Sequence[str], delimiter: str | None, quote: str | None) -> tuple[str, str]:
    """Delimiter and quote of a text, of which samples are given; one that is known is kept."""
    samples = [piece_of(text) for text in texts]
    stated = re.match(r"\s*\"?sep=([^\w\s\"]|\t)\"?\r?\n", texts[0]) if texts else None
    if delimiter is None and stated:  # what Excel is told by a first line
        delimiter = stated[1]
    if delimiter is None:
        delimiter = sniff_delimiter(samples, quote)
    return delimiter, sniff_quote(samples, delimiter) if quote is None else quote


def piece_of(text: str) -> str:
    """The start of a text, cut at a line end: so many characters, or the first lines if they are very long."""
    if len(text) <= SAMPLE_TEXT:
        return text
    cut = text.rfind("\n", 0, SAMPLE_TEXT)
    for _ in range(max(0, SAMPLE_LINES - text.count("\n", 0, SAMPLE_TEXT))):
        after = text.find("\n", cut + 1)
        if after < 0:
            return text
        cut = after
    return text[: cut + 1]


def rows_of(texts: Sequence[str], delimiter: str, quote: str) -> list[list[str]]:
    """The rows of samples, blank ones and comments left out; as far as the quotes let them be read."""
    found: list[list[str]] = []
    for text in texts:
        records = line_reader(io.StringIO(text, newline=""), delimiter, quote)
        found += [record for record in islice(records, SAMPLE_ROWS) if record and not is_comment(record)]
    return found


def sniff_delimiter(texts: Sequence[str], quote: str | None) -> str:
    """The delimiter that makes the most consistent table; one that cuts nothing where none makes one."""
    bare = [re.sub(r'"[^"\n]*"', '""', text) for text in texts]
    quotes = [quote] if quote is not None else quotes_at_edges(texts)
    if whole_values(texts):
        return one_column(texts, quote)
    best: tuple[float, int, str] = (LEAST_SCORE, -len(DELIMITERS), "")
    for rank, sign in enumerate(DELIMITERS):
        if any(sign in text for text in texts):
            score = max(consistency_of(rows_of(texts, sign, each), each) for each in quotes)
            best = max(best, (score, -rank, sign))
            if any(f'{sign} "' in text for text in texts) and sign != "\t":
                score = max(consistency_of(rows_of(texts, f"{sign} ", each), each) for each in quotes)
                best = max(best, (score, -rank, sign))
    if best[0] < 0.6:
        for sign in RARE_DELIMITERS:
            count = sum(text.count(" " if sign == SINGLE_SPACE else sign) for text in bare)
            if not count or (sign in WORDS_HAVE and not cuts_cleanly(rows_of(texts, sign, quotes[0]), sign)):
                continue
            if (
                sign == ":"
                and sum(len(re.findall(r"(?<![0-9])[0-9]{1,2}:[0-5][0-9]", text)) for text in bare) * 2 >= count
            ):
                continue
            score = max(consistency_of(rows_of(texts, sign, each), each) for each in quotes)
            best = max(
                best,
                (
                    score * (0.89 if sign == SINGLE_SPACE else 0.9 if sign in WORDS_HAVE else 1.0),
                    -len(DELIMITERS),
                    sign,
                ),
            )
    return longer_delimiter(bare, texts, best[2], quote) if best[2] else one_column(texts, quote)


def one_column(texts: Sequence[str], quote: str | None) -> str:
    """A delimiter that cuts nothing."""
    for sign in (",", "\t", ";", "|"):
        if all(len(record) == 1 for record in rows_of(texts, sign, '"' if quote is None else quote)):
            return sign
    return "\x1f"


def quotes_at_edges(texts: Sequence[str]) -> list[str]:
    """The quotes that stand at the edges of lines or beside signs, and so may enclose cells; always one and none."""
    found = ['"']
    if any(re.search(r"(?:^|[,;\t| ^~])'[^\n]{0,300}?'(?:[,;\t| ^~]|\r?$)", text, re.MULTILINE) for text in texts):
        found.append("'")
    if any('\\"' in text for text in texts):
        found.append('\\"')
    return [*found, ""]


def whole_values(texts: Sequence[str]) -> bool:
    """Whether nearly every line below the first is one value, such as an address or a number with a comma, and the
    first has no delimiter.
    """
    lines = [line.strip() for text in texts for line in text.splitlines()[:SAMPLE_ROWS] if line.strip()]
    if len(lines) < 3 or any(sign in lines[0] for sign in DELIMITERS):
        return False
    return sum(1 for line in lines[1:] if WHOLE_VALUE.fullmatch(line)) >= 0.95 * (len(lines) - 1)


def cuts_cleanly(records: Sequence[Sequence[str]], sign: str) -> bool:
    """Whether a sign that text and times have too cuts every record into as many cells, three or more, and is no part
    of values.
    """
    if len(records) < 3 or len(records[0]) < 3:
        return False
    cells = [cell for record in records for cell in record]
    if sum(1 for cell in cells if cell.endswith((",", ";"))) > 0.1 * len(cells):
        return False
    widths = Counter(map(len, records))
    width, count = widths.most_common(1)[0]
    whole = {shape_of(sign.join(record)) for record in records[1:]}
    return width > 2 and count >= len(records) - len(records) // 20 and whole == {"text"}


def consistency_of(records: Sequence[Sequence[str]], quote: str) -> float:
    """How much records look like a table: 1 where all have the same width and every cell is a value of its column's
    type.
    """
    if not records:
        return 0.0
    widths = Counter(map(len, records))
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0
    shares = {width: count / len(records) for width, count in wide.items()}
    modal = max(shares, key=lambda width: (shares[width], width))
    # rows that are cut short after their last value speak less against a table than rows of any width do
    below = sum(share for width, share in shares.items() if width < modal)
    alike = max(sum(share * share for share in shares.values()), shares[modal] ** 2 + below * shares[modal])
    body = [record[:JUDGED_COLUMNS] for record in records if len(record) == modal][:JUDGED_ROWS]
    known: dict[str, str] = {cell: cell_kind(cell, quote) for cell in {cell for record in body for cell in record}}
    kinds = [[known[cell] for cell in record] for record in body]
    cells = max(1, sum(map(len, kinds)))
    values = sum(VALUE_WEIGHTS.get(kind, 1.0) for record in kinds for kind in record) / cells
    columns = list(zip(*(kinds[1:] or kinds), strict=True))
    same = sum(most_common_share(column) for column in columns) / len(columns)
    empty = sum(all(kind == "empty" for kind in column) for column in zip(*kinds, strict=True)) / len(columns)
    return alike * values * (0.5 + 0.5 * same) * (1 - 0.5 / modal) * (1 - 0.5 * empty)


VALUE_WEIGHTS = {"text": 0.8, "words": 0.7, "glued": 0.25, "broken": 0.0, "empty": 0.9}


def cell_kind(cell: str, quote: str) -> str:
    """What a cell looks like, roughly: a value of some type, plain text, or text that holds what may be delimiters."""
    bare = cell.strip()
    if not bare:
        return "empty"
    if quote == "" and (bare.startswith('"') != bare.endswith('"') or bare.count('"') % 2):
        return "broken"
    if quote not in {"'", ""} and bare.startswith("'") != bare.endswith("'") and len(bare) > 1:
        return "glued"
    shape = shape_of(bare)
    if shape != "text":
        return shape.rstrip("?")
    if WHOLE_VALUE.fullmatch(bare):
        return "value"
    if TIGHT_SIGN.search(bare):
        return "glued"
    return "words" if " " in bare else "text"


def most_common_share(column: Sequence[str]) -> float:
    """The share of the most common kind among the cells of a column that hold something."""
    held = Counter("text" if kind == "words" else kind for kind in column if kind != "empty")
    return held.most_common(1)[0][1] / sum(held.values()) if held else 1.0


def longer_delimiter(bare: Sequence[str], texts: Sequence[str], sign: str, quote: str | None) -> str:
    """The delimiter, longer than one sign if (nearly) all of its occurrences are part of the same longer one."""
    count = sum(text.count(sign) for text in bare)
    around = [sign * 3, sign * 2, *(edge + sign + edge for edge in "~^|*#"), f"{sign}|{sign}", f" {sign} "]
    for longer in around if sign not in " \t" else ():
        if count > 1 and sum(text.count(longer) for text in bare) * longer.count(sign) >= 0.98 * count:
            return longer
    spaced = sum(len(re.findall(re.escape(sign) + ' +"[^"]*"', text)) for text in texts)
    tight = sum(text.count(sign + '"') for text in texts)
    if sign in "\t " or sign == SINGLE_SPACE or quote == "":
        return sign
    single = sum(len(re.findall(re.escape(sign) + r" (?=\S)", text)) for text in bare)
    lines = sum(text.count("\n") for text in bare)
    return f"{sign} " if spaced > tight or (single == count and lines > 1 and not tight) else sign


def sniff_quote(texts: Sequence[str], delimiter: str) -> str:
    r"""The quote: ", or ' where cells stand in it; with a backslash before it where that protects quotes inside cells;
    a backslash alone where it protects delimiters and there are no quotes.
    """
    mark = re.escape(delimiter[0])
    edges = {sign: quoted_cells(texts, mark, sign) for sign in "\"'"}
    sign = "'" if edges["'"] > edges['"'] and needs_apostrophes(texts, delimiter, edges["'"]) else '"'
    if not any("\\" + sign in text for text in texts):
        escapes = sum(text.count("\\" + delimiter[0]) for text in texts)
        if escapes and not edges['"'] and sign == '"' and delimiter != " ":
            plain, escaped = (width_agreement(texts, delimiter, quote) for quote in ('"', "\\"))
            return "\\" if escaped > plain else '"'
        return sign
    try:  # a file that keeps the rules of doubled quotes has backslashes that are just backslashes
        list(line_reader(io.StringIO(texts[0], newline=""), delimiter, sign, strict=True))
    except csv.Error:
        pass
    else:
        if width_agreement(texts, delimiter, sign) >= width_agreement(texts, delimiter, "\\" + sign):
            return sign
    plain, escaped = (quote_faults(texts, delimiter, quote) for quote in (sign, "\\" + sign))
    return "\\" + sign if escaped < plain else sign


def quoted_cells(texts: Sequence[str], mark: str, sign: str) -> int:
    """How many cells stand in a quote."""
    found = re.compile(
        rf"(?:^|{mark} ?){sign}(?:[^{sign}]|{sign}{sign}|\\{sign})*{sign}(?= ?{mark}|\r?$)", re.MULTILINE
    )
    return sum(len(found.findall(text)) for text in texts)


def needs_apostrophes(texts: Sequence[str], delimiter: str, count: int) -> bool:
    """Whether apostrophes around cells are quotes: they stand around many, or rows only come out alike if they are."""
    lines = sum(1 for text in texts for line in text.splitlines() if line.strip())
    if count >= 0.5 * lines and not all(quote_faults(texts, delimiter, quote) for quote in ("'", "\\'")):
        return True
    mark = re.escape(delimiter[0])
    inside = re.compile(rf"(?:^|{mark})'[^'\n]{{0,300}}(?:''|\\')[^\n]{{0,300}}?'(?={mark}|\r?$)", re.MULTILINE)
    if any(inside.search(text) for text in texts) and not all(
        quote_faults(texts, delimiter, quote) for quote in ("'", "\\'")
    ):
        return True
    return width_agreement(texts, delimiter, "'") > width_agreement(texts, delimiter, '"')


def width_agreement(texts: Sequence[str], delimiter: str, quote: str) -> float:
    """The share of the most common width among records, of the lines of the text."""
    widths = Counter(map(len, rows_of(texts, delimiter, quote)))
    return max(widths.values(), default=0) / max(1, sum(widths.values()))
