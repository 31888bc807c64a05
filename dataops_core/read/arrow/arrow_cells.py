"""Cells of a block that are all plain numbers, plain moments or plain text, converted at once in Arrow.

What these functions take, `shape_of` and `convert_cells` read in the same way; anything else they leave alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.read.cells import MAYBE_THOUSANDS
from dataops_core.read.changed import respelled
from dataops_core.table.arrow_hash import text_parts

PLAIN_POWER = r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,40})?(?:[eE][+-][0-9]{1,2})?$"
FIRST_MICROSECOND = -62_135_596_800_000_000  # 0001-01-01


@dataclass(frozen=True)
class Plain:
    """Converted cells, the shapes and missing tokens among them, the rows of numbers with very many digits, and numbers
    in odd forms.
    """

    values: pa.Array
    shapes: frozenset[str]
    tokens: frozenset[str]
    long: np.ndarray
    respelled: pa.Array  # the cells of numbers that are written in another form than they have


def plain_cells(cells: pa.Array, kind: str, decimal: str, tokens: Collection[str]) -> Plain | None:
    """Cells that are all plain values of a type, or one of the tokens that mean missing; None if some are not."""
    plain = {"integer": plain_numbers, "decimal": plain_numbers, "datetime": plain_moments}.get(kind)
    if plain is None or "" not in tokens:
        return None
    numeric = any(re.search("[0-9]", token) for token in tokens)  # such as -999: no number here
    found = None if numeric else plain(cells, kind, decimal)
    if found is not None:
        return found
    gone = pc.is_in(
        cells,
        value_set=pa.array(
            [token for token in tokens if token and token.isprintable() and token == token.strip()], pa.string()
        ),
    )
    if not gone.true_count:
        return plain(cells, kind, decimal) if numeric else None
    seen = frozenset(cells.filter(gone).unique().to_pylist())
    found = plain(pc.if_else(gone, "", cells), kind, decimal)
    if found is None:
        return None
    empty = pc.equal(cells, "").true_count > 0
    return Plain(found.values, found.shapes, seen | ({""} if empty else set()), found.long, found.respelled)


def plain_numbers(cells: pa.Array, kind: str, decimal: str) -> Plain | None:
    """Cells that are all numbers without leading zeros, plus signs or spaces, or empty."""
    bounds, data = text_parts(cells)
    if not len(data):
        return None
    raw = data.tobytes()
    point = b"" if kind == "integer" else decimal.encode()
    others = raw.translate(None, b"0123456789-" + point)
    powers = bool(others)
    if powers and (kind == "integer" or decimal != "." or others.translate(None, b"eE+")):
        return None
    sizes = np.diff(bounds)
    empty = sizes == 0
    with_gaps = bool(empty.any())
    odd = odd_forms(cells, data, bounds, empty, kind, point, powers)
    starts, left = (bounds[:-1][~empty], sizes[~empty]) if with_gaps else (bounds[:-1], sizes)
    if b"-" in raw:
        minus = data[starts] == 45
        starts, left = starts + minus, left - minus
        if not left.all():
            return None
    zeros = np.flatnonzero((data[starts] == 48) & (left > 1))
    if len(zeros):
        second = data[starts[zeros] + 1]
        if ((second >= 48) & (second <= 57)).any():
            return None
    points = raw.count(point) if point else 0
    if int(left.max()) > 15 and not fitting_lengths(data, starts, left, kind, point):
        return None
    column = pa.StringArray.from_buffers(
        len(cells),
        pa.py_buffer(np.ascontiguousarray(bounds)),
        pa.py_buffer(raw.replace(b",", b".") if decimal == "," and points else raw),
        pa.py_buffer(np.packbits(~empty, bitorder="little")) if with_gaps else None,
    )
    if powers and pc.match_substring_regex(column.drop_null(), PLAIN_POWER).false_count != 0:
        return None
    try:
        values = column.cast(pa.int64() if kind == "integer" else pa.float64())
    except pa.ArrowInvalid:
        return None
    shapes = {"integer"} | ({"power"} if powers else set())
    if points:
        name = "comma" if decimal == "," else "dot"
        shapes.add(name if sure_point(cells) else f"{name}?")
    if kind == "integer" and int(left.max()) > 15:
        whole = values.drop_null().to_numpy()
        shapes |= {"wide"} if (whole.astype(np.float64).astype(np.int64) != whole).any() else set()
    long = np.flatnonzero(~empty)[left > 18] if kind == "decimal" and int(left.max()) > 18 else np.zeros(0, np.int64)
    long = with_many_digits(cells, long, powers) if len(long) else long
    return Plain(values, frozenset(shapes), frozenset([""] if with_gaps else []), long, odd)


def odd_forms(
    cells: pa.Array, data: np.ndarray, bounds: np.ndarray, empty: np.ndarray, kind: str, point: bytes, powers: bool
) -> pa.Array:
    """Those cells whose numbers are written in another form than they have; candidates are told by their first and last
    bytes.
    """
    first, last = data[np.minimum(bounds[:-1], len(data) - 1)], data[np.maximum(bounds[1:] - 1, 0)]
    if kind == "integer":
        maybe = (first == 45) & (last == 48) & (np.diff(bounds) == 2)
    else:
        maybe = (last == 48) | (last == point[0]) | (first == point[0])
        if powers or (first == 45).any():
            maybe |= np.asarray(pc.match_substring_regex(cells, "[eE]|^-[.,]"))
    some = cells.take(pa.array(np.flatnonzero(maybe & ~empty)))
    if not len(some):
        return some
    coded = some.dictionary_encode()
    keep = np.array([respelled(cell) for cell in coded.dictionary.to_pylist()], dtype=bool)
    return some.filter(pa.array(keep[coded.indices.to_numpy()]))


def fitting_lengths(data: np.ndarray, starts: np.ndarray, left: np.ndarray, kind: str, point: bytes) -> bool:
    """Whether numbers of more than 15 digits are whole ones that 64 bits surely hold, or have a decimal sign."""
    if kind == "integer":
        return int(left.max()) <= 18
    if int(left.max()) > 300:
        return False
    long = left > 15
    marks = np.concatenate([[0], np.cumsum(data == point[0])])
    return bool((marks[starts[long] + left[long]] > marks[starts[long]]).all())


def with_many_digits(cells: pa.Array, rows: np.ndarray, powers: bool) -> np.ndarray:
    """Those of the rows whose numbers have more than 17 digits after leading zeros, perhaps with zeros at the end."""
    bare = pc.ascii_ltrim(cells.take(pa.array(rows)), characters="-0.,")
    if powers:
        bare = pc.replace_substring_regex(bare, "[eE].*", "")
    points = pc.count_substring_regex(bare, "[.,]") if pc.max(pc.binary_length(bare)).as_py() > 17 else 0
    return rows[(pc.subtract(pc.binary_length(bare), points)).to_numpy(zero_copy_only=False) > 17]


def sure_point(cells: pa.Array) -> bool:
    """Whether some number has a decimal sign that cannot stand before thousands."""
    signs = re.compile("[.,]")
    some = cells.slice(0, 50).to_pylist()
    if any(signs.search(cell) and not MAYBE_THOUSANDS.fullmatch(cell) for cell in some):
        return True
    doubtful = pc.match_substring_regex(cells, f"^(?:{MAYBE_THOUSANDS.pattern}|[^.,]*)$")
    return doubtful.false_count > 0


def plain_moments(cells: pa.Array, kind: str, decimal: str) -> Plain | None:
    """Cells that are all ISO dates, or dates with minutes or seconds, without a zone or fraction, or empty."""
    bounds, data = text_parts(cells)
    if not len(data) or data.tobytes().translate(None, b"0123456789-:T "):
        return None
    sizes = np.diff(bounds)
    empty = sizes == 0
    with_gaps = bool(empty.any())
    starts, lengths = (bounds[:-1][~empty], sizes[~empty]) if with_gaps else (bounds[:-1], sizes)
    timed, fine = lengths > 10, lengths == 19
    if not ((lengths == 10) | (lengths == 16) | fine).all() or (data[starts + 4] != 45).any():
        return None
    if (data[starts[timed] + 13] != 58).any() or (data[starts[fine] + 16] != 58).any():
        return None
    try:
        values = (pc.if_else(pa.array(empty), None, cells) if with_gaps else cells).cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    first = pc.min(values.cast(pa.int64())).as_py()
    if first < FIRST_MICROSECOND:
        return None
    return Plain(values, frozenset(["moment"]), frozenset([""] if with_gaps else []), np.zeros(0, np.int64), cells[:0])


def suspects(cells: pa.Array, longest: int) -> np.ndarray:
    """The rows whose text may be a token after stripping: short ones, and those with space or no ASCII at an end."""
    bounds, data = text_parts(cells)
    sizes = np.diff(bounds)
    if not len(data):
        return np.arange(len(cells))
    first, last = data[np.minimum(bounds[:-1], len(data) - 1)], data[np.maximum(bounds[1:] - 1, 0)]
    return np.flatnonzero((sizes <= longest) | (first - np.uint8(33) > 94) | (last - np.uint8(33) > 94))
