"""Splitting: exact shares, strata, groups, time; by hand and against scikit-learn's promise."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataops_core.errors import SettingError
from dataops_core.steps import get
from dataops_core.table import content_hash, tidy
from tests.strategies import examples

split_rows = get("split_rows")


def numbered(rows: int, **columns: object) -> pd.DataFrame:
    return tidy(pd.DataFrame({"n": np.arange(rows), **columns}))


def counts(frame: pd.DataFrame) -> dict[str, int]:
    return frame["split"].value_counts().to_dict()


def test_zero_and_minus_zero_are_one_value_for_rows_that_are_copies():
    """Tables of one content hash are split alike, whatever the sign of their zeros."""
    plain = tidy(pd.DataFrame({"n": [float(number % 7) for number in range(60)]}))
    signed = plain.assign(n=[-0.0 if value == 0 and at % 2 else value for at, value in enumerate(plain["n"])])
    assert content_hash(plain) == content_hash(signed)
    assert split_rows(plain)["split"].tolist() == split_rows(signed)["split"].tolist()


def test_shares_are_exact_and_the_seed_decides():
    made = split_rows(numbered(1000), test=0.2, validation=0.1)
    assert counts(made) == {"train": 700, "test": 200, "validation": 100}
    assert content_hash(made) == content_hash(split_rows(numbered(1000), test=0.2, validation=0.1))
    other = split_rows(numbered(1000), test=0.2, validation=0.1, seed=1)
    assert counts(other) == counts(made) and (other["split"] != made["split"]).sum() > 300


@settings(max_examples=examples(30), deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=30, max_size=300),
    st.sampled_from([0.1, 0.2, 0.25, 0.5]),
    st.sampled_from([0.0, 0.1, 0.2]),
    st.integers(0, 9),
)
def test_every_stratum_gets_its_shares(labels, test, validation, seed):
    made = split_rows(
        numbered(len(labels), label=labels), test=test, validation=validation, stratify=["label"], seed=seed
    )
    for _, part in made.groupby("label"):
        for name, share in (("test", test), ("validation", validation)):
            assert abs((part["split"] == name).sum() - share * len(part)) <= 2
    assert abs((made["split"] == "test").sum() - test * len(made)) <= 2


def test_no_group_is_on_both_sides_and_shares_are_near():
    rng = np.random.default_rng(0)
    customer = rng.zipf(1.6, 3000) % 500
    label = rng.random(3000) < 0.2
    made = split_rows(
        numbered(3000, customer=customer, label=label),
        test=0.2,
        validation=0.1,
        groups=["customer"],
        stratify=["label"],
    )
    assert (made.groupby("customer")["split"].nunique() == 1).all()
    shares = made["split"].value_counts(normalize=True)
    assert abs(shares["test"] - 0.2) < 0.02 and abs(shares["validation"] - 0.1) < 0.02
    rates = made.groupby("split")["label"].mean()
    assert rates.max() - rates.min() < 0.03


def test_equal_rows_stay_on_one_side_unless_told_otherwise():
    frame = pd.concat([numbered(50, x=["a", "b"] * 25)] * 4, ignore_index=True)
    assert (split_rows(frame).groupby("n")["split"].nunique() == 1).all()
    assert (split_rows(frame, together=False).groupby("n")["split"].nunique() > 1).any()


def test_rows_without_a_group_stand_alone():
    frame = numbered(100, customer=pd.Series([None] * 100, dtype=object))
    assert counts(split_rows(frame, groups=["customer"])) == {"train": 80, "test": 20}


def test_by_time_the_latest_rows_test_and_equal_moments_stay_together():
    days = (
        pd.to_datetime(["2024-01-01"] * 5 + ["2024-01-02"] * 3 + ["2024-01-03"] * 2)
        .to_series(index=range(10))
        .sample(frac=1, random_state=1)
    )
    made = split_rows(tidy(pd.DataFrame({"day": days})), how="by_time", time="day", test=0.2, validation=0.3)
    assert made.groupby("split")["day"].agg(["min", "max"]).astype(str).to_dict("index") == {
        "train": {"min": "2024-01-01", "max": "2024-01-01"},
        "validation": {"min": "2024-01-02", "max": "2024-01-02"},
        "test": {"min": "2024-01-03", "max": "2024-01-03"},
    }


def test_a_column_may_say_it_already():
    frame = tidy(pd.DataFrame({"set": ["Train", "dev", "TEST", "x"], "a": [1, 2, 3, 4]}))
    assert split_rows(frame, how="by_column", column="set", parts={"x": "test"})["split"].tolist() == [
        "train",
        "validation",
        "test",
        "test",
    ]
    with pytest.raises(SettingError, match='1 cells .* "x"'):
        split_rows(frame, how="by_column", column="set")
    with pytest.raises(SettingError, match="not a part"):
        split_rows(frame, how="by_column", column="set", parts={"x": "exam"})


@pytest.mark.parametrize(
    ("given_settings", "said"),
    [
        ({"test": 0.0}, "nothing to test with"),
        ({"test": 0.8, "validation": 0.2}, "nothing to learn from"),
        ({"into": "n"}, "already"),
        ({"into": " "}, "no name"),
        ({"how": "by_time"}, "No time"),
        ({"how": "by_column"}, "No column"),
        ({"groups": ["one"]}, "in so few groups"),
        ({"how": "by_time", "time": "late"}, "too few different"),
    ],
)
def test_what_cannot_be_done_is_said(given_settings, said):
    frame = numbered(20, one=["x"] * 20, late=[1.0] * 20)
    with pytest.raises(SettingError, match=said):
        split_rows(frame, **given_settings)


def test_a_few_new_rows_need_not_fill_every_part():
    assert split_rows(numbered(1))["split"].tolist() in (["train"], ["test"])
    assert len(split_rows(numbered(2), groups=["n"], validation=0.2)) == 2


def test_rows_without_a_time_are_counted():
    with pytest.raises(SettingError, match='2 rows have no "day"'):
        split_rows(tidy(pd.DataFrame({"day": [None, 1.0, 2.0, None]})), how="by_time", time="day")


@pytest.mark.slow
def test_a_million_rows_with_groups_of_two():
    frame = numbered(200_000, customer=np.arange(200_000) // 2)
    assert counts(split_rows(frame, groups=["customer"])) == {"train": 160_000, "test": 40_000}
