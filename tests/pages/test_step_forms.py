"""Every registered step has a form that renders, and a fix of a finding fills it in."""

import pytest

from dataops_core import steps
from tests.pages.driver import bring, button, go, labels, metrics, said, sentences, start, texts, unforeseen

NAMES = sorted({step.name for step in steps.REGISTRY.values()})


@pytest.mark.parametrize("name", NAMES)
def test_form_has_a_widget_for_every_setting_that_applies_and_empty_shows_a_preview_or_says_what_is_missing(
    unopened, name
):
    unopened.session_state["clean.form"] = {"op": name, "with": {}, "at": None}
    app = go(unopened, "clean")
    step = steps.get(name)
    assert unforeseen(app) == []
    assert said(app) == []
    assert button(app, "Preview")
    values = {s.name: s.default for s in step.settings}
    values |= {s.name: s.choices[0] for s in step.settings if s.choices and s.default is None}
    shown = [s for s in step.settings if not s.when or values.get(s.when.setting) in s.when.values]
    shown = [s for s in shown if not (step.needs_table and s.name == "content")]  # it comes with the chosen table
    widgets = [
        each.label
        for kind in ("selectbox", "multiselect", "checkbox", "number_input", "text_input")
        for each in app.get(kind)
    ]
    for setting in shown:
        assert setting.label in widgets or setting.label in texts(app), setting.name
    button(app, "Preview").click().run()
    assert unforeseen(app) == []
    assert sentences(app) == []
    if "clean.pending" in app.session_state:
        assert "Discard" in labels(app)
    else:
        assert [text for _, text in said(app) if text], "no word on what is missing"


def test_forms_of_all_steps_are_offered(unopened):
    app = go(unopened, "clean")
    box = next(each for each in app.selectbox if each.label == "What do you want to do?")
    assert len(box.options) == len(NAMES)
    assert any(option.startswith("Rows: Drop duplicate rows") for option in box.options)


def test_chosen_step_is_previewed_with_what_was_typed(unopened):
    app = go(unopened, "clean")
    next(each for each in app.selectbox if each.label == "What do you want to do?").select("drop_duplicate_rows").run()
    next(each for each in app.selectbox if each.label == "Keep").select("none").run()
    button(app, "Preview").click().run()
    assert metrics(app) == {"Rows": "4,840", "Cells changed": "0", "Rows dropped": "120"}


def test_form_without_a_needed_column_says_what_is_missing():
    app = start("clean", d=bring("a,b\n1,x\n2,y\n"))
    app.session_state["clean.form"] = {"op": "trim_spaces", "with": {}, "at": None}
    app.run()
    button(app, "Preview").click().run()
    assert unforeseen(app) == []
    assert said(app) == [('"trim\\_spaces" needs at least one column.', "Choose a column. \\(trim\\_spaces\\)")]
