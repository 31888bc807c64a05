"""Steps that make features, against scikit-learn and pandas."""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from dataops_core.errors import SettingError, Skip
from dataops_core.recipe.frames import fit_frame
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.steps import get
from dataops_core.steps.encode_target import part_of
from dataops_core.steps.transform_numbers import learn_shape
from dataops_core.table import tidy

RNG = np.random.default_rng(3)
AMOUNTS = pd.DataFrame({"a": RNG.lognormal(2, 1, 400)})
NEW = pd.DataFrame({"a": [0.5, 5.0, 1e4]})


def both(op, learn_from, apply_to, **settings):
    step = get(op)
    learned = step.learner(tidy(learn_from), **step.check(settings))
    return [tidy(step(tidy(frame), **step.check(settings), learned=learned)) for frame in (learn_from, apply_to)]


@pytest.mark.parametrize(
    ("method", "peer"),
    [("standard", StandardScaler), ("min_max", MinMaxScaler), ("robust", RobustScaler), ("max_abs", MaxAbsScaler)],
)
def test_scaling_is_that_of_scikit_learn(method, peer):
    fitted = peer().fit(AMOUNTS)
    for frame, out in zip(
        (AMOUNTS, NEW), both("scale_numbers", AMOUNTS, NEW, columns=["a"], method=method), strict=True
    ):
        assert np.allclose(out["a"], fitted.transform(frame)[:, 0], rtol=1e-12)


@pytest.mark.parametrize(("method", "name"), [("yeo_johnson", "yeo-johnson"), ("box_cox", "box-cox")])
def test_power_is_that_of_scikit_learn(method, name):
    peer = PowerTransformer(name, standardize=False).fit(AMOUNTS)
    assert learn_shape(AMOUNTS, ["a"], method)["a"] == pytest.approx(peer.lambdas_[0], abs=1e-4)
    out = both("transform_numbers", AMOUNTS, NEW, columns=["a"], method=method)[0]
    assert np.allclose(out["a"], peer.transform(AMOUNTS)[:, 0], rtol=1e-3)


def test_negative_numbers_under_yeo_johnson():
    frame = pd.DataFrame({"a": RNG.normal(-3, 2, 300)})
    peer = PowerTransformer("yeo-johnson", standardize=False).fit(frame)
    assert np.allclose(
        both("transform_numbers", frame, frame, columns=["a"], method="yeo_johnson")[0]["a"],
        peer.transform(frame)[:, 0],
        rtol=1e-3,
        atol=1e-4,
    )


@pytest.mark.parametrize(("method", "shape"), [("quantile_uniform", "uniform"), ("quantile_normal", "normal")])
def test_quantiles_are_those_of_scikit_learn(method, shape):
    peer = QuantileTransformer(n_quantiles=400, output_distribution=shape).fit(AMOUNTS)
    for frame, out in zip(
        (AMOUNTS, NEW), both("transform_numbers", AMOUNTS, NEW, columns=["a"], method=method), strict=True
    ):
        assert np.allclose(out["a"], peer.transform(frame)[:, 0], atol=1e-6)


def test_what_a_transformation_cannot_take_is_missing_or_refused():
    frame = tidy(pd.DataFrame({"a": [-4.0, 0.0, 9.0]}))
    assert get("transform_numbers")(frame, columns=["a"], method="square_root")["a"].isna().tolist() == [
        True,
        False,
        False,
    ]
    with pytest.raises(SettingError, match="not above 0"):
        get("transform_numbers")(frame, columns=["a"], method="box_cox")


def test_words_are_weighed_as_scikit_learn_weighs_them():
    notes = ["the red car stops", "a red bike", "the blue car", "blue bike and blue car", "Rain"] * 3
    frame = pd.DataFrame({"note": notes})
    weights = TfidfVectorizer(token_pattern=r"\w\w+").fit_transform(notes)
    peer = TruncatedSVD(3, algorithm="arpack", random_state=0).fit_transform(weights)
    out = both("reduce_text", frame, frame, column="note", dimensions=3)[0].to_numpy()
    assert np.allclose(np.abs(out), np.abs(peer), atol=1e-6)
    unseen = both("reduce_text", frame, pd.DataFrame({"note": ["zebra", None]}), column="note", dimensions=3)[1]
    assert (unseen == 0).all(axis=None)


def test_one_hot_columns_come_from_the_training_rows():
    learn, new = pd.DataFrame({"town": ["b", "a", "b", "c"]}), pd.DataFrame({"town": ["c", None, "z", "b"]})
    out = both("encode_one_hot", learn, new, columns=["town"], levels=2)[1]
    assert {name: out[name].tolist() for name in out} == {
        "town = a": [False] * 4,
        "town = b": [False, False, False, True],
        "town = another value": [True, False, True, False],
    }


def test_ordinal_values_that_are_new_are_missing():
    out = both("encode_ordinal", pd.DataFrame({"s": ["b", "a"]}), pd.DataFrame({"s": ["a", "z"]}), columns=["s"])[1]
    assert out["s"].tolist() == [0, pd.NA]
    with pytest.raises(SettingError, match='does not have the value "b"'):
        get("encode_ordinal")(tidy(pd.DataFrame({"s": ["b", "a"]})), columns=["s"], order=["a"])


def test_target_encoding_by_hand():
    frame = tidy(pd.DataFrame({"town": ["a", "a", "b", "b"] * 25, "pay": [1.0, 2.0, 3.0, None] * 25}))
    learned = get("encode_target").learner(frame, columns=["town"], target="pay", smoothing=10.0)
    means = dict(learned["town"]["means"])
    # all rows: (1 + 2) x 25 over 50 known cells of a, 3 x 25 over 25 of b, 150 over 75 of both
    assert means["a"][5] == pytest.approx((75 + 10 * 2.0) / 60)
    assert means["b"][5] == pytest.approx((75 + 10 * 2.0) / 35)
    parts = part_of(frame.index)
    outside = frame[(parts != 2) & frame["pay"].notna().to_numpy()]
    overall = outside["pay"].mean()
    mine = outside[outside["town"] == "a"]["pay"]
    assert means["a"][2] == pytest.approx((mine.sum() + 10 * overall) / (len(mine) + 10))


def test_no_row_is_told_its_own_outcome():
    ids = [f"id {n}" for n in range(500)]  # every row a category of its own
    frame = tidy(pd.DataFrame({"id": ids, "y": RNG.normal(size=500)}))
    out = get("encode_target")(frame, columns=["id"], target="y", smoothing=0.0)
    assert out["id"].nunique() == 5  # the overall means of the five parts
    assert abs(np.corrcoef(out["id"], frame["y"])[0, 1]) < 0.2


def test_rows_that_do_not_train_get_the_mean_of_all_training_rows():
    frame = tidy(pd.DataFrame({"town": ["a"] * 20, "pay": np.arange(20.0), "split": ["train"] * 10 + ["test"] * 10}))
    learned = get("encode_target").learner(frame[:10], columns=["town"], target="pay", smoothing=0.0)
    out = get("encode_target")(frame, columns=["town"], target="pay", smoothing=0.0, learned=learned, split="split")
    assert set(out["town"][10:]) == {4.5}


def test_lags_are_those_of_pandas():
    frame = pd.DataFrame({"shop": RNG.choice(["x", "y"], 60), "day": RNG.permutation(60), "sold": RNG.normal(size=60)})
    ordered = frame.sort_values("day")
    one = get("lag_values")(tidy(frame), columns=["sold"], order="day", by=["shop"], rows=2)["sold 2 rows before"]
    assert np.allclose(one, ordered.groupby("shop")["sold"].shift(2).sort_index(), equal_nan=True)
    mean = get("lag_values")(tidy(frame), columns=["sold"], order="day", how="mean", rows=7)[
        "sold mean of 7 rows before"
    ]
    assert np.allclose(mean, ordered["sold"].shift(1).rolling(7, min_periods=1).mean().sort_index(), equal_nan=True)


def test_a_lag_never_sees_the_row_itself_nor_later_ones():
    frame = tidy(pd.DataFrame({"day": np.arange(30.0), "sold": RNG.normal(size=30)}))
    changed = frame.copy()
    changed.loc[20:, "sold"] += 100
    for how in ("value", "mean", "sum", "minimum", "maximum"):
        one, other = (
            get("lag_values")(each, columns=["sold"], order="day", how=how, rows=3) for each in (frame, changed)
        )
        assert one.iloc[:21, 2].equals(other.iloc[:21, 2])


def test_groups_are_those_of_pandas():
    frame = pd.DataFrame({"town": RNG.choice(list("abc"), 80), "pay": RNG.normal(size=80)})
    out = get("aggregate_groups")(
        tidy(frame), by=["town"], columns=["pay"], measures=["median", "standard_deviation", "rows"]
    )
    groups = frame.groupby("town")["pay"]
    assert np.allclose(out["pay median per town"], groups.transform("median"))
    assert np.allclose(out["pay standard deviation per town"], groups.transform("std"))
    assert out["rows per town"].tolist() == groups.transform("size").tolist()
    short = get("group_rows")(tidy(frame), by=["town"], columns=["pay"], measures=["mean"])
    assert dict(zip(short["town"], short["pay mean"], strict=True)) == pytest.approx(groups.mean().to_dict())
    assert list(short.index) == [80, 81, 82]


def test_pivot_and_unpivot_are_those_of_pandas_and_undo_each_other():
    long = pd.DataFrame(
        {"shop": ["a", "a", "b", "b", "b"], "year": ["23", "24", "23", "24", "24"], "sold": [1.0, 2, 3, 4, 5]}
    )
    wide = get("pivot_rows")(tidy(long), by=["shop"], names="year", values="sold")
    peer = long.pivot_table(index="shop", columns="year", values="sold", aggfunc="sum")
    assert wide[["23", "24"]].to_numpy().tolist() == peer.to_numpy().tolist()
    again = get("unpivot_columns")(wide, columns=["23", "24"], names="year", values="sold")
    melted = peer.reset_index().melt(id_vars="shop", var_name="year", value_name="sold")
    key = ["shop", "year"]
    assert (
        again.sort_values(key).to_numpy().tolist()
        == melted.sort_values(key)[["shop", "year", "sold"]].to_numpy().tolist()
    )


def test_date_parts_at_the_turn_of_the_year():
    frame = tidy(pd.DataFrame({"d": pd.to_datetime(["2021-01-03 23:00", "2024-12-30 00:00", None])}))
    parts = ["year", "week", "weekday", "weekend", "quarter", "day_of_year", "hour", "month_cycle"]
    out = get("extract_date_parts")(frame, columns=["d"], parts=parts)
    assert out["d week"].tolist() == [53, 1, pd.NA]  # ISO 8601: 2021-01-03 is the Sunday of week 53 of 2020
    assert out["d weekday"].tolist() == [7, 1, pd.NA]
    assert out["d weekend"].tolist() == [True, False, pd.NA]
    assert out["d day of year"].tolist() == [3, 365, pd.NA]
    angle = 2 * np.pi * 11 / 12
    assert out.loc[1, ["d month sine", "d month cosine"]].tolist() == pytest.approx([np.sin(angle), np.cos(angle)])


def test_bins_hold_their_lower_end():
    frame = tidy(pd.DataFrame({"age": [24, 25, 64, 65, None]}))
    out = get("bin_numbers")(frame, columns=["age"], how="given", ends=["25", "65"])["age"]
    assert out.tolist() == ["under 25", "from 25 to under 65", "from 25 to under 65", "from 65", None]
    with pytest.raises(SettingError, match="rising order"):
        get("bin_numbers")(frame, columns=["age"], how="given", ends=["65", "25"])
    with pytest.raises(Skip):
        get("bin_numbers")(tidy(pd.DataFrame({"a": [1.0, 1.0]})), columns=["a"])


def test_text_is_split_from_either_side_and_extracted():
    names = tidy(pd.DataFrame({"n": ["van Dam, Jan Piet", "Li", None]}))
    out = get("split_column")(names, column="n", into=["first", "last"], separator=" ", side="right")
    assert out["first"].tolist() == ["van Dam, Jan", "Li", None] and out["last"].tolist() == ["Piet", None, None]
    found = get("extract_text")(names, column="n", pattern="(?P<x>J[a-z]+)", into="j")["j"].tolist()
    assert found == ["Jan", None, None]
    with pytest.raises(SettingError, match="parentheses"):
        get("extract_text")(names, column="n", pattern="J", into="j")


@pytest.mark.parametrize("how", ["mutual_information", "permutation", "l1"])
@pytest.mark.parametrize("kind", ["classes", "number"])
def test_selection_keeps_what_tells_of_the_target(how, kind):
    frame = pd.DataFrame({f"noise{n}": RNG.normal(size=400) for n in range(6)})
    frame["strong"] = RNG.normal(size=400)
    frame["town"] = RNG.choice(["a", "b"], 400)
    frame["y"] = 2 * frame["strong"] + 2 * (frame["town"] == "a") + 0.3 * RNG.normal(size=400)
    frame["y"] = np.where(frame["y"] > 1, "yes", "no") if kind == "classes" else frame["y"]
    columns = [name for name in frame if name != "y"]
    out = get("select_features")(tidy(frame), columns=columns, how=how, target="y", most=2)
    assert set(out) == {"strong", "town", "y"}


def test_selection_by_variance_and_correlation():
    frame = tidy(
        pd.DataFrame({"same": [1] * 199 + [2], "a": range(200), "b": [n**3 for n in range(200)], "t": ["x"] * 200})
    )
    assert list(get("select_features")(frame, columns=list(frame), how="variance", least=0.01)) == ["a", "b"]
    assert list(get("select_features")(frame, columns=["b", "a"], how="correlation")) == ["same", "b", "t"]


def test_learned_values_follow_a_column_that_has_another_name():
    town = tidy(pd.DataFrame({"town": ["a", "b"] * 10, "pay": np.arange(20.0)}))
    for op, settings in (
        ("encode_target", {"columns": ["town"], "target": "pay"}),
        ("encode_frequency", {"columns": ["town"]}),
        ("select_features", {"columns": ["town", "pay"], "how": "variance"}),
        ("scale_numbers", {"columns": ["pay"]}),
    ):
        learned = get(op).learner(town, **get(op).check(settings))
        names = {"town": "city", "pay": "wage"}
        step = Recipe(steps=(RecipeStep(op, settings, learned=learned),)).mapped(names).steps[0]
        out = get(op)(town.rename(columns=names), **get(op).check(step.settings), learned=step.learned)
        expected = get(op)(town, **get(op).check(settings), learned=learned)
        assert out.rename(columns={new: old for old, new in names.items()}).equals(expected)


def test_a_row_that_a_recipe_drops_comes_back_when_it_is_judged():
    frame = tidy(pd.DataFrame({"a": [1.0, None, 3.0, 4.0], "t": list("xyxy")}))
    steps = (RecipeStep("drop_rows_with_missing", {"columns": ["a"]}), RecipeStep("scale_numbers", {"columns": ["a"]}))
    fitted, after = fit_frame(Recipe(steps=steps), frame)
    assert list(after.index) == [0, 2, 3]
    judged = fitted.apply(frame)
    assert list(judged.index) == [0, 1, 2, 3] and judged["a"].isna().tolist() == [False, True, False, False]


def test_rounding_by_hand():
    frame = tidy(pd.DataFrame({"a": [1.15, -2.5, 1234.5678, None], "n": [149, 150, -150, None]}))
    rounded = get("round_numbers")
    assert rounded(frame, columns=["a"], digits=1)["a"].tolist()[1:3] == [-2.5, 1234.6]
    assert rounded(frame, columns=["a"], how="down")["a"].tolist()[:3] == [1.0, -3.0, 1234.0]
    assert rounded(frame, columns=["n"], digits=-2)["n"].tolist()[:3] == [100, 200, -200]
    assert rounded(tidy(pd.DataFrame({"a": [0.1 + 0.2]})), columns=["a"], digits=1, how="up")["a"].tolist() == [0.3]


def test_components_are_those_of_scikit_learn():
    from sklearn.decomposition import PCA

    frame = pd.DataFrame(RNG.normal(size=(100, 4)) @ RNG.normal(size=(4, 4)), columns=list("abcd"))
    peer = PCA(2).fit_transform(StandardScaler().fit_transform(frame))
    out = both("reduce_numbers", frame, frame, columns=list("abcd"))[0]
    assert np.allclose(np.abs(out), np.abs(peer), atol=1e-9)


def test_several_values_in_a_cell():
    frame = tidy(pd.DataFrame({"id": [1, 2, 3], "tags": ["a; b;", None, "c"]}))
    rows = get("split_into_rows")(frame, column="tags", separator=";")
    assert rows["tags"].tolist() == ["a", None, "c", "b"] and rows["id"].tolist() == [1, 2, 3, 1]
    new = pd.DataFrame({"tags": ["b;z", None]})
    out = both("encode_labels", frame[["tags"]], new, column="tags", separator=";")[1]
    assert out.to_dict("list") == {"tags has a": [False] * 2, "tags has b": [True, False], "tags has c": [False] * 2}


def test_rows_are_joined_as_they_were_split():
    frame = tidy(pd.DataFrame({"id": [1, 2, 3], "tags": ["a; b", None, "c"]}))
    rows = get("split_into_rows")(frame, column="tags", separator=";")
    back = get("join_rows")(rows, column="tags", by=["id"], separator="; ")
    pd.testing.assert_frame_equal(back, frame)
    numbers = tidy(pd.DataFrame({"shop": ["x", None, "x", None, "x"], "sold": [2, 5, 2, None, 3], "day": [*"abcde"]}))
    out = get("join_rows")(numbers, column="sold", by=["shop"], repeats="once")
    assert out.to_dict("list") == {"shop": ["x", None], "sold": ["2, 3", "5"], "day": ["a", "b"]}
    assert get("join_rows")(numbers, column="sold", by=["shop"])["sold"].tolist() == ["2, 2, 3", "5"]
    for by, says in (([], "which rows belong together"), (["sold"], "by itself")):
        with pytest.raises(SettingError, match=says):
            get("join_rows")(numbers, column="sold", by=by)


def test_repeats_are_blanked_and_filled_again():
    day = pd.to_datetime(["2024-01-01", "2024-01-01", "2024-01-01 12:00", "2024-01-02"], format="ISO8601")
    frame = tidy(
        pd.DataFrame({"town": ["a", "a", None, "a"], "n": [1, 1, 1, 2], "day": day, "x": [0.5, 0.25, 0.25, 0.5]})
    )
    out = get("blank_repeats")(frame, columns=["town", "n", "day", "x"])
    assert out["town"].tolist() == ["a", None, None, "a"]  # a missing cell repeats nothing, and ends a run
    gone = {name: out[name].isna().tolist() for name in ("n", "day", "x")}
    assert gone == {
        "n": [False, True, True, False],
        "day": [False, True, False, False],
        "x": [False, False, True, False],
    }
    filled = get("fill_along")(out, columns=["n", "day", "x"])
    pd.testing.assert_frame_equal(filled[["n", "day", "x"]], frame[["n", "day", "x"]])
    with pytest.raises(Skip, match="row above"):
        get("blank_repeats")(frame.iloc[[0, 3]], columns=["n"])


def test_a_sample_keeps_the_share_of_each_group():
    frame = tidy(pd.DataFrame({"town": ["a"] * 100 + ["b"] * 10 + ["c"]}))
    out = get("sample_rows")(frame, share=20.0, by=["town"], seed=1)
    assert out["town"].value_counts().to_dict() == {"a": 20, "b": 2, "c": 1}
    assert list(out.index) == sorted(out.index)
    assert (
        get("sample_rows")(frame, share=20.0, seed=1).index.tolist()
        != get("sample_rows")(frame, share=20.0, seed=2).index.tolist()
    )
