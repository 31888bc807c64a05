"""The PySpark script: with PySpark, pandas and pyarrow alone it writes the table that memory gives."""

import datetime
import os
import subprocess
import venv
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataops_core.engines.spark.script import spark_script
from dataops_core.errors import SettingError
from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe, RecipeStep, from_json
from dataops_core.recipe.replay import run_recipe
from dataops_core.table import ROW_ID, frame_to_arrow
from tests.engines.conftest import HOME, WHY
from tests.engines.test_spark import cut, every_step, recipe_of

SAMPLE = Path(__file__).parent.parent.parent / "sample_data" / "loan_applications.csv"


@pytest.fixture(scope="module")
def bare_spark(tmp_path_factory) -> str:
    """An interpreter that sees PySpark, pandas and pyarrow with what they need, and nothing else of this project."""
    if WHY:
        pytest.skip(WHY)

    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    site = next(folder.glob("lib/python*/site-packages"))
    homes = {
        name: Path(module.__file__).parent.parent
        for name, module in {"numpy": np, "numpy.libs": np, "pandas": pd, "pyarrow": pa}.items()
    }
    homes |= dict.fromkeys(("pyarrow.libs", "dateutil", "pytz", "tzdata", "six.py"), homes["pandas"])
    homes |= dict.fromkeys(("pyspark", "py4j"), Path(HOME))
    for name, home in homes.items():
        if (home / name).exists():
            (site / name).symlink_to(home / name)
    return str(folder / "bin" / "python")


def run_there(python: str, text: str, source: Path, out: Path, *others: str) -> subprocess.CompletedProcess:
    """The script in a process of its own, with two processors of this machine."""
    path = out.with_suffix(".py")
    path.write_text(text, encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "SPARK"))}
    environment |= {"PYSPARK_SUBMIT_ARGS": "--master local[2] --conf spark.ui.enabled=false pyspark-shell"}
    return subprocess.run(
        [python, path, source, out, *others], capture_output=True, text=True, cwd=out.parent, env=environment
    )


def same(
    python: str,
    recipe: Recipe,
    source: Path,
    tmp_path: Path,
    tables: dict[str, Path] | None = None,
    *,
    learns: bool,
    given: Path | None = None,
) -> None:
    """The script and memory give the same hash; the rows that the script wrote, read again, are those of memory.

    The script learns by itself, or carries what was learned in memory; `given` is the same table as the source.
    """
    others = {name: read_file(path, tmp_path / f"{name}.table") for name, path in (tables or {}).items()}
    read = read_file(source, tmp_path / "memory.parquet")
    expected = run_recipe(recipe, read.table, tmp_path, tables=lambda name, _: others[name].table)
    assert expected.failed is None, expected.failed
    fitted = from_json(
        expected.recipe.to_json()
        | {
            "read": read.options.to_json(),
            "tables": {name: other.options.to_json() for name, other in others.items()} or None,
        }
    )
    out = tmp_path / "out"
    named = [f"{name}={path}" for name, path in (tables or {}).items()]
    done = run_there(python, spark_script(recipe if learns else fitted), given or source, out, *named)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == expected.table.content_hash
    found = pa.concat_tables([pq.read_table(part) for part in sorted(out.glob("part-*.parquet"))])
    table = expected.table
    wanted = frame_to_arrow(table.frame(), {column.name: column.type for column in table.columns})
    assert found.cast(found.schema.remove_metadata()).equals(wanted.drop_columns([ROW_ID]))


def test_the_bare_interpreter_has_pyspark_and_nothing_of_ours(bare_spark):
    code = (
        "import pyspark, pandas, pyarrow, importlib.util as u;"
        " print([n for n in ('dataops_core', 'sklearn', 'duckdb', 'pydantic') if u.find_spec(n)])"
    )
    assert subprocess.run([bare_spark, "-c", code], capture_output=True, text=True, cwd="/").stdout.strip() == "[]"


@pytest.mark.slow
def test_a_script_with_many_steps_gives_the_table_of_memory(bare_spark, tmp_path):
    some, tables = tmp_path / "some.csv", {"cities": tmp_path / "cities.csv", "late ones": tmp_path / "late.csv"}
    some.write_text("".join(SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:1500]), encoding="utf-8")
    tables["cities"].write_text("town;size\nBoston;1,5\nNowhere;2,5\n")
    tables["late ones"].write_text("sex,age,income\nf,30,1200.5\nm,40,\n")
    same(bare_spark, every_step(), some, tmp_path, tables, learns=False)


def test_a_script_that_learns_gives_the_table_of_memory_over_a_folder_of_files(bare_spark, tmp_path):
    some = tmp_path / "some.csv"
    some.write_text("".join(SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:900]), encoding="utf-8")
    recipe = recipe_of(
        ("split_rows", {"stratify": ["sex"], "test": 0.3}),
        ("fill_missing", {"columns": ["income"], "how": "mean", "by": ["sex"]}),
        ("drop_duplicate_rows", {"columns": ["name"], "keep": "last"}),
        ("sort_rows", {"columns": ["income", "name"], "direction": "largest"}),
        ("group_rows", {"by": ["city", "split"], "columns": ["income"], "measures": ["median"]}),
    )
    same(bare_spark, recipe, some, tmp_path, learns=True, given=cut(some, tmp_path / "in", 3))


def test_whole_numbers_moments_and_odd_names_are_exact_in_a_script(bare_spark, tmp_path):
    """Parquet that Spark reads itself; a whole number beyond 2 to the power of 53 beside a missing one."""
    source = tmp_path / "in.parquet"
    columns = {
        'a"b.`c': pd.array([2**53 + 1, None, -1], dtype="Int64"),
        "when": np.array(["2024-01-31T10:20:30.25", "NaT", "0001-01-01"], dtype="datetime64[us]"),
        "day": [datetime.date(2024, 2, 29), None, datetime.date(1, 1, 1)],
        "yes": pd.array([True, None, False], dtype="boolean"),
        "n": [1.5, None, -0.0],
        "A": ["  é x", None, ""],
        "a": ["y", "y", "z"],
    }
    pd.DataFrame(columns).to_parquet(source)
    recipe = Recipe('odd "names"', 0, (RecipeStep("trim_spaces", {"columns": ["A"]}, why="it's\u202etold"),))
    same(bare_spark, recipe, source, tmp_path, learns=True)


def test_what_goes_wrong_in_a_script_is_one_sentence_and_nothing_is_left(bare_spark, tmp_path):
    text = spark_script(recipe_of(("trim_spaces", {"columns": ["city"]})))
    (tmp_path / "out").mkdir()
    done = run_there(bare_spark, text, SAMPLE, tmp_path / "out")
    assert (done.returncode, done.stderr.splitlines()[-1][:30]) == (1, "There is something already. (/")
    done = run_there(bare_spark, text, tmp_path / "nowhere", tmp_path / "new")
    assert (done.returncode, done.stderr.splitlines()[-1][:35]) == (1, "There is no such file or folder. (/")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.py", "out", "out.py"]


def test_a_step_that_needs_the_whole_table_makes_no_script():
    with pytest.raises(SettingError, match='1 of 2 steps cannot run on spark: "Resampled .*" needs the whole table'):
        spark_script(recipe_of(("trim_spaces", {"columns": ["a"]}), ("resample_rows", {"target": "a"})))


def test_a_script_for_spark_says_what_it_needs_and_carries_what_was_learned():
    learned = RecipeStep("fill_missing", {"columns": ["n"]}, learned={"n": {"value": 7}})
    text = spark_script(Recipe("r", 0, (learned, RecipeStep("drop_columns", {"columns": ["b"]}, off=True))))
    assert "Python 3.11,\nPySpark 4, pandas and pyarrow,\non the workers too." in text
    assert "learned={'n': {'value': 7}}" in text and "learner=" not in text
    assert "# 2. (off) Dropped" in text
    assert "dataops_core" not in text.split('"""', 2)[2]
