"""Apache Spark gives the table that memory gives: the same rows in the same order, the same types, the same hash."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from dataops_core.engines import plan
from dataops_core.errors import InputError, SettingError
from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe, RecipeStep, load
from dataops_core.recipe.replay import run_recipe
from tests.engines.conftest import HOME, WHY
from tests.recipe.test_script import ALL

ORDERS = Path(__file__).parent.parent.parent / "sample_data" / "shop_orders.xlsx"
SAMPLE = Path(__file__).parent.parent.parent / "sample_data" / "loan_applications.csv"


ONE_PLACE = {"blank_repeats"}  # needs the whole table in one place, with whatever settings


def recipe_of(*steps: tuple[str, dict], **more) -> Recipe:
    return Recipe(steps=tuple(RecipeStep(op, settings) for op, settings in steps), **more)


def every_step() -> Recipe:
    """All steps that can run on a cluster, with settings by which they can."""
    changed = {
        "join_table": {"table": "cities", "keys": ["city"], "their_keys": ["town"], "several": "first"},
        "fill_along": {"columns": ["existing_debt"], "order": "application_date", "by": ["gender"]},
    }
    return recipe_of(*((op, changed.get(op, settings)) for op, settings in ALL.items() if op not in ONE_PLACE))


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


def test_steps_learn_there_what_they_learn_in_memory(spark, tmp_path):
    recipe = recipe_of(
        ("split_rows", {"stratify": ["sex"], "test": 0.3}),
        ("fill_missing", {"columns": ["income"], "how": "mean", "by": ["sex"]}),
        ("encode_frequency", {"columns": ["country"]}),
        ("encode_frequency", {"columns": ["latitude"]}),
    )
    people = tmp_path / "people.csv"
    rows = [
        f"{number},,{'NL' if number % 3 else 'BE'},{number * 1.1 if number % 4 else ''},{'fm'[number % 2]}\n"
        for number in range(60)
    ]
    people.write_text("number,latitude,country,income,sex\n" + "".join(rows))
    done = same(spark, recipe, people, tmp_path)
    assert done.outcomes[-1].status == "skipped"


def test_medians_and_means_are_found_there_without_the_values_at_the_driver(spark, tmp_path, monkeypatch):
    from dataops_core.engines.spark import statistics
    from dataops_core.engines.spark.table import ClusterTable
    from dataops_core.recipe import condensed

    monkeypatch.setattr(statistics, "FEW", 0)
    monkeypatch.setattr(condensed, "FEW", 0)
    monkeypatch.setattr(ClusterTable, "counted", None)
    monkeypatch.setattr(ClusterTable, "gathered", None)
    rows = [f"{n * 7919 % 1000 / 7 if n % 5 else ''},{n * 31 % 977 if n % 7 else ''},2024-01-{n % 28 + 1:02d}"
            for n in range(1, 1200)]  # fmt: skip
    (tmp_path / "t.csv").write_text("\n".join(["x,n,d", *rows, "inf,,", "-inf,,", "-0.0,5,"]) + "\n")
    parts = cut(tmp_path / "t.csv", tmp_path / "in", 5)
    for how in ("median", "mean"):
        recipe = recipe_of(("fill_missing", {"columns": ["x", "n", "d"], "how": how}))
        expected = in_memory(recipe, tmp_path / "t.csv", tmp_path)
        done = on_spark(spark, recipe, parts, tmp_path / how)
        assert done.recipe.steps[0].learned == expected.recipe.steps[0].learned
        assert done.content_hash == expected.table.content_hash


def test_every_step_that_can_run_there_gives_the_hash_of_memory(spark, tmp_path, make_table):
    """All steps in one recipe; those that need the whole table in one place get settings by which they do not."""
    refused = plan(recipe_of(*((op, ALL[op]) for op in ONE_PLACE)), "spark")
    assert {each.entry.op for each in refused if each.refused} == ONE_PLACE
    recipe = every_step()
    assert [each.entry.op for each in plan(recipe, "spark") if each.refused] == []
    tables = {
        "cities": make_table({"town": ["Ghent", "Delft", "Delft", "Utrecht"], "people": [260, 100, 101, None]}),
        "late ones": make_table({"sex": ["f"], "income": [12.5], "age": [40]}),
    }
    some = tmp_path / "some.csv"
    some.write_text("".join(SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:1500]), encoding="utf-8")
    expected = in_memory(recipe, some, tmp_path, tables)
    done = on_spark(spark, expected.recipe, some, tmp_path / "out", tables=tables)
    assert list(done.types) == expected.table.names
    assert (done.rows, done.content_hash) == (expected.table.rows, expected.table.content_hash)
    assert [outcome.status for outcome in done.outcomes] == [outcome.status for outcome in expected.outcomes]


@pytest.mark.slow
def test_many_parts_and_splits_give_the_hash_of_memory(spark, tmp_path, monkeypatch):
    """Parts of 100 rows, seven files: narrow steps, rows that go, order, new rows and columns, one after the other."""
    from dataops_core.engines.spark import table

    monkeypatch.setattr(table, "part_rows", lambda _columns: 100)
    some = tmp_path / "some.csv"
    some.write_text("".join(SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:1000]), encoding="utf-8")
    recipe = recipe_of(
        ("change_case", {"columns": ["city"], "case": "lower"}),
        ("fill_missing", {"columns": ["income"], "how": "median", "by": ["city"]}),
        ("drop_duplicate_rows", {"columns": ["city", "age", "housing"], "keep": "last"}),
        ("suppress_small_groups", {"columns": ["city", "sex"], "k": 2}),
        ("sort_rows", {"columns": ["city", "age"], "direction": "largest"}),
        ("round_numbers", {"columns": ["existing_debt"], "digits": -2}),
        ("drop_duplicate_rows", {"columns": ["housing", "age"]}),
        ("sample_rows", {"share": 80.0}),
        ("fill_along", {"columns": ["existing_debt"], "order": "age", "by": ["housing"]}),
        ("unpivot_columns", {"columns": ["income", "existing_debt"], "names": "what", "values": "amount"}),
        ("drop_duplicate_rows", {"columns": ["what", "city", "age"]}),
        ("group_rows", {"by": ["city", "what"], "columns": ["amount"], "measures": ["mean", "median"]}),
        ("sort_rows", {"columns": ["amount mean"]}),
    )
    expected = in_memory(recipe, some, tmp_path)
    done = on_spark(spark, recipe, cut(some, tmp_path / "in", 7), tmp_path / "out")
    assert done.content_hash == expected.table.content_hash
    assert [step.learned for step in done.recipe.steps] == [step.learned for step in expected.recipe.steps]
    assert done.rows > 10


def test_adult_gives_the_hash_of_memory(spark, adult, tmp_path):
    recipe = recipe_of(
        ("mark_missing", {"columns": ["workclass", "occupation"], "tokens": ["?"]}),
        ("fill_missing", {"columns": ["workclass"], "how": "most_frequent", "by": ["sex"]}),
        ("drop_duplicate_rows", {}),
        ("treat_outliers", {"columns": ["hours_per_week"]}),
        ("sort_rows", {"columns": ["education", "age"]}),
    )
    same(spark, recipe, adult, tmp_path)


def test_a_killed_worker_changes_nothing_but_the_time(cluster, spark, tmp_path):
    """A worker and its executor are killed (-9) while the steps run; another one takes over."""
    folder, recipe = (
        cut(SAMPLE, tmp_path / "in", 4),
        recipe_of(("drop_duplicate_rows", {}), ("trim_spaces", {"columns": ["city"]})),
    )
    expected = in_memory(recipe, SAMPLE, tmp_path)
    killed = []

    def kill_when_writing(share: float, _note: str) -> None:
        if share >= 0.7 and not killed:
            killed.append(kill_worker(cluster))
            cluster.start_worker()

    done = on_spark(spark, recipe, folder, tmp_path / "out", progress=kill_when_writing)
    assert killed[0] > 1, "a worker and its executor"
    assert done.content_hash == expected.table.content_hash


def kill_worker(cluster) -> int:
    """Kill a worker with all that it has started; says how many processes these were."""
    victim = cluster.processes[1]
    children = [int(pid) for pid in Path(f"/proc/{victim.pid}/task/{victim.pid}/children").read_text().split()]
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if str(int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])) == str(victim.pid):
                children.append(int(path.name))
        except OSError:
            continue
    for pid in {victim.pid, *children}:
        os.kill(pid, signal.SIGKILL)
    victim.wait()
    return 1 + len(set(children))


@pytest.mark.parametrize(
    ("files", "what", "where"),
    [
        ({"a.csv": "n,t\n1,x\n", "b.csv": "n,t\nmany,x\n"}, 'Column "n" is integer in one file and text', "a.csv"),
        ({"a.csv": "n,t\n1,x\n", "b.csv": "n,u\n1,x\n"}, 'differ in column "u"', "b.csv"),
        ({"a.csv": "n,t\n1,x\n", "b.parquet": "PAR1 and no more"}, "1 of 2 files cannot be read", "b.parquet"),
        ({}, "The folder holds no files", "in"),
    ],
)
def test_files_that_are_not_one_table_are_refused_before_anything_starts(spark, tmp_path, files, what, where):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    with pytest.raises(InputError, match=what) as raised:
        on_spark(spark, recipe_of(), folder, tmp_path / "out")
    assert where in raised.value.where and raised.value.fix
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_file_that_breaks_off_in_the_middle_of_its_rows_is_named(spark, tmp_path):
    """Its beginning and its end are fine, so that only reading all of it finds it out."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        pd.DataFrame({"n": range(20_000), "t": [f"{n * n} words" for n in range(20_000)]}).to_parquet(
            folder / f"{name}.parquet"
        )
    broken = bytearray((folder / "b.parquet").read_bytes())
    broken[2_000:60_000] = bytes(58_000)
    (folder / "b.parquet").write_bytes(broken)
    with pytest.raises(InputError, match="cannot be read to its end") as raised:
        on_spark(spark, recipe_of(), folder, tmp_path / "out")
    assert raised.value.where.endswith("b.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_whole_numbers_in_one_file_and_decimals_in_another_are_decimals(spark, tmp_path):
    folder, whole = tmp_path / "in", tmp_path / "whole.csv"
    folder.mkdir()
    (folder / "a.csv").write_text("n,gone\n1,\n2,\n")
    (folder / "b.csv").write_text("n,gone\n0.5,7\n")
    whole.write_text("n,gone\n1,\n2,\n0.5,7\n")
    done = on_spark(spark, recipe_of(), folder, tmp_path / "out")
    assert dict(done.types) == {"n": "decimal", "gone": "integer"}
    assert done.content_hash == read_file(whole, tmp_path / "t.parquet").table.content_hash


def test_what_a_worker_cannot_do_is_said_as_on_one_machine(spark, tmp_path):
    """The first rows are fine; the error comes from a worker, with its own words, and nothing is left behind."""
    file = tmp_path / "t.csv"
    file.write_text("part\n" + "train\n" * 1200 + "perhaps\n")
    recipe = recipe_of(("split_rows", {"how": "by_column", "column": "part"}))
    with pytest.raises(SettingError, match='1 cells of "part" do not say .* "perhaps"'):
        on_spark(spark, recipe, file, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl.gz"])
def test_parts_are_written_in_other_formats_too(spark, tmp_path, suffix):
    file, out = tmp_path / "t.csv", tmp_path / f"out{suffix}"
    file.write_text('name,day,n\nÉva,2024-02-29,1.5\n"a,b",2024-03-01,\n')
    done = on_spark(spark, recipe_of(), file, out)
    (part,) = out.glob("part-*")
    assert part.name == f"part-00000{suffix}"
    assert read_file(part, tmp_path / "again.parquet").table.content_hash == done.content_hash


def test_a_place_that_is_taken_is_refused(spark, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(SettingError, match="There is something already"):
        on_spark(spark, recipe_of(), SAMPLE, tmp_path / "out")


def test_the_command_runs_it_on_the_processors_of_this_machine(tmp_path):
    """A process of its own, without a cluster: the hash, the parts and the fitted recipe are those of memory."""
    if WHY:
        pytest.skip(WHY)
    recipe, out, fitted = tmp_path / "r.json", tmp_path / "out.csv", tmp_path / "fitted.json"
    recipe.write_text(json.dumps(recipe_of(("fill_missing", {"columns": ["income"], "by": ["sex"]})).to_json()))
    command = ["run", str(recipe), str(SAMPLE), "-o", str(out), "--on", "spark", "--master", "local[1]"]
    done = subprocess.run(
        [sys.executable, "-m", "dataops_core", *command, "--fitted", str(fitted), "--json"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": HOME},
    )
    assert done.returncode == 0, done.stderr
    expected = in_memory(load(recipe), SAMPLE, tmp_path)
    told = json.loads(done.stdout)
    assert (told["content_hash"], told["written"]) == (expected.table.content_hash, True)
    assert load(fitted).steps == expected.recipe.steps
    assert sorted(path.name for path in out.iterdir()) == ["_dataops.json", "part-00000.csv"]
