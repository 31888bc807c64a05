"""The rows of a preview: what changes as old → new, what would go and what would be new, in one grid."""

from dataclasses import replace

from dataops_core.recipe.recipe import RecipeStep
from tests.pages.driver import bring, dataset, start, unforeseen

TABLE = "n,city\n1, Rome\n2,Oslo\n2,Oslo\n3,\n"


def previewed(*steps):
    """The page Clean with a preview of these steps: its grid, and what is in colour."""
    app = start("clean", d=bring(TABLE))
    here = dataset(app)
    app.session_state["clean.pending"] = {
        "recipe": replace(here.recipe, steps=steps).to_json(),
        "what": "",
        "revision": here.revision,
        "dataset": here.id,
        "at": None,
    }
    app.run()
    assert unforeseen(app) == []
    (found,) = [each for each in app.dataframe if "old → new" in each.proto.alt]
    return found.value, found.proto.arrow_data.styler.styles


def test_changed_and_dropped_rows_stand_together_in_the_tables_order():
    rows, styles = previewed(RecipeStep("trim_spaces", {"columns": ["city"]}), RecipeStep("drop_duplicate_rows", {}))
    assert list(rows.columns) == ["This row", "city", "n"] and list(rows.index) == [1, 3]
    assert rows["This row"].tolist() == ["changes", "goes"]
    assert rows["city"].tolist() == ['" Rome" → Rome', "Oslo"]
    assert "#fdecc8" in styles and "#fbdcdc" in styles and "#d9f2df" not in styles


def test_where_all_rows_fare_alike_no_column_says_so_and_renamed_columns_keep_their_cells():
    rows, styles = previewed(
        RecipeStep("rename_columns", {"names": {"city": "town"}}), RecipeStep("drop_duplicate_rows", {})
    )
    assert list(rows.columns) == ["n", "town"]
    assert rows["town"].tolist() == ["Oslo"] and "#fdecc8" not in styles
