"""Apache Spark gives the table that memory gives: the same rows in the same order, the same types, the same hash."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import run_recipe

SAMPLE = Path(__file__).parent.parent.parent / "sample_data" / "loan_applications.csv"


def recipe_of(*steps: tuple[str, dict], **more) -> Recipe:
    return Recipe(steps=tuple(RecipeStep(op, settings) for op, settings in steps), **more)


def in_memory(recipe: Recipe, file: Path, folder: Path, tables=None):
    source = read_file(file, folder / "memory.parquet")
    done = run_recipe(recipe, source.table, folder, tables=lambda name, _: (tables or {}).get(name))
    assert done.failed is None, done.failed
    return done


def on_spark(spark, recipe: Recipe, source: Path, out: Path, **more):
    from dataops_core.engines.spark import run_on_spark

    return run_on_spark(spark, recipe, source, out, **more)


def same(spark, recipe: Recipe, file: Path, folder: Path, tables=None):
    """Both engines on one file: the same hash, and the same learned values."""
    expected = in_memory(recipe, file, folder, tables)
    done = on_spark(spark, recipe, file, folder / "out", tables=tables)
    assert done.content_hash == expected.table.content_hash
    assert done.rows == expected.table.rows
    assert [(o.op, o.status, o.reason) for o in done.outcomes] == [
        (o.op, o.status, o.reason if o.status == "skipped" else "") for o in expected.outcomes
    ]
    assert [step.learned for step in done.recipe.steps] == [step.learned for step in expected.recipe.steps]
    return done


def cut(file: Path, folder: Path, parts: int) -> Path:
    """A CSV file as a folder of files, in order."""
    head, *lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    folder.mkdir()
    size = -(-len(lines) // parts)
    for number in range(parts):
        some = lines[number * size : (number + 1) * size]
        (folder / f"part {number:02d}ü.csv").write_text(head + "".join(some), encoding="utf-8")
    return folder


def test_a_recipe_without_steps_gives_the_hash_of_the_file(spark, tmp_path):
    same(spark, recipe_of(), SAMPLE, tmp_path)
    about = json.loads((tmp_path / "out" / "_dataops.json").read_text())
    parts = sorted((tmp_path / "out").glob("part-*.parquet"))
    assert about["rows"] == sum(pq.read_metadata(part).num_rows for part in parts) == 4960
    assert [path.name for path in (tmp_path / "out").iterdir() if path not in parts] == ["_dataops.json"]


def test_rows_keep_the_order_that_sorting_gives_them(spark, tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("name,n\nb,2\na,\nc,1\nb,1\nd,2\n")
    on_spark(spark, recipe_of(("sort_rows", {"columns": ["n"], "direction": "largest"})), file, tmp_path / "out")
    found = pd.concat(pd.read_parquet(part) for part in sorted((tmp_path / "out").glob("part-*.parquet")))
    assert found["name"].tolist() == ["b", "d", "c", "b", "a"]


def test_the_hash_does_not_depend_on_how_the_table_is_cut(spark, tmp_path):
    folder = cut(SAMPLE, tmp_path / "in", 7)
    recipe = recipe_of(
        ("trim_spaces", {"columns": ["city"]}), ("drop_duplicate_rows", {"columns": ["name"], "keep": "last"})
    )
    expected = in_memory(recipe, SAMPLE, tmp_path)
    assert on_spark(spark, recipe, folder, tmp_path / "out").content_hash == expected.table.content_hash
    again = on_spark(spark, recipe_of(), tmp_path / "out", tmp_path / "again")  # Parquet that Spark wrote
    assert again.content_hash == expected.table.content_hash
