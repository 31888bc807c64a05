"""Clean: a preview before every change, and every change can be taken back."""

from dataclasses import replace

import pytest

from dataops_core.recipe.recipe import RecipeStep, from_json
from dataops_core.store import datasets
from dataops_core.store.store import Store
from dataops_core.wording import as_plan
from tests.pages.driver import (
    bring,
    button,
    click,
    dataset,
    go,
    header,
    labels,
    metrics,
    open_finding,
    said,
    sentences,
    start,
    texts,
    unforeseen,
)

TRIM = {"op": "trim_spaces", "with": {"columns": ["city"]}}
DUPLICATES = {"op": "drop_duplicate_rows", "with": {}}


def fix_duplicates(app):
    """Open the step of the finding on duplicates from Profile, and arrive on Clean with the preview."""
    click(open_finding(go(app, "profile"), "duplicate_rows"), "Change the settings")
    return go(app, "clean")


def with_steps(app, *entries):
    """The app on Clean, with these steps applied behind its back."""
    here = dataset(app)
    recipe = from_json({"format": "dataops-recipe/1", "steps": list(entries)})
    datasets.edit(Store(), here.id, here.revision, replace(here.recipe, steps=recipe.steps), "set up", "tester")
    return go(app, "clean")


def menu(app, number, option):
    """Choose from the menu of a step of the recipe."""
    found = next(each for each in app.menu_button if each.label == f"Change step {number}")
    return found.click(option).run()


def test_fix_of_a_finding_leads_to_a_preview_and_changes_nothing(unopened):
    app = fix_duplicates(unopened)
    assert unforeseen(app) == []
    assert metrics(app) == {"Rows": "4,900", "Cells changed": "0", "Rows dropped": "60"}
    assert sentences(app) == []
    assert "Drops 60 rows (1.2 %)" in texts(app)


def test_apply_makes_the_preview_the_recipe_with_its_reason(unopened):
    app = fix_duplicates(unopened)
    app.text_input(key="clean.why").set_value("delivered twice").run()
    app.button(key="clean.apply").click().run()
    go(app, "clean")
    assert sentences(app) == ["Dropped rows that are equal in all columns (kept: first)"]
    assert [step.why for step in dataset(app).recipe.steps] == ["delivered twice"]
    assert "60 rows dropped" in texts(app)
    assert "Why: delivered twice" in texts(app)
    assert "Apply" not in labels(app)
    assert "4,900 × 17" in header(go(app, "profile"))


def test_discard_forgets_the_preview(unopened):
    app = fix_duplicates(unopened)
    app.button(key="clean.discard").click().run()
    go(app, "clean")
    assert "Apply" not in labels(app)
    assert sentences(app) == []


def test_undo_and_redo_take_a_step_back_and_forth(unopened):
    app = fix_duplicates(unopened)
    app.button(key="clean.apply").click().run()
    go(app, "clean")
    click(app, "Undo")
    assert sentences(app) == []
    assert button(app, "Undo").disabled
    click(app, "Redo")
    assert sentences(app) == ["Dropped rows that are equal in all columns (kept: first)"]
    assert button(app, "Redo").disabled


@pytest.mark.parametrize(
    ("option", "number", "after", "told"),
    [
        ("Switch off", 1, [True, False], "Switched off step 1: Trimmed spaces in city"),
        ("Move down", 1, ["drop_duplicate_rows", "trim_spaces"], "Moved step 1 down: Trimmed spaces in city"),
        (
            "Move up",
            2,
            ["drop_duplicate_rows", "trim_spaces"],
            "Moved step 2 up: Dropped rows that are equal in all columns (kept: first)",
        ),
        ("Delete", 2, ["trim_spaces"], "Deleted step 2: Dropped rows that are equal in all columns (kept: first)"),
    ],
)
def test_change_of_the_recipe_is_previewed_before_it_is_made(unopened, option, number, after, told):
    app = with_steps(unopened, TRIM, DUPLICATES)
    menu(app, number, option)
    assert unforeseen(app) == []
    assert [step.op for step in dataset(app).recipe.steps] == ["trim_spaces", "drop_duplicate_rows"]
    assert not any(step.off for step in dataset(app).recipe.steps)
    assert as_plan(told).replace("(", "\\(").replace(")", "\\)").replace(":", "\\:") in texts(app)
    app.button(key="clean.apply").click().run()
    made = dataset(app).recipe.steps
    assert [step.off for step in made] == after if isinstance(after[0], bool) else [step.op for step in made] == after
    click(app, "Undo")
    assert [step.op for step in dataset(app).recipe.steps] == ["trim_spaces", "drop_duplicate_rows"]


def test_switching_on_again_is_previewed(unopened):
    app = with_steps(unopened, {**TRIM, "off": True}, DUPLICATES)
    menu(app, 1, "Switch on")
    assert metrics(app)["Cells changed"] == "250"
    app.button(key="clean.apply").click().run()
    assert [step.off for step in dataset(app).recipe.steps] == [False, False]


@pytest.mark.slow
def test_edited_step_keeps_its_place_and_is_previewed(unopened):
    app = with_steps(unopened, DUPLICATES, TRIM)
    menu(app, 1, "Edit")
    assert "Edit step 1" in texts(app)
    next(each for each in app.selectbox if each.label == "Keep").select("none").run()
    click(app, "Preview")
    assert metrics(app)["Rows dropped"] == "60"
    assert dataset(app).recipe.steps[0].settings.get("keep", "first") == "first"
    app.button(key="clean.apply").click().run()
    assert [(step.op, step.settings.get("keep")) for step in dataset(app).recipe.steps] == [
        ("drop_duplicate_rows", "none"),
        ("trim_spaces", None),
    ]


def test_inserted_step_comes_before_the_chosen_one(unopened):
    app = with_steps(unopened, TRIM)
    menu(app, 1, "Insert a step before")
    assert "Insert a step before step 1" in texts(app)
    next(each for each in app.selectbox if each.label == "What do you want to do?").select("drop_duplicate_rows").run()
    click(app, "Preview")
    assert metrics(app)["Rows dropped"] == "60"
    assert [step.op for step in dataset(app).recipe.steps] == ["trim_spaces"]
    app.button(key="clean.apply").click().run()
    assert [step.op for step in dataset(app).recipe.steps] == ["drop_duplicate_rows", "trim_spaces"]


def test_never_mind_leaves_the_step_as_it_was(unopened):
    app = with_steps(unopened, TRIM)
    menu(app, 1, "Edit")
    click(app, "Never mind")
    assert "Edit step 1" not in texts(app)
    assert sentences(app) == ["Trimmed spaces in city"]


def test_deleted_column_makes_the_preview_warn_of_the_step_that_needs_it(unopened):
    app = with_steps(
        unopened,
        {"op": "rename_columns", "with": {"names": {"city": "town"}}},
        {"op": "trim_spaces", "with": {"columns": ["town"]}},
    )
    menu(app, 1, "Delete")
    assert unforeseen(app) == []
    titles = [title for title, _ in said(app)]
    assert titles == ["Step 1 does not fit any more: Trimmed spaces in town"]


def test_change_from_a_stale_page_is_refused_with_a_message_and_nothing_is_lost(unopened):
    app = fix_duplicates(unopened)
    here = dataset(app)
    recipe = replace(here.recipe, steps=(RecipeStep("trim_spaces", {"columns": ["city"]}),))
    datasets.edit(Store(), here.id, here.revision, recipe, "elsewhere", "other")
    app.button(key="clean.apply").click().run()
    go(app, "clean")
    assert sentences(app) == ["Trimmed spaces in city"]
    assert unforeseen(app) == []


def test_sensitive_group_that_loses_more_rows_is_named_before(unopened):
    here = dataset(unopened)
    datasets.set_roles(Store(), here.id, here.revision, {"sensitive": ["sex"]}, "tester")
    unopened.session_state["clean.form"] = {"op": "drop_rows_with_missing", "with": {"columns": ["income"]}, "at": None}
    app = click(go(unopened, "clean"), "Preview")
    # the sample's page names 436 missing incomes, and that they are more often women's
    warned = [(title, text) for title, text in said(app) if "not evenly" in title]
    assert [title for title, _ in warned] == ["Drops 436 rows (8.8 %), and not evenly"]
    assert "sex female loses" in warned[0][1]


def test_editing_a_step_that_is_off_leaves_it_off(unopened):
    with_steps(unopened, {"op": "trim_spaces", "with": {"columns": ["city"]}, "off": True})
    app = go(unopened, "clean")
    app.session_state["clean.form"] = {
        "at": 0,
        "insert": False,
        "op": "trim_spaces",
        "with": {"columns": ["city"]},
        "why": "",
        "off": True,
    }
    app.run()
    click(app, "Preview")
    assert app.session_state["clean.pending"]["recipe"]["steps"][0]["off"] is True


def test_another_dataset_is_joined_by_its_name():
    other = start("clean", d=bring("shop,town\n1,Ghent\n2,Bruges\n", "shops.csv"))
    assert dataset(other).name == "shops"
    app = start("clean", d=bring("shop,sum\n2,5\n1,7\n3,9\n", "sales.csv"))
    app.session_state["clean.form"] = {"op": "join_table", "with": {}, "at": None}
    app.run()
    next(each for each in app.selectbox if each.label == "Table").select("shops").run()
    next(each for each in app.multiselect if each.label == "Keys").set_value(["shop"]).run()
    click(app, "Preview")
    assert unforeseen(app) == [] and "Column town is new" in texts(app)
    app.button(key="clean.apply").click().run()
    (step,) = dataset(app).recipe.steps
    assert step.settings["table"] == "shops" and len(step.settings["content"]) == 64
    assert "3 × 3" in header(go(app, "profile"))
