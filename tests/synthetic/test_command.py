"""judge-synthetic on the command line: the promised keys, plain words, exit codes, and bad input in words."""

import json

import pytest

from dataops_core.cli import main
from tests.synthetic.people import people

SIGNALS = {
    "exact_matches",
    "near_copies",
    "edited_copies",
    "identifiers",
    "singletons",
    "lonely",
    "combinations",
    "attribute_disclosure",
    "dcr_share",
    "mia_tpr_at_1pct",
    "p5_ratio",
}


@pytest.fixture
def files(tmp_path):
    for seed, name in enumerate(("real", "fresh", "held")):
        people(400, seed).to_csv(tmp_path / f"{name}.csv", index=False)
    return {path.stem: str(path) for path in tmp_path.glob("*.csv")}


@pytest.mark.slow
def test_json_has_the_promised_keys_and_a_fresh_sample_exits_0(files, capsys, only, few_trees):
    only("fidelity", "utility", "privacy", seeds=2)
    args = [
        "judge-synthetic",
        files["real"],
        files["fresh"],
        "--holdout",
        files["held"],
        "--target",
        "job",
        "--by",
        "sex",
        "--json",
    ]
    assert main(args) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"score", "floor", "ceiling", "between", "draw"} <= set(told["fidelity"]) and {
        "auc",
        "auc_real",
        "by",
    } <= set(told["utility"])
    assert {"verdict", "worst", *SIGNALS} <= set(told["privacy"]) and set(told["privacy"]["signals"]) == SIGNALS
    assert (
        told["privacy"]["exact_matches"] == 0
        and isinstance(told["privacy"]["dcr_share"], float)
        and set(told["utility"]["by"]) == {"sex"}
    )
    assert told["rows"]["real"] == 400 and told["rows"]["split"] is False and told["seed"] == 0
    assert main(args) == 0 and json.loads(capsys.readouterr().out) == told


def test_a_copy_exits_1_and_says_so_in_words(files, capsys):
    assert main(["judge-synthetic", files["real"], files["real"]]) == 1
    out = capsys.readouterr().out
    assert (
        "Privacy: leak" in out
        and "400 synthetic rows are the same as a real row" in out
        and "do not pass it on" in out
        and "no holdout" in out
    )
    assert "Usefulness is not judged: no target is named." in out and "anonymous" not in out.lower()


def test_bad_input_exits_2(files, capsys, tmp_path):
    assert main(["judge-synthetic", files["real"], str(tmp_path / "nobody.csv")]) == 2
    assert main(["judge-synthetic", files["real"], files["fresh"], "--target", "jobb"]) == 2
    assert 'Did you mean "job"?' in capsys.readouterr().err
    assert main(["judge-synthetic", files["real"], files["fresh"], "--key", "citty"]) == 2
    assert 'Did you mean "city"?' in capsys.readouterr().err
    # thirty people
    assert (
        main(["judge-synthetic", files["real"], files["fresh"], "--key", "city"]) == 0
        and "too little to compare" in capsys.readouterr().out
    )
    (tmp_path / "other.csv").write_text("z\n1\n2\n")
    assert main(["judge-synthetic", files["real"], str(tmp_path / "other.csv"), "--json"]) == 2
    assert "no column in common" in json.loads(capsys.readouterr().out)["error"]["what"]
