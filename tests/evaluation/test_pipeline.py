"""The exported scikit-learn pipeline gives the app's own answers, row by row."""

import zipfile

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import IntegrityError
from dataops_core.evaluation import Candidate, compare_recipes
from dataops_core.evaluation.export.pipeline import check_pipeline, load_pipeline, pipeline_of, save_pipeline
from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.table import tidy, write_table

STEPS = (
    RecipeStep("fill_missing", {"columns": ["workclass"], "how": "most_frequent"}),
    RecipeStep("drop_rows_with_missing", {"columns": ["occupation"]}),
    RecipeStep("encode_target", {"columns": ["occupation"], "target": "income", "favorable": ">50K"}),
    RecipeStep("scale_numbers", {"columns": ["age", "fnlwgt"], "method": "robust"}),
)


@pytest.mark.slow
def test_every_row_of_adult(adult, tmp_path, few_trees):
    table = read_file(adult, tmp_path / "read.parquet").table
    kept = [Candidate("clean", Recipe(steps=STEPS)), Candidate("less", Recipe(steps=STEPS[2:3]))]
    found = compare_recipes(table, kept, "income", repeats=1, folds=2, sample=3000, model="trees")
    from dataclasses import replace

    found = replace(found, advice=replace(found.advice, recommended="clean"))
    fitted = found.fit_recommended()
    save_pipeline(pipeline_of(fitted, found.problem), tmp_path / "model.skops")
    pipeline = load_pipeline(tmp_path / "model.skops")
    raw = table.frame()
    assert np.array_equal(pipeline.predict_proba(raw), fitted.pipeline.predict_proba(fitted.inputs(raw)))
    assert len(pipeline.predict(raw)) == len(raw) == 32_561
    assert pipeline.labels_ == ["<=50K", ">50K"]
    check_pipeline(pipeline, fitted, raw)


@pytest.mark.parametrize("model", ["linear", "trees"])
def test_numbers(tmp_path, model):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=120), "town": rng.choice(["a", "b"], 120)})
    frame["y"] = frame["x"] + rng.normal(size=120)
    table = write_table(tmp_path / "t.parquet", [tidy(frame)])
    steps = (RecipeStep("encode_one_hot", {"columns": ["town"]}), RecipeStep("flag_missing", {"columns": ["x"]}))
    found = compare_recipes(table, [Candidate("one", Recipe(steps=steps))], "y", repeats=1, folds=2, model=model)
    fitted = found.fit_recommended()
    save_pipeline(pipeline_of(fitted, found.problem), tmp_path / "m.skops")
    assert np.array_equal(
        load_pipeline(tmp_path / "m.skops").predict(table.frame()),
        fitted.pipeline.predict(fitted.inputs(table.frame())),
    )


def test_a_file_that_is_no_pipeline_is_refused(tmp_path):
    path = tmp_path / "m.skops"
    path.write_bytes(b"no zip")
    with pytest.raises(IntegrityError, match="cannot be opened"):
        load_pipeline(path)
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("schema.json", "{}")
    with pytest.raises(IntegrityError):
        load_pipeline(path)
