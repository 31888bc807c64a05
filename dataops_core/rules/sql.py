"""Conditions (see steps/_conditions) as SQL for DuckDB, over a table at rest; the same rows as in pandas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dataops_core.errors import SettingError, nearest
from dataops_core.steps._cells import YES_AND_NO, plain_number
from dataops_core.steps._condition_rows import FITTING, MOMENT, all_numbers, moment_of
from dataops_core.steps._conditions import Node

NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
KINDS = {"integer": "number", "decimal": "number", "boolean": "boolean", "datetime": "date", "text": "text"}


@dataclass(frozen=True)
class Sql:
    """An expression: number, text, date or boolean; `literal` where it is one value."""

    kind: str
    text: str
    storage: str = ""
    literal: Any = None


@dataclass(frozen=True)
class Compiler:
    """Writes conditions for a table whose columns have these storage types, called as `named` says."""

    types: Mapping[str, str]
    named: Callable[[str], str]

    def column(self, name: str) -> Sql:
        """A column; SettingError where there is none."""
        if name not in self.types:
            raise SettingError(f'There is no column "{name}".', "rules", nearest(name, self.types))
        told = self.named(name)
        if self.types[name] == "decimal":  # not a number is missing
            told = f"(case when not isnan({told}) then {told} end)"
        return Sql(KINDS[self.types[name]], told, self.types[name])

    def truth(self, node: Node) -> str:
        """A condition: true, false or null."""
        return self.sql(node).text

    def sql(self, node: Node) -> Sql:
        """Any node."""
        op, parts = node.op, node.parts
        if op == "column":
            return self.column(parts[0])
        if op == "value":
            return constant(parts[0])
        if op in ("and", "or"):
            return Sql("boolean", f"({self.truth(parts[0])} {op} {self.truth(parts[1])})")
        if op == "if":
            return Sql("boolean", f"(not {self.truth(parts[0])} or {self.truth(parts[1])})")
        if op == "not":
            return Sql("boolean", f"(not {self.truth(parts[0])})")
        if op == "missing":
            return Sql("boolean", f"({self.sql(parts[0]).text} is null)")
        if op == "is a":
            return self._is_a(self.sql(parts[0]), parts[1])
        if op == "in":
            return self._among(self.sql(parts[0]), parts[1])
        if op == "matches":
            return Sql("boolean", f"regexp_full_match({as_text(self.sql(parts[0]))}, {quoted(parts[1])})")
        if op == "length":
            return Sql("number", f"length({as_text(self.sql(parts[0]))})")
        if op == "number":
            return Sql("number", as_number(self.sql(parts[0])), "decimal")
        if op == "date":
            return Sql("date", as_date(self.sql(parts[0])), "")
        if op in ("+", "-", "*", "/", "abs"):
            return computed(op, [as_number(self.sql(part)) for part in parts])
        return self._compared(op, self.sql(parts[0]), self.sql(parts[1]))

    def _compared(self, op: str, left: Sql, right: Sql) -> Sql:
        kinds = {left.kind, right.kind}
        literal = next((each.literal for each in (left, right) if isinstance(each.literal, str)), None)
        if "date" in kinds:
            one, two = as_date(left), as_date(right)
        elif "number" in kinds:
            if literal is not None and plain_number(literal) is None:
                known = f"({left.text} is not null and {right.text} is not null)"
                return Sql("boolean", f"(case when {known} then {'true' if op == '!=' else 'false'} end)")
            one, two = as_number(left), as_number(right)
        elif "boolean" in kinds:
            one, two = as_boolean(left), as_boolean(right)
        else:
            one, two = left.text, right.text
        return Sql("boolean", f"({one} {'<>' if op == '!=' else op} {two})")

    def _among(self, cells: Sql, values: tuple[Any, ...]) -> Sql:
        if cells.kind == "text" and all_numbers(values):
            cells = Sql("number", as_number(cells))
        if cells.kind == "number":
            numbers = [each if not isinstance(each, str) else plain_number(each) for each in values]
            listed = [constant(each).text for each in numbers if each is not None]
        elif cells.kind == "text":
            listed = [quoted(str(each).lower() if isinstance(each, bool) else str(each)) for each in values]
        else:
            met = " or ".join(self._compared("=", cells, constant(each)).text for each in values)
            return Sql("boolean", f"(case when {cells.text} is not null then coalesce(({met}), false) end)")
        if not listed:
            return Sql("boolean", f"(case when {cells.text} is not null then false end)")
        return Sql("boolean", f"({cells.text} in ({', '.join(listed)}))")

    def _is_a(self, cells: Sql, kind: str) -> Sql:
        told = cells.text
        if cells.storage == "text":
            fits = f"regexp_full_match(trim({told}, ' \t\n\r'), {quoted(NUMBER)})"
            is_number = f"({fits} and isfinite(try_cast({told} as double)))"
            met = {
                "number": is_number,
                "whole number": f"({is_number} and try_cast({told} as double) = floor(try_cast({told} as double)))",
                "date": f"({moment(told)} is not null)",
                "boolean": f"(lower(trim({told}, ' \t\n\r')) in ({', '.join(map(quoted, YES_AND_NO))}))",
            }[kind]
            return Sql("boolean", f"(case when {told} is not null then coalesce({met}, false) end)")
        if cells.kind == "number" and kind == "whole number":
            met = f"(isfinite({told}::double) and floor({told}::double) = {told}::double)"
        elif cells.kind == "number" and kind == "boolean":
            met = f"({told} in (0, 1))"
        else:
            met = "true" if cells.storage in FITTING[kind] else "false"
        return Sql("boolean", f"(case when {told} is not null then {met} end)")


def quoted(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def constant(value: Any) -> Sql:
    """One value."""
    if isinstance(value, bool):
        return Sql("boolean", "true" if value else "false", literal=value)
    if isinstance(value, str):
        return Sql("text", quoted(value), literal=value)
    whole = isinstance(value, int) and abs(value) < 2**63
    told = f"{value}::bigint" if whole else f"'{float(value)!r}'::double"
    return Sql("number", f"({told})", "integer" if isinstance(value, int) else "decimal", value)


def as_text(cells: Sql) -> str:
    """Cells as people read them."""
    if cells.storage == "decimal":
        whole = f"isfinite({cells.text}) and abs({cells.text}) < 1e15 and {cells.text} = trunc({cells.text})"
        return f"(case when {whole} then {cells.text}::bigint::varchar else {cells.text}::varchar end)"
    if cells.storage == "datetime":
        return f"regexp_replace({cells.text}::varchar, ' 00:00:00$', '')"
    if cells.storage == "boolean":
        return f"{cells.text}::varchar"
    if cells.kind != "text" and cells.storage != "integer":
        raise SettingError("Only a column has letters.", "condition", "Name a column there.")
    return cells.text if cells.kind == "text" else f"{cells.text}::varchar"


def as_number(cells: Sql) -> str:
    """Cells as numbers; text that is none is null."""
    if cells.kind == "number":
        return cells.text
    if cells.kind == "date":
        raise SettingError("A date is not a number.", "condition", "Compare it with a date: '2024-12-31'.")
    if cells.kind == "boolean":
        return f"{cells.text}::bigint"
    if cells.literal is not None:
        found = plain_number(cells.literal)
        return "null::double" if found is None else constant(found).text
    fits = f"regexp_full_match(trim({cells.text}, ' \t\n\r'), {quoted(NUMBER)})"
    number = f"try_cast({cells.text} as double)"
    return f"(case when {fits} and isfinite({number}) then {number} end)"


def moment(text: str) -> str:
    """A text as a moment, null where it is none."""
    fits = f"regexp_full_match(trim({text}, ' \t\n\r'), {quoted(MOMENT.pattern)})"
    return f"(case when {fits} then try_cast(trim({text}, ' \t\n\r') as timestamp) end)"


def as_date(cells: Sql) -> str:
    """Cells as moments."""
    if cells.kind == "date":
        return cells.text
    if cells.literal is not None and cells.kind == "text":
        read = moment_of(cells.literal)
        if np.isnat(read):
            raise SettingError(f'"{cells.literal}" is not a date.', "condition", "Write it like '2024-12-31'.")
        return f"timestamp '{str(read).replace('T', ' ')}'"
    if cells.kind != "text":
        raise SettingError("A date was compared with a number.", "condition", "Write a date like '2024-12-31'.")
    return moment(cells.text)


def as_boolean(cells: Sql) -> str:
    """Cells as yes and no; others are null."""
    if cells.kind == "boolean":
        return cells.text
    if cells.kind == "number":
        return f"(case when {cells.text} in (0, 1) then {cells.text} = 1 end)"
    yes, no = (", ".join(quoted(word) for word, means in YES_AND_NO.items() if means is told) for told in (True, False))
    word = f"lower(trim({cells.text}, ' \t\n\r'))"
    return f"(case when {word} in ({yes}) then true when {word} in ({no}) then false end)"


def computed(op: str, cells: list[str]) -> Sql:
    """A sum, difference, product, quotient or absolute value; null where it is not finite."""
    numbers = [f"({cell})::double" for cell in cells]
    made = f"abs({numbers[0]})" if op == "abs" else f"({numbers[0]} {op} {numbers[1]})"
    return Sql("number", f"(case when isfinite({made}) then {made} end)", "decimal")
