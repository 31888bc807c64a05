"""The steps of a dataset on a new file: what was learned is carried over, and columns are matched by their names."""

from dataclasses import replace

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import datasets, states
from dataops_core.store.new_file import fitted_recipe, match_columns
from dataops_core.store.store import Store


def test_the_recipe_carries_what_its_steps_learned(tmp_path):
    store, file = Store(tmp_path / "home"), tmp_path / "june.csv"
    file.write_text("n\n1\n3\n\n5\n")
    made = datasets.add(store, datasets.default_project(store, "ann"), file, "june.csv", "ann")
    here = datasets.get(store, made)
    fill = RecipeStep("fill_missing", {"columns": ["n"], "how": "median"})
    datasets.edit(store, made, here.revision, replace(here.recipe, steps=(fill,)), "fill", "ann")
    here = datasets.get(store, made)
    assert fitted_recipe(store, here).steps[0].learned is None  # nothing is computed here
    (result,) = states.evaluate(store, here.raw, here.recipe)
    assert fitted_recipe(store, here).steps[0].learned == result.outcome.learned != None  # noqa: E711


def test_each_new_column_is_proposed_once_for_the_name_that_is_most_like_it():
    match = match_columns(["amount", "amount eur", "city"], ["Amount", "amount_EUR", "fax"])
    assert match.proposed == {"amount": "Amount", "amount eur": "amount_EUR"}
    assert (match.gone, match.new) == (("amount", "amount eur", "city"), ("Amount", "amount_EUR", "fax"))
