"""Impute and Resample: the split first, what is missing, the benches, their advice in the recipe, outliers."""

from dataops_core.store import datasets
from dataops_core.store.results import analyses
from dataops_core.store.store import Store
from pages._ui.impute import methods
from tests.pages.driver import (
    bring,
    button,
    click,
    dataset,
    go,
    labels,
    metrics,
    said,
    sentences,
    start,
    texts,
    unforeseen,
    wait_for_job,
)

ROWS = 400


def people() -> str:
    """A table with gaps in pay (told by age) and in town, a rare outcome, and one impossible age."""
    lines = ["who,age,pay,town,sex,ill"]
    for n in range(ROWS):
        age, town = 20 + n * 7 % 45, ("Delft", "Gouda", "Leiden")[n % 3]
        pay = "" if n % 5 == 0 else f"{age * 100 + n * 13 % 50}"
        lines.append(
            f"w{n},{240 if n == 7 else age},{pay},{'' if n % 11 == 0 else town},{'fm'[n % 2]},{'yes' if n % 8 == 3 else 'no'}"
        )
    return "\n".join(lines) + "\n"


def opened(page, text=None):
    made = bring(text or people())
    here = datasets.get(Store(), made)
    if text is None:
        datasets.set_roles(
            Store(), made, here.revision, {"target": "ill", "favorable": "no", "sensitive": ["sex"]}, "tester"
        )
    return start(page, d=made)


def tab(app, page, name):
    app.session_state[f"{page}.tabs"] = name
    return go(app, page)


def test_the_split_is_offered_first_and_then_what_is_learned_comes_from_training_rows():
    app = opened("impute")
    assert "No rows are kept apart for testing." in texts(app)
    click(app, "Split first …")
    go(app, "clean")
    click(app, "Apply")
    assert sentences(app) == ["Split rows at random into split (test 0.2, validation 0), stratified by ill, sex"]
    go(app, "impute")
    wait_for_job(app)
    assert unforeseen(app) == []
    assert (
        "What is learned here is learned from the training rows alone, as **split** says: 320 rows train, 80 rows test."
        in texts(app)
    )


def test_a_column_that_speaks_of_parts_is_proposed_as_the_split():
    lines = people().splitlines()
    app = opened(
        "impute",
        "\n".join(
            [f"{lines[0]},split", *(f"{line},{'TEST' if n % 4 == 0 else 'Train'}" for n, line in enumerate(lines[1:]))]
        )
        + "\n",
    )
    assert "The column **split** seems to say which rows are for testing" in texts(app)
    click(app, "Split first …")
    click(app, "Apply")
    assert unforeseen(app) == [] and dataset_frame(app)["split"].value_counts().to_dict() == {"train": 300, "test": 100}


def test_a_step_that_learns_warns_where_nothing_is_kept_apart():
    app = opened("clean")
    app.selectbox(key="clean.op.None.None").set_value("fill_missing").run()
    assert "It learns from all rows" in texts(app)
    click(app, "Split first …")
    click(app, "Apply")
    app.selectbox(key="clean.op.None.None").set_value("fill_missing").run()
    assert unforeseen(app) == [] and "It learns from all rows" not in texts(app)


def test_what_is_missing_is_counted_and_explained():
    app = opened("impute")
    wait_for_job(app)
    assert unforeseen(app) == []
    assert metrics(app)["Missing cells"] == str(sum(line.split(",").count("") for line in people().splitlines()))
    assert metrics(app)["Columns with gaps"] == "2 of 6"
    assert "Little's MCAR test" in texts(app)
    assert any("What the data cannot tell" in text for _, text in said(app))
    assert {"Keep where gaps were …", "Drop columns with many gaps …", "Drop rows with gaps …"} <= set(labels(app))


def test_the_bench_recommends_and_its_advice_goes_into_the_recipe():
    app = tab(opened("impute"), "impute", "Choose a method")
    app.multiselect(key="impute.methods").set_value(["mean", "bayesian_ridge"]).run()
    click(app, "Compare the methods")
    wait_for_job(app)
    assert unforeseen(app) == []
    assert "Recommended: " in texts(app).replace("\\", "")
    use = next(each for each in app.button if each.key == "impute.advice.use")
    use.click().run()
    go(app, "clean")
    click(app, "Apply")
    wait_for_job(app)
    assert unforeseen(app) == [] and sentences(app)
    gone = [name for name, column in dataset_frame(app).isna().any().items() if column]
    assert gone == []


def dataset_frame(app):
    here = dataset(app)
    from dataops_core.store import states

    results = states.evaluate(Store(), here.raw, here.recipe, run=False)
    return states.table(Store(), states.head(here.raw, here.recipe, results)).frame()


def test_every_method_of_the_bench_has_a_name_on_the_page():
    from dataops_core.imputation.methods import METHODS

    assert set(methods.TITLES) == set(METHODS)
    assert methods.title("trees + mean") == "Predicted, boosted trees and Mean"


def test_filled_several_times_the_results_are_pooled():
    app = tab(opened("impute"), "impute", "Multiple imputation")
    click(app, "Fill several times …")
    go(app, "clean")
    wait_for_job(app)
    click(app, "Apply")
    tab(app, "impute", "Multiple imputation")
    wait_for_job(app)
    assert unforeseen(app) == []
    assert "Barnard and Rubin 1999" in texts(app)
    app.selectbox(key="several.target").set_value("pay").run()
    app.multiselect(key="several.predictors").set_value(["age"]).run()
    wait_for_job(app)
    assert unforeseen(app) == []
    shown = next(each.value for each in app.dataframe if "Coefficient" in each.value.columns)
    assert (
        shown["Coefficient"].tolist() == ["Intercept", "age"]
        and (shown["From"] < shown["Estimate"]).all()
        and (shown["Estimate"] < shown["To"]).all()
    )


def test_before_they_are_made_the_chains_of_copies_are_followed():
    app = tab(opened("impute"), "impute", "Multiple imputation")
    click(app, "Follow the chains")
    wait_for_job(app)
    assert unforeseen(app) == []
    assert "R-hat" in texts(app) and set(app.selectbox(key="several.chains").options) == {"pay", "town"}
    app.selectbox(key="several.chains").set_value("town").run()
    assert unforeseen(app) == [] and "Iteration" in next(
        each.value for each in app.dataframe if "Iteration" in each.value.columns
    )


def test_classes_are_counted_and_resampled_exactly_as_shown():
    app = opened("resample")
    assert unforeseen(app) == []
    assert '"yes" is the rarest class of ill: 50 rows (12.5%), against 350 of "no".' in texts(app).replace("\\", "")
    click(app, "Resample rows …")
    go(app, "clean")
    click(app, "Apply")
    assert unforeseen(app) == []
    assert dataset_frame(app)["ill"].value_counts().to_dict() == {"no": 350, "yes": 350}
    go(app, "resample")
    assert "The classes are about as large." in texts(app)


def test_the_resampling_bench_may_say_to_leave_the_rows_alone():
    app = tab(opened("resample"), "resample", "Compare methods")
    app.multiselect(key="balance.methods.ill").set_value(["weights", "over_random"]).run()
    click(app, "Compare the methods")
    wait_for_job(app)
    assert unforeseen(app) == []
    assert "Recommended: leave the rows as they are" in texts(app).replace("\\", "")
    assert "Judged on all 400 rows, in 5 folds 2 times over, seed 0. The rare class is yes." in texts(app)


def test_outliers_are_shown_with_their_reason_and_errors_apart_from_rare_truth():
    app = tab(opened("resample"), "resample", "Outliers")
    wait_for_job(app)
    assert unforeseen(app) == []
    assert metrics(app)["Likely an error"] == "1"
    shown = next(each.value for each in app.dataframe if "Why" in each.value.columns)
    assert shown["Row"].tolist() == [8] and "240" in shown["Why"][0]
    click(app, "Set missing …")
    go(app, "clean")
    click(app, "Apply")
    assert dataset_frame(app)["age"].isna().sum() == 1


def test_tables_that_have_nothing_to_balance_or_fill_say_so():
    app = opened("resample", "a,b\n" + "".join(f"{n / 3},{n}\n" for n in range(60)))
    assert ("", "There is no column with classes to balance.") in said(app)
    go(app, "impute")
    wait_for_job(app)
    assert unforeseen(app) == [] and metrics(app)["Missing cells"] == "0"


def test_what_is_counted_on_demand_is_counted_once(monkeypatch):
    app = opened("resample")
    asked = []
    again = analyses._Asks("resampling", "imbalance", by=lambda *_: asked.append(1))
    monkeypatch.setitem(analyses.COUNTS, "imbalance", again)
    go(app, "resample")
    assert asked == [] and button(app, "Resample rows …")
