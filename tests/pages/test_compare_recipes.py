"""Recipes side by side on the page Compare."""

from dataclasses import replace

import pytest

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import datasets
from dataops_core.store.choices import chosen_recipe
from dataops_core.store.store import Store
from tests.pages.driver import bring, click, dataset, go, sentences, start, texts, unforeseen, wait_for_job

ROWS = "".join(
    f"{'' if n % 9 == 0 else n % 60},{('Delft', 'Gouda', 'Breda')[n % 3]},{('f', 'm')[n % 2]},"
    f"{'yes' if (n % 60) + 17 * (n % 2) + 13 * (n % 7) > 65 else 'no'}\n"
    for n in range(240)
)


@pytest.fixture
def app():
    made = bring(f"age,town,sex,hired\n{ROWS}")
    store = Store()
    roles = {"target": "hired", "favorable": "yes", "sensitive": ["sex"]}
    datasets.set_roles(store, made, datasets.get(store, made).revision, roles, "tester")
    return go(start(d=made), "compare")


def compare(app):
    label = next(each.label for each in app.button if each.label.startswith("Compare "))
    click(app, label)
    wait_for_job(app)
    return label


@pytest.mark.slow
def test_choices_are_compared_and_one_is_taken(app):
    wait_for_job(app)
    assert unforeseen(app) == []
    made = dataset(app).id
    app.multiselect(key=f"recipes.choice.{made}.Groups of people").set_value(["Leave", "Without these columns"]).run()
    app.multiselect(key=f"recipes.choice.{made}.Outliers").set_value(["Leave"]).run()
    assert compare(app) == "Compare 3 recipes"
    assert unforeseen(app) == []
    table = next(each.value for each in app.dataframe if "Recipe" in each.value)
    assert set(table["Recipe"]) == {
        "Do nothing",
        "Median or most frequent",
        "Without these columns",
        "Median or most frequent + Without these columns",
    }
    assert table["Gap"].notna().all()
    assert "Judged on 240 rows, 5 folds 2 times over" in texts(app)
    app.selectbox(key="recipes.detail").set_value("Median or most frequent + Without these columns").run()
    assert unforeseen(app) == []
    if not [each for each in app.button if each.key == "recipes.take_other"]:
        click(app, "Take this one …")
    else:
        app.button(key="recipes.take_other").click().run()
    wait_for_job(app)
    assert unforeseen(app) == []
    click(app, "Apply")
    assert [text.split(" ")[0] for text in sentences(app)] == ["Filled", "Dropped"]
    steps = dataset(app).recipe.steps
    assert all(step.why.startswith("Chosen by comparison") for step in steps)
    kept = chosen_recipe.for_version(Store(), made, steps)
    assert len(kept["candidates"]) == 4 and kept["taken"] == "Median or most frequent + Without these columns"


@pytest.mark.slow
def test_steps_are_compared_with_what_they_would_be_without_each(app):
    store, made = Store(), dataset(app)
    steps = (
        RecipeStep("fill_missing", {"columns": ["age"], "how": "median"}),
        RecipeStep("drop_columns", {"columns": ["town"]}),
    )
    datasets.edit(store, made.id, made.revision, replace(made.recipe, steps=steps), "two steps", "tester")
    app = go(start(d=made.id), "compare")
    wait_for_job(app)
    for each in app.multiselect:
        if each.key.startswith("recipes.choice."):
            each.set_value([])
    app.run()
    options = app.multiselect(key=f"recipes.others.{made.id}").options
    assert [option.split(":")[0] for option in options] == [
        "Your steps as they are",
        "Without step 1",
        "Without step 2",
    ]
    app.multiselect(key=f"recipes.others.{made.id}").set_value(options).run()
    assert compare(app) == "Compare 3 recipes"
    assert unforeseen(app) == []
    table = next(each.value for each in app.dataframe if "Recipe" in each.value)
    assert table["Rows kept"].tolist() == [240] * 4 and 0 in table["Missing left"].tolist()


@pytest.mark.slow
def test_choices_can_branch_off_at_an_earlier_step(app):
    store, made = Store(), dataset(app)
    steps = (
        RecipeStep("drop_columns", {"columns": ["town"]}),
        RecipeStep("fill_missing", {"columns": ["age"], "how": "median"}),
    )
    datasets.edit(store, made.id, made.revision, replace(made.recipe, steps=steps), "two steps", "tester")
    app = go(start(d=made.id), "compare")
    wait_for_job(app)

    def choices():
        return [each.label for each in app.multiselect if each.key.startswith("recipes.choice.")]

    assert "Missing values" not in choices()  # after all steps nothing is missing
    branch = app.selectbox(key=f"recipes.branch.{made.id}.2")
    assert branch.options == ["all your steps", "the file as it came", "step 1: Dropped town"]
    branch.set_value(1).run()
    wait_for_job(app)
    assert unforeseen(app) == []
    assert "Missing values" in choices() and "Categories" in choices()
    for each in app.multiselect:
        if each.key.startswith("recipes.choice."):
            each.set_value(["Leave", "Median or most frequent"] if each.label == "Missing values" else [])
    app.run()
    assert compare(app) == "Compare 2 recipes"
    assert unforeseen(app) == []
    assert "Your steps as they are" in texts(app) and "does the same as" in texts(app)  # the branch ends as they do


def test_a_table_without_target_asks_for_one():
    app = go(start(d=bring(f"age,town,sex,hired\n{ROWS}")), "compare")
    assert unforeseen(app) == []
    assert any("Choose the column that a model is to predict" in each.value for each in app.info)
