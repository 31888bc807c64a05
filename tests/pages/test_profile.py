"""Profile and Compare: the inbox, the scorecard, variants to merge, rows by facets, maps, differences."""

import json
from dataclasses import replace

import pytest

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import datasets
from dataops_core.store.choices import finding_overrides
from dataops_core.store.store import Store
from pages._ui import current_table
from tests.pages.driver import (
    bring,
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
    wait_for_job,
)


def tab(app, name):
    app.session_state["profile.tabs"] = name
    return go(app, "profile")


def test_a_finding_can_be_ignored_with_a_reason_and_minded_again(unopened):
    app = go(unopened, "profile")
    assert "**Impossible values** in **age**" in texts(app)
    key = next(
        each.key
        for each in app.button
        if each.key and ".impossible_values." in each.key and each.key.endswith(".ignore")
    )
    app.text_input(key=key.replace(".ignore", ".why")).input("Minors borrow with their parents").run()
    app.button(key=key).click().run()
    kept = finding_overrides.ignored(Store(), dataset(app).id)
    assert [told["value"] for told in kept.values()] == ["Minors borrow with their parents"]
    assert "because: Minors borrow with their parents" in texts(app)
    click(app, "Stop ignoring")
    assert finding_overrides.ignored(Store(), dataset(app).id) == {}


def test_a_profile_is_read_from_the_store_once(unopened, monkeypatch):
    app, read = go(unopened, "profile"), []
    known = current_table.profiles.profile
    monkeypatch.setattr(
        current_table.profiles, "profile", lambda *asked, **how: (read.append(asked), known(*asked, **how))[1]
    )
    current_table._kept.clear()
    go(go(app, "guide"), "profile")
    assert len(read) == 1
    go(app, "profile")
    assert len(read) == 1


def test_a_finding_is_not_ignored_without_a_reason(unopened):
    app = go(unopened, "profile")
    click(app, "Ignore it")
    assert ("There is no reason.", "Say in a few words why this is not a problem here. \\(ignore\\)") in said(app)


def test_findings_can_be_searched(unopened):
    app = go(unopened, "profile")
    app.text_input(key="profile.search").input("disguised").run()
    shown = [each.value for each in app.markdown if each.value.startswith("**")]
    assert shown
    assert all("Disguised" in each for each in shown)


def test_the_scorecard_shows_six_sides_and_keeps_weights(unopened):
    app = tab(unopened, "Scores")
    assert unforeseen(app) == []
    assert {
        "Overall quality",
        "Completeness",
        "Uniqueness",
        "Validity",
        "Consistency",
        "Timeliness",
        "Accuracy",
    } <= set(metrics(app))
    assert metrics(app)["Uniqueness"] == "98.8 %"  # 1 - 60 / 4,960
    app.number_input(key="score.weight.validity").set_value(0.0)
    click(app, "Keep these weights")
    assert finding_overrides.weights(Store(), dataset(app).id)["validity"] == 0.0


def test_merging_ticked_variants_opens_the_step_with_a_readable_mapping(unopened):
    app = tab(unopened, "Variants")
    app.selectbox(key="variants.column").set_value("city").run()
    everything = next(each for each in app.checkbox if each.label.startswith("Merge all"))
    everything.check().run()
    label = next(each for each in labels(app) if each.startswith("Preview the merge of"))
    click(app, label)
    app = go(app, "clean")
    assert unforeseen(app) == []
    click(app, "Apply")
    step = dataset(app).recipe.steps[0]
    assert step.op == "merge_values"
    assert step.settings["mapping"]["AMSTERDAM"] == "Amsterdam"
    assert "Merged variants in city" in sentences(app)[0]


def test_a_number_opens_its_rows(unopened):
    app = tab(unopened, "Columns")
    app.text_input(key="profile.find").input("income").run()
    click(app, "missing (436)")
    app = go(app, "profile")
    assert "436 rows of 4,960 meet these conditions." in texts(app)


def test_facets_count_what_is_left_under_the_others(unopened):
    app = tab(unopened, "Rows")
    app.multiselect(key="facets.columns").set_value(["sex", "housing"]).run()
    state = next(each.key for each in app.multiselect if each.key.endswith(".sex"))
    app.multiselect(key=state).set_value(["female"]).run()
    assert unforeseen(app) == []
    assert "2,425 rows of 4,960 meet these conditions." in texts(app)
    housing = next(each for each in app.multiselect if each.key.endswith(".housing"))
    assert sum(int(option.rsplit("(", 1)[1].rstrip(")").replace(",", "")) for option in housing.options) == 2425


def test_every_measure_of_the_maps_is_drawn(unopened):
    app = tab(unopened, "Relationships")
    for measure in ("pearson", "spearman", "cramers_v", "epsilon", "missing"):
        app.selectbox(key="maps.measure").set_value(measure).run()
        assert unforeseen(app) == [], measure


def test_groups_of_a_table_are_compared_with_the_rest(unopened):
    app = go(unopened, "compare")
    app.radio(key="compare.way").set_value("Groups of this table").run()
    wait_for_job(app)
    assert unforeseen(app) == []
    app.selectbox(key=f"compare.by.{dataset(app).id}").set_value("sex").run()
    wait_for_job(app)
    assert unforeseen(app) == []
    verdicts = {row["Column"]: row["Verdict"] for row in app.dataframe[0].value.to_dict("records")}
    assert verdicts["approved"] == "Small"
    assert verdicts["name"] == "No difference"


def test_two_tables_of_a_project_are_compared():
    rows = [f"{n % 50},{'ab'[n % 2]}" for n in range(400)]
    bring("n,c\n" + "\n".join(rows), "one.csv")
    other = bring("n,c,more\n" + "\n".join(f"{n % 50 + 40},{'abc'[n % 3]},1" for n in range(400)), "two.csv")
    app = start("compare", d=other)
    app.radio(key="compare.way").set_value("With another table or version").run()
    assert unforeseen(app) == []
    assert metrics(app)["Columns added"] == "1"
    assert metrics(app)["Columns that drifted"] == "2"
    facts = app.dataframe[-1].value
    assert facts.loc["Mean"].tolist() == ["24.5", "64.5"]  # 0 to 49, and 40 more


def test_our_report_is_made_and_offered(unopened):
    app = click(tab(unopened, "Reports"), "Make the report")
    assert unforeseen(app) == []
    assert any(each.label.startswith("Download loan_applications") for each in app.get("download_button"))


@pytest.mark.slow
def test_the_full_report_is_made_by_a_job():
    app = start("profile", d=bring("a,b\n" + "".join(f"{n},{n % 7}\n" for n in range(60))))
    click(tab(app, "Reports"), "Make the full report")
    wait_for_job(app)
    assert unforeseen(app) == []
    assert any("full" in each.label for each in app.get("download_button"))


@pytest.mark.slow
def test_rows_are_compared_by_a_job_and_the_findings_stay_with_the_state():
    towns = ["3011,Rotterdam", "2611,Delft", "9712,Groningen", "6511,Nijmegen"]
    lines = [f"P{row:04},{towns[row % 4]},{row % 97 + 10}.5" for row in range(400)]
    lines[:24:4] = [line.replace("Rott", "Rot") for line in lines[:24:4]]
    lines[30:110:20] = [line.replace(".5", "5") for line in lines[30:110:20]]
    app = start("profile", d=bring("parcel,code,town,size\n" + "\n".join(lines) + "\n"))
    score = header(app)[2]
    click(app, "Compare rows")
    wait_for_job(app)
    app = go(app, "profile")
    assert unforeseen(app) == []
    assert "Compare rows" not in labels(app)
    open_finding(app, "wrong_values", "size")
    assert "**Probably wrong values** in **size**" in texts(app)
    assert header(app)[2] == score  # it counts what every profile knows


def test_ignoring_one_finding_leaves_the_next_one_alone(unopened):
    app = go(unopened, "profile")
    why = [
        each.key for each in open_finding(app, "direct_identifiers", "email").text_input if each.key.endswith(".why")
    ]
    assert "18 findings" in header(app)
    app.text_input(key=why[0]).input("we know").run()
    click(app, "Ignore it")
    open_finding(app, "direct_identifiers", "name")
    other = [each for each in app.text_input if each.key.endswith(".why")]
    assert other[0].key != why[0] and other[0].value == ""
    assert "17 findings" in header(app.run())


def test_opinions_are_in_the_audit_log(unopened):
    app = go(unopened, "profile")
    finding_overrides.set_weight(Store(), dataset(app).id, {"validity": 2.0}, "tester")
    import sqlalchemy as sa

    from dataops_core.store import catalog

    with Store().reading() as connection:
        bodies = [json.dumps(dict(row._mapping), default=str) for row in connection.execute(sa.select(catalog.audit))]
    assert any("weights set" in body and "validity" in body for body in bodies)


def test_an_ignored_finding_stays_ignored_when_its_column_is_renamed(unopened):
    here = dataset(go(unopened, "profile"))
    finding_overrides.ignore(Store(), here.id, "constant_column", ["country"], "all from here", "tester")
    recipe = replace(here.recipe, steps=(RecipeStep("rename_columns", {"names": {"country": "land"}}),))
    datasets.edit(Store(), here.id, here.revision, recipe, "renamed", "tester")
    app = go(unopened, "profile")
    assert "**Constant column** in **land** (4,960 rows), because: all from here" in texts(app)
