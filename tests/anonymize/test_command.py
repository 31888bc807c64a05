"""The command anonymize: what it writes reaches k, and the recipe does the same again."""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.cli.main import main
from dataops_core.privacy import k_anonymity

MAILS = [f"person{n}@example.org" for n in range(300)]


@pytest.fixture
def file(tmp_path):
    draw = np.random.default_rng(3)
    pd.DataFrame(
        {
            "email": MAILS,
            "age": draw.integers(18, 80, 300),
            "sex": draw.choice(["female", "male"], 300),
            "spend": draw.integers(1, 900, 300),
            "buys": draw.choice(["yes", "no"], 300),
        }
    ).to_csv(tmp_path / "people.csv", index=False)
    return tmp_path / "people.csv"


def test_the_table_reaches_k_and_names_nobody(file, tmp_path, capsys):
    out, recipe = tmp_path / "out.csv", tmp_path / "r.json"
    given = ["anonymize", str(file), "--k", "5", "--quasi", "age,sex", "-o", str(out), "--recipe", str(recipe)]
    assert main([*given, "--target", "buys", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    made = pd.read_csv(out, dtype=str)
    assert "email" not in made.columns
    assert told["k"] == k_anonymity(made, ["age", "sex"]) >= 5
    assert told["before"]["k"] == 1
    assert told["rows_after"] == len(made) == 300 - told["chosen"]["rows_dropped"]
    assert {"before", "after", "difference"} <= set(told["model"])
    assert not [mail for mail in MAILS if mail in out.read_text() + recipe.read_text()]
    again = tmp_path / "again.csv"
    assert main(["run", str(recipe), str(file), "-o", str(again)]) == 0
    assert again.read_bytes() == out.read_bytes()


@pytest.mark.parametrize("how", ["hash", "pseudonym", "mask"])
def test_identifiers_can_be_treated_otherwise(file, tmp_path, capsys, how):
    out = tmp_path / "out.csv"
    assert main(["anonymize", str(file), "--k", "3", "--quasi", "age", "--identifiers", how, "-o", str(out)]) == 0
    assert "email: " in capsys.readouterr().out
    assert not [mail for mail in MAILS if mail in out.read_text()]
    assert "email" in pd.read_csv(out).columns


def test_bad_wishes_end_with_code_2(file, capsys):
    assert main(["anonymize", str(file), "--k", "5", "--quasi", "nobody"]) == 2
    assert main(["anonymize", str(file), "--k", "999", "--quasi", "age"]) == 2
    assert main(["anonymize", str(file), "--k", "5", "--quasi", "email,age"]) == 2
    assert "direct identifiers" in capsys.readouterr().err


@pytest.mark.slow
def test_measures_of_the_result_equal_those_of_pycanon(adult, tmp_path, capsys):
    """pycanon 1.3.6 says 5, 1 and 0.6764301858192694 of the table that is written here."""
    given = ["--quasi", "age,education,marital_status,sex,native_country", "--sensitive", "income"]
    assert main(["anonymize", str(adult), "--k", "5", *given, "-o", str(tmp_path / "out.csv"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["after"]["k"], told["after"]["l"]["income"]) == (5, 1)
    assert told["after"]["t"]["income"] == pytest.approx(0.6764301858192694, abs=1e-6)
    assert told["search"]["exhaustive"]
    assert all(rows > told["search"]["rows_allowed"] for rows in told["chosen"]["below"].values())


def test_what_still_names_people_is_written_for_a_reason_only(file, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    out = tmp_path / "out.csv"
    given = ["anonymize", str(file), "--k", "3", "--quasi", "age", "--identifiers", "keep", "-o", str(out)]
    assert main(given) == 2 and not out.exists()
    assert "email: " in capsys.readouterr().err
    assert main([*given, "--pii-reason", "The court asked for it", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["personal_data"]
    assert [each["column"] for each in told["unresolved"]] == ["email"] and told["reason"] == "The court asked for it"
    assert main(["audit", "--what", "personal data written", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["entries"]
    assert entry["details"]["reason"] == "The court asked for it" and entry["details"]["columns"] == ["email"]


@pytest.fixture
def recipe(tmp_path):
    """A recipe that masks the column of e-mail addresses, and knows of no other."""
    plain = {
        "format": "dataops-recipe/1",
        "name": "mask",
        "steps": [{"op": "mask_values", "with": {"columns": ["email"]}}],
    }
    (tmp_path / "mask.json").write_text(json.dumps(plain))
    return tmp_path / "mask.json"


def test_a_recipe_that_treats_people_is_stopped_by_a_column_it_does_not_know(
    file, recipe, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    out = tmp_path / "out.csv"
    assert main(["run", str(recipe), str(file), "-o", str(out)]) == 0
    more = pd.read_csv(file).assign(contact=[f"other{n}@example.net" for n in range(300)])
    more.to_csv(file, index=False)
    out.unlink()
    assert main(["run", str(recipe), str(file), "-o", str(out)]) == 2 and not out.exists()
    err = capsys.readouterr().err
    assert "contact: " in err and "email: " not in err and "other1@" not in err
    assert main(["run", str(recipe), str(file), "-o", str(out), "--pii-reason", "A test", "--json"]) == 0
    assert out.exists() and json.loads(capsys.readouterr().out)["personal_data"]["reason"] == "A test"


def test_a_recipe_that_treats_nobody_is_looked_through_where_it_is_asked(file, tmp_path, capsys, monkeypatch):
    plain = {"format": "dataops-recipe/1", "name": "sort", "steps": [{"op": "sort_rows", "with": {"columns": ["age"]}}]}
    (tmp_path / "sort.json").write_text(json.dumps(plain))
    given = ["run", str(tmp_path / "sort.json"), str(file), "-o", str(tmp_path / "out.csv")]
    assert main([*given, "--json"]) == 0 and json.loads(capsys.readouterr().out)["personal_data"] is None
    assert main([*given, "--pii-gate"]) == 2
    monkeypatch.setenv("DATAOPS_PII_GATE", "1")
    assert main(given) == 2
    assert "email: " in capsys.readouterr().err
