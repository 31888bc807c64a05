"""Overview: how datasets stand, what to do next, and how far one has come."""

from dataops_core.store import datasets, jobs
from dataops_core.store.store import Store
from pages._ui.frame.journey import pages_done
from tests.pages.driver import bring, click, dataset, go, header, labels, start, texts, unforeseen
from tests.pages.test_clean import TRIM, with_steps


def test_the_first_screen_offers_the_sample_and_an_upload():
    app = start("overview")
    assert unforeseen(app) == [] and "Open the sample" in labels(app)
    click(app, "Open the sample")
    assert unforeseen(app) == []
    assert {"4,960 × 17", "18 findings", "Not saved"} <= set(header(app))
    assert {"Problems by column", "What to do next", "Score"} <= {each.value for each in app.header}


def test_the_fixes_that_lose_nothing_are_previewed_and_applied_in_place(unopened):
    app = click(go(unopened, "overview"), "Preview")
    assert "Merges variants in city" in texts(app) and dataset(app).recipe.steps == ()
    app.button(key="clean.apply").click().run()
    assert unforeseen(app) == []
    assert [step.op for step in dataset(app).recipe.steps] == ["merge_values", "trim_spaces", "mark_missing"]
    assert "Make the fixes that lose nothing" not in texts(app)
    click(app, "Undo")
    assert dataset(app).recipe.steps == ()


def test_the_rows_of_a_square_stand_below_the_map(unopened):
    app = go(unopened, "overview")
    app.session_state["overview.square"] = {dataset(app).id: "Missing values\nincome"}
    app.run()
    assert unforeseen(app) == [] and "**Missing cells** in **income**" in texts(app)


def test_datasets_of_the_project_are_listed_and_one_is_renamed_and_deleted():
    app = start("overview", d=bring("a,b\n1,2\n3,4\n", "one.csv"))
    bring("a\n1\n", "two.csv")
    app.run()
    listed = next(each.value for each in app.dataframe if "Dataset" in each.value.columns)
    assert sorted(listed["Dataset"]) == ["one", "two"]
    app.session_state["manage.open"] = True
    app.run()
    next(each for each in app.text_input if each.label == "New name").set_value("Sales").run()
    click(app, "Rename")
    assert dataset(app).name == "Sales"
    app.text_input(key=f"manage.confirm.{dataset(app).id}").set_value("one").run()
    click(app, "Delete")
    assert dataset(app).name == "Sales"
    app.text_input(key=f"manage.confirm.{dataset(app).id}").set_value("Sales").run()
    click(app, "Delete")
    assert unforeseen(app) == []
    store = Store()
    assert [each["name"] for p in datasets.projects(store) for each in datasets.in_project(store, p["id"])] == ["two"]


def test_datasets_that_nobody_opened_are_profiled_by_one_click():
    app = start("overview", d=bring("a,b\n1,2\n3,4\n", "one.csv"))
    other = bring("a,b\n1,2\n3,\n", "two.csv")
    app.run()
    click(app, "Profile 1 dataset without a score")
    assert unforeseen(app) == []
    job = jobs.latest(Store(), "score", {"dataset": other})
    assert jobs.wait(Store(), job.id).state == "done"
    app.run()
    rows = app.dataframe[-1].value.set_index("Dataset")
    assert rows.loc["two", "Score"] < rows.loc["one", "Score"] == 1 and rows.loc["two", "Rows"] == 2
    assert not any("without a score" in label for label in labels(app))


def test_pages_are_marked_whose_part_is_done(unopened):
    here = dataset(go(unopened, "overview"))
    app = with_steps(unopened, TRIM)
    assert "clean" not in pages_done(here) and {"data", "clean"} <= pages_done(dataset(app))


def test_look_opens_the_finding_on_profile(sample):
    app = click(go(sample, "overview"), "Look")
    app = go(app, "profile")
    assert unforeseen(app) == []
    assert "**Impossible values** in **age**" in texts(app)
    name = app.session_state["findings.open"][dataset(app).id]
    assert name.startswith("impossible_values.")


def test_where_the_home_cannot_be_used_the_first_screen_says_so_alone(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "file" / "home"))
    app = start("overview")
    assert not app.exception
    assert len(app.error) == 1 and "name another folder" in app.error[0].value
    assert not app.button and not app.selectbox
