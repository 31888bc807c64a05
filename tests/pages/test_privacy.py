"""Privacy: what was found, what somebody settles, treatments with one preview, k, and proposals that reach it."""

from dataclasses import replace

import pytest

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import datasets, versions
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from tests.pages.driver import bring, button, click, dataset, go, metrics, said, start, texts, unforeseen
from tests.store.people import IDENTIFIERS, csv_of_people


@pytest.fixture
def people():
    return start("privacy", d=bring(csv_of_people(), "people.csv"))


def shown(app):
    told = texts(app) + " ".join(f"{title} {text}" for title, text in said(app))
    return told + " ".join(str(each.value) for each in app.dataframe)


def test_columns_that_name_people_are_shown_with_masked_evidence(people):
    assert unforeseen(people) == []
    assert metrics(people)["Columns that name people"] == "5"
    told = shown(people)
    for words in ("**email**: e-mail addresses", "**iban**: bank account numbers", "inside texts"):
        assert words in told
    assert [value for value in IDENTIFIERS if value in told] == []


def test_all_treatments_have_one_preview_and_are_applied_together(people):
    app = people.selectbox(key="privacy.treatment.0.name").set_value("pseudonym").run()
    app = click(app, "Preview 5 treatments")
    assert unforeseen(app) == []
    app = click(app, "Apply")
    assert [step.op for step in dataset(app).recipe.steps] == ["redact_text", "pseudonymize", "drop_columns"]
    assert metrics(app)["Columns that name people"] == "0"


def test_a_preview_warns_where_a_mask_makes_keys_repeat_themselves(people, monkeypatch):
    monkeypatch.delenv("DATAOPS_PSEUDONYM_KEY")
    for n, (column, what) in enumerate((("name", "drop"), ("email", "mask"), ("phone", "drop"), ("iban", "drop"))):
        people.selectbox(key=f"privacy.treatment.{n}.{column}").set_value(what)
    app = click(people.run(), "Preview 5 treatments")
    assert unforeseen(app) == []
    told = dict(said(app))
    assert "60 rows would share a value" in told["email would no longer tell rows apart"]
    assert "remark would no longer tell rows apart" in told, "its texts become equal"
    assert any("names of other rows may have stayed" in text for text in told.values())


def test_what_is_settled_is_kept_with_its_reason(people):
    key = "privacy.says.1.email"
    people.radio(key=key).set_value("no")
    app = people.button(key=f"{key}.keep").click().run()
    assert tuple(title for title, _ in said(app) if "reason" in title) == ("There is no reason.",)
    app.text_input(key=f"{key}.why").set_value("Addresses of shops")
    app.radio(key=key).set_value("no")
    app = app.button(key=f"{key}.keep").click().run()
    assert unforeseen(app) == []
    assert metrics(app)["Columns that name people"] == "4"
    assert "Because: Addresses of shops" in texts(app)


def test_without_a_key_the_page_says_where_it_goes(people, monkeypatch):
    monkeypatch.delenv("DATAOPS_PSEUDONYM_KEY")
    app = people.selectbox(key="privacy.treatment.1.email").set_value("hash").run()
    assert ("No key of pseudonyms is set.") in [title for title, _ in said(app)]


def test_risk_and_proposals_for_quasi_identifiers():
    rows = "".join(f"{18 + 7 * n % 60},{'fm'[n % 2]},{1000 + n}\n" for n in range(120))
    app = start("privacy", d=bring(f"age,sex,spend\n{rows}", "ages.csv"))
    app.session_state["privacy.tabs"] = "Re-identification risk"
    app = app.run()
    assert unforeseen(app) == []
    assert metrics(app)["k"] == "2"
    app.session_state["privacy.tabs"] = "k-anonymity"
    app = app.run()
    app = click(app, "Preview this")
    assert unforeseen(app) == []
    app = click(app, "Apply")
    assert "suppress_small_groups" in [step.op for step in dataset(app).recipe.steps]


def test_a_version_that_names_people_needs_a_reason(people):
    app = click(go(people, "versions"), "Save")
    assert any("still names people" in title for title, _ in said(app))
    app.text_input(key="versions.pii_reason").set_value("They agreed")
    app = click(app, "Save")
    assert unforeseen(app) == []
    store = Store()
    made = versions.get(store, dataset(app).id, 1)
    assert made.manifest["privacy"]["reason"] == "They agreed"
    with store.reading() as connection:
        assert "personal data kept" in [entry["what"] for entry in audit.entries(connection, dataset(app).id)]


def test_a_version_of_treated_people_needs_none(people):
    store, here = Store(), dataset(people)
    steps = (RecipeStep("drop_columns", {"columns": ["name", "email", "phone", "iban", "remark"]}),)
    datasets.edit(store, here.id, here.revision, replace(here.recipe, steps=steps), "dropped", "ann")
    app = go(people, "versions")
    assert button(app, "Save")
    app = click(app, "Save")
    assert len(versions.log(store, here.id)) == 1


def test_a_download_of_a_table_that_names_people_needs_a_reason(people):
    app = go(people, "clean")
    app.session_state["clean.download"] = True
    app = app.run()
    assert unforeseen(app) == []
    assert [each.proto.disabled for each in app.get("download_button")] == [True] * 3
    app = app.text_input(key="clean.download.reason").set_value("They agreed").run()
    assert [each.proto.disabled for each in app.get("download_button")] == [False] * 3


def test_people_in_the_settings_of_steps_are_asked_for_before_saving(people):
    store, here = Store(), dataset(people)
    merge = RecipeStep("merge_values", {"column": "name", "mapping": {"Anna Schmidt": "Somebody"}})
    drop = RecipeStep("drop_columns", {"columns": ["name", "email", "phone", "iban", "remark"]})
    datasets.edit(store, here.id, here.revision, replace(here.recipe, steps=(merge, drop)), "merged", "ann")
    app = go(people, "versions")
    assert "settings of steps hold" in texts(app)
    app.text_input(key="versions.pii_reason").set_value("It is a made-up name")
    app = click(app, "Save")
    assert unforeseen(app) == [] and len(versions.log(store, here.id)) == 1
    assert not app.session_state["versions.pii_reason"], "the next version needs a reason of its own"
