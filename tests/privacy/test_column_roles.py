"""What columns are probably for, by name and values: and nothing where a name alone speaks for it."""

from pathlib import Path

import pytest

from dataops_core.privacy import propose_roles
from dataops_core.read import read_file

SAMPLE = Path(__file__).parents[2] / "sample_data" / "loan_applications.csv"


def test_roles_by_name_and_values(make_table):
    rows = {
        "person_id": ["a1", "a2", "a3", "a4"],
        "Geschlecht": ["w", "m", "w", "m"],
        "Alter": [31, 44, 52, 67],
        "ethnic origin": ["x", "y", "x", "y"],
        "hired": ["yes", "no", "no", "yes"],
        "fnlwgt": [10.0, 20.0, 5.0, 1.0],
        "split": ["train", "test", "train", "train"],
    }
    assert propose_roles(make_table(rows)) == {
        "target": "hired",
        "sensitive": ["Geschlecht", "Alter", "ethnic origin"],
        "id": "person_id",
        "weight": "fnlwgt",
        "split": "split",
    }


@pytest.mark.parametrize(
    "rows",
    [
        {
            "id": [1, 1, *range(2, 12)],
            "income": range(12),
            "weight": range(60, 72),
        },  # no key, many classes, a body's weight
        {"hired": ["yes", "yes", "yes"], "sex": ["f", "f", "f"], "split": ["a", "b", "a"]},
        {"a": [1, 2], "b": ["x", "y"]},
        {"id": [1.0, None, 3.0]},
    ],
)
def test_a_name_whose_values_do_not_fit_proposes_nothing(make_table, rows):
    assert propose_roles(make_table(rows)) == {}


def test_adult(adult, tmp_path):
    told = propose_roles(read_file(adult, tmp_path / "adult.parquet").table)
    assert told == {
        "target": "income",
        "sensitive": ["age", "marital_status", "relationship", "race", "sex"],
        "weight": "fnlwgt",
    }


def test_the_sample(tmp_path):
    told = propose_roles(read_file(SAMPLE, tmp_path / "sample.parquet").table)
    assert told == {"target": "approved", "sensitive": ["sex", "migration_background", "age"]}  # ids are repeated


def test_an_identifier_is_one_in_all_rows_however_few_are_looked_at(make_table, monkeypatch):
    monkeypatch.setattr("dataops_core.privacy.column_roles.LOOKED_AT", 3)
    assert propose_roles(make_table({"id": [1, 2, 3, 4]})) == {"id": "id"}
    assert propose_roles(make_table({"id": [1, 2, 3, 3]})) == {}
    assert propose_roles(make_table({"id": [], "sex": []})) == {}
