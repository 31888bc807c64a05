"""What is said of why cells are missing: on tables made so that the truth is known."""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.imputation import understand
from dataops_core.imputation.missingness import hanley
from dataops_core.imputation.understand import MissingCells
from dataops_core.table import tidy


def shop(rows=1500, seed=0):
    """age is missing at random, pay and bonus together and mostly for women, score where age is high."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["f", "m"], rows)
    age = rng.integers(18, 80, rows)
    frame = tidy(
        pd.DataFrame(
            {
                "sex": sex,
                "age": age,
                "pay": rng.normal(size=rows),
                "bonus": rng.normal(size=rows),
                "score": rng.normal(size=rows),
                "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(rows) % 300, unit="D"),
                "split": np.where(rng.random(rows) < 0.8, "train", "test"),
            }
        )
    )
    gone = rng.random(rows) < np.where(sex == "f", 0.4, 0.05)
    frame["age"] = frame["age"].mask(rng.random(rows) < 0.2)
    frame["pay"], frame["bonus"] = frame["pay"].mask(gone), frame["bonus"].mask(gone)
    frame["score"] = frame["score"].mask(rng.random(rows) < np.where(age > 60, 0.6, 0.05))
    return tidy(frame)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    from dataops_core.table import write_table

    frame = shop()
    frame.index = pd.RangeIndex(len(frame), name="row")
    return understand(
        write_table(tmp_path_factory.mktemp("t") / "t.parquet", [frame]),
        groups=["sex", "age"],
        target="sex",
        time="day",
    ).to_json()


def test_counts_and_patterns_add_up(told):
    frame = shop()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert {name: each["missing"] for name, each in told["columns"].items()} == frame.isna().sum().to_dict()
    assert sum(row["rows"] for row in told["patterns"]["rows"]) + told["patterns"]["rest"]["rows"] == len(frame)
    assert told["patterns"]["rows"][0] == {
        "missing": [],
        "rows": told["complete_rows"],
        "share": told["complete_rows"] / len(frame),
    }
    pair = next(pair for pair in told["together"] if pair["columns"] == ["pay", "bonus"])
    assert pair["phi"] == pytest.approx(1.0) and pair["both"] == frame["pay"].isna().sum()


def test_what_was_kept_as_json_is_read_as_it_was(told):
    assert MissingCells.from_json(told).to_json() == told


def test_shares_by_group_target_and_time(told):
    frame = shop()
    women = frame[frame["sex"] == "f"]
    assert told["by_group"]["sex"]["f"] == {
        "n": len(women),
        "shares": pytest.approx({name: women[name].isna().mean() for name in ("age", "pay", "bonus", "score")}),
    }
    assert told["by_target"] == told["by_group"]["sex"]
    assert (
        len(told["by_group"]["age"]) == 4
        and sum(each["n"] for each in told["by_group"]["age"].values()) == frame["age"].notna().sum()
    )
    months = told["by_time"]["periods"]
    assert (told["by_time"]["unit"], months[0]["period"], sum(month["n"] for month in months)) == (
        "month",
        "2024-01",
        len(frame),
    )


def test_what_each_columns_gaps_depend_on(told):
    models = told["models"]
    assert models["age"]["verdict"] == "random" and models["age"]["auc"] == pytest.approx(0.5, abs=0.07)
    assert models["score"]["verdict"] == "depends" and models["score"]["tells"][0]["column"] == "age"
    assert 'The median of "age"' in told["verdicts"]["score"]
    assert models["pay"]["tells"][0]["column"] == "bonus" and '"bonus" is missing too' in told["verdicts"]["pay"]
    assert models["score"]["interval"][0] > 0.7
    assert "No test sees that" in told["unknown"]


def test_a_bend_is_seen(make_table):
    """Missing in the middle of x: no straight line tells it."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, 1000)
    frame = pd.DataFrame(
        {"x": x, "y": np.where((abs(x) < 0.7) & (rng.random(1000) < 0.7), np.nan, rng.normal(size=1000))}
    )
    told = understand(make_table(frame)).to_json()
    assert told["models"]["y"]["verdict"] == "depends" and told["models"]["y"]["tells"][0]["column"] == "x"
    assert told["little"]["p"] > 1e-4, "the means of x are alike, so Little's test does not see it"


def test_only_training_rows_count(make_table):
    frame = shop(600)
    other = frame.copy()
    other.loc[(other["split"] == "test").to_numpy(), "pay"] = None
    assert (
        understand(make_table(tidy(other)), split="split").to_json()
        == understand(make_table(frame), split="split").to_json()
    )


def test_interval_of_an_auc():
    """Hanley and McNeil (1982), by hand: AUC 0.9 of 50 and 50: Q1 = 0.818182, Q2 = 0.852632; standard error 0.0321."""
    low, high = hanley(0.9, 50, 50)
    assert (low, high) == pytest.approx((0.9 - 1.96 * 0.03207, 0.9 + 1.96 * 0.03207), abs=1e-3)


def test_nothing_missing_and_wrong_names(make_table):
    told = understand(make_table({"a": [1, 2, 3], "b": ["x", "y", "z"]})).to_json()
    assert (told["words"], told["verdicts"], told["unknown"]) == ("Nothing is missing.", {}, "")
    with pytest.raises(SettingError, match='no column "c"'):
        understand(make_table({"a": [1, 2]}), target="c").to_json()
    with pytest.raises(SettingError, match="no dates or numbers"):
        understand(make_table({"a": ["x", "y"]}), time="a").to_json()
