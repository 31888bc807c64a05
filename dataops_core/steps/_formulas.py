"""Formulas for new columns: conditions (see _conditions) with functions, parsed to a tree and never run as code.

price * quantity                       round(income / 12, 2)
concat(first, ' ', upper(last))        if_else(age >= 18, 'adult', 'child')
days_between(ordered, delivered)       coalesce(mobile, phone)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.steps._cells import number_text
from dataops_core.steps._condition_rows import Cells, as_number_cells, evaluate
from dataops_core.steps._conditions import ConditionReader, Node
from dataops_core.table.kinds import as_text

ARGUMENTS = {  # how many, at least and at most
    "log": (1, 1),
    "log10": (1, 1),
    "exp": (1, 1),
    "sqrt": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
    "round": (1, 2),
    "power": (2, 2),
    "remainder": (2, 2),
    "min": (2, 20),
    "max": (2, 20),
    "lower": (1, 1),
    "upper": (1, 1),
    "trim": (1, 1),
    "left": (2, 2),
    "right": (2, 2),
    "replace": (3, 3),
    "contains": (2, 2),
    "starts_with": (2, 2),
    "concat": (2, 20),
    "year": (1, 1),
    "month": (1, 1),
    "day": (1, 1),
    "hour": (1, 1),
    "weekday": (1, 1),
    "days_between": (2, 2),
    "coalesce": (2, 20),
    "if_else": (3, 3),
}
WHOLE = ("year", "month", "day", "hour", "weekday", "length")
PLAIN: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "log": np.log,
    "log10": np.log10,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
}


class FormulaReader(ConditionReader):
    """Reads a formula from left to right."""

    def whole(self) -> Node:
        """The whole text as one value or condition."""
        node = self.either()
        if self.tokens[self.at][0] != "end":
            raise self.error(self.tokens[self.at][2])
        return node

    def single(self) -> Node:
        """A column, a value, a function or something in parentheses."""
        kind, value, place = self.tokens[self.at]
        word = str(value).lower()
        if kind != "word" or not self.peek("(", ahead=1) or word in ("length", "abs", "date", "number"):
            return super().single()
        if word not in ARGUMENTS:
            raise self.error(place, f'There is no function "{value}". {nearest(word, ARGUMENTS)}')
        self.at += 2
        parts = [self.either()]
        while self.take(","):
            parts.append(self.either())
        self.need(")")
        least, most = ARGUMENTS[word]
        if not least <= len(parts) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise self.error(place, f'"{word}" takes {wanted} values, and has {len(parts)}.')
        return Node(f"{word}()", tuple(parts))


def parse_formula(text: str) -> Node:
    """The tree of a formula; raises SettingError that names the place that does not fit."""
    if not text.strip():
        raise SettingError("The formula is empty.", "formula", "Write it like: price * quantity")
    try:
        return FormulaReader(text).whole()
    except SettingError as error:
        raise SettingError(error.what.replace("This condition", "This formula"), error.where, error.fix) from None


def formula_column(df: pd.DataFrame, node: Node) -> pd.Series:
    """The value of a formula in every row, as a tidy column; missing where it is not known."""
    if node.op == "column" and node.parts[0] in df.columns:
        return df[node.parts[0]].copy()
    cells = value_of(df.copy(deep=False), node)
    if cells.kind == "number":
        values = np.where(cells.known, cells.data.astype(np.float64), np.nan)
        whole = node.op.removesuffix("()") in WHOLE
        column = pd.Series(np.where(np.isfinite(values), values, np.nan), index=df.index)
        return column.astype("Int64") if whole else column
    if cells.kind == "boolean":
        return pd.Series(pd.array(cells.data.astype(bool), dtype="boolean"), index=df.index).mask(~cells.known)
    if cells.kind == "date":
        return pd.Series(cells.data, index=df.index).mask(~cells.known)
    texts = [str(text) if known else None for text, known in zip(cells.data, cells.known, strict=True)]
    return pd.Series(texts, index=df.index, dtype=object)


def value_of(df: pd.DataFrame, node: Node) -> Cells:
    """The cells of a formula. Functions inside it become columns of `df` (which is changed), so that conditions around
    them find them there.
    """
    if node.op.endswith("()"):
        return called(node.op[:-2], [value_of(df, part) for part in node.parts])
    return evaluate(df, _settled(df, node))


def _settled(df: pd.DataFrame, node: Any) -> Any:
    """The node with every function in it replaced by a column of its values."""
    if not isinstance(node, Node) or node.op in ("column", "value"):
        return node
    if not node.op.endswith("()"):
        return Node(node.op, tuple(_settled(df, part) for part in node.parts))
    name = f"\0{len(df.columns)}"
    df[name] = formula_column(df, node)
    return Node("column", (name,))


def called(name: str, parts: list[Cells]) -> Cells:
    """The value of a function of some cells."""
    known = np.logical_and.reduce([each.known for each in parts])
    if name == "coalesce":
        return _first_known(parts)
    if name == "if_else":
        return _chosen(*parts)
    if name in ("lower", "upper", "trim", "left", "right", "replace", "contains", "starts_with", "concat"):
        return _of_texts(name, parts, known)
    if name in ("year", "month", "day", "hour", "weekday", "days_between"):
        return _of_dates(name, parts, known)
    values = [as_number_cells(each) for each in parts]
    known = np.logical_and.reduce([each.known for each in values])
    numbers = [each.data.astype(np.float64) for each in values]
    with np.errstate(all="ignore"):
        if name in PLAIN:
            made = PLAIN[name](numbers[0])
        elif name == "round":
            digits = numbers[1].astype(np.int64) if len(numbers) > 1 else np.zeros(len(known), dtype=np.int64)
            unit = 10.0 ** np.clip(digits, -15, 15)
            made = np.round(np.round(numbers[0] * unit, 9)) / unit
        elif name == "power":
            made = np.power(numbers[0], numbers[1])
        elif name == "remainder":
            made = np.mod(numbers[0], numbers[1])
        else:
            made = (np.minimum if name == "min" else np.maximum).reduce(numbers)
    return Cells("number", made, known & np.isfinite(made))


def texts_of(cells: Cells) -> list[str]:
    """Cells as text; what is missing is empty."""
    if cells.kind == "number":
        values: list[Any] = cells.data.tolist()
        made = [number_text(each) if isinstance(each, float) else str(each) for each in values]
    elif cells.kind == "date":
        made = [as_text(pd.Timestamp(each)) if not np.isnat(each) else "" for each in cells.data]
    elif cells.kind == "boolean":
        made = ["true" if each else "false" for each in cells.data.tolist()]
    else:
        made = [each if isinstance(each, str) else "" for each in cells.data]
    return [text if there else "" for text, there in zip(made, cells.known.tolist(), strict=True)]


def _of_texts(name: str, parts: list[Cells], known: np.ndarray) -> Cells:
    texts = texts_of(parts[0])
    if name == "concat":
        found = [texts_of(each) for each in parts]
        return _text(["".join(row) for row in zip(*found, strict=True)], np.logical_or.reduce([p.known for p in parts]))
    if name in ("left", "right"):
        sizes = as_number_cells(parts[1])
        known = known & sizes.known
        counts = [max(0, int(size)) if there else 0 for size, there in zip(sizes.data, known, strict=True)]
        pairs = zip(texts, counts, strict=True)
        return _text(
            [text[:n] if name == "left" else text[len(text) - min(n, len(text)) :] for text, n in pairs], known
        )
    others = [texts_of(each) for each in parts[1:]]
    if name == "replace":
        rows = zip(texts, *others, strict=True)
        return _text([text.replace(old, new) if old else text for text, old, new in rows], known)
    if name in ("contains", "starts_with"):
        rows = zip(texts, *others, strict=True)
        met = [text.startswith(part) if name == "starts_with" else part in text for text, part in rows]
        return Cells("boolean", np.array(met, dtype=bool), known)
    change: dict[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "trim": str.strip}
    return _text([change[name](text) for text in texts], known)


def _text(texts: list[str], known: np.ndarray) -> Cells:
    return Cells("text", np.array([*texts, None], dtype=object)[:-1], known)


def _of_dates(name: str, parts: list[Cells], known: np.ndarray) -> Cells:
    for each in parts:
        if each.kind != "date":
            raise SettingError(f'"{name}" takes dates.', "formula", "Read the column as dates first (parse_dates).")
    whole = [each.data.astype("datetime64[us]") for each in parts]
    if name == "days_between":
        made = (whole[1] - whole[0]) / np.timedelta64(1, "D")
        return Cells("number", np.where(known, made, 0.0), known)
    column = pd.Series(whole[0]).dt
    found = column.dayofweek + 1 if name == "weekday" else getattr(column, name)
    return Cells("number", found.fillna(0).to_numpy(dtype=np.float64), known)


def _first_known(parts: list[Cells]) -> Cells:
    made = parts[-1]
    for each in reversed(parts[:-1]):
        one, other = _alike(each, made)
        made = Cells(one.kind, np.where(one.known, one.data, other.data), one.known | other.known)
    return made


def _chosen(condition: Cells, one: Cells, other: Cells) -> Cells:
    if condition.kind != "boolean":
        raise SettingError("if_else begins with a condition.", "formula", "Write it like: if_else(age >= 18, 1, 0)")
    one, other = _alike(one, other)
    met = condition.data.astype(bool)
    known = condition.known & np.where(met, one.known, other.known)
    return Cells(one.kind, np.where(met, one.data, other.data), known)


def _alike(one: Cells, other: Cells) -> tuple[Cells, Cells]:
    """Two values of one kind; a number beside a text becomes text."""
    if one.kind == other.kind:
        return one, other
    if "date" in (one.kind, other.kind):
        raise SettingError("A date and another value make no column.", "formula", "Give two values of one kind.")
    if "text" in (one.kind, other.kind):
        return _text(texts_of(one), one.known), _text(texts_of(other), other.known)
    return as_number_cells(one), as_number_cells(other)
