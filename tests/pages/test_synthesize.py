"""Synthesize: decisions about columns, rules and rows; the job; verdicts, and what they allow."""

import time
from dataclasses import replace

import pytest
import sqlalchemy as sa

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import catalog, datasets, jobs, states, synthetic_tables, versions
from dataops_core.store.store import Store
from dataops_core.synthetic.constraints.catalog.between import Between
from tests.pages.driver import bring, click, go, labels, said, start, texts, unforeseen, wait_for_job
from tests.synthetic.visits import visits

ROLES = {"target": "hired", "favorable": "yes", "sensitive": ["sex"]}
TABS = ("Personal data", "Constraints", "Engine and rows", "Generate", "Verdicts", "Export")


def people() -> str:
    """Made people: e-mail addresses, notes, a first and a last day in order, 100 women and 200 men of whom 60 and 120
    are hired.
    """
    lines = ["email,note,first,last,pay,sex,hired"]
    for n in range(300):
        first, hired = 1 + n * 7 % 14, "yes" if n % 5 < 3 else "no"
        lines.append(
            f"zorbaq.{n}@corp.example,saw {n} birds near house {n * 13 % 301}"
            f" today,2024-01-{first:02},2024-01-{first + n % 11:02},{20 + n * 37 % 60 + (n % 5 < 3) * 10},{'woman' if n % 3 == 0 else 'man'},{hired}"
        )
    return "\n".join(lines) + "\n"


def opened(tab="Personal data", **kept):
    """The page on these people, with a tab open and some decisions kept in the store."""
    made = bring(people())
    here = datasets.get(Store(), made)
    datasets.set_roles(Store(), made, here.revision, ROLES, "tester")
    app = start("synthesize", d=made)
    wait_for_job(app)
    if kept:
        wanted(app).change(**kept)
    return turn(app, tab)


def turn(app, tab):
    """Open a tab of the page."""
    app.session_state["synthesize.tabs"] = tab
    go(app, "synthesize")
    wait_for_job(app)
    assert unforeseen(app) == []
    return app


def wanted(app):
    """What the page would ask for, as it is kept."""
    from pages._ui.grid import table
    from pages._ui.synthesize import settings

    here = datasets.get(Store(), app.query_params["d"])
    return settings.asked(here, (state := states.head(here.raw, here.recipe, [])), table(state))


def settings(app):
    """The settings of the synthetic data that the page would make."""
    from pages._ui.synthesize import settings

    return settings.settings(wanted(app))


def test_the_synthetic_data_waits_until_every_doubtful_column_is_decided_and_a_new_session_knows_it():
    app = opened("Generate")
    assert said(app) == [
        (
            "The synthetic data cannot be generated yet",
            (
                "- The column “email” waits for your decision\\: 300 cells are e-mail addresses.\n- The column “note”"
                " waits for your decision\\: most rows have a value of their own."
            ),
        )
    ]
    assert app.button(key="synthesize.make").disabled
    turn(app, "Personal data")
    app.selectbox(key=f"synthesize.column.1.{app.query_params['d']}").set_value("Leave it out").run()
    app.button(key="synthesize.proposed.0").click().run()
    assert "2 columns that may name people are decided" in texts(app)
    again = turn(start("synthesize", d=app.query_params["d"]), "Generate")
    assert said(again) == [] and not again.button(key="synthesize.make").disabled
    assert "Made up: email. Left out: note." in texts(again)
    assert settings(again).columns == {"note": {"as": "leave out", "maker": None}}  # as proposed is no other decision


def test_all_proposals_are_taken_with_one_click():
    app = click(opened(), "Take all 2 proposals")
    assert unforeseen(app) == [] and wanted(app).undecided == []


def test_amounts_written_as_text_are_sent_to_be_repaired_first():
    app = start(
        "synthesize",
        d=bring("who,price\n" + "".join(f"w{n % 7},€ {n * 37 % 4000},00\n".replace(",00", ".00") for n in range(200))),
    )
    wait_for_job(app)
    assert "These look like amounts written as text." in texts(app)
    click(app, "Repair …")
    assert unforeseen(app) == [] and [title.value for title in app.title] == ["Clean"]
    click(app, "Apply")
    assert "These look like" not in texts(go(app, "synthesize"))


def test_what_cannot_be_made_up_is_refused_in_words(monkeypatch):
    """AppTest cannot edit a cell, so the callback is called with the edits as Streamlit would."""
    from pages._ui.synthesize import treatments

    app = opened()
    names, key = [each["column"] for each in wanted(app).plan["columns"] if not each["ask"]], "editor"
    edits = {key: {"edited_rows": {0: {"Treatment": "Make up: names of people who do not exist"}}}}
    monkeypatch.setattr(treatments.st, "session_state", edits)
    treatments._edited(wanted(app), names, key)
    assert edits["frame.failed"].what == "“first” cannot be made up so." and wanted(app).draft["columns"] == {}
    edits[key] = {"edited_rows": {0: {"Treatment": "Leave it out"}}}
    treatments._edited(wanted(app), names, key)
    assert wanted(app).draft["columns"] == {"first": {"as": "leave out", "maker": None}}


def test_rules_are_switched_off_and_added_and_a_wrong_one_is_told():
    app = opened("Constraints")
    found = [each["words"] for each in wanted(app).plan["constraints"]]
    assert found == ['"first" is at most "last"'] and settings(app).constraints is None
    app.toggle[0].set_value(False).run()
    assert settings(app).constraints == ()
    app.selectbox(key="synthesize.constraint.type").set_value("between").run()
    app.selectbox(key="synthesize.constraint.between.column").set_value("pay").run()
    app.text_input(key="synthesize.constraint.between.min").set_value("a lot").run()
    click(app, "Add")
    assert said(app)[0] == ("“a lot” is not a number.", "Write a number, such as 12.5. \\(Constraint\\)")
    app.text_input(key="synthesize.constraint.between.min").set_value("25").run()
    app.text_input(key="synthesize.constraint.between.max").set_value("1000").run()
    click(app, "Add")
    assert unforeseen(app) == []
    (rule,) = settings(app).constraints
    low = sum(int(line.split(",")[4]) < 25 for line in people().splitlines()[1:])
    assert rule == Between(("pay",), 25, 1000)
    assert wanted(app).draft["added"][0]["violations"] == low
    click(app, "Remove")
    assert settings(app).constraints == ()


def test_rows_are_asked_for_by_values_equally_and_for_a_thin_group():
    app = opened("Engine and rows")
    key = app.query_params["d"]
    app.radio(key=f"synthesize.how.{key}").set_value("balance").run()
    assert unforeseen(app) == []
    assert [(each["values"]["sex"], each["values"]["hired"], each["rows"]) for each in settings(app).where] == [
        ("man", "yes", 75),
        ("man", "no", 75),
        ("woman", "yes", 75),
        ("woman", "no", 75),
    ]
    app.radio(key=f"synthesize.how.{key}").set_value("fill").run()
    assert settings(app).where == [{"values": {"sex": "woman"}, "rows": 100}]  # as many as there are men
    app.radio(key=f"synthesize.how.{key}").set_value("values").run()
    assert "It is not said yet which rows are asked for." in " ".join(text for _, text in said(turn(app, "Generate")))
    turn(app, "Engine and rows")
    app.multiselect(key=f"synthesize.wish.columns.{key}").set_value(["hired"]).run()
    app.selectbox(key=f"synthesize.wish.hired.{key}").set_value("yes").run()
    click(app, "Add this wish")
    assert unforeseen(app) == [] and settings(app).where == [{"values": {"hired": "yes"}, "rows": 100}]


def test_rows_that_follow_each_other_are_found_or_named_and_then_come_whole():
    app = opened("Engine and rows")
    assert "None were found: every row stands by itself." in texts(app) and "**PAR** does not fit" in texts(app)
    app.selectbox(key=f"synthesize.sequence.key.{app.query_params['d']}").set_value("sex").run()
    assert said(app)[0][0] == '"sex" makes 2 sequences of 300 rows.' and settings(app).sequence is None
    made = bring(visits(40, 1).to_csv(index=False))
    app = start("synthesize", d=made)
    wait_for_job(app)
    turn(app, "Engine and rows")
    assert "40 sequences, one for each" in texts(app)
    app.radio(key=f"synthesize.engine.{made}").set_value("par").run()
    assert unforeseen(app) == [] and not [each for each in app.radio if each.label == "Which rows"]
    app.selectbox(key=f"synthesize.sequence.index.{made}").set_value("upper").run()
    assert (
        unforeseen(app) == []
        and settings(app).sequence == {"key": "patient", "index": "upper"}
        and settings(app).rows is None
    )
    assert "in whole sequences" in texts(turn(app, "Generate"))


def judged(app, verdict):
    """Let the last synthetic data have another verdict on privacy."""
    store = Store()
    job = synthetic_tables.last(store, app.query_params["d"])
    told = synthetic_tables.told(store, job)
    told["judge"]["privacy"]["verdict"] = verdict
    with store.writing() as connection:
        connection.execute(
            sa.update(catalog.job)
            .where(catalog.job.c.id == job.id)
            .values(result={**job.result, "told": store.put_json(told)})
        )


def downloads(app):
    return [each.proto.label for each in app.get("download_button")]


@pytest.mark.slow
def test_from_the_button_to_the_verdicts_and_on_as_a_version_unless_it_leaks(processes):
    app = opened(
        "Generate",
        engine="independent",
        columns={"email": {"as": "make", "maker": "email"}, "note": {"as": "leave out", "maker": None}},
    )
    click(app, "Generate")
    assert "found again when you come back" in texts(app) or app.session_state["synthesize.tabs"] == "Verdicts"
    wait_for_job(app)
    assert unforeseen(app) == [] and app.session_state["synthesize.tabs"] == "Verdicts"
    assert "300 rows by Independent columns, seed 0, learned from 150 of 300 real rows." in texts(app)
    assert [kind for kind in (app.success, app.warning, app.error) if kind] and "anonym" not in texts(app).lower()
    for part, sign in {
        "Alike": "tells which is which",
        "Useful": "Do the models go by the same columns?",
        "What was done": "Constraints",
        "Browse rows": "Rows 1 to 100 of 300.",
    }.items():
        app.session_state["synthesize.verdicts"] = part
        turn(app, "Verdicts")
        assert sign in texts(app), part
    assert "of this table by these very settings" in texts(turn(app, "Generate"))
    judged(app, "leak")
    assert [each.proto.title for each in turn(app, "Verdicts").error] == [
        "A leak: this synthetic data must not be released"
    ]
    turn(app, "Export")
    assert (
        [each.proto.title for each in app.error] == ["This synthetic data must not be released"]
        and downloads(app) == []
        and "Keep it" not in labels(app)
    )
    judged(app, "doubtful")
    assert downloads(turn(app, "Export")) == []
    app.checkbox(key=f"synthesize.doubts.{synthetic_tables.last(Store(), app.query_params['d']).id}").set_value(
        True
    ).run()
    assert downloads(app) == ["Table as CSV", "Table as Parquet", "Model card", "Report"]
    app.text_input(key=f"synthesize.message.{app.query_params['d']}").set_value("for the demo").run()
    click(app, "Keep it")
    wait_for_job(app)
    assert unforeseen(app) == [] and "It is kept as **version 2**." in texts(app)
    assert [each["synthetic"] for each in versions.log(Store(), app.query_params["d"])] == [True, False]
    go(app, "versions")
    assert "Made from version 1: rows of people who do not exist." in texts(app) and [
        label for label in labels(app) if label == "Restore"
    ] == ["Restore"]
    click(app, "Open as a dataset of its own")
    assert unforeseen(app) == [] and datasets.get(Store(), app.query_params["d"]).name == "table (synthetic)"


@pytest.mark.slow
def test_an_earlier_twin_stays_where_the_next_one_was_cancelled(few_trees, request):
    app = opened(
        "Generate",
        engine="independent",
        columns={"email": {"as": "leave out", "maker": None}, "note": {"as": "leave out", "maker": None}},
    )
    store, key = Store(), app.query_params["d"]
    job = jobs.start(
        store, "synthesize", {"dataset": key, "state": wanted(app).state, "settings": settings(app).to_json()}, "tester"
    )
    while jobs.get(store, job).is_open:
        time.sleep(0.1)
    turn(app, "Generate")
    request.getfixturevalue("processes")
    click(app, "Generate")
    jobs.cancel(store, synthetic_tables.last(store, key).id)
    wait_for_job(app)
    assert ("The last one was cancelled", "Nothing was kept of it.") in said(turn(app, "Generate"))
    assert "300 rows by Independent columns" in texts(turn(app, "Verdicts"))


def test_a_twin_of_the_table_as_it_was_says_so_where_it_is_taken_along(few_trees):
    app = opened(
        "Generate",
        engine="independent",
        columns={"email": {"as": "leave out", "maker": None}, "note": {"as": "leave out", "maker": None}},
    )
    store, key = Store(), app.query_params["d"]
    job = jobs.start(
        store, "synthesize", {"dataset": key, "state": wanted(app).state, "settings": settings(app).to_json()}, "tester"
    )
    while jobs.get(store, job).is_open:
        time.sleep(0.1)
    changed, other = "The table has changed since this synthetic data was generated", "It was made by other settings"
    turn(app, "Export")
    assert changed not in [each.proto.title for each in app.info] and other not in texts(app)
    wanted(app).change(seed=3)
    assert other in texts(turn(app, "Export"))
    here = datasets.get(store, key)
    datasets.edit(
        store,
        key,
        here.revision,
        replace(here.recipe, steps=(RecipeStep("trim_spaces", {"columns": ["sex"]}),)),
        "trim",
        "tester",
    )
    turn(app, "Export")
    assert changed in [each.proto.title for each in app.info]
