"""Which rows stand out, why, and errors told apart from rare truth."""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import InputError, SettingError
from dataops_core.outliers import outliers
from dataops_core.outliers.judge import _break
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.recipe.replay import take
from dataops_core.table import tidy, write_table


def people(rows=2000, seed=5):
    """Ages, and incomes with a Pareto tail that taxes follow."""
    rng = np.random.default_rng(seed)
    income = 20_000 * rng.pareto(2.0, rows) + 20_000
    return tidy(
        pd.DataFrame(
            {
                "age": rng.integers(18, 80, rows),
                "income": income.round(),
                "tax": (income * 0.3 * rng.normal(1, 0.02, rows)).round(),
                "height": rng.normal(172, 9, rows).round(1),
                "sex": rng.choice(["f", "m"], rows),
                "person_id": np.arange(rows) + 10_000,
            }
        )
    )


def table_of(tmp_path, frame):
    return write_table(tmp_path / "t.parquet", [frame])


def found(told):
    return {row["row"]: row for row in told["outliers"]}


def test_an_age_that_cannot_be_is_an_error_and_a_rich_person_is_rare(tmp_path):
    frame = people()
    frame.loc[7, "age"] = 240
    rich = int(frame["income"].idxmax())
    told = outliers(table_of(tmp_path, frame), limit=5000).to_json()
    rows = found(told)
    assert rows[7]["verdict"] == "error" and "age is 240" in rows[7]["why"] and "between 0 and 120" in rows[7]["why"]
    assert "set it missing" in rows[7]["action"]
    assert rows[rich]["verdict"] == "rare" and "tax, which mostly goes with it, is high here too" in rows[rich]["why"]
    assert rows[rich]["action"].startswith("Keep it")
    assert told["columns"] == ["age", "income", "tax", "height"], "an identifier is not a measure"
    assert told["counts"]["error"] == 1 and told["flagged"] == sum(told["counts"].values()) == told["shown"]
    assert told["outliers"][0]["row"] == 7, "the gravest comes first"
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_rich_person_who_pays_no_tax_is_to_be_looked_at(tmp_path):
    frame = people()
    frame.loc[11, ["income", "tax"]] = [500_000, 6_000]
    row = found(outliers(table_of(tmp_path, frame), columns=["income", "tax"], limit=5000).to_json())[11]
    assert row["verdict"] == "unclear" and "tax, which mostly goes with it, is low here" in row["why"]


def test_a_slip_of_the_decimal_point_is_an_error_in_a_thin_tail_and_not_in_a_heavy_one(tmp_path):
    frame = people()
    frame.loc[3, "height"] = 1_720.0
    frame.loc[4, "income"] = 1.5 * frame["income"].max()
    frame.loc[4, "tax"] = 0.3 * frame.loc[4, "income"]
    rows = found(outliers(table_of(tmp_path, frame), limit=5000).to_json())
    assert rows[3]["verdict"] == "error" and "beyond a gap" in rows[3]["why"]
    assert rows[4]["verdict"] == "rare"


def test_gaps_of_true_tails_are_seldom_taken_for_errors():
    """One gap in a thousand, at each of up to 20 places: of 200 clean samples few break."""
    rng = np.random.default_rng(0)
    for draw in (
        lambda: rng.normal(size=500),
        lambda: rng.pareto(1.0, 500),
        lambda: rng.lognormal(0, 1.5, 500),
        lambda: rng.exponential(size=500),
    ):
        assert sum(np.isfinite(_break(draw())) for _ in range(200)) <= 6


def test_codes_for_nothing_known_are_errors(tmp_path):
    frame = people()
    frame["visits"] = pd.array(np.random.default_rng(2).integers(0, 12, len(frame)), dtype="Int64")
    frame.loc[[5, 6, 8, 9], "visits"] = 999
    rows = found(outliers(table_of(tmp_path, frame), columns=["visits"]).to_json())
    assert set(rows) == {5, 6, 8, 9}
    assert (
        rows[5]["verdict"] == "error"
        and "4 rows hold just 999" in rows[5]["why"]
        and rows[5]["action"].startswith("Set it missing")
    )


def test_a_code_next_to_the_other_values_may_be_a_ceiling(tmp_path):
    rng = np.random.default_rng(3)
    hours = np.concatenate([rng.normal(40, 3, 500).round(), np.arange(60, 99), [99] * 9])
    rows = found(outliers(table_of(tmp_path, tidy(pd.DataFrame({"hours": hours}))), limit=1000).to_json())
    assert rows[540]["verdict"] == "unclear" and "perhaps so much and more" in rows[540]["why"]
    assert rows[538]["verdict"] == "rare"


@pytest.mark.slow
def test_rows_are_those_that_the_step_marks(tmp_path):
    table = table_of(tmp_path, people())
    for method in ("iqr", "mad", "isolation_forest", "lof"):
        told = outliers(table, method=method, by=["sex"] if method in ("iqr", "mad") else None, limit=10_000).to_json()
        after, outcome = take(
            RecipeStep(told["step"]["op"], told["step"]["with"]), table, tmp_path / f"{method}.parquet"
        )
        marked = after.frame().iloc[:, -1]
        assert outcome.status == "done" and set(found(told)) == set(marked.index[marked])
        assert told["flagged"] == marked.sum() > 0


def test_groups_are_judged_by_themselves_and_named(tmp_path):
    frame = tidy(
        pd.DataFrame(
            {"height": [*np.linspace(150, 160, 40), 185.0, *np.linspace(178, 190, 40)], "sex": ["f"] * 41 + ["m"] * 40}
        )
    )
    told = outliers(table_of(tmp_path, frame), by=["sex"]).to_json()
    assert list(found(told)) == [40] and "the greatest usual value among f" in told["outliers"][0]["why"]
    assert outliers(table_of(tmp_path, frame)).to_json()["flagged"] == 0


@pytest.mark.parametrize("method", ["isolation_forest", "lof"])
def test_rows_unusual_as_a_whole_are_explained_by_what_similar_rows_have(tmp_path, method):
    rng = np.random.default_rng(4)
    height = rng.normal(172, 9, 1000)
    frame = tidy(
        pd.DataFrame(
            {
                "height": height,
                "weight": 70 + 1.6 * (height - 172) + rng.normal(0, 4, 1000),
                "shoe": rng.normal(42, 2, 1000),
            }
        )
    )
    frame.loc[500, ["height", "weight"]] = [151.0, 111.0]
    told = outliers(table_of(tmp_path, frame), method=method).to_json()
    row = found(told)[500]
    assert row["verdict"] == "unclear" and {reason["column"] for reason in row["reasons"]} >= {"height", "weight"} - {
        "shoe"
    }
    weight = next(reason for reason in row["reasons"] if reason["column"] == "weight")
    assert 30 < float(weight["usual"]) < 45, "a height of 151 goes with 70 - 1.6 * 21 = 36"
    assert "rows that are alike in the other columns have about" in weight["words"]


@pytest.mark.slow
def test_training_rows_alone_say_what_is_usual_and_two_runs_agree(tmp_path):
    frame = people().assign(split=np.where(np.arange(2000) % 4, "train", "test"))
    other = frame.copy()
    other.loc[other["split"] == "test", "income"] = 1e12
    for method in ("iqr", "isolation_forest"):
        told = [
            outliers(
                table_of(tmp_path, each), columns=["income", "age"], method=method, split="split", limit=9999
            ).to_json()
            for each in (frame, frame, other)
        ]
        assert told[0] == told[1]
        train = [{row["row"]: row["score"] for row in each["outliers"] if row["row"] % 4} for each in told]
        assert train[0] == train[2] and train[0]


@pytest.mark.parametrize("method", ["iqr", "mad", "isolation_forest", "lof"])
def test_odd_tables_are_told_in_words(tmp_path, method):
    odd = {
        "one row": pd.DataFrame({"a": [1.0]}),
        "no row": pd.DataFrame({"a": [1.0]}).iloc[:0],
        "missing": pd.DataFrame({"a": [np.nan] * 20}),
        "constant": pd.DataFrame({"a": [3] * 20}),
    }
    for name, frame in odd.items():
        told = outliers(table_of(tmp_path, tidy(frame)), method=method).to_json()
        assert (told["flagged"], told["step"]) == (0, None) and told["words"], name
    rng = np.random.default_rng(0)
    wide = tidy(
        pd.DataFrame({f"日付 {at}": rng.normal(size=50) for at in range(300)}).assign(
            far=[np.inf] * 2 + [1.0] * 24 + [2.0] * 24, big=[1e308, -1e308] * 25
        )
    )
    told = outliers(table_of(tmp_path, wide), method=method).to_json()
    assert json.dumps(told, allow_nan=False)
    if method in ("iqr", "mad"):
        assert "infinite number is not a measurement" in found(told)[0]["why"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"columns": ["sex"]}, '"sex" holds no numbers'),
        ({"method": "iqrr"}, 'no method "iqrr".*"iqr"'),
        ({"columns": ["agee"]}, 'no column "agee".*"age"'),
    ],
)
def test_what_does_not_fit_is_said(tmp_path, settings, said):
    with pytest.raises((SettingError, InputError)) as error:
        outliers(table_of(tmp_path, people(50)), **settings).to_json()
    assert error.match(said) or said in str(error.value)


def test_a_table_without_numbers_is_said(tmp_path):
    with pytest.raises(SettingError, match="no column of numbers"):
        outliers(table_of(tmp_path, people(50)[["sex"]])).to_json()


def test_codes_among_mostly_zeros_stand_out_and_rounded_values_next_to_each_other_do_not(make_table):
    """As Adult has them: an IQR of 0 hid 99999 in capital_gain, and 98 hours were "likely an error" between
    97 and 99.
    """
    rng = np.random.default_rng(0)
    gain = np.where(rng.random(3000) < 0.08, rng.lognormal(8.5, 0.7, 3000).round(), 0)
    gain[:15] = 99999
    hours = np.clip(rng.normal(40, 12, 3000).round(), 1, 90)
    hours[:60] = rng.choice([84, 90, 91, 92, 94, 95, 96, 97, 98], 60)
    hours[60:145] = 99
    told = outliers(make_table(pd.DataFrame({"gain": gain, "hours": hours})), limit=3000).to_json()
    by = {
        column: [reason for row in told["outliers"] for reason in row["reasons"] if reason["column"] == column]
        for column in ("gain", "hours")
    }
    assert {reason["verdict"] for reason in by["gain"] if reason["value"] == "99999"} == {"error"}
    assert sum(reason["value"] == "99999" for reason in by["gain"]) == 15 and told["not_judged"] == []
    assert not [reason for reason in by["hours"] if reason["verdict"] == "error"]


def test_columns_without_bounds_are_named(make_table):
    told = outliers(make_table({"a": [1, 2, 3, 4, 100], "flat": [0, 0, 0, 0, 5]})).to_json()
    assert told["not_judged"] == ["flat"] and "Not judged, for too few of the values differ: flat." in told["words"]
