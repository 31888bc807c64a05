"""The bench says where resampling only moves the threshold, harms, or helps; inside the folds; the same twice."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss

from dataops_core.errors import InputError, SettingError
from dataops_core.evaluation.measures.calibration import curve
from dataops_core.evaluation.scores import MEASURES, measured, verdict
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.recipe.replay import take
from dataops_core.resampling import METHODS, bench, methods_for
from dataops_core.resampling.recommend import advice
from dataops_core.stats.cross_validation import interval
from dataops_core.table import tidy, write_table


def shifted(rows=1500, share=0.1, seed=2):
    """Two normal clouds with equal spread: a linear model is the true one, so resampling can do nothing but move its
    intercept.
    """
    rng = np.random.default_rng(seed)
    rare = rng.random(rows) < share
    return tidy(
        pd.DataFrame(
            {
                "a": rng.normal(size=rows) + 1.5 * rare,
                "b": rng.normal(size=rows) + 1.0 * rare,
                "sex": rng.choice(["f", "m"], rows),
                "split": rng.choice(["train", "test"], rows, p=[0.8, 0.2]),
                "ill": np.where(rare, "yes", "no"),
            }
        )
    )


def table_of(tmp_path, frame, name="t"):
    return write_table(tmp_path / f"{name}.parquet", [frame])


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    table = table_of(tmp_path_factory.mktemp("bench"), shifted())
    return bench(
        table,
        "ill",
        favorable="no",
        sensitive=["sex"],
        split="split",
        methods=["weights", "over_random", "smote", "tomek"],
    )


@pytest.mark.parametrize("method", ["weights", "over_random", "smote"])
def test_where_resampling_only_moves_the_threshold_the_bench_says_so(told, method):
    verdicts = {measure: each["verdict"] for measure, each in told["methods"][method]["difference"].items()}
    assert verdicts == {
        "balanced_accuracy": "better",
        "pr_auc": "no clear difference",
        "roc_auc": "no clear difference",
        "brier": "worse",
        "calibration": "worse",
    }
    assert told["methods"][method]["mean_predicted"] > 2 * told["methods"][method]["observed"]


def test_another_threshold_does_as_well_and_nothing_is_recommended(told):
    assert told["methods"]["threshold"]["difference"]["balanced_accuracy"]["verdict"] == "better"
    assert told["methods"]["threshold"]["difference"]["brier"]["mean"] == 0
    assert (told["recommended"], told["step"]) == (None, None)
    assert "another threshold gains as well" in told["reason"] and "Leave the rows as they are" in told["reason"]


def test_the_rare_class_groups_and_calibration_are_told(told):
    assert told["rare"] == "yes" and told["rows"] == sum(told["classes"].values())
    doing_nothing = told["methods"]["nothing"]
    assert doing_nothing["mean_predicted"] == pytest.approx(doing_nothing["observed"], abs=0.01)
    assert sum(point["rows"] for point in doing_nothing["curve"]) == 2 * told["rows"]
    groups = told["methods"]["weights"]["by_group"]["sex"]
    assert set(groups) == {"f", "m"} and sum(each["rows"] for each in groups.values()) == told["rows"]
    assert all(0.5 < each["recall"] <= 1 and each["favorable"] < 1 for each in groups.values())


def without_seconds(told):
    return told | {
        "methods": {
            name: {key: value for key, value in each.items() if key != "seconds"}
            for name, each in told["methods"].items()
        }
    }


def test_rows_that_judge_later_change_nothing_and_two_runs_agree(tmp_path):
    frame = shifted(600)
    other = frame.copy()
    other.loc[other["split"] != "train", ["a", "ill"]] = [99.0, None]
    runs = [
        without_seconds(bench(table_of(tmp_path, each), "ill", split="split", methods=["smote"], seed=5, repeats=1))
        for each in (frame, frame, other)
    ]
    assert runs[0] == runs[1] == runs[2]
    assert (
        without_seconds(bench(table_of(tmp_path, frame), "ill", split="split", methods=["smote"], seed=6, repeats=1))
        != runs[0]
    )


def test_repeated_rows_never_judge_themselves(tmp_path):
    """Labels by chance: had copies of a row stood on both sides of a fold, trees would know them again (ROC-AUC near
    1).
    """
    rng = np.random.default_rng(1)
    frame = tidy(
        pd.DataFrame(
            {"a": rng.normal(size=400), "b": rng.normal(size=400), "y": rng.choice(["x", "z"], 400, p=[0.15, 0.85])}
        )
    )
    told = bench(table_of(tmp_path, frame), "y", methods=["over_random", "smote"], kind="trees", repeats=1)
    for method in ("over_random", "smote"):
        assert 0.35 < told["methods"][method]["means"]["roc_auc"]["mean"] < 0.65


@pytest.mark.parametrize("method", ["weights", "over_random", "smote", "tomek"])
def test_the_step_of_each_method_runs_as_it_stands(tmp_path, told, method):
    step = told["methods"][method]["step"]
    table = table_of(tmp_path, shifted())
    _, outcome = take(RecipeStep(step["op"], step["with"]), table, tmp_path / "after.parquet")
    assert outcome.status == "done"


def advised(**gains):
    """Advice where one method has these gains, and another threshold a gain of 0.05 in balanced accuracy; ten folds,
    all alike.
    """
    results = {
        "nothing": dict.fromkeys(MEASURES, [0.5] * 10),
        "threshold": dict.fromkeys(MEASURES, [0.5] * 10) | {"balanced_accuracy": [0.55] * 10},
    }
    results["smote"] = {measure: [0.5 + gains.get(measure, 0.0)] * 10 for measure in MEASURES}
    told = {}
    for name, each in results.items():
        gain = {measure: interval([value - 0.5 for value in values], 5) for measure, values in each.items()}
        told[name] = {
            "means": {measure: interval(values, 5) for measure, values in each.items()},
            "difference": {measure: apart | {"verdict": verdict(apart, measure)} for measure, apart in gain.items()},
        }
    return advice(told, results, "y", 5)


def test_a_method_that_tells_classes_apart_better_is_recommended_with_its_price():
    told = advised(pr_auc=0.04, brier=0.03)
    assert told["step"] == {"op": "resample_rows", "with": {"target": "y", "method": "smote"}}
    assert (
        "SMOTE tells the classes apart better than doing nothing (PR-AUC +" in told["reason"]
        and "comparisons)" in told["reason"]
        and "probabilities worse (Brier score)" in told["reason"]
    )


def test_a_method_that_decides_better_must_beat_another_threshold():
    assert advised(balanced_accuracy=0.05)["recommended"] is None
    assert advised(balanced_accuracy=0.08)["recommended"] == "smote"
    assert advised(pr_auc=0.04, roc_auc=-0.04)["recommended"] is None


@pytest.mark.parametrize("values", [(True, False), (1, 0), ("yes", "no")])
def test_a_target_of_any_type_can_be_judged(tmp_path, values):
    frame = shifted(400)
    frame["ill"] = tidy(pd.DataFrame({"y": [values[0] if each == "yes" else values[1] for each in frame["ill"]]}))[
        "y"
    ].to_numpy()
    frame = tidy(
        frame.astype({"ill": object} if values[0] == "yes" else {"ill": "boolean" if values[0] is True else "Int64"})
    )
    told = bench(table_of(tmp_path, frame), "ill", methods=["over_random"], repeats=1)
    assert told["rare"] in ("true", "1", "yes") and told["methods"]["over_random"]["difference"]["brier"]["mean"] > 0


def test_more_than_two_classes_are_judged_each_against_the_rest(tmp_path):
    rng = np.random.default_rng(0)
    y = rng.choice(["a", "b", "c"], 600, p=[0.7, 0.2, 0.1])
    frame = tidy(pd.DataFrame({"x": rng.normal(size=600) + np.select([y == "b", y == "c"], [2.0, 4.0]), "y": y}))
    told = bench(table_of(tmp_path, frame), "y", repeats=1, folds=3)
    assert told["rare"] == "c" and 0.8 < told["methods"]["nothing"]["means"]["roc_auc"]["mean"] <= 1
    assert set(told["methods"]) | set(told["left_out"]) == set(METHODS)


def test_measures_by_hand_and_by_scikit_learn():
    chances, truth = np.array([0.9, 0.6, 0.4, 0.1]), np.array([1, 0, 1, 0])
    both = np.column_stack([1 - chances, chances])
    told = measured(both, both.argmax(axis=1), truth, 1)
    assert told["balanced_accuracy"] == 0.5 and told["roc_auc"] == 0.75
    assert told["pr_auc"] == pytest.approx((1 + 2 / 3) / 2)
    assert (
        told["brier"]
        == pytest.approx(brier_score_loss(truth, chances))
        == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)
    )
    assert told["calibration"] == pytest.approx((0.1 + 0.6 + 0.6 + 0.1) / 4)
    assert curve(chances, truth == 1)[0] == {"mean": 0.1, "observed": 0.0, "rows": 1}


def test_a_difference_is_clear_when_it_is_sure_and_large_enough():
    sure = interval([0.02, 0.021, 0.019, 0.02, 0.02], 5)
    assert verdict(sure, "roc_auc") == "better" and verdict(sure, "brier") == "worse"
    assert verdict(interval([0.002, 0.0021, 0.0019, 0.002, 0.002], 5), "roc_auc") == "no clear difference"
    assert verdict(interval([0.2, -0.1, 0.05, 0.1, -0.05], 5), "roc_auc") == "no clear difference"


@pytest.mark.parametrize(
    ("change", "settings", "said"),
    [
        ({"ill": "no"}, {}, "has one class only"),
        ({"ill": ["yes"] + ["no"] * 39}, {}, r'a class with one row \("yes"\)'),
        ({"ill": [None] * 40}, {}, "holds nothing"),
        ({"ill": np.arange(40)}, {}, "40 different values: it is an amount"),
        ({}, {"methods": ["smotte"]}, 'no method "smotte".* "smote"'),
        ({}, {"favorable": "maybe"}, 'no value "maybe"'),
    ],
)
def test_what_cannot_be_judged_is_said(tmp_path, change, settings, said):
    frame = tidy(shifted(40, 0.4).assign(**change))
    with pytest.raises(SettingError, match=said):
        bench(table_of(tmp_path, frame), "ill", **settings)


def test_unknown_columns_and_tables_without_features_are_said(tmp_path):
    frame = shifted(40, 0.4)
    with pytest.raises(InputError, match='no column "il"'):
        bench(table_of(tmp_path, frame), "il")
    with pytest.raises(SettingError, match="No column is left"):
        bench(table_of(tmp_path, frame[["ill"]]), "ill")


@pytest.mark.slow
def test_odd_tables_are_judged_or_refused_in_words(tmp_path):
    rng = np.random.default_rng(0)
    y = rng.choice(["ja", "não"], 60, p=[0.3, 0.7])
    wide = tidy(
        pd.DataFrame({f"日付 {at}": rng.normal(size=60) for at in range(300)}).assign(
            one=1.0, none=np.nan, far=np.inf, y=y
        )
    )
    told = bench(table_of(tmp_path, wide), "y", repeats=1, folds=2)
    assert "missing or infinite: " not in str(told["methods"]) and told["methods"]["under_random"]["means"]
    fits = methods_for(table_of(tmp_path, tidy(pd.DataFrame({"x": [1.0], "y": ["a"]}))), "y")
    assert {each.why for each in fits.values()} == {"The target has one class only."}
    gaps = methods_for(
        table_of(tmp_path, tidy(pd.DataFrame({"x": [1.0, None, 3.0, 2.0], "y": ["a", "a", "b", "b"]}))), "y"
    )
    assert not gaps["smote"].fits and "infinite: x" in gaps["smote"].why and gaps["enn"].fits


def test_large_tables_are_judged_by_a_sample_that_is_said(tmp_path):
    told = bench(table_of(tmp_path, shifted(1500)), "ill", methods=["weights"], sample=300, repeats=1)
    assert told["of"] == 1500 and 280 <= told["rows"] <= 320
    assert told["classes"]["yes"] / told["rows"] == pytest.approx(0.1, abs=0.03)
