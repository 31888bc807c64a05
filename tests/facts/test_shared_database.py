"""Small tables share a database, and nothing else."""

import threading

import pytest

from dataops_core.facts import Engine, engine, table_facts


def tables(one):
    return {name for (name,) in one.con.execute("select table_name from duckdb_tables()").fetchall()}


def test_two_small_tables_are_counted_at_once_and_neither_sees_the_other(make_table):
    first, second = make_table({"a": [1, 2, 3]}), make_table({"a": ["x", "x"]})
    with Engine(first) as one, Engine(second) as other:
        assert one.con.execute(f"select max(a) from {one.rows}").fetchone() == (3,)
        assert other.con.execute(f"select max(a) from {other.rows}").fetchone() == ("x",)
        one.con.execute("create temp table mine as select 1")
        assert "mine" in tables(one) and "mine" not in tables(other)
    with Engine(second) as later:
        assert "mine" not in tables(later) and later.con.execute("from duckdb_prepared_statements()").fetchall() == []


def test_many_threads_count_small_tables_at_once(make_table):
    made = [make_table({"a": list(range(at, at + 50)), "b": ["x", None] * 25}) for at in range(8)]
    found = {}

    def count(at):
        found[at] = table_facts(made[at])

    threads = [threading.Thread(target=count, args=(at,)) for at in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [found[at]["a"]["min"] for at in range(8)] == list(range(8))
    assert {found[at]["b"]["missing"] for at in range(8)} == {25}


def test_after_a_database_broke_the_next_table_has_a_new_one(make_table):
    table = make_table({"a": [1, None]})
    with Engine(table):
        broken = engine._shared()
    broken.close()
    with Engine(table) as one:
        assert one.missing(table.columns[0]) == 1
    assert engine._shared() is not broken


@pytest.mark.parametrize("small", [True, False])
def test_only_small_tables_share_it(make_table, monkeypatch, small):
    monkeypatch.setattr(engine, "SMALL", 4 if small else 3)
    table, shared = make_table({"a": [1, 2], "b": [3, 4]}), engine._shared()
    shared.execute("create or replace table everybodys as select 1")
    with Engine(table) as one:
        assert one.small is small and ("everybodys" in tables(one)) is small
    shared.execute("drop table everybodys")
