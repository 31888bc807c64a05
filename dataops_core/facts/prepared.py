"""Facts of small tables from prepared statements: of so few cells, planning a query takes far longer than
running it.
"""

from __future__ import annotations

from typing import Any

import duckdb

STORED = {"integer": "bigint", "decimal": "double", "datetime": "timestamp", "text": "varchar", "boolean": "boolean"}


class Prepared:
    """Tables that stay, filled with one column after another, and statements that are planned once for each storage
    type.

    Statements are planned again whenever a table or view is created or dropped, so nothing here is, after the first
    time.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._known: set[str] = set()
        self._bounds = ""
        con.execute('create temp table prepared_steps (step bigint, n bigint, "at" bigint)')
        for kind, stored in STORED.items():
            con.execute(f"create temp table prepared_{kind} (value {stored}, n bigint)")

    def fill(self, kind: str, query: str) -> None:
        """Hold the values of a column and how often each comes, as a query gives them."""
        self._con.execute(f"delete from prepared_{kind}")
        self._con.execute(f"insert into prepared_{kind} {query}")

    def bound(self, low: float, high: float) -> None:
        """Set the ends between which a histogram is drawn."""
        self._bounds = f"({low!r}::double, {high!r}::double)"

    def step_out(self, query: str) -> None:
        """Hold the steps between moments, as the expression for them gives them."""
        self._con.execute("delete from prepared_steps")
        self._run("steps", "datetime", query, "insert into prepared_steps ")

    def ask(self, expression: str, kind: str, query: str) -> list[dict[str, Any]]:
        """The rows that an expression gives on the column that is held."""
        told = self._run(expression, kind, query)
        names = [entry[0] for entry in told.description or []]
        return [dict(zip(names, row, strict=True)) for row in told.fetchall()]

    def _run(self, expression: str, kind: str, query: str, before: str = "") -> duckdb.DuckDBPyConnection:
        name = f"{expression}_{kind}"
        if name not in self._known:
            query = query.replace('"bounds"', "(select $1::double as low, $2::double as high)")
            for table in ("cells", "steps"):
                query = query.replace(f'"{table}"', f'"prepared_{kind if table == "cells" else table}"')
            self._con.execute(f"prepare {name} as {before}{query}")
            self._known.add(name)
        return self._con.execute(f"execute {name}{self._bounds if expression == 'histogram' else ''}")
