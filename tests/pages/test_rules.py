"""Rules: suggestions are accepted, a failing rule shows its rows and its fix, a rule is written, a version needs a reason."""

from dataops_core.rules import Rule
from dataops_core.store import dataset_rules, versions
from dataops_core.store.store import Store
from tests.pages.driver import bring, click, go, labels, said, sentences, start, texts, unforeseen, wait_for_job

ROWS = "\n".join(["id,age,sex", *[f"{n},{17 + n * n // 7 % 60},{'FM'[n % 3 % 2]}" for n in range(300)], "300,400,F"])


def opened(*plain):
    made = bring(ROWS + "\n")
    dataset_rules.save(Store(), made, [Rule.from_json(each) for each in plain], "tester")
    app = start("rules", d=made)
    wait_for_job(app)
    assert unforeseen(app) == []
    return app, made


def written():
    """The lines of the file that was stored last."""
    files = [path for path in (Store().home / "objects" / "files").rglob("*") if path.is_file()]
    return max(files, key=lambda path: path.stat().st_mtime_ns).read_text("utf-8-sig").splitlines()


def test_suggested_rules_are_accepted(tmp_path):
    app, made = opened()
    assert "No rules yet" in [title for title, _ in said(app)]
    click(app, "See suggested rules")
    wait_for_job(app)
    assert "more rules**. Limits leave room" in texts(app)
    accept = next(each for each in labels(app) if each.startswith("Accept "))
    click(app, accept)
    assert unforeseen(app) == []
    kept = [rule.sentence for rule in dataset_rules.rules_of(Store(), made)]
    assert f"Accept {len(kept)} rules" == accept and 'sex is one of "F", "M".' in kept
    assert app.session_state["rules.tabs"] == "Your rules"


def test_a_failing_rule_shows_its_rows_and_sets_them_aside():
    app, made = opened({"kind": "range", "column": "age", "min": 0, "max": 120})
    assert "1 of 301 rows break it." in texts(app).replace("row breaks", "rows break")
    click(app, "Download failing rows")
    assert written() == ["Rule,Row,id,age,sex", "age is between 0 and 120.,301,300,400,F"]
    click(app, "Set the rows aside")
    wait_for_job(app)
    click(app, "Apply")
    assert sentences(app) == ["Set aside rows that break: age between 0 and 120"]
    assert unforeseen(app) == [] and "Rows set aside" in texts(app) and "All 300 rows" not in texts(app)
    click(app, "Download rows set aside")
    assert [each.label for each in app.get("download_button")] == ["Download 1 row"]
    assert written() == ["id,age,sex", "300,400,F"]


def test_rows_whose_keys_another_table_lacks_are_set_aside():
    bring("code\nF\n", "sexes.csv")
    rule = {"kind": "reference", "key_columns": ["sex"], "table": "sexes", "table_columns": ["code"]}
    app, made = opened(rule)
    click(app, "Set the rows aside")
    wait_for_job(app)
    assert unforeseen(app) == []
    click(app, "Apply")
    assert sentences(app) == ["Set aside rows that break: not (sex in ('M'))"]


def test_a_rule_changes_its_weight_and_goes_away():
    app, made = opened({"kind": "range", "column": "age", "min": 0, "max": 120})
    click(app, "Only warn")
    assert [rule.severity for rule in dataset_rules.rules_of(Store(), made)] == ["warn"]
    click(app, "Remove")
    assert dataset_rules.rules_of(Store(), made) == ()


def test_a_rule_is_written_in_a_form_and_tried_first():
    app, made = opened()
    app.session_state["rules.go"] = "Write or edit"
    app.run()
    app.selectbox(key="rules.kind.0").select("expression").run()
    app.text_input(key="rules.expression.expression.0").set_value("age <=").run()
    click(app, "Add rule")
    assert dataset_rules.rules_of(Store(), made) == () and any("cannot be read" in str(each) for each in said(app))
    app.text_input(key="rules.expression.expression.0").set_value("age <= 120").run()
    click(app, "Try it")
    assert "1 failing row; the first 1:" in texts(app)
    click(app, "Add rule")
    assert [rule.sentence for rule in dataset_rules.rules_of(Store(), made)] == ["age <= 120."]
    click(app, "Edit")
    assert app.text_input(key="rules.expression.expression.2").value == "age <= 120" and unforeseen(app) == []


def test_a_rule_looks_for_keys_in_another_dataset():
    members = "member\n" + "".join(f"{n}\n" for n in range(290))
    bring(members, "members.csv")
    app, made = opened()
    app.session_state["rules.go"] = "Write or edit"
    app.run()
    app.selectbox(key="rules.kind.0").select("reference").run()
    app.multiselect(key="rules.reference.key_columns.0").select("id").run()
    app.selectbox(key="rules.reference.table.0").select("members").run()
    app.multiselect(key="rules.reference.table_columns.0").select("member").run()
    click(app, "Try it")
    assert "11 failing rows; the first 11:" in texts(app)
    click(app, "Add rule")
    assert [rule.name for rule in dataset_rules.rules_of(Store(), made)] == ["reference"] and unforeseen(app) == []
    click(app, "Download failing rows")
    assert len(written()) == 12
    app.session_state["rules.go"] = "Import and export"
    app.run()
    left = next(each.value for each in app.dataframe if "Why" in each.value)
    assert left["Tool"].tolist() == ["Great Expectations"] and "holds no keys of another" in left["Why"][0]
    app.session_state["rules.go"] = "Suggested"
    app.run()
    wait_for_job(app)
    assert unforeseen(app) == []


def test_a_version_is_not_saved_without_a_reason_while_a_rule_that_blocks_fails():
    app, made = opened({"kind": "range", "column": "age", "min": 0, "max": 120})
    go(app, "versions")
    assert "1 rule that blocks fails" in [title for title, _ in said(app)]
    click(app, "Save")
    assert versions.log(Store(), made) == []
    app.text_input(key="versions.reason").set_value("It is a tortoise").run()
    click(app, "Save")
    assert versions.get(Store(), made, 1).manifest["rules"]["reason"] == "It is a tortoise"
    assert unforeseen(app) == []


def test_rules_leave_and_come_back_as_files():
    app, made = opened({"kind": "range", "column": "age", "min": 0, "max": 120})
    app.session_state["rules.go"] = "Import and export"
    app.run()
    assert unforeseen(app) == []
    assert [each.label for each in app.get("download_button")] == [
        "This workbench",
        "pandera",
        "Great Expectations",
        "Frictionless",
        "Open Data Contract",
    ]


def test_a_finding_becomes_a_rule(unopened):
    from tests.pages.driver import dataset, open_finding

    app = go(unopened, "profile")
    wait_for_job(app)
    open_finding(app, "missing_cells", "income")
    click(app, "Make it a rule")
    assert unforeseen(app) == []
    kept = dataset_rules.rules_of(Store(), dataset(app).id)
    assert [rule.sentence for rule in kept] == ["income is never missing."]


def test_columns_are_held_to_the_spread_of_a_version():
    app, made = opened()
    versions.commit(Store(), made, "First", "tester")
    app.session_state["rules.go"] = "Suggested"
    app.run()
    app.selectbox(key="rules.reference").select("Version 1").run()
    wait_for_job(app)
    click(app, next(each for each in labels(app) if each.startswith("Accept ")))
    assert unforeseen(app) == []
    kept = dataset_rules.rules_of(Store(), made)
    assert [rule.columns for rule in kept if rule.name == "distribution"] == [("age",), ("sex",)]
