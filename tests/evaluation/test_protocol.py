"""The protocol against scikit-learn's own cross-validation, and against truths that a simulation knows."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import make_scorer, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from dataops_core.errors import SettingError
from dataops_core.evaluation import Candidate, compare_recipes, grid_candidates
from dataops_core.evaluation.kept_folds import InFolder, InMemory
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.table import tidy, write_table


def step(op, **settings):
    return RecipeStep(op, settings)


def recipe(*steps):
    return Recipe(steps=tuple(steps))


def table_of(frame, tmp_path, kinds=None, name="table"):
    return write_table(tmp_path / f"{name}.parquet", [tidy(frame)], kinds)


def people(rows=300, seed=0):
    rng = np.random.default_rng(seed)
    age = rng.normal(40, 10, rows)
    town = rng.choice(["Delft", "Gouda", "Breda"], rows)
    chance = 1 / (1 + np.exp(-(0.12 * (age - 40) + (town == "Gouda"))))
    bought = np.where(rng.random(rows) < chance, "yes", "no")
    age[rng.random(rows) < 0.2] = np.nan
    return pd.DataFrame({"age": age, "town": town, "bought": bought})


def cleaned(numbers, categories):
    """The baseline model's encoder, written anew with scikit-learn's own parts."""
    gaps = Pipeline([("fill", SimpleImputer(strategy="median", add_indicator=True)), ("scale", StandardScaler())])
    levels = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=30, min_frequency=2, sparse_output=False
    )
    return ColumnTransformer([("n", gaps, numbers), ("c", levels, categories)], sparse_threshold=0.0)


def test_scores_are_those_of_scikit_learn(tmp_path):
    frame = people()
    found = compare_recipes(
        table_of(frame, tmp_path),
        [Candidate("median", recipe(step("fill_missing", columns=["age"], how="median")))],
        "bought",
        folds=5,
        repeats=2,
        seed=3,
    )
    medians = ColumnTransformer(
        [("fill", SimpleImputer(strategy="median"), ["age"])], remainder="passthrough", verbose_feature_names_out=False
    ).set_output(transform="pandas")
    pipeline = Pipeline(
        [("median", medians), ("encoder", cleaned(["age"], ["town"])), ("model", LogisticRegression(max_iter=1000))]
    )
    codes = (frame["bought"] == "yes").astype(int)
    rare = int(np.bincount(codes).argmin())

    def area(truth, yes):  # the rarer class is the one whose ranking is scored
        return roc_auc_score(truth == rare, yes if rare else 1 - yes)

    scoring = {
        "roc_auc": make_scorer(area, response_method="predict_proba"),
        "accuracy": "accuracy",
        "balanced_accuracy": "balanced_accuracy",
    }
    mine = next(each for each in found.standings if each.name == "median")
    expected = {measure: [] for measure in scoring}
    for repeat in range(2):
        folds = StratifiedKFold(5, shuffle=True, random_state=3 + repeat)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scored = cross_validate(pipeline, frame[["age", "town"]], codes, cv=folds, scoring=scoring)
        for measure in scoring:
            expected[measure] += scored[f"test_{measure}"].tolist()
    for measure in scoring:
        assert list(mine.scores[measure]) == expected[measure]  # to the last digit


def test_scores_of_numbers_are_those_of_scikit_learn(tmp_path):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=200), "z": rng.normal(size=200)})
    frame["y"] = 3 * frame["x"] + rng.normal(size=200)
    found = compare_recipes(
        table_of(frame, tmp_path), [Candidate("without z", recipe(step("drop_columns", columns=["z"])))], "y", repeats=1
    )
    pipeline = Pipeline([("encoder", cleaned(["x"], [])), ("model", Ridge())])
    names = {"r2": "r2", "rmse": "neg_root_mean_squared_error", "mae": "neg_mean_absolute_error"}
    expected = cross_validate(
        pipeline, frame[["x"]], frame["y"], cv=KFold(5, shuffle=True, random_state=0), scoring=names
    )
    assert found.problem.task == "number"
    mine = next(each for each in found.standings if each.name == "without z")
    for measure in names:
        assert list(mine.scores[measure]) == np.abs(expected[f"test_{measure}"]).tolist()


def test_scores_of_three_classes_are_those_of_scikit_learn(tmp_path):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=240), "z": rng.normal(size=240)})
    frame["y"] = np.select([frame["x"] + rng.normal(size=240) > 0.7, frame["z"] > 0.3], ["a", "b"], "c")
    found = compare_recipes(
        table_of(frame, tmp_path), [Candidate("without z", recipe(step("drop_columns", columns=["z"])))], "y", repeats=1
    )
    assert found.problem.classes == ("a", "b", "c")
    pipeline = Pipeline([("encoder", cleaned(["x"], [])), ("model", LogisticRegression(max_iter=1000))])
    mine = next(each for each in found.standings if each.name == "without z")
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for measure in ("accuracy", "balanced_accuracy"):
        expected = cross_validate(pipeline, frame[["x"]], frame["y"], cv=folds, scoring=measure)["test_score"]
        assert list(mine.scores[measure]) == expected.tolist()


@pytest.mark.slow
def test_noise_alone_makes_no_clear_difference(tmp_path):
    runs, clear = 12, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame({"x": rng.normal(size=160), "noise": rng.normal(size=160), "other": rng.normal(size=160)})
        frame["y"] = np.where(frame["x"] + rng.normal(size=160) > 0, "yes", "no")
        found = compare_recipes(
            table_of(frame, tmp_path, name=f"t{seed}"),
            [
                Candidate("one", recipe(step("drop_columns", columns=["noise"]))),
                Candidate("other", recipe(step("drop_columns", columns=["other"]))),
            ],
            "y",
            repeats=1,
            seed=seed,
        )
        clear += found.advice.recommended != "Do nothing" or "Clearly worse" in found.advice.verdict
    assert binom.sf(clear - 1, runs, 0.05) > 0.01


@pytest.mark.slow
@pytest.mark.parametrize("model", ["linear", "trees"])
def test_a_recipe_that_destroys_a_strong_feature_is_found_every_time(tmp_path, model):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame({"x": rng.normal(size=300), "noise": rng.normal(size=300)})
        frame["y"] = np.where(frame["x"] + 0.7 * rng.normal(size=300) > 0, "yes", "no")
        found = compare_recipes(
            table_of(frame, tmp_path, name=f"t{seed}"),
            [Candidate("spoiled", recipe(step("drop_columns", columns=["x"])))],
            "y",
            model=model,
            repeats=1,
            seed=seed,
        )
        assert found.standings[1].differences["roc_auc"].verdict == "worse"
        assert "clearly worse than doing nothing" in found.advice.verdict


def test_a_better_recipe_is_recommended_and_the_shortest_of_equals(tmp_path):
    rng = np.random.default_rng(2)
    x = rng.normal(size=400)
    frame = pd.DataFrame({"x": [f"{value:.3f} kg" for value in x], "noise": rng.normal(size=400)})
    frame["y"] = np.where(x + 0.5 * rng.normal(size=400) > 0, "yes", "no")
    numbers = step("parse_numbers", columns=["x"])
    strip = step("replace_values", column="x", mapping={" kg": ""}, match="part of the text")
    found = compare_recipes(
        table_of(frame, tmp_path),
        [
            Candidate("long", recipe(strip, numbers, step("fill_missing", columns=["noise"], how="median"))),
            Candidate("short", recipe(strip, numbers)),
            Candidate("other", recipe(step("drop_columns", columns=["noise"]))),
        ],
        "y",
    )
    assert found.advice.recommended == "short"
    assert '"long" does as well' in found.advice.verdict and "fewest steps" in found.advice.verdict


def test_steps_that_settle_the_target_are_done_for_doing_nothing_too(tmp_path):
    frame = people()
    frame["bought"] = frame["bought"] + " "
    trim, drop = step("trim_spaces", columns=["bought"]), step("drop_columns", columns=["town"])
    found = compare_recipes(table_of(frame, tmp_path), [Candidate("one", recipe(trim, drop))], "bought", repeats=1)
    assert found.shared == [trim.sentence] and found.problem.classes == ("no", "yes")
    assert [each.name for each in found.standings] == ["Do nothing", "one"]


def test_rows_that_a_recipe_drops_are_judged_all_the_same(tmp_path):
    frame = people()
    found = compare_recipes(
        table_of(frame, tmp_path),
        [
            Candidate("complete", recipe(step("drop_rows_with_missing", columns=["age"]))),
            Candidate("all", recipe(step("fill_missing", columns=["age"], how="median"))),
        ],
        "bought",
        repeats=1,
    )
    complete = found.standings[1]
    assert complete.effect.rows_kept == int(frame["age"].notna().sum())
    assert sum(len(fold.judge) for fold in found.problem.plan.rounds) == len(frame)
    assert len(complete.scores["roc_auc"]) == 5


@pytest.mark.slow
def test_resampling_stays_inside_the_training_folds(tmp_path):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({f"x{i}": rng.normal(size=240) for i in range(12)})
    frame["y"] = np.where(rng.random(240) < 0.2, "rare", "often")  # nothing to be learned
    over = recipe(step("resample_rows", target="y", method="over_random"))
    found = compare_recipes(table_of(frame, tmp_path), [Candidate("over", over)], "y", model="trees", stop_early=False)
    mean = found.standings[1].means["roc_auc"]
    assert mean.low < 0.5 < mean.high
    assert "better than guessing" in found.advice.verdict


def test_weights_reach_the_model(tmp_path):
    frame = people()
    table = table_of(frame, tmp_path)
    weights = recipe(step("add_weights", target="bought", into="w"))
    found = compare_recipes(table, [Candidate("weights", weights)], "bought", repeats=1)
    assert found.standings[1].features == 2  # the weights are no feature
    assert found.standings[1].scores["balanced_accuracy"] != found.standings[0].scores["balanced_accuracy"]


def test_a_recipe_that_changes_the_target_is_refused_by_name(tmp_path):
    swap = recipe(step("replace_values", column="bought", mapping={"yes": "no", "no": "yes"}))
    other = recipe(step("drop_columns", columns=["town"]))
    found = compare_recipes(table_of(people(), tmp_path), [Candidate("swap", swap), Candidate("o", other)], "bought")
    assert "changes the target" in found.standings[1].failed
    assert not found.standings[2].failed


def test_finished_folds_are_not_done_again(tmp_path, monkeypatch):
    from dataops_core.evaluation import setup

    table = table_of(people(), tmp_path)
    some = [
        Candidate("median", recipe(step("fill_missing", columns=["age"], how="median"))),
        Candidate("mean", recipe(step("fill_missing", columns=["age"], how="mean"))),
    ]
    whole = compare_recipes(table, some, "bought", repeats=1)
    done = []
    fit = setup.fit_fold

    def counting(candidate, *args):
        done.append(candidate.name)
        if len(done) == 7:
            raise KeyboardInterrupt
        return fit(candidate, *args)

    monkeypatch.setattr(setup, "fit_fold", counting)
    kept = InFolder(tmp_path / "kept")
    with pytest.raises(KeyboardInterrupt):
        compare_recipes(table, some, "bought", repeats=1, kept=kept)
    first = len([name for name in done[:6] if name != "dummy"])
    done.clear()
    monkeypatch.setattr(setup, "fit_fold", lambda *args: (done.append(args[0].name), fit(*args))[1])
    again = compare_recipes(table, some, "bought", repeats=1, kept=kept)
    assert len([name for name in done if name != "dummy"]) == 15 - first
    seconds = ("seconds",)
    for one, other in zip(whole.to_json()["candidates"], again.to_json()["candidates"], strict=True):
        assert {k: v for k, v in one.items() if k not in seconds} == {
            k: v for k, v in other.items() if k not in seconds
        }


def test_a_damaged_kept_fold_is_done_again(tmp_path):
    table, some = table_of(people(), tmp_path), [Candidate("drop", recipe(step("drop_columns", columns=["town"])))]
    kept = InFolder(tmp_path / "kept")
    first = compare_recipes(table, some, "bought", repeats=1, kept=kept)
    for path in (tmp_path / "kept").glob("*.json"):
        path.write_text("{")
    again = compare_recipes(table, some, "bought", repeats=1, kept=kept)
    assert again.standings[1].scores == first.standings[1].scores


def test_the_split_keeps_its_test_rows_for_one_last_look(tmp_path):
    split = step("split_rows", test=0.25, stratify=["bought"])
    some = [Candidate("fill", recipe(split, step("fill_missing", columns=["age"], how="median")))]
    found = compare_recipes(table_of(people(400), tmp_path), some, "bought", repeats=1)
    assert found.shared == [split.sentence]
    assert len(found.problem.frame) == 300
    assert found.held_out.rows == 100 and found.held_out.name == found.advice.recommended
    assert not any("held out" in note for note in found.notes)


def test_groups_stay_whole_and_time_goes_forward(tmp_path):
    frame = people(400)
    frame["shop"] = np.arange(400) // 8
    frame["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(400) // 4, unit="D")
    table = table_of(frame, tmp_path, {"shop": "category"})
    some = [Candidate("drop", recipe(step("drop_columns", columns=["town"])))]
    found = compare_recipes(table, some, "bought", groups="shop", repeats=1)
    shops = found.problem.frame["shop"].to_numpy()
    for fold in found.problem.plan.rounds:
        assert not set(shops[fold.learn]) & set(shops[fold.judge])
    found = compare_recipes(table, some, "bought", time="day")
    days = found.problem.frame["day"].to_numpy()
    assert found.problem.plan.how == "by time"
    for fold in found.problem.plan.rounds:
        assert days[fold.learn].max() < days[fold.judge].min()


def test_gaps_between_groups(tmp_path):
    rng = np.random.default_rng(0)
    sex = rng.choice(["f", "m"], 600)
    skill = rng.normal(size=600)
    frame = pd.DataFrame({"sex": sex, "skill": skill})
    frame["hired"] = np.where(skill + 1.5 * (sex == "m") + 0.3 * rng.normal(size=600) > 0.5, "yes", "no")
    found = compare_recipes(
        table_of(frame, tmp_path),
        [Candidate("blind", recipe(step("drop_columns", columns=["sex"])))],
        "hired",
        favorable="yes",
        sensitive=["sex"],
        repeats=1,
    )
    nothing, blind = found.standings
    assert nothing.gaps["sex"].gap > 0.3 > blind.gaps["sex"].gap
    assert blind.gaps["sex"].verdict == "smaller"
    unsaid = compare_recipes(
        table_of(frame, tmp_path, name="again"),
        [Candidate("blind", recipe(step("drop_columns", columns=["sex"])))],
        "hired",
        sensitive=["sex"],
        repeats=1,
    )
    assert unsaid.standings[1].gaps["sex"].gap == pytest.approx(blind.gaps["sex"].gap)  # of two classes either will do
    told = unsaid.to_json()["candidates"]
    assert told[0]["difference"] == {"mean": 0.0, "ci": [0.0, 0.0], "verdict": "no clear difference"}
    assert nothing.undominated and blind.undominated  # one scores better, one treats people more alike


def test_the_grid_makes_every_combination():
    grid = {
        "gaps": {"leave": None, "median": {"op": "fill_missing", "with": {"columns": ["age"]}}},
        "rows": {"all": None, "over": [{"op": "resample_rows", "with": {"target": "y"}}]},
    }
    made = grid_candidates(Recipe(), grid)
    assert [each.name for each in made] == ["leave + over", "median + all", "median + over"]
    assert [step.op for step in made[2].recipe.steps] == ["fill_missing", "resample_rows"]
    base = recipe(step("drop_columns", columns=["x"]))
    assert [len(each.recipe.steps) for each in grid_candidates(base, grid)] == [1, 2, 2, 3]  # the base alone among them
    with pytest.raises(SettingError, match="not a grid"):
        grid_candidates(Recipe(), {"gaps": []})
    with pytest.raises(SettingError, match="at most 200"):
        grid_candidates(Recipe(), {str(n): {str(m): None for m in range(10)} for n in range(3)})


@pytest.mark.parametrize(
    ("frame", "target", "says"),
    [
        (pd.DataFrame({"x": [1.0] * 40, "y": ["a"] * 40}), "y", "one value"),
        (pd.DataFrame({"x": [1.0] * 40, "y": [None] * 40}), "y", "nothing"),
        (pd.DataFrame({"x": range(150), "y": [f"name {n}" for n in range(150)]}), "y", "different values"),
        (pd.DataFrame({"x": range(6), "y": ["a", "b"] * 3}), "y", "too few"),
        (pd.DataFrame({"x": range(40), "y": ["a"] * 39 + ["b"]}), "y", "one row only"),
        (pd.DataFrame({"x": range(40), "y": ["a", "b"] * 20}), "z", 'no column "z"'),
    ],
)
def test_what_cannot_be_compared_says_why(tmp_path, frame, target, says):
    with pytest.raises(SettingError, match=says):
        compare_recipes(
            table_of(frame, tmp_path), [Candidate("same", recipe(step("fill_missing", columns=["x"])))], target
        )


def test_settings_that_do_not_fit_name_the_recipe(tmp_path):
    with pytest.raises(SettingError, match="no setting") as caught:
        compare_recipes(table_of(people(), tmp_path), [Candidate("odd", recipe(step("fill_missing", x=1)))], "bought")
    assert caught.value.where.startswith("odd, step 1")


def test_an_estimator_of_the_users_own(tmp_path):
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(10, random_state=0)
    some = [Candidate("drop", recipe(step("drop_columns", columns=["town"])))]
    found = compare_recipes(table_of(people(), tmp_path), some, "bought", model=forest, repeats=1, kept=InMemory())
    assert found.model == "RandomForestClassifier"
    assert not hasattr(forest, "estimators_")
    json.dumps(found.to_json())


def test_a_recipe_that_leaks_scores_high_naively_and_by_chance_inside_the_protocol(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"code": rng.choice([f"c{n}" for n in range(150)], 400)})
    frame["y"] = np.where(rng.random(400) < 0.5, "yes", "no")  # nothing to be learned
    outcome = (frame["y"] == "yes").astype(float)
    naive = outcome.groupby(frame["code"]).transform("mean")  # on all rows, each row its own outcome among them
    scored = cross_validate(
        LogisticRegression(),
        naive.to_frame(),
        outcome,
        cv=StratifiedKFold(5, shuffle=True, random_state=0),
        scoring="roc_auc",
    )["test_score"]
    assert scored.mean() > 0.75
    encode = recipe(step("encode_target", columns=["code"], target="y", smoothing=1.0))
    found = compare_recipes(table_of(frame, tmp_path), [Candidate("encode", encode)], "y", stop_early=False)
    mean = found.standings[1].means["roc_auc"]
    assert mean.low < 0.5 < mean.high and mean.mean < 0.56
