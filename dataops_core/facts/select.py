"""Rows by condition, and how many rows each value has under the other conditions (facets): counted by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from dataops_core.facts.engine import Engine
from dataops_core.table import ROW_ID, shown
from dataops_core.table.kinds import DTYPES
from dataops_core.table.table import arrow_to_frame

FIRST = 1000
VALUES = 50


@dataclass(frozen=True)
class Where:
    """A condition: the column "is" one of the values (as people read them), lies "between" two, is "missing", or a text
    "holds" a part.

    Without a column, "holds" looks into every column of text.
    """

    column: str | None
    how: Literal["is", "between", "missing", "present", "holds"]
    these: tuple[Any, ...] = ()


def rows_where(engine: Engine, conditions: Sequence[Where], most: int = FIRST) -> tuple[int, list[int]]:
    """How many rows meet all conditions, and the ids of the first of them."""
    text, given = _all(engine, conditions)
    count = engine.con.execute(f"select count(*) from {engine.rows} where {text}", given).fetchall()[0][0]
    told = engine.con.execute(
        f"select {engine.named(ROW_ID)} from {engine.rows} where {text} order by 1 limit {int(most)}", given
    ).fetchall()
    return int(count), [int(row[0]) for row in told]


def sorted_rows(
    engine: Engine,
    conditions: Sequence[Where],
    by: str | None = None,
    *,
    descending: bool = False,
    start: int = 0,
    most: int = 200,
) -> tuple[int, list[int]]:
    """How many rows meet all conditions, and the ids of some of them, sorted by a column; without one, as they lie.

    Missing cells come last either way; rows with the same value stay in the table's order.
    """
    row = engine.named(ROW_ID)
    order = f"{engine.named(by)} {'desc' if descending else 'asc'} nulls last, {row}" if by else row
    some = f"order by {order} limit {int(most)} offset {int(start)}"
    if not conditions:
        told = engine.con.execute(f"select {row} from {engine.rows} {some}").fetchall()
        return engine.table.rows, [int(each[0]) for each in told]
    text, given = _all(engine, conditions)
    wanted = ", ".join(dict.fromkeys([row, *([engine.named(by)] if by else [])]))
    told = engine.con.execute(
        f"with hit as materialized (select {wanted} from {engine.rows} where {text})"
        f" (select -1, count(*) from hit) union all (select 0, {row} from hit {some})",
        given,
    ).fetchall()
    return next(int(each[1]) for each in told if each[0] < 0), [int(each[1]) for each in told if each[0] == 0]


def rows_with(engine: Engine, ids: Sequence[int], columns: Sequence[str]) -> pd.DataFrame:
    """The rows with these ids, in their order; a row group is unpacked only as far as it is needed."""
    names = ", ".join(engine.named(name) for name in (*columns, ROW_ID))
    row = engine.named(ROW_ID)
    found = engine.con.sql(
        f"select {names} from {engine.rows} where {row} in (select unnest(?::bigint[]))",
        params=[[int(each) for each in ids]],
    ).to_arrow_table()
    return arrow_to_frame(found, columns).loc[list(ids)]


def facet(engine: Engine, column: str, conditions: Sequence[Where] = ()) -> list[dict[str, Any]]:
    """The values of a column with their rows under the conditions on the other columns, most rows first."""
    others = [condition for condition in conditions if condition.column != column]
    text, given = _all(engine, others)
    name, kind = engine.named(column), engine.table.column(column).type
    told = engine.con.execute(
        f"select {name}, count(*) from {engine.rows} where {text} group by 1 order by 2 desc, 1 limit {VALUES}", given
    ).fetchall()
    texts = shown(pd.Series([row[0] for row in told], dtype=DTYPES[kind]))
    return [{"value": value, "count": int(row[1])} for value, row in zip(texts, told, strict=True)]


def _all(engine: Engine, conditions: Sequence[Where]) -> tuple[str, list[Any]]:
    parts, given = ["true"], list[Any]()
    for condition in conditions:
        text, values = _one(engine, condition)
        parts.append(f"({text})")
        given += values
    return " and ".join(parts), given


def _one(engine: Engine, condition: Where) -> tuple[str, list[Any]]:
    if condition.column is None:
        texts = [engine.named(c.name) for c in engine.table.columns if c.type == "text"]
        return " or ".join(f"contains(lower({name}), lower(?))" for name in texts) or "false", [
            condition.these[0]
        ] * len(texts)
    name, kind = engine.named(condition.column), engine.table.column(condition.column).type
    if condition.how == "missing":
        return f"{name} is null", []
    if condition.how == "present":
        return f"{name} is not null", []
    if condition.how == "holds":
        return f"contains(lower({name}::varchar), lower(?))", [condition.these[0]]
    cast = {"integer": "bigint", "decimal": "double", "datetime": "timestamp", "boolean": "boolean"}.get(
        kind, "varchar"
    )
    if condition.how == "between":
        return f"{name} >= try_cast(? as {cast}) and {name} <= try_cast(? as {cast})", [
            str(value) for value in condition.these
        ]
    there = [str(value) for value in condition.these if value is not None]
    parts = [f"{name} in ({', '.join(f'try_cast(? as {cast})' for _ in there)})"] if there else []
    parts += [f"{name} is null"] if len(there) < len(condition.these) else []
    return " or ".join(parts) or "false", there
