"""Versions: commit, restore, compare, export, verify, and the audit trail."""

from pathlib import Path

import pytest

from dataops_core.export.verify import verify_bundle
from dataops_core.store import versions
from dataops_core.store.monitoring import deliveries
from dataops_core.store.people import promotions
from dataops_core.store.people.checklist import QUESTIONS
from dataops_core.store.store import Store
from tests.pages.driver import (
    bring,
    button,
    click,
    dataset,
    go,
    header,
    said,
    sentences,
    start,
    texts,
    unforeseen,
    wait_for_job,
)
from tests.pages.test_clean import DUPLICATES, TRIM, with_steps


def commit(app, message):
    """Commit what the draft is, from the page Versions."""
    go(app, "versions")
    app.text_input(key="versions.message").set_value(message).run()
    if any(each.key == "versions.pii_reason" for each in app.text_input):
        app.text_input(key="versions.pii_reason").set_value("The people of the sample are made up").run()
    return click(app, "Save")


@pytest.fixture
def two(unopened):
    """The sample with version 1 as it came, and version 2 without its duplicates."""
    commit(unopened, "as it came")
    with_steps(unopened, DUPLICATES)
    return commit(unopened, "no duplicates")


def test_commit_keeps_the_state_under_its_message(unopened):
    app = commit(unopened, "as it came")
    assert unforeseen(app) == []
    known = versions.log(Store(), dataset(app).id)
    assert [(v["number"], v["message"]) for v in known] == [(1, "as it came")]
    assert "**Version 1**: as it came" in texts(app)
    assert "The table as it is now is version 1." in texts(app)


def test_a_version_without_a_message_is_called_by_its_steps(unopened):
    app = go(unopened, "versions")
    app.text_input(key="versions.pii_reason").set_value("made up").run()
    app = click(app, "Save")
    assert unforeseen(app) == []
    assert [each["message"] for each in versions.log(Store(), dataset(app).id)] == ["After 0 steps"]


NEW = "id,town,amount,fax\n1, Ghent,3,x\n2,Bruges ,4,y\n3,Ghent,5,z\n"


def test_the_steps_run_on_a_new_file_whose_columns_have_other_names():
    app = start("versions", d=bring("id,city,amount\n1, Ghent,1\n2,Bruges,2\n", "june.csv"))
    with_steps(app, TRIM)
    app = go(app, "versions")
    app.session_state["versions.tabs"], app.session_state["versions.New data"] = "New data", "New file"
    app.run().file_uploader[0].upload("july.csv", NEW.encode()).run()
    assert unforeseen(app) == []
    box = next(each for each in app.selectbox if each.label == "city")
    assert box.options == ["(none: leave it out)", "town", "fax"]
    assert [title for title, _ in said(app)] == [
        "Some steps name columns that the new file does not have; they will not run"
    ]
    box.select("town").run()
    assert said(app) == [] and "Trimmed spaces in town (2 cells changed)" in texts(app)
    assert dataset(app).raw["name"] == "june.csv"
    click(app, "Use this file")
    assert unforeseen(app) == []
    here = dataset(app)
    assert here.raw["name"] == "july.csv" and "3 × 4" in header(app)
    assert sentences(app) == ["Trimmed spaces in town"]
    click(app, "Undo")
    assert dataset(app).raw["name"] == "june.csv"


def test_restored_version_is_the_draft_again_and_undo_takes_it_back(two):
    two.button(key="versions.restore.1").click().run()
    assert unforeseen(two) == []
    assert sentences(two) == []
    click(go(two, "clean"), "Undo")
    assert sentences(two) == ["Dropped rows that are equal in all columns (kept: first)"]


@pytest.mark.slow
def test_comparison_counts_the_rows_that_went(two):
    two.session_state["versions.tabs"] = "Compare two"
    two.run()
    assert unforeseen(two) == []
    assert {each.label: each.value for each in two.metric} == {
        "Rows": "4,900",
        "Cells changed": "0",
        "Rows dropped": "60",
    }


def test_audit_trail_tells_what_was_done(two):
    two.session_state["versions.tabs"], two.session_state["versions.Audit"] = "Audit", "Audit trail"
    two.run()
    assert unforeseen(two) == []
    assert two.dataframe[0].value["What"].tolist() == [
        "version saved",
        "personal data kept",
        "steps changed",
        "version saved",
        "personal data kept",
        "file brought in",
    ]
    assert "unbroken" in texts(two)
    two.selectbox(key="versions.trail.what").select("file brought in").run()
    assert two.dataframe[0].value["What"].tolist() == ["file brought in"]
    two.text_input(key="versions.trail.text").set_value("nowhere").run()
    assert unforeseen(two) == [] and "0 entries shown" in texts(two)
    assert "Download the log and its verifier" in [each.label for each in two.get("download_button")]


@pytest.mark.slow
def test_exported_bundle_holds_and_verifies_on_the_page(two):
    click(two, "Export")
    assert unforeseen(two) == []
    stored = two.session_state[f"versions.export.{dataset(two).id}.2.made"]
    path = Store().objects.local(stored["md5"])
    assert verify_bundle(Path(path)).ok
    two.session_state["versions.tabs"], two.session_state["versions.Audit"] = "Audit", "Verify an export file"
    two.run()
    two.file_uploader[0].upload("mine.zip", Path(path).read_bytes()).run()
    wait_for_job(two)
    assert unforeseen(two) == []
    assert [each.proto.title for each in two.success] == ["The export file is intact"]


@pytest.mark.parametrize(
    "content", [b"", b"no zip at all", b"PK\x03\x04" + b"\0" * 100], ids=["empty", "text", "broken"]
)
def test_file_that_is_no_bundle_is_told(two, content):
    two.session_state["versions.tabs"], two.session_state["versions.Audit"] = "Audit", "Verify an export file"
    two.run()
    two.file_uploader[0].upload("odd.zip", content).run()
    assert unforeseen(two) == []
    assert next(each.proto.title for each in two.error).startswith("This is not a bundle")


def test_steps_of_a_version_are_shown_with_what_they_did(unopened):
    with_steps(unopened, TRIM, DUPLICATES)
    app = commit(unopened, "both")
    app.toggle(key="versions.show.1").set_value(True).run()
    assert "Trimmed spaces in city (253 cells changed)" in texts(app).replace("\\(", "(").replace("\\)", ")")


def test_draft_with_a_step_that_does_not_work_is_not_committed(unopened):
    with_steps(unopened, {"op": "trim_spaces", "with": {"columns": ["no_such_column"]}})
    app = commit(unopened, "broken")
    assert unforeseen(app) == []
    assert versions.log(Store(), dataset(app).id) == []
    assert said(app)[0][0].startswith('The step "Trimmed spaces in no\\_such\\_column" does not work')


def sales(rows, scale=1):
    return "id,amount\n" + "".join(f"{n},{(n * 7 % 90 + 10) * scale}\n" for n in range(1, rows + 1))


def deliver(app, name, text):
    app.session_state["versions.tabs"], app.session_state["versions.New data"] = "New data", "Deliveries"
    app.run().file_uploader[0].upload(name, text.encode()).run()
    wait_for_job(app)
    assert unforeseen(app) == []
    return app


def test_a_delivery_that_fails_waits_in_quarantine_for_a_reason():
    app = start("versions", d=bring(sales(100), "may.csv"))
    app.session_state["versions.tabs"], app.session_state["versions.New data"] = "New data", "Deliveries"
    assert [title for title, _ in said(app.run())] == ["There is no version yet"]
    click(app, "Save")
    deliver(app, "june.csv", sales(110))
    assert "**Delivery 1**: june.csv" in texts(app)
    deliver(app, "july.csv", sales(110, scale=100))
    here = dataset(app).id
    assert [each.standing for each in deliveries.listed(Store(), here)] == ["quarantined", "accepted"]
    assert "Values: amount is spread differently" in texts(app)
    click(app, "Accept")
    assert [title for title, _ in said(app)] == ["There is no reason."]
    app.text_input(key="deliveries.reason.2").set_value("cents from July on").run()
    click(app, "Accept")
    assert "Accepted by" in texts(app) and "cents from July on" in texts(app)
    click(app, "Work on this delivery")
    assert unforeseen(app) == [] and dataset(app).raw["name"] == "july.csv"


def test_limits_are_changed_on_the_page():
    app = start("versions", d=bring(sales(100), "may.csv"))
    click(app, "Save")
    app.session_state["versions.tabs"], app.session_state["versions.New data"] = "New data", "Deliveries"
    app.run()
    app.selectbox(key="deliveries.limits.large_drift").select("warn")
    click(app, "Save the limits")
    assert unforeseen(app) == []
    assert deliveries.limits_of(Store(), dataset(app).id).large_drift == "warn"
    app.number_input(key="deliveries.limits.volume_fail").set_value(1.0)
    click(app, "Save the limits")
    assert [title for title, _ in said(app)] == ["The limits of volume do not fit."]


def test_a_second_person_approves_what_one_asked_for():
    app = start("versions", d=bring(sales(100), "may.csv"))
    click(app, "Save")
    here = dataset(app).id
    app.session_state["versions.tabs"], app.session_state["versions.Release"] = "Release", "Environments"
    app.run()
    app.selectbox(key="environments.into").select("production").run()
    click(app, "Ask for it")
    assert [title for title, _ in said(app)] == ["There is no reason."]
    app.text_input(key="environments.why").set_value("Agreed").run()
    click(app, "Ask for it")
    assert unforeseen(app) == [] and "**Version 1 into production**" in texts(app)
    assert button(app, "Approve").disabled
    promotions.approve(Store(), here, 1, "ben")
    app.run()
    assert "approved by ben" in texts(app)
    click(app, "Go back to the version before")
    assert [title for title, _ in said(app)] == ["There is no reason."]


def test_a_version_is_signed_off_once_all_is_settled():
    app = start("versions", d=bring(sales(100), "may.csv"))
    click(app, "Save")
    app.session_state["versions.tabs"], app.session_state["versions.Release"] = "Release", "Sign-off"
    app.run()
    assert unforeseen(app) == [] and "**What is the data used for?** Not answered yet" in texts(app)
    assert button(app, "Sign").disabled
    for key in QUESTIONS:
        app.text_input(key=f"signoff.{key}").set_value("50" if key == "quality" else "said")
    click(app, "Save the answers")
    assert unforeseen(app) == []
    click(app, "Accept")
    assert "There is no reason." in [title for title, _ in said(app)]
    while any(each.label == "Accept" for each in app.button):
        box = next(each for each in app.text_input if each.label == "Why this is acceptable")
        box.set_value("Made up").run()
        click(app, "Accept")
    click(app, "Sign")
    wait_for_job(app)
    assert unforeseen(app) == [] and "Signed by" in texts(app)


@pytest.fixture
def clusters(tmp_path, monkeypatch):
    """A cluster that an administrator set up, with one table on it."""
    for name in ("in/all of 2026", "out"):
        (tmp_path / name).mkdir(parents=True)
    told = f'[warehouse]\nmaster = "local[1]"\ninput = "{tmp_path / "in"}"\noutput = "{tmp_path / "out"}"\n'
    (tmp_path / "clusters.toml").write_text(told)
    monkeypatch.setenv("DATAOPS_CLUSTERS", str(tmp_path / "clusters.toml"))
    return tmp_path


def on_a_cluster(app):
    app.session_state["versions.tabs"] = "New data"
    app.session_state["versions.New data"] = "Run on a cluster"
    return go(app, "versions")


def test_without_a_cluster_the_page_says_who_can_set_one_up(unopened):
    app = on_a_cluster(unopened)
    assert (
        "No cluster is set up",
        "An administrator describes clusters in a file, and names it in DATAOPS_CLUSTERS (see the guide on Spark).",
    ) in said(app)
    assert unforeseen(app) == []


def test_without_pyspark_the_page_says_in_one_line_what_to_do(unopened, clusters, monkeypatch):
    monkeypatch.setattr(
        "dataops_core.store.clusters.cluster_runs.missing", lambda: "PySpark is not installed. Install it."
    )
    app = on_a_cluster(unopened)
    assert ("Nothing can run on a cluster from here", "PySpark is not installed. Install it.") in said(app)


def test_a_run_on_a_cluster_is_a_job_with_what_was_chosen(unopened, clusters, monkeypatch):
    monkeypatch.setattr("dataops_core.store.clusters.cluster_runs.missing", lambda: "")
    asked = []
    monkeypatch.setattr("pages._ui.versions.started.start", lambda key, kind, args: asked.append((kind, dict(args))))
    app = on_a_cluster(with_steps(unopened, DUPLICATES))
    assert [each.options for each in app.selectbox if each.label in ("Run on", "Table")] == [
        ["warehouse"],
        ["all of 2026"],
    ]
    click(app, "Run on warehouse")
    assert asked == [
        (
            "cluster run",
            {
                "dataset": dataset(app).id,
                "cluster": "warehouse",
                "input": "all of 2026",
                "message": "all of 2026, on warehouse",
                "reason": "",
                "pii_reason": "",
            },
        )
    ]
    assert unforeseen(app) == []


def test_steps_that_need_one_place_are_named_in_place_of_the_button(unopened, clusters, monkeypatch):
    monkeypatch.setattr("dataops_core.store.clusters.cluster_runs.missing", lambda: "")
    app = on_a_cluster(with_steps(unopened, {"op": "blank_repeats", "with": {"columns": ["sex"]}}))
    ((title, text),) = [each for each in said(app) if "cannot run there" in each[0]]
    assert title.startswith("1 step cannot run there") and "sex" in text
    assert "Run on warehouse" not in [each.label for each in app.button]
