"""Along time, by chance, flags, empty columns, and several times over."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError, Skip
from dataops_core.steps import get
from dataops_core.steps.fill_hot_deck import learn_deck
from dataops_core.steps.fill_several_times import learn_copies
from dataops_core.table import content_hash, tidy

along, deck, several = get("fill_along"), get("fill_hot_deck"), get("fill_several_times")


def visits():
    return tidy(
        pd.DataFrame(
            {
                "who": ["a", "b", "a", "b", "a", None],
                "day": pd.to_datetime(
                    ["2024-01-01", "2024-01-01", "2024-01-05", "2024-01-03", "2024-01-03", "2024-01-01"]
                ),
                "w": pd.array([10, None, 20, 7, None, None], dtype="Int64"),
                "mood": ["ok", None, None, "low", None, None],
            }
        )
    )


@pytest.mark.parametrize(
    ("how", "weights"),
    [
        ("forward", [10, None, 20, 7, 10, None]),
        ("backward", [10, 7, 20, 7, 20, None]),
        ("interpolate", [10, None, 20, 7, 15, None]),
    ],
)
def test_along_time_within_a_person(how, weights):
    out = tidy(along(visits(), columns=["w"], how=how, order="day", by=["who"]))["w"]
    assert [None if pd.isna(cell) else cell for cell in out] == weights
    assert out.dtype == "Int64"


def test_interpolation_goes_by_time_not_by_the_number_of_the_row():
    frame = pd.DataFrame({"t": [0.0, 1.0, 10.0], "y": [0.0, np.nan, 100.0]})
    assert along(frame, columns=["y"], how="interpolate", order="t")["y"].tolist() == [0.0, 10.0, 100.0]
    assert along(frame, columns=["y"], how="interpolate")["y"].tolist() == [0.0, 50.0, 100.0]


def test_edges_stay_missing_and_long_gaps_are_filled_as_far_as_allowed():
    frame = pd.DataFrame({"y": [np.nan, 1.0, np.nan, np.nan, np.nan, 5.0, np.nan]})
    assert along(frame, columns=["y"], limit=2)["y"].isna().tolist() == [True, False, False, False, True, False, False]
    assert along(frame, columns=["y"], how="backward", limit=1)["y"].isna().tolist() == [
        False,
        False,
        True,
        True,
        False,
        False,
        True,
    ]
    assert along(frame, columns=["y"], how="interpolate")["y"].fillna(-1).tolist() == [-1, 1, 2, 3, 4, 5, -1]
    assert along(frame, columns=["y"], how="interpolate", limit=1)["y"].fillna(-1).tolist() == [-1, 1, 2, -1, -1, 5, -1]


def test_text_has_no_line_between_and_dates_have():
    with pytest.raises(SettingError, match='"mood" holds no numbers or dates'):
        along(visits(), columns=["mood"], how="interpolate")
    days = pd.DataFrame({"d": pd.to_datetime(["2024-01-01", None, "2024-01-04"]).astype("datetime64[us]")})
    # day 19724.5 since 1970: the even one
    assert str(along(days, columns=["d"], how="interpolate")["d"].iloc[1])[:10] == "2024-01-02"
    with pytest.raises(Skip, match="nothing to order"):
        along(pd.DataFrame({"t": [np.nan], "y": [1.0]}), columns=["y"], order="t")


def test_hot_deck_keeps_the_distribution_and_draws_from_the_group():
    rng = np.random.default_rng(0)
    frame = tidy(pd.DataFrame({"sex": rng.choice(["f", "m"], 4000), "pay": rng.integers(1, 4, 4000)}))
    frame["pay"] = frame["pay"] + (frame["sex"] == "m") * 10
    holes = frame.assign(pay=frame["pay"].mask(rng.random(4000) < 0.5))
    gone = holes["pay"].isna()
    out = deck(holes, columns=["pay"], by=["sex"])
    assert set(out["pay"][gone & (frame["sex"] == "f")]) == {1, 2, 3}
    assert set(out["pay"][gone & (frame["sex"] == "m")]) == {11, 12, 13}
    shares = out["pay"][gone].value_counts(normalize=True)
    assert shares.to_numpy() == pytest.approx(np.full(6, 1 / 6), abs=0.03)
    other = deck(holes, columns=["pay"], by=["sex"], seed=1)
    assert (other["pay"][gone] != out["pay"][gone]).mean() > 0.5


def test_hot_deck_counts_and_row_order_do_not_matter():
    frame = tidy(pd.DataFrame({"g": ["x", "x", "y", None], "a": [1, 1, 5, None]}))
    assert learn_deck(frame, ["a"], ["g"]) == {
        "a": {"is": "number", "all": [[1, 5], [2, 1]], "groups": [[["x"], [[1], [2]]], [["y"], [[5], [1]]]]}
    }
    many = pd.DataFrame({"a": [np.nan] * 50 + list(range(50))}, dtype="float64")
    learned = learn_deck(many, ["a"])
    turned = deck(many.iloc[::-1], columns=["a"], learned=learned).sort_index()
    pd.testing.assert_frame_equal(turned, deck(many, columns=["a"], learned=learned))


def test_flags_say_where_it_was_missing_and_do_not_overwrite():
    flag = get("flag_missing")
    out = tidy(flag(tidy(pd.DataFrame({"age": [1, None], "x": ["a", None]})), columns=["age", "x"]))
    assert out["age is missing"].tolist() == [False, True] and out["x is missing"].dtype == "boolean"
    with pytest.raises(SettingError, match='"age is missing" already'):
        flag(out, columns=["age"])


def test_columns_are_dropped_by_the_training_rows_alone():
    drop = get("drop_columns_with_missing")
    train = pd.DataFrame({"a": [1.0, np.nan, np.nan, np.nan], "b": [1.0, 2.0, np.nan, np.nan], "c": [1.0] * 4})
    learned = drop.learner(train, [], 50.0)
    assert learned == {"dropped": {"a": 75.0}}
    assert list(drop(pd.DataFrame({"a": [1.0], "b": [np.nan], "c": [np.nan]}), learned=learned).columns) == ["b", "c"]
    with pytest.raises(Skip, match="nothing would be left"):
        drop(pd.DataFrame({"a": [np.nan]}), share=10.0)
    with pytest.raises(Skip, match="No column has more than 50 %"):
        drop(pd.DataFrame({"a": [1.0, np.nan]}))


def clinic(rows=400, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    frame = tidy(
        pd.DataFrame(
            {
                "x": x,
                "y": 2 * x + rng.normal(size=rows),
                "sick": np.where(x + rng.normal(size=rows) > 0, "yes", "no"),
                "n": rng.integers(0, 9, rows),
            }
        )
    )
    for name in ("y", "sick", "n"):
        frame[name] = frame[name].mask(rng.random(rows) < 0.3)
    return tidy(frame)


def test_several_times_stacks_copies_with_new_row_ids():
    frame = clinic()
    out = tidy(several(frame, columns=["y", "sick", "n"], copies=3))
    assert len(out) == 1200 and out["imputation"].value_counts().to_dict() == {1: 400, 2: 400, 3: 400}
    assert out.index.is_unique and out.index[:400].tolist() == frame.index.tolist() and out.index[400] == 400
    assert not out.isna().any().any()
    assert out["n"].dtype == "Int64" and out["n"].ge(0).all() and set(out["sick"]) == {"yes", "no"}
    for number in (1, 2, 3):
        part = out[out["imputation"] == number].set_axis(frame.index)
        for name in frame.columns:
            known = frame[name].notna()
            assert part[name][known].tolist() == frame[name][known].tolist()
    again = tidy(several(frame, columns=["y", "sick", "n"], copies=3))
    assert content_hash(again) == content_hash(out)
    assert content_hash(tidy(several(frame, columns=["y", "sick", "n"], copies=3, seed=1))) != content_hash(out)


def test_draws_have_the_spread_of_the_truth_around_the_line():
    """y = 2x + noise of deviation 1: the residuals of drawn cells must spread as those of known ones, not be 0."""
    frame = clinic(2000)
    out = several(frame, columns=["y"], copies=2, using=["x"])
    gone = np.tile(frame["y"].isna().to_numpy(), 2)
    residual = (out["y"] - 2 * out["x"]).to_numpy()[gone]
    assert residual.std() == pytest.approx(1.0, abs=0.1)
    pair = residual.reshape(2, -1)
    assert abs(np.corrcoef(pair)[0, 1]) < 0.15, "the copies must be drawn apart"


def test_several_times_needs_gaps_and_a_free_name():
    with pytest.raises(Skip, match="Nothing is missing"):
        several(pd.DataFrame({"a": [1.0, 2.0]}), columns=["a"])
    with pytest.raises(SettingError, match='"imputation" already'):
        several(pd.DataFrame({"a": [1.0, np.nan], "imputation": [1, 1]}), columns=["a"])
    learned = learn_copies(clinic(100), ["y"], copies=2)
    assert [len(models) for models in learned["copies"]] == [1, 1]
    assert learned["copies"][0] != learned["copies"][1]


def test_nothing_is_carried_from_test_rows_into_training_rows():
    frame = tidy(
        pd.DataFrame(
            {"y": [1.0, None, 9.0, None, 3.0, 5.0], "part": ["train", "train", "test", "train", "train", "test"]}
        )
    )
    for how, filled in (("forward", [1, 1, 9, 1, 3, 5]), ("backward", [1, 3, 9, 3, 3, 5])):
        assert along(frame, columns=["y"], how=how, split="part")["y"].tolist() == filled
    between = along(frame, columns=["y"], how="interpolate", split="part")["y"]
    assert between.tolist() == pytest.approx([1, 1 + 2 / 4, 9, 1 + 2 * 3 / 4, 3, 5])
    other = frame.assign(y=frame["y"].where(frame["part"] == "train", -100.0))
    train = (frame["part"] == "train").to_numpy()
    assert along(other, columns=["y"], how="interpolate", split="part")["y"][train].tolist() == between[train].tolist()
