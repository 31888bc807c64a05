"""The exported script: runs with pandas alone and gives the same content hash as the engine."""

import ast
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from dataops_core import steps
from dataops_core.read import FORMATS, read_file
from dataops_core.recipe.embed import Sources
from dataops_core.recipe.recipe import Recipe, RecipeStep, from_json
from dataops_core.recipe.replay import run_recipe
from dataops_core.recipe.script import script

SAMPLE = Path(__file__).parent.parent.parent / "sample_data" / "loan_applications.csv"
ALL = {
    "trim_spaces": {"columns": ["city"]},
    "change_case": {"columns": ["city"], "case": "title"},
    "mark_missing": {"columns": ["existing_debt"], "tokens": ["-999"]},
    "parse_numbers": {"columns": ["loan_amount"]},
    "parse_dates": {"columns": ["application_date"]},
    "fill_missing": {"columns": ["income"], "how": "median", "by": ["sex"]},
    "treat_outliers": {"columns": ["income"], "method": "iqr"},
    "replace_values": {"column": "housing", "mapping": {"rent": "renting"}},
    "set_kind": {"columns": ["postal_code"], "kind": "id"},
    "quarantine_rows": {"conditions": ["age between 0 and 120 or age is missing", "name is not missing"]},
    "filter_rows": {"column": "age", "keep_if": "at least", "value": "18"},
    "drop_duplicate_rows": {},
    "drop_rows_with_missing": {"columns": ["housing"]},
    "rename_columns": {"names": {"sex": "gender"}},
    "drop_columns": {"columns": ["country"]},
    "repair_characters": {"columns": ["name"]},
    "merge_values": {"column": "housing", "mapping": {"owned": "own"}},
    "set_cells": {"column": "housing", "cells": {"3": "own", "5": ""}, "was": {"5": "rent"}},
    "make_rows_agree": {"columns": ["housing"], "by": ["city"], "share": 50.0},
    "split_rows": {"stratify": ["gender"], "validation": 0.1},
    "add_weights": {"target": "housing"},
    "flag_missing": {"columns": ["income"]},
    "drop_columns_with_missing": {"share": 12.0},
    "fill_along": {"columns": ["existing_debt"], "order": "application_date"},
    "fill_computed": {"column": "existing_debt", "of": ["income", "age"], "how": "sum"},
    "fill_hot_deck": {"columns": ["loan_amount"]},
    "reweigh": {"target": "housing", "by": ["gender", "age"], "favorable": "own", "into": "balance"},
    "repair_disparate_impact": {"columns": ["income"], "by": ["gender"]},
    "remove_correlation": {"columns": ["loan_amount"], "by": ["gender", "age"]},
    "join_table": {"table": "cities", "keys": ["city"], "their_keys": ["town"], "how": "full"},
    "append_rows": {"table": "late ones", "names": {"sex": "gender"}},
    "mask_values": {"columns": ["email"], "how": "shape"},
    "hash_values": {"columns": ["application_id"]},
    "shift_dates": {"columns": ["application_date"], "person": "application_id"},
    "generalize_values": {"columns": ["customer_no"], "how": "prefix", "keep": 3},
    "suppress_rare": {"columns": ["city"], "fewer_than": 4},
    "suppress_small_groups": {"columns": ["housing"], "k": 3},
    "add_noise": {"columns": ["income"], "low": 0, "high": 100000},
    "extract_date_parts": {"columns": ["application_date"], "parts": ["month", "weekend", "month_cycle"]},
    "lag_values": {"columns": ["income"], "order": "application_date", "how": "mean", "rows": 3, "by": ["gender"]},
    "aggregate_groups": {"by": ["gender"], "columns": ["income"], "measures": ["median", "rows"]},
    "encode_target": {"columns": ["city"], "target": "income"},
    "encode_frequency": {"columns": ["housing"]},
    "measure_text": {"columns": ["name"]},
    "extract_text": {"column": "name", "pattern": "([A-Z])", "into": "initial"},
    "combine_columns": {"columns": ["initial", "gender"], "into": "initial and gender", "separator": "-"},
    "split_column": {"column": "initial and gender", "into": ["first", "second"], "separator": "-"},
    "encode_ordinal": {"columns": ["first"]},
    "encode_one_hot": {"columns": ["second"], "levels": 3},
    "reduce_text": {"column": "gender", "dimensions": 3, "original": "keep"},
    "transform_numbers": {"columns": ["loan_amount"], "method": "quantile_uniform"},
    "scale_numbers": {"columns": ["existing_debt"], "method": "robust"},
    "bin_numbers": {"columns": ["age"], "bins": 4},
    "select_features": {"columns": ["income", "loan_amount", "housing"], "how": "correlation"},
    "compute_column": {"into": "yearly", "formula": "round(income * 12, 1)"},
    "round_numbers": {"columns": ["income"], "digits": -1},
    "copy_column": {"column": "initial", "into": "labels"},
    "split_into_rows": {"column": "gender", "separator": "e"},
    "encode_labels": {"column": "labels", "separator": ","},
    "join_rows": {"column": "housing", "by": ["name", "application_date", "gender"], "repeats": "once"},
    "blank_repeats": {"columns": ["age"]},
    "reduce_numbers": {"columns": ["income", "loan_amount"], "original": "keep"},
    "move_columns": {"columns": ["income"]},
    "sample_rows": {"share": 60.0, "by": ["gender"]},
    "sort_rows": {"columns": ["income"], "direction": "largest"},
    "unpivot_columns": {"columns": ["income", "loan_amount"], "names": "what", "values": "amount"},
    "group_rows": {"by": ["gender", "what", "split"], "columns": ["amount"], "measures": ["mean", "maximum"]},
    "pivot_rows": {"by": ["gender", "split"], "names": "what", "values": "amount mean"},
}
SEVERAL = {"columns": ["income"], "using": ["age", "income", "sex"], "copies": 2}
LEARNT = [  # these need scikit-learn or imbalanced-learn, in a script too
    [
        ("resample_rows", {"target": "housing", "method": "enn"}),
        ("treat_unusual_rows", {"columns": ["age", "income"], "method": "lof"}),
        ("fill_from_neighbours", {"columns": ["income", "sex"], "using": ["age", "income", "sex"]}),
    ],
    [("fill_iterative", {"columns": ["income", "sex"], "using": ["age", "income", "sex"]})],
    [("fill_several_times", SEVERAL)],
    [
        ("redact_text", {"columns": ["housing"], "known": ["name"]}),
        ("pseudonymize", {"columns": ["name"], "kind": "name", "locale": "de_DE"}),
    ],
    [("fill_several_times", SEVERAL | {"draw": "matching"})],
]


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory) -> str:
    """An interpreter that sees pandas and what it needs, and nothing of this project's other packages."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    site = next(folder.glob("lib/python*/site-packages"))
    import numpy
    import pandas

    here = Path(pandas.__file__).parent.parent
    for name in ("pandas", "numpy", "numpy.libs", "dateutil", "pytz", "tzdata", "six.py"):
        source = Path(numpy.__file__).parent.parent / name if name.startswith("numpy") else here / name
        if source.exists():
            (site / name).symlink_to(source)
    return str(folder / "bin" / "python")


def run_script(python: str, text: str, source: Path, out: Path, *others: str) -> str:
    path = out.with_suffix(".py")
    path.write_text(text, encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [python, "-W", "error", path, source, out, *others],
        capture_output=True,
        text=True,
        cwd=out.parent,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_bare_interpreter_has_pandas_and_nothing_of_ours(bare_python):
    code = (
        "import pandas, importlib.util as u; print([n for n in ('pyarrow', 'dataops_core', 'pydantic', 'streamlit') if"
        " u.find_spec(n)])"
    )
    assert subprocess.run([bare_python, "-c", code], capture_output=True, text=True, cwd="/").stdout.strip() == "[]"


@pytest.fixture(scope="module")
def some(tmp_path_factory):
    """The first rows of the sample: what holds for 1,500 rows holds for more, and many steps run three times."""
    path = tmp_path_factory.mktemp("sample") / "some.csv"
    path.write_text("".join(SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:1501]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def source(some):
    return read_file(some, some.with_name("read.parquet"))


@pytest.mark.slow
def test_a_script_with_every_step_gives_the_hash_of_the_engine(bare_python, tmp_path, some, source):
    learnt = {op for recipe in LEARNT for op, _ in recipe}
    assert set(ALL) | learnt == {step.name for step in steps.REGISTRY.values()}, "a new step belongs into this recipe"
    recipe = Recipe("all steps", 0, tuple(RecipeStep(op, settings) for op, settings in ALL.items()))
    files = {"cities": tmp_path / "cities.csv", "late ones": tmp_path / "late.csv"}
    files["cities"].write_text("town;size\nBoston;1,5\nNowhere;2,5\n")
    files["late ones"].write_text("sex,age,income\nf,30,1200.5\nm,40,\n")
    others = {name: read_file(path, tmp_path / f"{name}.parquet") for name, path in files.items()}
    run = run_recipe(recipe, source.table, tmp_path, tables=lambda name, _: others[name].table)
    assert run.failed is None
    read = {name: other.options.to_json() for name, other in others.items()}
    fitted = from_json(run.recipe.to_json() | {"read": source.options.to_json(), "tables": read})
    for each, how in ((recipe, "learns in the script"), (fitted, "learned before")):
        out, given = tmp_path / f"{how}.csv", [f"{name}={path}" for name, path in files.items()]
        assert run_script(bare_python, script(each), some, out, *given) == run.table.content_hash, how
        assert read_file(out, tmp_path / "again.parquet").table.rows == run.table.rows


@pytest.mark.slow
@pytest.mark.parametrize("asked", LEARNT, ids=lambda asked: " ".join(op for op, _ in asked))
def test_a_script_with_steps_that_need_more_gives_the_hash_of_the_engine(tmp_path, some, source, asked):
    before = [("trim_spaces", {"columns": ["housing"]}), ("drop_rows_with_missing", {"columns": ["housing"]})]
    recipe = Recipe("these steps", 3, tuple(RecipeStep(op, settings) for op, settings in [*before, *asked]))
    run = run_recipe(recipe, source.table, tmp_path)
    assert {outcome.status for outcome in run.outcomes} == {"done"}
    fitted = from_json(run.recipe.to_json() | {"read": source.options.to_json()})
    for each, how in ((recipe, "learns in the script"), (fitted, "learned before")):
        out = tmp_path / f"{how}.csv"
        assert run_script(sys.executable, script(each), some, out) == run.table.content_hash, how


def test_a_script_says_which_packages_it_needs():
    def needs(op, settings):
        return (
            script(Recipe(steps=(RecipeStep(op, settings),)))
            .split("It needs Python 3.11 and ")[1]
            .split(", nothing else.")[0]
        )

    assert needs("trim_spaces", {"columns": ["a"]}) == "pandas"
    assert needs("resample_rows", {"target": "a"}) == "pandas and imbalanced-learn"
    assert needs("treat_unusual_rows", {"columns": ["a"]}) == "pandas, scikit-learn and skops"


@pytest.mark.slow
def test_adult_gives_one_hash_in_engine_and_script_and_file(adult, bare_python, tmp_path):
    recipe = from_json(
        {
            "name": "adult",
            "steps": [
                {"op": "mark_missing", "with": {"columns": ["capital_gain"], "tokens": ["99999"]}},
                {"op": "drop_duplicate_rows", "with": {}},
                {
                    "op": "fill_missing",
                    "with": {
                        "columns": ["workclass", "occupation", "native_country"],
                        "how": "most_frequent",
                        "by": ["sex"],
                    },
                },
                {"op": "fill_missing", "with": {"columns": ["capital_gain"], "how": "median", "by": ["sex"]}},
                {"op": "cap_outliers", "with": {"columns": ["hours_per_week"], "method": "iqr"}},
            ],
        }
    )
    source = read_file(adult, tmp_path / "read.parquet")
    hashes = {run_recipe(recipe, source.table, tmp_path).table.content_hash for _ in range(2)}
    hashes.add(run_script(bare_python, script(recipe), adult, tmp_path / "out.csv"))
    hashes.add(read_file(tmp_path / "out.csv", tmp_path / "again.parquet").table.content_hash)
    assert len(hashes) == 1


def test_a_script_says_each_step_in_words_and_comments_out_what_is_off():
    text = script(
        Recipe(
            "two",
            0,
            (
                RecipeStep("trim_spaces", {"columns": ["a"]}, why="typed by hand"),
                RecipeStep("drop_columns", {"columns": ["b"]}, off=True),
            ),
        )
    )
    assert "# 1. Trimmed spaces in a" in text
    assert "# Why: typed by hand" in text
    assert "# 2. (off) Dropped" in text
    assert "Annotated" not in text
    assert "dataops_core" not in text.split('"""', 2)[2]


def test_the_sources_of_all_steps_and_readers_fit_into_one_script():
    sources = Sources()
    for step in steps.REGISTRY.values():
        sources.add(step)
        if step.learner:
            sources.add(step.learner)
    for reader in (each.read for each in FORMATS.values()):
        sources.add(reader)
    tree = ast.parse(sources.import_lines() + "\n" + sources.text())
    names = [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    names += [
        a.asname or a.name.split(".")[0]
        for n in tree.body
        if isinstance(n, (ast.Import, ast.ImportFrom))
        for a in n.names
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("odd", ['a"b', "a\\n", "é'", "{x}", '"""', "$"])
def test_odd_names_survive_in_a_script(bare_python, tmp_path, odd):
    import csv

    source = tmp_path / "in.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[odd, "n"], [" x ", 1], ["y", 2]])
    recipe = Recipe(odd, 0, (RecipeStep("trim_spaces", {"columns": [odd]}, why=odd),))
    run = run_recipe(recipe, read_file(source, tmp_path / "r.parquet").table, tmp_path)
    assert run_script(bare_python, script(recipe), source, tmp_path / "out.csv") == run.table.content_hash


def test_a_recipe_with_an_unknown_step_makes_no_script():
    from dataops_core.errors import SettingError

    with pytest.raises(SettingError, match='no step "nope"'):
        script(Recipe(steps=(RecipeStep("nope", {}),)))


def test_moments_and_odd_cells_are_read_the_same_in_a_script(bare_python, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text(
        "when,day,n,t\n2024-01-31 10:20:30,2024-01-31,1.5, x\n2024-02-01"
        " 00:00:00.25,0001-01-01,,true\n,9999-12-31,-0.0,y\n"
    )
    recipe = Recipe("dates", 0, (RecipeStep("trim_spaces", {"columns": ["t"]}),))
    read = read_file(source, tmp_path / "r.parquet")
    assert [c.type for c in read.table.columns] == ["datetime", "datetime", "decimal", "text"]
    run = run_recipe(recipe, read.table, tmp_path)
    assert run_script(bare_python, script(recipe), source, tmp_path / "out.csv") == run.table.content_hash
    assert read_file(tmp_path / "out.csv", tmp_path / "again.parquet").table.content_hash == run.table.content_hash


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_script_reads_the_format_that_the_recipe_names(bare_python, tmp_path, form):
    source = tmp_path / f"in.{form}"
    rows = ['{"a": " x", "n": 1}', '{"a": "y", "n": 2.5}']
    source.write_text("\n".join(rows) if form == "jsonl" else f"[{','.join(rows)}]")
    read = read_file(source, tmp_path / "r.parquet")
    recipe = Recipe("r", 0, (RecipeStep("trim_spaces", {"columns": ["a"]}),), read.options.to_json())
    run = run_recipe(recipe, read.table, tmp_path)
    assert run_script(bare_python, script(recipe), source, tmp_path / "out.csv") == run.table.content_hash
