"""Tables that can be computed again are no longer kept, and every version opens as before."""

import json

import pytest
import sqlalchemy as sa

from dataops_core.cli.main import main
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.store import catalog, datasets, fsck, states, versions
from dataops_core.store.people import promotions
from dataops_core.store.purge import compact, compaction, purge
from dataops_core.store.store import Store
from dataops_core.store.trail import audit

TRIM = RecipeStep("trim_spaces", {"columns": ["city"]})
FILL = RecipeStep("fill_missing", {"columns": ["n"], "how": "median"})
EDIT = RecipeStep("set_cells", {"column": "n", "cells": {"3": "77"}, "was": {"3": "2"}})


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "home")
    yield opened
    opened.close()


@pytest.fixture
def loans(store, tmp_path):
    """Version 1 after two steps, version 2 with one cell edited."""
    rows = "".join(f"{' ' * (n % 2)}city {n % 7},{n if n % 9 else ''},{n * n}\n" for n in range(2000))
    (tmp_path / "loans.csv").write_text("city,n,square\n" + rows)
    made = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "loans.csv", "loans.csv", "ann")
    for steps in ((TRIM, FILL), (TRIM, FILL, EDIT)):
        here = datasets.get(store, made)
        datasets.edit(store, made, here.revision, Recipe(here.recipe.name, 0, steps, here.recipe.read), "change", "ann")
        versions.commit(store, made, "m", "ann")
    return made


def tables(store):
    with store.reading() as connection:
        rows = connection.execute(sa.select(catalog.state.c.id, catalog.state.c.md5)).all()
    return {row.id: store.objects.has(row.md5) for row in rows}


def test_an_edit_of_few_cells_costs_no_second_table(store, loans):
    before = tables(store)
    assert len(before) == 4 and all(before.values())  # as read, trimmed, filled (version 1), edited (version 2)
    made = compact(store, loans, "eve")
    assert (made.tables, made.slow, made.other) == (2, 0, 0) and made.freed > 10_000
    one, two = (versions.get(store, loans, number) for number in (1, 2))
    now = tables(store)
    assert now[two.state] and not now[one.state] and sum(now.values()) == 2
    assert fsck.check(store).ok
    with store.reading() as connection:
        (entry,) = [each for each in audit.entries(connection, loans) if each["what"] == "tables compacted"]
    assert entry["actor"] == "eve" and entry["details"] == {"tables": 2, "freed": made.freed}


def test_a_version_opens_as_before_and_its_table_is_kept_again(store, loans):
    one = versions.get(store, loans, 1)
    compact(store, loans, "eve")
    assert versions.table(store, one).content_hash == one.content_hash
    assert tables(store)[one.state] and fsck.check(store).ok
    with store.reading() as connection:
        assert not connection.scalars(sa.select(catalog.compacted.c.state)).all()
    again = compact(store, loans, "eve")
    assert again.tables == 2 and not tables(store)[one.state]
    assert compact(store, loans, "eve").tables == 0  # nothing is left to be done
    found = versions.compare(store, loans, 1, 2)
    assert found is not None and found.cells_changed == {"n": 1}


def test_a_table_that_takes_too_long_stays_and_a_dry_run_changes_nothing(store, loans):
    before = tables(store)
    assert compact(store, loans, "eve", longest=0).slow == 2
    would = compact(store, loans, "eve", dry_run=True)
    assert would.tables == 2 and would.freed > 0
    assert tables(store) == before


def test_the_time_of_the_tables_before_counts_as_well(store, loans, monkeypatch):
    monkeypatch.setattr(compaction, "_computed_again", lambda _store, _state: 1.0)
    made = compact(store, loans, "eve", longest=1.5)
    assert (made.tables, made.slow) == (1, 1)  # trimmed, and filled, which takes both steps
    assert tables(store)[versions.get(store, loans, 1).state]


def test_a_table_that_comes_out_otherwise_stays(store, loans, monkeypatch):
    real = states.take

    def other(entry, table, out, **asked):
        made, outcome = real(entry, table, out, **asked)
        return (table, outcome) if entry.op == "fill_missing" else (made, outcome)

    monkeypatch.setattr(states, "take", other)
    made = compact(store, loans, "eve")
    assert (made.tables, made.other) == (1, 1) and tables(store)[versions.get(store, loans, 1).state]


def test_a_version_in_an_environment_stays(store, loans):
    asked = promotions.request(store, loans, 1, "production", "because", "ann")
    promotions.approve(store.of("bob"), loans, asked.number, "bob")
    assert compact(store, loans, "eve").tables == 1
    assert tables(store)[versions.get(store, loans, 1).state]


def test_a_purge_after_it_leaves_the_rest_whole(store, loans):
    compact(store, loans, "eve")
    purge(store, loans, [1], "eve", reason="wrong")
    assert fsck.check(store).ok
    two = versions.get(store, loans, 2)
    assert versions.table(store, two).content_hash == two.content_hash


def test_the_command_says_what_it_frees(store, loans, capsys, monkeypatch):
    monkeypatch.setenv("DATAOPS_HOME", str(store.home))
    assert main(["compact", "loans", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["dataset"], told["dry_run"], told["tables"], told["slow"]) == ("loans", True, 2, 0)
    assert main(["compact", "loans"]) == 0
    assert "2 tables no longer kept; " in capsys.readouterr().out
