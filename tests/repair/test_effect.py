"""What repairs do to a model: better where errors hid what matters, no difference where they do not."""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.cli import main
from dataops_core.errors import SettingError
from dataops_core.repair.effect import effect

LANDS = ["Italy", "Norway", "Germany", "France", "Spain", "Poland"]


def visits(noise, rows=600):
    """The land, which follows from the shop, decides the outcome; some lands are missing or misspelled."""
    rng = np.random.default_rng(1)
    shop = rng.integers(0, 6, rows)
    land = [LANDS[at] for at in shop]
    outcome = ["yes" if (at % 2) ^ (rng.random() < 0.1) else "no" for at in shop]
    for row in np.flatnonzero(rng.random(rows) < noise).tolist():
        land[row] = None if row % 2 else LANDS[int(rng.integers(6))]
    return {"shop": [f"s{at}" for at in shop], "land": land, "x": rng.normal(size=rows), "outcome": outcome}


def test_repair_that_changes_nothing_makes_no_difference(make, tmp_path):
    found = effect(make(visits(0.0)), "outcome", 0.9, tmp_path)
    assert (found["repairs"], found["verdict"], found["measure"]) == (0, "no difference", "balanced_accuracy")
    assert found["difference"] == {"mean": 0.0, "low": 0.0, "high": 0.0}


def test_repair_of_a_column_that_decides_makes_a_model_better(make, tmp_path):
    columns = visits(0.12)
    found = effect(make(columns), "outcome", 0.8, tmp_path)
    assert found["repairs"] > 30
    assert found["difference"]["low"] <= found["after"] - found["before"] <= found["difference"]["high"]
    assert found["verdict"] in ("better", "no difference")


def test_a_number_is_predicted_by_r_squared(make, tmp_path):
    rng = np.random.default_rng(2)
    x = rng.normal(size=200)
    found = effect(make({"x": x, "y": 2 * x + rng.normal(size=200) / 10}), "y", 0.9, tmp_path)
    assert found["measure"] == "r2"
    assert found["before"] == found["after"] > 0.9


@pytest.mark.parametrize(
    ("target", "message"), [("nothing", "no column"), ("one", "cannot be predicted"), ("text", "cannot be predicted")]
)
def test_targets_that_cannot_be_predicted_are_refused(make, tmp_path, target, message):
    table = make({"one": [1] * 60, "text": [f"t{n}" for n in range(60)], "x": range(60)})
    with pytest.raises(SettingError, match=message):
        effect(table, target, 0.9, tmp_path)


@pytest.mark.slow
def test_the_command_prints_the_effect(tmp_path, capsys):
    file = tmp_path / "t.csv"
    pd.DataFrame(visits(0.05, 200)).to_csv(file, index=False)
    main(["repair", str(file), "--target", "outcome"])
    assert "Predicting outcome (balanced accuracy, 200 rows)" in capsys.readouterr().out
    main(["repair", str(file), "--target", "outcome", "--json"])
    assert json.loads(capsys.readouterr().out)["effect"]["target"] == "outcome"
