"""Odd tables end in figures or in clear words, never in a traceback; and the command line tells both."""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.cli import main
from dataops_core.errors import SettingError
from dataops_core.imputation import bench, understand
from dataops_core.table import tidy

RNG = np.random.default_rng(0)
GAPS = np.where(RNG.random(60) < 0.3, np.nan, RNG.normal(size=60))
WORDS = [None if number % 7 == 0 else "abc"[number % 3] for number in range(60)]
ODD = {
    "no rows": {"a": pd.Series([], dtype="float64")},
    "one row": {"a": [1.0], "b": [None]},
    "one column": {"a": GAPS},
    "one column of text": {"a": WORDS},
    "nothing known": {"a": [None] * 60, "b": [None] * 60},
    "an empty column": {"a": GAPS, "b": [None] * 60, "c": GAPS[::-1]},
    "no gaps": {"a": RNG.normal(size=60), "b": list("ab") * 30},
    "constant": {"a": [1.0] * 50 + [None] * 10, "b": ["x"] * 40 + [None] * 20, "c": GAPS},
    "all text": {
        "a": WORDS,
        "b": [None if number % 5 == 0 else f"text number {number} of many words" for number in range(60)],
    },
    "infinite": {"a": np.where(RNG.random(60) < 0.1, np.inf, GAPS), "b": np.where(RNG.random(60) < 0.1, -np.inf, GAPS)},
    "huge": {"a": np.where(np.isnan(GAPS), np.nan, 1e308) * np.sign(RNG.normal(size=60)), "b": GAPS},
    "odd names": {"": GAPS, "日付": WORDS, "{x}": GAPS[::-1], "a\nb": GAPS, "imputation": WORDS},
    "dates": {
        "d": pd.to_datetime(["2024-01-01"] * 20 + [None] * 20 + ["2024-05-05"] * 20),
        "e": np.array(["0001-01-01"] * 30 + ["NaT"] * 30, dtype="datetime64[us]"),
        "a": GAPS,
    },
    "all missing but a few": {"a": [1.0, 2.0] + [None] * 58, "b": GAPS},
}


@pytest.mark.parametrize("name", list(ODD))
def test_odd_tables(make_table, name):
    table = make_table(tidy(pd.DataFrame(ODD[name])))
    told = understand(table, groups=table.names[:1]).to_json()
    json.dumps(told, allow_nan=False)
    assert told["words"] and set(told["verdicts"]) == {
        column for column, each in told["columns"].items() if each["missing"]
    }
    try:
        judged = bench(
            table, methods=["median", "hot_deck", "knn", "bayesian_ridge", "trees"], repeats=1, target=None
        ).to_json()
    except SettingError as refusal:
        assert name in ("no rows", "one row", "nothing known")
        assert refusal.fix
        return
    json.dumps(judged, allow_nan=False)
    assert judged["recommended"] in judged["methods"] and judged["reason"] and judged["step"]["with"]["columns"]


@pytest.mark.slow
def test_three_hundred_columns(make_table):
    frame = pd.DataFrame(RNG.normal(size=(60, 300)), columns=[f"c{n}" for n in range(300)])
    frame.iloc[:12, :5] = np.nan
    table = make_table(frame)
    assert "50 columns" in understand(table).to_json()["little"]["why_not"]
    told = bench(table, methods=["mean", "bayesian_ridge", "knn", "trees"], repeats=1).to_json()
    assert told["columns"]["numbers"] == [f"c{n}" for n in range(5)]


@pytest.fixture
def people(tmp_path):
    rng = np.random.default_rng(1)
    age = rng.integers(20, 70, 200)
    frame = pd.DataFrame(
        {
            "age": age,
            "pay": age * 100 + rng.integers(0, 50, 200),
            "sex": rng.choice(["f", "m"], 200),
            "ok": np.where(age > 45, "yes", "no"),
        }
    )
    frame["pay"] = frame["pay"].astype("Int64").mask(rng.random(200) < 0.2)
    path = tmp_path / "people.csv"
    frame.to_csv(path, index=False)
    return path


def test_commands(people, capsys):
    assert (
        main(
            [
                "impute-bench",
                str(people),
                "--target",
                "ok",
                "--sensitive",
                "sex",
                "--methods",
                "mean,bayesian_ridge",
                "--seed",
                "3",
                "--json",
            ]
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert (told["recommended"], told["step"]["op"], told["seed"]) == ("bayesian_ridge", "fill_iterative", 3)
    assert {"nrmse", "accuracy", "wasserstein", "by_group", "seconds"} <= set(told["methods"]["mean"])
    assert main(["impute-bench", str(people), "--methods", "mean,bayesian_ridge", "--sensitive", "sex"]) == 0
    out = capsys.readouterr().out
    assert "Recommended: bayesian_ridge." in out and "one value in some column" in out and "mean by sex: f" in out
    assert main(["missing", str(people), "--target", "ok", "--sensitive", "sex", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["columns"]["pay"]["missing"] > 20
    assert main(["missing", str(people), "--sensitive", "sex"]) == 1
    assert "rows (" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--methods", "magic"], 'no method "magic"'),
        (["--target", "nope"], 'no column "nope"'),
        (["--split", "nope"], 'no column "nope"'),
        (["--methods", ""], "No method is chosen"),
    ],
)
def test_commands_say_what_is_wrong(people, capsys, options, what):
    assert main(["impute-bench", str(people), *options]) == 2
    assert what in capsys.readouterr().err
