"""In batches, with parts and batches of a few rows each: the table that memory gives."""

import json

import pytest

from dataops_core.engines import batches, bounded
from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import run_recipe
from dataops_core.recipe.walk import Outcome
from dataops_core.table import Table, write_table
from tests.recipe.test_script import ALL, SAMPLE


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(batches, "PART_CELLS", 25_000)
    whole = Table.arrow_batches
    monkeypatch.setattr(Table, "arrow_batches", lambda table, columns=None, rows=0: whole(table, columns, 10_000))


def both(table: Table, folder, *steps: tuple[str, dict], tables=None) -> tuple[Table, list[Outcome]]:
    """The table in batches, which is that in memory: content, row ids, and what is said of each step."""
    recipe = Recipe(steps=tuple(RecipeStep(op, settings) for op, settings in steps))

    def others(name, _content):
        return (tables or {}).get(name)

    memory = run_recipe(recipe, table, folder, tables=others)
    assert memory.failed is None, memory.failed
    done = run_recipe(recipe, table, folder, tables=others, bounded=bounded())
    assert done.failed is None, done.failed
    assert done.table.content_hash == memory.table.content_hash
    assert done.table.frame([]).index.tolist() == memory.table.frame([]).index.tolist()
    assert [outcome.to_json() for outcome in done.outcomes] == [outcome.to_json() for outcome in memory.outcomes]
    assert done.recipe == memory.recipe
    return done.table, list(done.outcomes)


@pytest.fixture
def table(make_table) -> Table:
    """25,000 rows in three row groups, with equal rows far from each other, -0.0 beside 0.0, and A beside a."""
    rows = range(25_000)
    return make_table(
        {
            "a": [None if n % 7 == 0 else f"t{n % 900}" for n in rows],
            "A": [(-0.0 if n % 2 else 0.0) if n % 3 else float(n % 40) for n in rows],
            "n": [None if n % 11 == 0 else (n * 7919) % 500 for n in rows],
        }
    )


@pytest.mark.parametrize("keep", ["first", "last", "none"])
def test_duplicates_go_wherever_they_lie(table, tmp_path, keep):
    done, _ = both(table, tmp_path, ("drop_duplicate_rows", {"columns": ["a", "A"], "keep": keep}))
    assert done.rows < 25_000


def test_sorting_keeps_the_order_of_equal_rows_and_puts_missing_cells_last(table, tmp_path):
    done, _ = both(table, tmp_path, ("sort_rows", {"columns": ["A", "a"], "direction": "largest"}))
    assert done.frame(["A"])["A"].iloc[0] == 39.0
    both(table, tmp_path, ("sort_rows", {"columns": ["n"]}))


def test_columns_may_be_called_as_those_that_engines_add(make_table, tmp_path):
    names = ["place", "id", "nth", "part", "c0", "count"]
    table = make_table({name: [n * (at + 3) % 17 for n in range(25_000)] for at, name in enumerate(names)})
    both(table, tmp_path, ("sort_rows", {"columns": ["nth", "place"]}), ("drop_duplicate_rows", {"columns": ["id"]}))
    both(table, tmp_path, ("fill_along", {"columns": ["c0"], "by": ["part"]}))


@pytest.mark.parametrize(
    ("op", "settings"),
    [
        ("sample_rows", {"share": 30.0, "by": ["n"]}),
        ("sample_rows", {"share": 30.0}),
        ("split_rows", {"stratify": ["n"], "test": 0.25}),
        ("suppress_small_groups", {"columns": ["n", "a"], "k": 3}),
        ("fill_along", {"columns": ["a"], "by": ["n"]}),
        ("lag_values", {"columns": ["A"], "order": "n", "by": ["a"], "how": "mean", "rows": 4}),
        ("group_rows", {"by": ["a"], "columns": ["A", "n"], "measures": ["sum", "median"]}),
        ("pivot_rows", {"by": ["a"], "names": "n", "values": "A"}),
        ("quarantine_rows", {"conditions": ["unique(a, n)"]}),
        ("fill_missing", {"columns": ["n"], "by": ["a"]}),
    ],
)
def test_a_step_gives_what_it_gives_in_memory(make_table, table, tmp_path, op, settings):
    if op == "pivot_rows":
        table = make_table(table.frame().assign(n=lambda frame: frame["n"] % 20))
    both(table, tmp_path, (op, settings))


@pytest.mark.slow
def test_every_step_in_one_recipe_gives_the_table_of_memory(tmp_path, make_table, monkeypatch):
    tables = {
        "cities": make_table({"town": ["Boston", "Nowhere"], "size": [1.5, 2.5]}),
        "late ones": make_table({"sex": ["f", "m"], "age": [30, 40], "income": [1200.5, None]}),
    }
    source = read_file(SAMPLE, tmp_path / "source.parquet").table
    start = write_table(tmp_path / "start.parquet", [source.page(0, 600)], source.kinds)
    monkeypatch.setattr(batches, "PART_CELLS", 4_000)
    both(start, tmp_path, *ALL.items(), tables=tables)


def test_the_command_gives_the_file_of_memory_and_lists_what_needs_the_whole_table(tmp_path, capsys):
    from dataops_core.cli.main import main

    (tmp_path / "t.csv").write_text("a,b\n2, x\n1,y \n2, x\n")
    steps = [{"op": "drop_duplicate_rows"}, {"op": "sort_rows", "with": {"columns": ["a"]}}]
    (tmp_path / "r.json").write_text(json.dumps({"steps": steps}))
    given = ["run", str(tmp_path / "r.json"), str(tmp_path / "t.csv"), "-o"]
    assert (
        main([*given, str(tmp_path / "memory.csv")]) == main([*given, str(tmp_path / "b.csv"), "--on", "batches"]) == 0
    )
    assert (tmp_path / "b.csv").read_text() == (tmp_path / "memory.csv").read_text() == "a,b\n1,y \n2, x\n"
    steps.append({"op": "resample_rows", "with": {"target": "a"}})
    (tmp_path / "r.json").write_text(json.dumps({"steps": steps}))
    capsys.readouterr()
    assert main([*given, str(tmp_path / "b.csv"), "--on", "batches", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [step["where"] for step in told["steps"]] == [
        "in parts on disk, so that rows that are equal in all columns lie together",
        "sorted on disk by a",
        "on the whole table in memory",
    ]
