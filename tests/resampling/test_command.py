"""resample-bench on the command line: JSON, a readable table, and bad input in words."""

import json

import numpy as np
import pytest

from dataops_core.cli import main
from tests.resampling.test_bench import shifted


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "people.csv"
    shifted(500).to_csv(path, index=False)
    return path


def test_json_is_one_document_with_the_promised_keys(file, capsys):
    args = [
        "resample-bench",
        str(file),
        "--target",
        "ill",
        "--methods",
        "weights,over_random",
        "--split",
        "split",
        "--seed",
        "3",
        "--json",
    ]
    assert main(args) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == [
        "target",
        "rare",
        "classes",
        "rows",
        "of",
        "folds",
        "repeats",
        "seed",
        "model",
        "features",
        "measures",
        "methods",
        "left_out",
        "recommended",
        "reason",
        "step",
    ]
    assert list(told["methods"]) == ["nothing", "threshold", "weights", "over_random"]
    assert told["methods"]["over_random"]["step"] == {
        "op": "resample_rows",
        "with": {"target": "ill", "method": "over_random"},
    }
    assert told["features"] == ["a", "b", "sex"] and told["seed"] == 3


def test_the_table_can_be_read_by_people(file, capsys):
    assert (
        main(
            [
                "resample-bench",
                str(file),
                "--target",
                "ill",
                "--methods",
                "weights",
                "--methods",
                "adasyn",
                "--sensitive",
                "sex",
                "--favorable",
                "no",
            ]
        )
        == 0
    )
    out = capsys.readouterr().out
    assert 'the rarest class of ill is "yes"' in out
    assert "weights" in out and " - " in out and "left out: adasyn (This method makes numbers only" in out
    assert 'weights: "yes" found, by sex: f ' in out
    assert "Recommended: nothing." in out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--target", "il"], 'no column "il"'),
        (["--target", "a"], "not a class"),
        (["--target", "ill", "--methods", "x"], 'no method "x"'),
        (["--target", "ill", "--favorable", "maybe"], 'no value "maybe"'),
        (["--target", "ill", "--split", "part"], 'no column "part"'),
    ],
)
def test_bad_input_ends_in_words(file, capsys, args, said):
    assert main(["resample-bench", str(file), *args]) == 2
    assert said in capsys.readouterr().err


def test_the_bench_knows_missing_numbers(file, capsys, tmp_path):
    frame = shifted(300)
    frame.loc[frame.index[:9], "a"] = np.nan
    frame.to_csv(tmp_path / "gaps.csv", index=False)
    assert (
        main(["resample-bench", str(tmp_path / "gaps.csv"), "--target", "ill", "--methods", "smote,enn", "--json"]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert "fill_missing" in told["left_out"]["smote"] and "enn" in told["methods"]
