"""bias and reweigh on the command line: JSON with the promised keys, readable words, and bad input in words."""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.cli import main
from dataops_core.fairness import refits
from tests.fairness.berkeley import applicants


@pytest.fixture(autouse=True)
def _learned_again_a_few_times(monkeypatch):
    """What is claimed of refits is held in test_refits.py; here they need only be done."""
    monkeypatch.setattr(refits, "REFITS", refits.FEWEST)
    monkeypatch.setattr(refits, "SLOW_REFITS", refits.FEWEST)


@pytest.fixture
def file(tmp_path):
    rng = np.random.default_rng(0)
    sex, race, age = (
        rng.choice(["F", "M"], 500),
        rng.choice(["a", "b", ""], 500, p=[0.5, 0.45, 0.05]),
        rng.integers(18, 70, 500),
    )
    pay = rng.normal(40, 8, 500) + 8 * (sex == "M")
    frame = pd.DataFrame(
        {
            "sex": sex,
            "race": race,
            "age": age,
            "pay": pay.round(1),
            "tall": np.where(sex == "M", rng.random(500) < 0.9, rng.random(500) < 0.1),
        }
    )
    frame["hired"] = np.where(pay + rng.normal(0, 6, 500) > 45, "yes", "no")
    frame["guess"] = np.where(pay > 46, "yes", "no")
    path = tmp_path / "people.csv"
    frame.to_csv(path, index=False)
    return path


def told(capsys):
    return json.loads(capsys.readouterr().out)


def test_bias_tells_groups_data_model_gaps_and_proxies(file, capsys):
    assert main(["bias", str(file), "--target", "hired", "--favorable", "yes", "--sensitive", "sex", "--json"]) == 0
    out = told(capsys)
    frame = pd.read_csv(file)
    women = frame[frame["sex"] == "F"]
    assert out["groups"]["F"]["n"] == len(women) and out["groups"]["F"]["favorable"] == (women["hired"] == "yes").sum()
    assert (
        out["groups"]["F"]["rate"] == pytest.approx((women["hired"] == "yes").mean())
        and out["groups"]["F"]["ci"][0] < out["groups"]["F"]["rate"]
    )
    assert out["data"]["conditional_demographic_disparity"] is None and out["data"]["statistical_parity_difference"] < 0
    assert "sex" not in out["decisions"]["features"] and "hired" not in out["decisions"]["features"]
    assert out["model"]["groups"]["F"]["calibration"]["observed"] is not None
    assert out["proxies"][0]["column"] == "tall" and out["proxies"][-1]["column"] is None
    assert any(each["measure"] == "favorable rate" and each["clear"] and each["value"] < 0 for each in out["gaps"])
    assert any("permutation test" in line for line in out["words"])


def test_two_columns_a_prediction_a_control_and_ranges(file, capsys):
    args = [
        "bias",
        str(file),
        "--target",
        "hired",
        "--favorable",
        "yes",
        "--sensitive",
        "sex,age",
        "--cut",
        "age=40",
        "--reference",
        "M",
        "--prediction",
        "guess",
    ]
    assert main([*args, "--control", "race", "--population", "nobody", "--json"]) == 2
    capsys.readouterr()
    assert main([*args, "--control", "race", "--json"]) == 0
    out = told(capsys)
    assert set(out["groups"]) == {"F, 40 or less", "F, over 40", "M, 40 or less", "M, over 40"}
    assert set(out["by_column"]) == {"sex", "age"} and out["by_column"]["sex"]["reference"] == "M"
    assert set(out["model"]["controlled"]) == {"a", "b", "unknown"} and out["decisions"]["column"] == "guess"
    assert "guess" not in [each["column"] for each in out["proxies"]]


def test_a_population_on_the_command_line_or_in_a_file(file, capsys, tmp_path):
    (tmp_path / "all.json").write_text('{"F": 51, "M": 49}')
    found = []
    for given in ("F=51,M=49", str(tmp_path / "all.json")):
        assert main(["bias", str(file), "--sensitive", "sex", "--population", given, "--json"]) == 0
        found.append(told(capsys))
    assert found[0]["population"] == found[1]["population"] and found[0]["population"]["groups"]["F"]["stated"] == 0.51
    assert found[0]["model"] == {} and found[0]["data"] == {} and "without a target" in found[0]["left_out"]["model"]


def test_berkeley_in_words(tmp_path, capsys):
    applicants().to_csv(tmp_path / "berkeley.csv", index=False)
    assert (
        main(
            [
                "bias",
                str(tmp_path / "berkeley.csv"),
                "--target",
                "admitted",
                "--favorable",
                "yes",
                "--sensitive",
                "sex",
                "--strata",
                "department",
            ]
        )
        == 0
    )
    out = capsys.readouterr().out
    assert "The picture reverses (Simpson's paradox). Overall 30.4% of woman and 44.5% of man" in out
    assert (
        "Clear gaps" in out
        and "department tells sex" in out
        and "Not everything" not in out
        and "one has to choose" in out
    )


def test_reweigh_writes_a_column(file, tmp_path, capsys):
    out = tmp_path / "out.csv"
    assert (
        main(
            [
                "reweigh",
                str(file),
                "--target",
                "hired",
                "--favorable",
                "yes",
                "--sensitive",
                "sex",
                "-o",
                str(out),
                "--json",
            ]
        )
        == 0
    )
    answer, frame = told(capsys), pd.read_csv(out)
    assert answer["column"] == "weight" and len(answer["weights"]) == 4 and answer["step"]["op"] == "reweigh"
    rates = [np.average(part["hired"] == "yes", weights=part["weight"]) for _, part in frame.groupby("sex")]
    assert rates[0] == pytest.approx(rates[1])
    assert (
        main(
            [
                "reweigh",
                str(file),
                "--target",
                "hired",
                "--sensitive",
                "sex,age",
                "--cut",
                "age=40",
                "--into",
                "w",
                "-o",
                str(out),
            ]
        )
        == 0
    )
    assert "with weights in w" in capsys.readouterr().out and pd.read_csv(out)["w"].mean() == pytest.approx(1.0)


@pytest.mark.slow
def test_ways_to_act_and_what_a_recipe_does(file, tmp_path, capsys):
    (tmp_path / "recipe.json").write_text(
        json.dumps({"name": "r", "steps": [{"op": "drop_rows_with_missing", "with": {"columns": ["race"]}}]})
    )
    args = [
        "bias",
        str(file),
        "--target",
        "hired",
        "--favorable",
        "yes",
        "--sensitive",
        "sex",
        "--lab",
        "demographic_parity",
        "--recipe",
        str(tmp_path / "recipe.json"),
    ]
    assert main([*args, "--json"]) == 0
    out, frame = told(capsys), pd.read_csv(file)
    assert out["through"][1]["groups"]["F"]["lost"] == frame[frame["sex"] == "F"]["race"].isna().sum() > 0
    assert out["lab"]["methods"]["baseline"]["undominated"] in (True, False) and "sex" not in out["lab"]["features"]
    assert main(args) == 0
    said = capsys.readouterr().out
    assert (
        "Thresholds by group" in said
        and "the group at prediction time" in said
        and "rows lost: " in said
        and "favorable: " in said
    )


@pytest.mark.slow
def test_weights_are_left_out_of_what_a_model_decides_by(file, tmp_path, capsys):
    """Weights are made of group and outcome: a model that sees them knows both."""
    out = tmp_path / "weighed.csv"
    assert main(["reweigh", str(file), "--target", "hired", "--sensitive", "sex", "-o", str(out), "--json"]) == 0
    capsys.readouterr()
    args = ["bias", str(out), "--target", "hired", "--favorable", "yes", "--sensitive", "sex", "--json"]
    assert main([*args, "--model", "trees"]) == 0
    warned = told(capsys)
    assert warned["proxies"][0]["column"] == "weight" and any(
        "decides by weight. If weights of rows are meant" in line for line in warned["words"]
    )
    assert main([*args, "--leave-out", "guess", "--weight", "weight", "--lab", "demographic_parity"]) == 0
    found = told(capsys)
    assert not any("If weights" in line for line in found["words"])
    assert "weight" not in [
        *found["decisions"]["features"],
        *found["lab"]["features"],
        *[each["column"] for each in found["proxies"]],
        *found["data_measures"]["nearest"]["features"],
    ]


def test_a_split_without_test_rows_or_other_words_gets_the_right_reason(file, tmp_path, capsys):
    frame = pd.read_csv(file).assign(part="train", half=["a", "b"] * 250)
    frame.to_csv(tmp_path / "split.csv", index=False)
    args = ["bias", str(tmp_path / "split.csv"), *WITH, "--json"]
    assert main([*args, "--split", "half"]) == 0
    assert 'No row of "half" says "train"' in told(capsys)["left_out"]["model"]
    assert main([*args, "--split", "part", "--lab", "demographic_parity"]) == 2
    assert "keeps no rows with an outcome for testing" in capsys.readouterr().err


def test_the_report_is_written(file, tmp_path, capsys):
    assert main(["bias", str(file), "--sensitive", "sex", "--html", str(tmp_path / "r.html"), "--json"]) == 0
    assert (
        told(capsys)["html"] == str(tmp_path / "r.html")
        and "Bias report: people.csv" in (tmp_path / "r.html").read_text()
    )


WITH = ("--target", "hired", "--favorable", "yes", "--sensitive", "sex")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["bias", "--sensitive", "sex", "--lab", "demographic_parity"], "none is named"),
        (["bias", "--sensitive", "sez"], 'no column "sez"'),
        (["bias"], "No sensitive column"),
        (["bias", "--sensitive", "sex", "--favorable", "yes"], "without a target"),
        (["bias", "--sensitive", "sex", "--target", "hired"], "Nobody said"),
        (["bias", "--sensitive", "sex", "--target", "sex"], "two things"),
        (["bias", "--sensitive", "sex", "--reference", "Q"], 'no group "Q"'),
        (["bias", "--sensitive", "sex", "--population", "F"], "cannot be read"),
        (["bias", "--sensitive", "age", "--cut", "age"], "cannot be read"),
        (
            ["bias", "--sensitive", "sex", "--target", "hired", "--favorable", "yes", "--prediction", "pay"],
            "no decisions",
        ),
        (["bias", *WITH, "--control", "sex"], '"sex" is sensitive, so it cannot be a control feature'),
        (["bias", *WITH, "--control", "hired"], '"hired" is the target, so it cannot be a control'),
        (["bias", *WITH, "--strata", "race,sex"], '"sex" is sensitive, so it cannot be a stratum'),
        (["bias", *WITH, "--split", "race", "--lab", "demographic_parity"], 'No row of "race" says "train"'),
        (["fit", "--sensitive", "sex", "-o", "m.json"], "none is named"),
        (["fit", *WITH, "--split", "race", "-o", "m.json"], 'No row of "race" says "train"'),
        (["fit", *WITH, "-o", "/nowhere/m.json"], "Where: /nowhere/m.json\n"),
        (["reweigh", *WITH, "-o", "/nowhere/out.csv"], "Where: /nowhere/out.csv\n"),
        (["bias", *WITH, "--html", "/nowhere/r.html"], "Where: /nowhere/r.html\n"),
        (["decide", "-o", "x.csv"], "required"),
        (["reweigh", "--sensitive", "sex", "-o", "x.csv"], "target"),
        (["reweigh", "--sensitive", "sex", "--target", "pay", "-o", "x.csv"], "not a class"),
    ],
)
def test_bad_input_ends_in_words(file, capsys, args, said):
    assert main([args[0], str(file), *args[1:]]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "frame",
    [
        {"g": ["a"], "y": ["yes"]},
        {"g": ["a"] * 40, "y": ["yes", "no"] * 20},
        {"g": [None] * 40, "y": ["yes", "no"] * 20},
        {"g": ["a", "b"] * 20, "y": ["yes"] * 40},
        {"g": ["a", "b", "b", "a"] * 20, "y": ["yes", "no", "later", None] * 20, "x": range(80)},
        {"g": range(40), "y": ["yes", "no"] * 20},
        {"g": [f"g{n % 300}" for n in range(1200)], "y": ["yes", "no", "no"] * 400, "x": range(1200)},
    ],
)
def test_odd_tables(make_table, frame):
    from dataops_core.fairness import bias

    out = bias(make_table(frame), ["g"], target="y", favorable="yes").to_json()
    json.dumps(out, allow_nan=False)
    assert out["words"] and sum(each["n"] for each in out["groups"].values()) == len(frame["y"])
    assert bool(out["model"]) != ("model" in out["left_out"])
