"""Bias: groups, outcomes, decisions, strata, proxies, ways to act; what is not defined, and what is too
small to tell.
"""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from dataops_core.fairness import refits
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import catalog, datasets, models, states, versions
from dataops_core.store.results import analyses
from dataops_core.store.store import Store
from tests.pages.driver import bring, click, go, said, start, texts, unforeseen, wait_for_job

ADMISSIONS = {  # UC Berkeley 1973, six largest departments: admitted and rejected men, women (Bickel, Hammel and O'Connell, Science 187, 1975)
    "A": (512, 313, 89, 19),
    "B": (353, 207, 17, 8),
    "C": (120, 205, 202, 391),
    "D": (138, 279, 131, 244),
    "E": (53, 138, 94, 299),
    "F": (22, 351, 24, 317),
}


def berkeley() -> str:
    lines = ["dept,sex,admitted"]
    for dept, (men, men_not, women, women_not) in ADMISSIONS.items():
        for sex, outcome, number in (
            ("man", "yes", men),
            ("man", "no", men_not),
            ("woman", "yes", women),
            ("woman", "no", women_not),
        ):
            lines += [f"{dept},{sex},{outcome}"] * number
    return "\n".join(lines) + "\n"


def hires() -> str:
    lines = ["years,town,sex,hired,said"]
    for n in range(600):
        man = n % 2
        years = n * 7 % 20 + 2 * man
        hired = years + n * 13 % 9 > 14
        lines.append(
            f"{years},{('Delft', 'Gouda')[man] if n % 5 else 'Leiden'},{('woman', 'man')[man]},{'yes' if hired else 'no'},{'yes' if years > 11 else 'no'}"
        )
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def _learned_again_a_few_times(monkeypatch):
    """What is claimed of refits is held in tests/fairness/test_refits.py."""
    monkeypatch.setattr(refits, "REFITS", refits.FEWEST)
    monkeypatch.setattr(refits, "SLOW_REFITS", refits.FEWEST)


def opened(text, roles):
    made = bring(text)
    here = datasets.get(Store(), made)
    datasets.set_roles(Store(), made, here.revision, roles, "tester")
    app = start("bias", d=made)
    wait_for_job(app)
    return app


def tab(app, name):
    app.session_state["bias.tabs"] = name
    go(app, "bias")
    wait_for_job(app)
    assert unforeseen(app) == []
    return app


ROLES = {"target": "hired", "favorable": "yes", "sensitive": ["sex"]}


def shown(app, column):
    """The first table on the page that has this column."""
    return next(each.value for each in app.dataframe if column in each.value.columns)


def test_groups_are_counted_with_their_rates_by_hand():
    app = opened(berkeley(), {"target": "admitted", "favorable": "yes", "sensitive": ["sex"]})
    assert unforeseen(app) == []
    told = shown(app, "Good outcome").set_index("Group")
    assert told["Rows"].to_dict() == {"man": 2691, "woman": 1835}
    assert round(told.loc["man", "Good outcome"], 4) == 0.4452 and round(told.loc["woman", "Good outcome"], 4) == 0.3035


def test_the_picture_reverses_within_departments():
    app = tab(opened(berkeley(), {"target": "admitted", "favorable": "yes", "sensitive": ["sex"]}), "Reasons")
    app.multiselect(key="bias.within").set_value(["dept"]).run()
    wait_for_job(app)
    assert unforeseen(app) == []
    assert any("the picture reverses" in title for title, _ in said(app))
    assert round(shown(app, "Odds ratio within")["Odds ratio within"][0], 4) == 0.9047


def test_undefined_is_shown_as_undefined():
    app = tab(
        opened("sex,ok\n" + "f,no\n" * 30 + "m,yes\n" * 30, {"target": "ok", "favorable": "yes", "sensitive": ["sex"]}),
        "In the data",
    )
    told = app.table[0].value.set_index("Measure")
    assert told.loc["Disparate impact (ratio of rates)"].tolist()[0] == "undefined"
    assert (
        told.loc["Disparate impact (ratio of rates)"]
        .tolist()[1]
        .startswith("nobody in the reference group has the good outcome")
    )
    assert told.loc["Group imbalance"].tolist()[0].startswith("0.0000 (")


def test_decisions_of_a_column_are_judged_and_gaps_have_verdicts():
    app = tab(opened(hires(), ROLES), "In decisions")
    app.selectbox(key="bias.prediction").set_value("said").run()
    click(app, "Judge the decisions")
    wait_for_job(app)
    assert unforeseen(app) == []
    assert "600 rows with an outcome and a decision; decisions of the column said." in texts(app)
    lines = [line.split(",") for line in hires().splitlines()[1:]]
    women = [line[4] == "yes" for line in lines if line[2] == "woman"]
    rates = shown(app, "Out of").set_index("Group")
    assert rates.loc["woman", "Rate"] == sum(women) / len(women)
    assert set(shown(app, "Verdict")["Verdict"]) <= {"clear", "clear by itself, not among all gaps", "may be chance"}


@pytest.mark.slow
def test_ways_to_act_are_compared_and_offered_as_steps():
    app = tab(opened(hires(), ROLES), "What can be done")
    app.multiselect(key="lab.methods").set_value(["reweigh", "thresholds"]).run()
    click(app, "Compare ways to act")
    wait_for_job(app)
    assert unforeseen(app) == []
    assert shown(app, "Balanced accuracy")["Way"].tolist() == ["Nothing", "Reweighing", "Thresholds by group"]
    click(app, "Use this …")
    go(app, "clean")
    click(app, "Apply")
    assert unforeseen(app) == []
    assert [step.op for step in datasets.get(Store(), app.query_params["d"]).recipe.steps] == ["reweigh"]
    tab(app, "Reasons")
    assert "weight" not in shown(app, "Association")["Column"].tolist()  # it tells outcome and group, and is no feature


@pytest.mark.slow
def test_a_model_is_kept_and_ships_with_the_version():
    app = tab(opened(hires(), ROLES | {"sensitive": ["sex", "town"]}), "What can be done")
    app.multiselect(key="lab.methods").set_value(["thresholds"]).run()
    click(app, "Compare ways to act")
    wait_for_job(app)
    assert "When it decides it needs the group too." in texts(app)
    here = datasets.get(Store(), app.query_params["d"])
    models.learn(
        Store(),
        here.id,
        states.head(here.raw, here.recipe, []),
        {"target": "hired", "favorable": "yes", "sensitive": ["sex"], "method": "baseline"},
        "tester",
    )
    app.button(key="lab.keep.thresholds").click().run()
    wait_for_job(app)
    assert unforeseen(
        app
    ) == [] and "**thresholds** is kept: Thresholds by group, whether hired is yes, by years, said." in texts(app)
    app.button(key="lab.drop.baseline").click().run()
    assert "**baseline** is kept" not in texts(app)
    go(app, "versions")
    app.text_input(key="versions.message").set_value("with a model").run()
    click(app, "Save")
    app.toggle(key="versions.show.1").set_value(True).run()
    assert unforeseen(app) == [] and "Ships with the model thresholds: Thresholds by group" in texts(app)
    (model,) = versions.get(Store(), app.query_params["d"], 1).manifest["models"]
    assert model["features"] == ["years", "said"] and model["sensitive"] == ["sex"]


def test_no_sensitive_column_is_a_feature_though_only_one_is_looked_at():
    app = tab(opened(hires(), ROLES | {"sensitive": ["sex", "town"]}), "In decisions")
    assert app.multiselect(key="bias.sensitive").value == ["sex"]
    click(app, "Judge the decisions")
    wait_for_job(app)
    assert unforeseen(app) == []
    with Store().reading() as connection:
        asked = [row.args for row in connection.execute(sa.select(catalog.job)) if row.args.get("what") == "bias"]
    assert [each["with"]["leave_out"] for each in asked] == [["town"]]
    told = analyses.counted(Store(), "bias", asked[0]["with"], run=False)
    assert told is not None and set(told.decisions.features) == {"years", "said"}


def test_no_group_chosen_and_no_outcome_say_what_to_do():
    app = opened(hires(), {})
    assert ("", "Choose the columns that tell groups of people apart.") in said(app)
    assert "Does the decision favour a group, whatever people deserve?" in texts(
        app
    ) and "Not everything at once" in texts(app)
    app.multiselect(key="bias.sensitive").set_value(["sex"]).run()
    assert unforeseen(app) == [] and shown(app, "Rows")["Rows"].tolist() == [300, 300]
    tab(app, "In the data")
    assert any("Choose an outcome" in text for _, text in said(app))


def test_groups_and_outcome_are_proposed_where_nobody_has_set_roles():
    app = start("bias", d=bring(berkeley(), "berkeley.csv"))
    app = click(app, "sex and admitted")
    assert unforeseen(app) == []
    assert app.multiselect(key="bias.sensitive").value == ["sex"]
    assert app.selectbox(key="bias.target").value == "admitted"


def test_odd_sensitive_columns_get_words():
    for text, roles in (
        ("sex,ok\n" + ",yes\n" * 20 + ",no\n" * 20, {"sensitive": ["sex"], "target": "ok", "favorable": "yes"}),
        (
            "g,ok\n" + "".join(f"g{n},{'yes' if n % 3 else 'no'}\n" for n in range(400)),
            {"sensitive": ["g"], "target": "ok", "favorable": "yes"},
        ),
        ("sex,ok\nf,yes\n", {"sensitive": ["sex"], "target": "ok", "favorable": "yes"}),
    ):
        app = opened(text, roles)
        assert unforeseen(app) == [], text[:40]
        for name in ("In the data", "Reasons"):
            tab(app, name)


def test_every_constraint_of_the_lab_has_words_on_the_page():
    from typing import get_args

    from dataops_core.fairness.mitigations import Constraint
    from pages._ui.bias import mitigation

    assert set(get_args(Constraint)) == set(mitigation.CONSTRAINTS)


def test_every_step_tells_what_it_did_to_each_group():
    app = tab(opened(hires(), ROLES), "Step by step")
    assert any("nothing was done to anybody" in text for _, text in said(app))
    here = datasets.get(Store(), app.query_params["d"])
    steps = (
        RecipeStep("rename_columns", {"names": {"sex": "gender"}}),
        RecipeStep("filter_rows", {"column": "years", "keep_if": "at least", "value": "5"}),
    )
    datasets.edit(Store(), here.id, here.revision, replace(here.recipe, steps=steps), "steps", "tester")
    app = tab(start("bias", d=here.id), "Step by step")
    told = shown(app, "Share lost").set_index("Group")
    young = {
        sex: [line for line in hires().splitlines()[1:] if line.split(",")[2] == sex and int(line.split(",")[0]) < 5]
        for sex in ("man", "woman")
    }
    assert told["Lost"].to_dict() == {sex: len(rows) for sex, rows in young.items()}
