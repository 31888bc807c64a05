"""What a cell of text is: its shape, the type that a column's shapes give, and the value that it stands for.

Everything from here to `read_text_frame` is embedded in exported scripts: standard library, numpy and pandas only.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

# A cell that is one of these after stripping may mean "nothing known"; "None" or -999 are for findings to judge.
MISSING_CANDIDATES = (
    "",
    "?",
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "NULL",
    "null",
    "NaN",
    "nan",
    "<NA>",
    "-",
    "--",
    ".",
)
CELL_SHAPES = re.compile(
    r"(?P<integer>[+-]?(?:0|[1-9][0-9]*))"
    r"|(?P<dot>[+-]?(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<comma>[+-]?(?:(?:0|[1-9][0-9]*),[0-9]*|,[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<long_dot>[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]*)"
    r"|(?P<long_comma>[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]*)"
    r"|(?P<power>[+-]?(?:0|[1-9][0-9]*)[eE][+-]?[0-9]+)"
    r"|(?P<moment>[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.+\-Z]+)?)"
    r"|(?P<truth>[tT][rR][uU][eE]|[fF][aA][lL][sS][eE])"
    r"|(?P<endless>[+-]?(?:[iI][nN][fF]|[iI]nfinity))"
)
MAYBE_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
LONG_NUMBER = re.compile(r"[+-]?[0.,]*([0-9.,]+?)[0.,]*(?:[eE][+-]?[0-9]+)?")
CELL_STARTS = frozenset("0123456789+-.,tTfFiI")
ISO_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
WHOLE_CELL = re.compile(r"[+-]?[0-9]+")
NUMBER_CELL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:inf|infinity)", re.IGNORECASE)
ZONE_AT_END = re.compile(r"[T ][0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})\s*$")
CELL_ERROR = ...  # stands for a cell that does not fit its column's type


def shape_of(cell: str) -> str:
    """What a cell looks like: integer, wide, code, dot, comma, long_dot, long_comma, power, moment, truth, endless,
    text.

    "wide" is an integer that a decimal could not hold exactly; "code" is made of digits but would lose something as
    a number: leading zeros, a plus, an e without a sign, more digits than 64 bits hold. "dot?" and "comma?" may as well
    be thousands; "long_dot" and "long_comma" have the other sign for thousands, and so tell which sign is which.

    >>> [shape_of(cell) for cell in ("12", "007", "1.5", "1,5", "2024-02-30", "+49", "1e5", "1e-5")]
    ['integer', 'code', 'dot', 'comma', 'text', 'code', 'code', 'power']
    >>> [shape_of(cell) for cell in ("1,234", "0,123", "1234,567", "1.234,5")]
    ['comma?', 'comma', 'comma', 'long_comma']
    """
    if cell[:1] not in CELL_STARTS:
        return "text"
    match = CELL_SHAPES.fullmatch(cell)
    if match is None:
        return "code" if WHOLE_CELL.fullmatch(cell) else "text"
    shape = str(match.lastgroup)
    if shape == "integer":
        if cell[0] == "+":
            return "code"
        if len(cell) <= 15:
            return shape
        fits = len(cell) <= 20 and -(2**63) <= int(cell) < 2**63
        return "wide" if fits and int(float(cell)) != int(cell) else shape if fits else "code"
    if shape == "power" and cell[-1 - len(re.split("[eE]", cell)[1]) :][1] not in "+-":
        return "code"  # 1e5 among ids is a name; programs that write numbers write 1e+05
    if shape in ("dot", "comma", "power"):
        number = float(cell.replace(",", "."))
        fades = number == 0 and re.search("[1-9]", re.split("[eE]", cell)[0])
        if math.isinf(number) or fades:
            return "text"
        return f"{shape}?" if MAYBE_THOUSANDS.fullmatch(cell) else shape
    if shape == "moment" and moment_of(cell) is None:
        return "text"
    return shape


def rounds(cell: str) -> bool:
    """Whether a number has more digits than a decimal holds, zeros at its ends left aside.

    >>> rounds("0.1234567890123456789"), rounds("0.12345678901234567"), rounds("1.50000000000000000000")
    (True, False, False)
    """
    match = LONG_NUMBER.fullmatch(cell.strip()) if len(cell) > 17 else None
    return match is not None and sum(map(str.isdigit, match[1])) > 17


def moment_of(cell: str) -> datetime.datetime | None:
    """The moment that an ISO date or time stands for, in UTC if it has an offset; None if it is none.

    >>> moment_of("2024-03-01T10:00:00+02:00")
    datetime.datetime(2024, 3, 1, 8, 0)
    """
    match = ISO_MOMENT.fullmatch(cell)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        moment = datetime.datetime(  # noqa: DTZ001 - tables hold moments without a zone
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "").ljust(6, "0")),
        )
        if offset and offset != "Z":
            away = datetime.timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
            moment = moment - away if offset[0] == "+" else moment + away
    except (ValueError, OverflowError):
        return None
    return moment


NUMBER_SHAPES = {"integer", "power", "endless"}


def column_type(shapes: Collection[str], decimal: str) -> str:
    """The type of a column whose cells have these shapes; one cell that does not conform makes it text.

    >>> column_type({"integer", "dot"}, "."), column_type({"integer", "text"}, "."), column_type({"wide", "dot"}, ".")
    ('decimal', 'text', 'text')
    """
    found = set(shapes)
    if found == {"truth"}:
        return "boolean"
    if found == {"moment"}:
        return "datetime"
    if found and found <= {"integer", "wide"}:
        return "integer"
    point = "comma" if decimal == "," else "dot"
    if found - {"endless"} and found <= {"integer", point, f"{point}?", "power", "endless"}:
        return "decimal"
    return "text"


def cell_value(cell: str, kind: str, decimal: str) -> Any:
    """The value of a cell that is not missing, or CELL_ERROR where it does not fit the type."""
    if kind == "text":
        return cell
    bare = cell.strip()
    if kind == "integer":
        if not WHOLE_CELL.fullmatch(bare) or len(bare) > 4000 or not -(2**63) <= int(bare) < 2**63:
            return CELL_ERROR
        return int(bare)
    if kind == "decimal":
        number = bare.replace(",", ".") if decimal == "," and "." not in bare else bare
        if not NUMBER_CELL.fullmatch(number) or (decimal == "," and "." in bare):
            return CELL_ERROR
        return float(number) if math.isfinite(float(number)) or bare[-1] not in "0123456789." else CELL_ERROR
    if kind == "boolean":
        return {"true": True, "false": False}.get(bare.lower(), CELL_ERROR)
    return moment_of(bare) or CELL_ERROR


def convert_cells(
    cells: Sequence[str],
    kind: str,
    decimal: str,
    tokens: frozenset[str],
    pool: dict[str, str],
) -> tuple[np.ndarray, np.ndarray | None, list[int]]:
    """Cells as values, the mask of missing ones (None: no cell is), and the positions of those that do not fit.

    `pool` keeps one copy of each text that comes again. Missing text, decimals and moments need no mask.
    """
    distinct = set(cells)
    if len(distinct) * 2 > len(cells):
        quick = convert_distinct_cells(cells, kind, decimal, tokens)
        if quick is not None:
            return *quick, []
    numpy_type, empty = COLUMN_STORES[kind]
    known = {cell: None if cell.strip() in tokens else cell_value(cell, kind, decimal) for cell in distinct}
    if kind == "text" and len(pool) < 100_000:
        known = {cell: value and pool.setdefault(value, value) for cell, value in known.items()}
    bad = {cell for cell, value in known.items() if value is CELL_ERROR}
    wrong = [at for at, cell in enumerate(cells) if cell in bad] if bad else []
    gone = {cell for cell, value in known.items() if value is None or value is CELL_ERROR}
    known.update(dict.fromkeys(gone, empty))
    mask = None
    if gone and kind in ("integer", "boolean"):
        mask = np.fromiter(map(gone.__contains__, cells), dtype=bool, count=len(cells))
    return np.array(list(map(known.__getitem__, cells)), dtype=numpy_type), mask, wrong


COLUMN_STORES: dict[str, tuple[str, Any]] = {
    "integer": ("int64", 0),
    "decimal": ("float64", math.nan),
    "boolean": ("bool", False),
    "datetime": ("datetime64[us]", None),
    "text": ("object", None),
}


def convert_distinct_cells(
    cells: Sequence[str],
    kind: str,
    decimal: str,
    tokens: frozenset[str],
) -> tuple[np.ndarray, np.ndarray | None] | None:
    """The quick way for cells that hardly repeat; None where some cell needs a closer look."""
    if kind == "text":
        return np.array([None if cell.strip() in tokens else cell for cell in cells], dtype=object), None
    gone = [cell.strip() in tokens for cell in cells]
    missing = np.array(gone, dtype=bool) if any(gone) else None
    if missing is not None:
        empty = "0001-01-01" if kind == "datetime" else "0"
        cells = [empty if lost else cell for cell, lost in zip(cells, gone, strict=True)]
    shapes = {shape.rstrip("?") for shape in shapes_at_once(cells)}
    try:
        if kind == "integer" and shapes == {"integer"}:
            return np.array(list(map(int, cells)), dtype="int64"), missing
        if kind == "decimal" and shapes and shapes <= {"integer", "power", "comma" if decimal == "," else "dot"}:
            points = [cell.replace(",", ".") for cell in cells] if decimal == "," else cells
            numbers = np.array(list(map(float, points)), dtype="float64")
            return np.where(missing, math.nan, numbers) if missing is not None else numbers, None
        if kind == "datetime" and shapes == {"moment"}:
            moments = np.array(cells, dtype="datetime64[us]")
            return np.where(missing, np.datetime64("NaT"), moments) if missing is not None else moments, None
    except ValueError:
        return None
    return None


# A line that is no plain number, or no plain ISO moment. One search over many cells costs a fifth of many matches.
NO_PLAIN_NUMBER = re.compile(r"^(?!-?(?:0|[1-9][0-9]{0,14})(?:[.,][0-9]{0,17})?(?:[eE][+-][0-9]{1,2})?$)", re.MULTILINE)
SURE_DOT = re.compile(r"^(?!-?[1-9][0-9]{0,2}\.[0-9]{3}$)[^\n.]*\.", re.MULTILINE)
SURE_COMMA = re.compile(r"^(?!-?[1-9][0-9]{0,2},[0-9]{3}$)[^\n,]*,", re.MULTILINE)
NO_PLAIN_MOMENT = re.compile(
    r"^(?!(?!0000)[0-9]{4}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?)?$)",
    re.MULTILINE,
)


def shapes_at_once(cells: Collection[str]) -> set[str]:
    """The shapes of many cells that are all plain numbers or all plain moments; empty where that is not so.

    >>> sorted(shapes_at_once(["1", "2.5"])), shapes_at_once(["1", "x"])
    (['dot', 'integer'], set())
    """
    sample = next(iter(cells), "")
    if sample[:1] not in CELL_STARTS:
        return set()
    joined = "\n".join(cells)
    if joined.count("\n") != len(cells) - 1:
        return set()
    if sample[4:5] == "-":
        return {"moment"} if NO_PLAIN_MOMENT.search(joined) is None else set()
    if NO_PLAIN_NUMBER.search(joined) is not None:
        return set()
    shapes = set()
    for sign, name, sure in ((".", "dot", SURE_DOT), (",", "comma", SURE_COMMA)):
        if sign in joined:
            shapes.add(name if sure.search(joined) else f"{name}?")
    shapes |= {"power"} if "e" in joined or "E" in joined else set()
    return shapes | {"integer"}


def column_of(kind: str, values: Sequence[np.ndarray], masks: Sequence[np.ndarray | None]) -> pd.Series:
    """The pieces of a column put together, in the dtype of its type."""
    numpy_type, _ = COLUMN_STORES[kind]
    whole = np.concatenate(values) if values else np.array([], dtype=numpy_type)
    if kind in ("integer", "boolean"):
        parts = [np.zeros(len(v), dtype=bool) if m is None else m for v, m in zip(values, masks, strict=True)]
        mask = np.concatenate(parts) if parts else np.array([], dtype=bool)
        array = pd.arrays.IntegerArray(whole, mask) if kind == "integer" else pd.arrays.BooleanArray(whole, mask)
        return pd.Series(array)
    return pd.Series(whole, dtype=numpy_type)


@dataclass
class ColumnSurvey:
    """What is gathered on one column while its cells go by: shapes, missing tokens, and its values while few."""

    shapes: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    distinct: set[str] | None = field(default_factory=set)


def survey_column(survey: ColumnSurvey, cells: Sequence[str], candidates: frozenset[str]) -> None:
    """Take in more cells of a column."""
    distinct = set(cells)
    shapes = survey.shapes
    if survey.distinct is not None:
        survey.distinct |= distinct
        if len(survey.distinct) > 1000:
            survey.distinct = None
    survey.tokens |= distinct & candidates
    distinct -= candidates
    plain = shapes_at_once(distinct) if "text" not in shapes else set()
    if plain == {"moment"}:
        try:
            np.array(list(distinct), dtype="datetime64[us]")
        except ValueError:
            plain = set()
    if plain:
        shapes |= plain
        return
    for cell in distinct:
        bare = cell.strip()
        if bare in candidates:
            survey.tokens.add(bare)
        elif "text" not in shapes:
            shapes.add(shape_of(bare))


def keeps_na(survey: ColumnSurvey) -> bool:
    """Whether "NA" is a value in this column: nearly all its other values are two capital letters (Namibia)."""
    if "NA" not in survey.tokens or survey.distinct is None:
        return False
    others = {cell.strip() for cell in survey.distinct} - survey.tokens
    codes = sum(1 for cell in others if re.fullmatch("[A-Z]{2}", cell))
    return len(others) >= 3 and codes >= 0.9 * len(others)


def decimal_sign(surveys: Sequence[ColumnSurvey], delimiter: str) -> str:
    """The decimal sign that more columns show beyond doubt; the point where nothing speaks for the comma."""
    if delimiter.startswith(","):
        return "."
    shown = [
        sum(bool(s.shapes & sure) and s.shapes <= sure | maybe | NUMBER_SHAPES for s in surveys)
        for sure, maybe in (({"comma", "long_comma"}, {"comma?", "dot?"}), ({"dot", "long_dot"}, {"dot?", "comma?"}))
    ]
    return "," if shown[0] > shown[1] else "."


def maybe_thousands(survey: ColumnSurvey, sign: str) -> bool:
    """Whether all commas (or dots) in a column of numbers have one to three digits before them and exactly three after
    them.
    """
    return f"{sign}?" in survey.shapes and survey.shapes <= {f"{sign}?"} | NUMBER_SHAPES


def point_proven(surveys: Sequence[ColumnSurvey], delimiter: str) -> bool:
    """Whether the point surely is the decimal sign: some number shows it, or the comma is taken as the delimiter."""
    return delimiter.startswith(",") or any(
        s.shapes & {"dot", "long_dot"} and s.shapes <= {"dot", "long_dot", "dot?"} | NUMBER_SHAPES for s in surveys
    )
