"""Checks rules on a table: each passes, or lists all rows that break it; by DuckDB over the Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import duckdb
import numpy as np

from dataops_core.errors import DataOpsError, SettingError
from dataops_core.facts import Engine
from dataops_core.progress import Progress, no_progress
from dataops_core.rules.rule import Measured, Result, Rule, by_name
from dataops_core.rules.sql import Compiler, as_text
from dataops_core.steps._conditions import Node
from dataops_core.table import ROW_ID, Table

TOGETHER = 25  # conditions in one pass


def check_rules(
    table: Table,
    rules: Sequence[Rule],
    *,
    tables: Mapping[str, Table] = MappingProxyType({}),
    today: str | None = None,
    progress: Progress = no_progress,
) -> list[Result]:
    """How each rule fares, in the order given.

    `tables` are those that references name; `today` (ISO date) is what freshness is measured by. A rule that names a
    column which is not there fails, and says so.
    """
    with Engine(table) as engine:
        return Checker(engine, tables, today).check(rules, progress)


class Checker:
    """Checks rules by an engine that is open."""

    def __init__(self, engine: Engine, tables: Mapping[str, Table], today: str | None) -> None:
        self.engine, self.tables, self.today = engine, tables, today
        self.table = engine.table
        self.compiler = Compiler({column.name: column.type for column in self.table.columns}, engine.named)

    def check(self, rules: Sequence[Rule], progress: Progress = no_progress) -> list[Result]:
        """How each rule fares, in the order given."""
        found: dict[int, Result] = {}
        waiting: list[tuple[int, Rule, str, str]] = []
        for at, rule in enumerate(rules):
            progress(at / (2 * len(rules)), rule.words)
            try:
                condition = rule.condition
                if condition is not None and condition.op not in ("unique", "follows", "in table"):
                    given = self.compiler.truth(rule.given) if rule.given is not None else "true"
                    waiting.append((at, rule, self.compiler.truth(condition), given))
                else:
                    found[at] = self._alone(rule, condition)
            except (DataOpsError, duckdb.Error) as error:
                found[at] = self._impossible(rule, error)
        for start in range(0, len(waiting), TOGETHER):
            progress(0.5 + start / (2 * len(waiting)), "Rows")
            found |= self._by_row(waiting[start : start + TOGETHER])
        return [found[at] for at in range(len(rules))]

    def counts(self, rules: Sequence[Rule]) -> list[tuple[int, int] | None]:
        """Of each rule, the rows that it speaks of and how many break it; None where this cannot be told."""
        return [
            (each.rows, len(each.failing)) if each.status != "not checked" and each.rows else None
            for each in self.check(rules)
        ]

    def _by_row(self, waiting: Sequence[tuple[int, Rule, str, str]]) -> dict[int, Result]:
        """The conditions that look at one row each, in one pass, and one more for the rows that break them."""
        try:
            counts = self._count([(truth, given) for _, _, truth, given in waiting])
        except duckdb.Error as error:
            if len(waiting) == 1:
                return {waiting[0][0]: self._impossible(waiting[0][1], error)}
            parts = [self._by_row([each]) for each in waiting]
            return {at: result for part in parts for at, result in part.items()}
        broken = [each for each, (_, failing) in zip(waiting, counts, strict=True) if failing]
        rows = self._rows([truth for _, _, truth, _ in broken])
        by_place = {at: ids for (at, *_), ids in zip(broken, rows, strict=True)}
        return {
            at: self._result(rule, concerned, by_place.get(at, np.zeros(0, dtype=np.int64)))
            for (at, rule, *_), (concerned, _) in zip(waiting, counts, strict=True)
        }

    def _count(self, truths: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
        asked = ", ".join(
            f"({truth}) as t{at}" + (f", ({given}) as g{at}" if given != "true" else "")
            for at, (truth, given) in enumerate(truths)
        )
        told = ", ".join(
            f"count(t{at})"
            + (f" filter (where g{at})" if given != "true" else "")
            + f", count(*) filter (where not t{at})"
            for at, (_, given) in enumerate(truths)
        )
        row: Any = self.engine.con.execute(f"select {told} from (select {asked} from {self.engine.rows})").fetchone()
        return [(int(row[2 * at]), int(row[2 * at + 1])) for at in range(len(truths))]

    def _rows(self, truths: Sequence[str]) -> list[np.ndarray]:
        """The ids of the rows that break each condition, in order."""
        if not truths:
            return []
        asked = ", ".join(f"({truth}) is false as b{at}" for at, truth in enumerate(truths))
        some = " or ".join(f"b{at}" for at in range(len(truths)))
        told = self.engine.con.execute(
            f"select * from (select {self.engine.named(ROW_ID)} as id, {asked} from {self.engine.rows}) where {some}"
        ).fetchnumpy()
        ids = np.asarray(told["id"])
        return [np.sort(ids[np.asarray(told[f"b{at}"], dtype=bool)]) for at in range(len(truths))]

    def _alone(self, rule: Rule, condition: Node | None) -> Result:
        if condition is None:
            told = rule.measure(self.engine, self.today)
            return self._measured(rule, told)
        if condition.op == "unique":
            return self._result(rule, *self._repeated(condition.parts))
        if condition.op == "follows":
            return self._result(rule, *self._contradicting(condition.parts[1:], condition.parts[0]))
        return self._result(rule, *self._unknown(*condition.parts))

    def _repeated(self, names: Sequence[str]) -> tuple[int, np.ndarray]:
        """The rows that share their key with another one."""
        keys = [self.compiler.column(name).text for name in names]
        there = " and ".join(f"{key} is not null" for key in keys)
        picked = ", ".join(f"{key} as k{at}" for at, key in enumerate(keys))
        by = ", ".join(f"k{at}" for at in range(len(keys)))
        source = f"(select {picked}, {self.engine.named(ROW_ID)} as id from {self.engine.rows} where {there})"
        con = self.engine.con
        total, different = self._one(f"select count(*), count(distinct ({by})) from {source}")
        if total == different:
            return total, np.zeros(0, dtype=np.int64)
        same = " and ".join(f"r.k{at} = d.k{at}" for at in range(len(keys)))
        again = f"(select {by} from {source} group by {by} having count(*) > 1)"
        found = con.execute(f"select r.id from {source} r join {again} d on {same}").fetchnumpy()["id"]
        return total, np.sort(np.asarray(found))

    def _contradicting(self, given: Sequence[str], told: str) -> tuple[int, np.ndarray]:
        """The rows that hold another value than most rows with the same given values; all where no value leads."""
        keys = [self.compiler.column(name).text for name in given]
        value = self.compiler.column(told).text
        there = " and ".join(f"{key} is not null" for key in [*keys, value])
        picked = ", ".join(f"{key} as k{at}" for at, key in enumerate(keys))
        by = ", ".join(f"k{at}" for at in range(len(keys)))
        source = (
            f"(select {picked}, {value} as v, {self.engine.named(ROW_ID)} as id from {self.engine.rows} where {there})"
        )
        con = self.engine.con
        (total,) = self._one(f"select count(*) from {source}")
        con.execute(
            f"create or replace temp table pairs as select {by}, v, count(*) as n from {source} group by {by}, v"
        )
        con.execute(
            f"create or replace temp table torn as select {by}, arg_max(v, n) as usual, max(n, 2) as tops from pairs"
            f" group by {by} having count(*) > 1"
        )
        same = " and ".join(f"r.k{at} = t.k{at}" for at in range(len(keys)))
        found = con.execute(
            f"select r.id from {source} r join torn t on {same} where r.v <> t.usual or t.tops[1] = t.tops[2]"
        ).fetchnumpy()["id"]
        con.execute("drop table pairs; drop table torn")
        return total, np.sort(np.asarray(found))

    def _unknown(self, names: Sequence[str], table: str, keys: Sequence[str]) -> tuple[int, np.ndarray]:
        """The rows whose key is not in the other table."""
        if table not in self.tables:
            raise NotHereError(f'The table "{table}" is not here.', table, f"Give it: --with {table}=FILE.")
        other = self.tables[table]
        path = str(other.path).replace("'", "''")
        told = self.engine.con.execute(f"select * from read_parquet('{path}') limit 0").description or []
        places = {name: '"' + each[0].replace('"', '""') + '"' for name, each in zip(other.names, told, strict=False)}
        theirs = Compiler({column.name: column.type for column in other.columns}, places.__getitem__)
        mine = [as_text(self.compiler.column(name)) for name in names]
        keyed = [as_text(theirs.column(name)) for name in keys]
        there = " and ".join(f"{key} is not null" for key in mine)
        picked = ", ".join(f"{key} as k{at}" for at, key in enumerate(mine))
        source = f"(select {picked}, {self.engine.named(ROW_ID)} as id from {self.engine.rows} where {there})"
        known = ", ".join(f"{key} as k{at}" for at, key in enumerate(keyed))
        same = " and ".join(f"r.k{at} = o.k{at}" for at in range(len(mine)))
        (total,) = self._one(f"select count(*) from {source}")
        found = self.engine.con.execute(
            f"select r.id from {source} r anti join (select {known} from read_parquet('{path}')) o on {same}"
        ).fetchnumpy()["id"]
        return total, np.sort(np.asarray(found))

    def _one(self, asked: str) -> tuple[int, ...]:
        return tuple(int(each) for each in self.engine.con.execute(asked).fetchone() or ())

    def _result(self, rule: Rule, concerned: int, failing: np.ndarray) -> Result:
        allowed = int((1 - rule.least) * concerned + 1e-9)
        if len(failing) <= allowed:
            some = f"{len(failing):,} of {concerned:,} rows break it, which is allowed." if len(failing) else ""
            return Result(rule, "passed", concerned, failing, some, rule.fix(by_name(self.table)) if some else None)
        verb = "row breaks" if len(failing) == 1 else "rows break"
        message = f"{len(failing):,} of {concerned:,} {verb} it."
        return Result(rule, "failed", concerned, failing, message, rule.fix(by_name(self.table)))

    def _measured(self, rule: Rule, told: Measured) -> Result:
        if told.passed is None:
            return Result(rule, "not checked", message=told.message)
        fix = None if told.passed else rule.fix(by_name(self.table))
        return Result(rule, "passed" if told.passed else "failed", message=told.message, fix=fix)

    def _impossible(self, rule: Rule, error: Exception) -> Result:
        """A rule that cannot be checked on this table: a column is not there, or holds something else altogether."""
        if isinstance(error, NotHereError):
            return Result(rule, "not checked", message=str(error))
        said = str(error) if isinstance(error, DataOpsError) else f"It cannot be checked: {str(error).splitlines()[0]}"
        return Result(rule, "failed", message=said[:300])


class NotHereError(SettingError):
    """A table that a rule needs was not given."""
