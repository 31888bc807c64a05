"""Suggested repairs on the page Clean: what is accepted, what can be taken out, what an answer brings."""

import re

import pytest

from dataops_core.read import read_file
from dataops_core.store import datasets, states
from dataops_core.store.store import Store
from pages._ui.clean import download
from tests.pages.driver import bring, button, click, dataset, labels, start, texts, unforeseen

LANDS = [("Rome", "Italy"), ("Oslo", "Norway"), ("Bonn", "Germany")]


def opened():
    lines = [f"{LANDS[n % 3][0]},{LANDS[n % 3][1]},{n}" for n in range(150)]
    lines[7] = "Oslo,Norwxy,7"
    lines[20] = "Bonn,,20"
    app = start("clean", d=bring("city,land,n\n" + "\n".join(lines) + "\n"))
    app.session_state["repairs.open"] = True
    return app.run()


def test_what_is_accepted_is_previewed_and_applied_as_readable_steps():
    app = opened()
    assert unforeseen(app) == []
    assert "2 of 2 repairs" in texts(app)
    click(app, "Preview 2 repairs")
    assert unforeseen(app) == []
    click(app, "Apply")
    steps = dataset(app).recipe.steps
    assert [(step.op, step.settings["columns"], step.settings["by"]) for step in steps] == [
        ("make_rows_agree", ["land"], ["city"])
    ]
    assert steps[0].learned["settled"]["land"]['["Oslo"]'] == "Norway"
    assert all("sure" in step.why for step in steps)


def test_a_repair_can_be_taken_out_and_another_corrected():
    app = opened()
    key = next(
        found[0] for each in app.dataframe if (found := re.search(r"repairs\.agreement\.\w+\.\d+", each.proto.id))
    )
    app.session_state[key] = {"edited_rows": {0: {"Accept": False}}, "added_rows": [], "deleted_rows": []}
    app.run()
    assert "Preview 1 repair" in labels(app)


def test_the_slider_says_how_many_are_accepted():
    app = opened()
    app.slider(key="repairs.sure").set_value(99).run()
    assert unforeseen(app) == []
    assert "of 2 repairs" in texts(app)


def test_a_table_without_errors_says_so():
    app = start("clean", d=bring("a,b\n" + "".join(f"{n},{n * 7 % 11}\n" for n in range(60))))
    app.session_state["repairs.open"] = True
    app.run()
    assert unforeseen(app) == []
    assert any(each.proto.title == "Nothing to repair was found" for each in app.success)


def test_the_section_is_computed_only_when_it_is_opened():
    app = start("clean", d=bring("a,b\n1,2\n3,4\n"))
    assert not any("repair" in label.lower() for label in labels(app))
    assert button(app, "Undo").disabled


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet"])
def test_the_table_as_it_is_now_can_be_downloaded(tmp_path, suffix):
    opened()
    made = Store()
    state = states.root_id(*_root(made))
    out = tmp_path / f"t{suffix}"
    out.write_bytes(download.content(made, state, suffix))
    assert read_file(out, tmp_path / "again.parquet").table.content_hash == states.table(made, state).content_hash


def _root(store):
    project = datasets.projects(store)[0]["id"]
    here = datasets.get(store, datasets.in_project(store, project)[0]["id"])
    return here.raw["sha256"], here.recipe.read


def test_a_column_is_rewritten_by_example():
    app = opened()
    app.selectbox(key="repairs.example.column").set_value("city").run()
    key = next(found[0] for each in app.dataframe if (found := re.search(r"repairs\.example\.city", each.proto.id)))
    rows = {0: {"Value": "Rome", "Should become": "ROME"}}
    app.session_state[key] = {"edited_rows": rows, "added_rows": [], "deleted_rows": []}
    app.run()
    assert unforeseen(app) == []
    click(app, "Preview 150 rewritten cells")
    click(app, "Apply")
    assert dataset(app).recipe.steps[-1].settings["mapping"] == {"Rome": "ROME", "Oslo": "OSLO", "Bonn": "BONN"}
