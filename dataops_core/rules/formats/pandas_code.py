"""Conditions (see steps/_conditions) as pandas code that people read, with the few functions that it calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dataops_core.rules.sql import KINDS
from dataops_core.steps._condition_rows import all_numbers, moment_of
from dataops_core.steps._conditions import Node

FUNCTIONS = '''
def number(cells):
    """Cells as numbers; what is none is missing."""
    if str(cells.dtype) in ("bool", "boolean"):
        return cells.astype("Float64")
    return pd.to_numeric(cells.astype(object).where(cells.notna(), None), errors="coerce").astype("Float64")


def moment(cells):
    """Cells as dates; what is none is missing."""
    return pd.to_datetime(cells, errors="coerce", format="ISO8601")


def text(cells):
    """Cells as text; whole numbers without a point."""
    if str(cells.dtype).startswith("float"):
        cells = cells.map(lambda x: None if pd.isna(x) else str(int(x)) if x == int(x) else repr(x))
    return cells.astype("string")


def truth(cells):
    """Cells as yes and no; what is neither is missing."""
    words = text(cells).str.strip().str.lower()
    return words.map(WORDS).astype("boolean")


def met(result, *cells):
    """A comparison, unknown where one of the cells is missing."""
    result = pd.Series(result).astype("boolean")
    for each in cells:
        result = result.mask(each.isna())
    return result


def unique(df, names):
    """Rows whose key comes once; unknown where a part of it is missing."""
    return met(~df.duplicated(names, keep=False), *[df[name] for name in names])


def follows(df, told, given):
    """Rows that hold what most rows with the same given values hold; none does where no value leads."""
    known = df[[*given, told]].dropna()
    counts = known.groupby([*given, told], observed=True).size().rename("n").reset_index()
    most = counts.groupby(given, observed=True)["n"].transform("max")
    leads = counts[counts["n"] == most].groupby(given, observed=True)[told].agg(["size", "first"]).reset_index()
    usual = known.reset_index().merge(leads, on=given, how="left").set_index("index")
    fine = (usual["size"] == 1) & (usual[told] == usual["first"])
    return fine.reindex(df.index).astype("boolean")


def known(df, names, table, keys):
    """Rows whose key is in another table, which TABLES must hold; unknown where a part of it is missing."""
    there = set(zip(*[text(TABLES[table][key]) for key in keys]))
    cells = [text(df[name]) for name in names]
    return met(pd.Series([each in there for each in zip(*cells)], index=df.index), *cells)


def spread(df, name, counts, limit, values=None, edges=None, kind="number"):
    """Whether a column is spread as in a reference: its stability index is small, or chance could make it."""
    if edges is not None:
        cells = moment(df[name]).astype("datetime64[us]") if kind == "date" else number(df[name])
        cells = cells.dropna().astype("int64" if kind == "date" else "float64")
        places = np.searchsorted(edges, cells[np.isfinite(cells)], side="left")
    else:
        known = {value: at for at, value in enumerate(values)}
        places = [known.get(cell, len(values)) for cell in text(df[name]).dropna()]
    ones, others = np.array(counts), np.bincount(places, minlength=len(counts))
    ones, others = ones[ones + others > 0], others[np.array(counts) + others > 0]
    if others.sum() < 30:
        return True
    p, q = [(each + 0.5) / (each.sum() + 0.5 * len(each)) for each in (ones, others)]
    noise = (1 / ones.sum() + 1 / others.sum()) * CHANCE[max(1, len(ones) - 1)]
    return bool(((p - q) * np.log(p / q)).sum() <= max(limit, noise))


def holds(result, least=1.0):
    """Which rows break nothing; with a share below 1, whether so many rows meet it."""
    broken = (~result).fillna(False).astype(bool)
    if least >= 1:
        return ~broken
    return bool(broken.sum() <= int((1 - least) * result.notna().sum() + 1e-9))
'''
CAST = {"number": "number", "date": "moment", "text": "text", "boolean": "truth"}


class PandasCode:
    """Writes conditions for columns of these storage types; others are taken for what they are compared with."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self.types = types

    def truth(self, node: Node) -> str:
        """A condition as an expression that gives true, false or missing in each row."""
        op, parts = node.op, node.parts
        if op in ("and", "or"):
            return f"({self.truth(parts[0])} {'&' if op == 'and' else '|'} {self.truth(parts[1])})"
        if op == "if":
            return f"(~{self.truth(parts[0])} | {self.truth(parts[1])})"
        if op == "not":
            return f"~{self.truth(parts[0])}"
        if op == "missing":
            return f"met({self.value(parts[0])}.isna())"
        if op == "unique":
            return f"unique(df, {list(parts)!r})"
        if op == "follows":
            return f"follows(df, {parts[0]!r}, {list(parts[1:])!r})"
        if op == "in table":
            return f"known(df, {list(parts[0])!r}, {parts[1]!r}, {list(parts[2])!r})"
        if op == "is a":
            return self._is_a(f"df[{parts[0].parts[0]!r}]", parts[1])
        if op == "matches":
            cells = self.value(parts[0], "text")
            return f"met({cells}.str.fullmatch({parts[1]!r}), {cells})"
        if op == "in":
            return self._among(parts[0], parts[1])
        if op in ("=", "!=", "<", "<=", ">", ">="):
            kind = self.common(parts[0], parts[1])
            one, two = self.value(parts[0], kind), self.value(parts[1], kind)
            cells = ", ".join(each for each, part in ((one, parts[0]), (two, parts[1])) if part.op != "value")
            sign = "==" if op == "=" else op
            return f"met({one} {sign} {two}{', ' + cells if cells else ''})"
        return f"({self.value(node)} == True)"

    def common(self, *nodes: Node) -> str:
        """As what two values are compared."""
        kinds = {self.kind(node) for node in nodes} - {""}
        return next((kind for kind in ("date", "number", "boolean", "text") if kind in kinds), "text")

    def kind(self, node: Node) -> str:
        """What a value is; nothing where the column's type is not known."""
        if node.op == "column":
            return KINDS[self.types[node.parts[0]]] if node.parts[0] in self.types else ""
        if node.op == "value":
            value = node.parts[0]
            if isinstance(value, bool):
                return "boolean"
            if isinstance(value, str):
                return "text" if np.isnat(moment_of(value)) or self.types else "date"
            return "number"
        return "date" if node.op == "date" else "number"

    def value(self, node: Node, kind: str = "") -> str:
        """A value as an expression, of the kind that is wanted."""
        op, parts = node.op, node.parts
        if op == "column":
            return f"{CAST[kind]}(df[{parts[0]!r}])" if kind else f"df[{parts[0]!r}]"
        if op == "value":
            return self.literal(parts[0], kind)
        if op == "length":
            return f"{self.value(parts[0], 'text')}.str.len()"
        if op in ("number", "date"):
            return self.value(parts[0], op)
        if op == "abs":
            return f"{self.value(parts[0], 'number')}.abs()"
        return f"({self.value(parts[0], 'number')} {op} {self.value(parts[1], 'number')})"

    def literal(self, value: Any, kind: str) -> str:
        """One value of a kind."""
        if kind == "date":
            return f"pd.Timestamp({str(value)!r})"
        if kind == "number" and isinstance(value, str):
            return f"float({value!r})"
        return repr(value)

    def _among(self, node: Node, values: tuple[Any, ...]) -> str:
        kind = self.kind(node)
        if kind in ("", "text"):
            kind = "number" if all_numbers(values) else "text"
        if kind == "text":
            values = tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values)
        cells = self.value(node, kind)
        return f"met({cells}.isin({list(values)!r}), {cells})"

    def _is_a(self, cells: str, kind: str) -> str:
        tests = {
            "number": f"number({cells}).notna()",
            "whole number": f"(number({cells}) % 1 == 0).fillna(False)",
            "date": f"moment({cells}).notna()",
            "boolean": f"truth({cells}).notna()",
        }
        return f"met({tests[kind]}, {cells})"
