"""What people said the data is for is what later pages begin with."""

import pytest

from dataops_core.errors import DataOpsError
from dataops_core.store import datasets
from dataops_core.store.people import sign_off
from dataops_core.store.store import Store
from tests.pages.driver import bring, go, start, texts, unforeseen

ROWS = [
    f"{n},{20 + n % 50},{('north', 'south', 'east')[n % 3]},{'fm'[n % 2]},{('yes', 'no')[n % 4 == 0]}"
    for n in range(120)
]
TABLE = "\n".join(["id,age,region,sex,approved", *ROWS])


@pytest.fixture
def said():
    """Whom it is about, what is good for them, which population and which quality: said once."""
    made = bring(TABLE, "people.csv")
    store = Store()
    roles = {"target": "approved", "favorable": "no", "sensitive": ["sex"]}
    datasets.set_roles(store, made, datasets.get(store, made).revision, roles, "tester")
    sign_off.answer(store, made, {"shares": "F=51, M=49", "quality": "99.95"}, "tester")
    return made


@pytest.mark.slow
def test_bias_begins_with_the_outcome_the_groups_and_the_population(said):
    app = go(start(d=said), "bias")
    assert unforeseen(app) == []
    chosen = {each.label: each.value for each in (*app.selectbox, *app.multiselect)}
    assert "approved" in chosen.values() and ["sex"] in chosen.values() and "no" in chosen.values()
    told = next(each.value for each in app.dataframe if "In the population" in each.value.columns)
    assert dict(zip(told["Group"], told["In the population"], strict=True)) == {"f": 0.51, "m": 0.49}


def test_compare_begins_with_the_groups(said):
    app = go(start(d=said), "compare")
    app.radio(key="compare.way").set_value("Groups of this table").run()
    assert unforeseen(app) == []
    by = [each for each in app.selectbox if each.label == "Groups by"]
    assert [each.value for each in by] == ["sex"] and by[0].options[0] == "region"


def test_resample_and_synthesize_begin_with_the_outcome(said):
    for page in ("resample", "synthesize"):
        app = go(start(d=said), page)
        if page == "synthesize":
            app.session_state["synthesize.tabs"] = "Engine and rows"
            app.run()
        assert unforeseen(app) == []
        values = [each.value for each in (*app.selectbox, *app.multiselect)]
        assert "approved" in values or "approved" in texts(app), page


def test_rules_suggest_first_what_is_about_the_outcome_and_the_groups(said):
    app = go(start(d=said), "rules")
    app.session_state["rules.tabs"] = "Suggested"
    app.run()
    assert unforeseen(app) == []
    suggested = next(each.value for each in app.dataframe if "Accept" in each.value.columns)["Rule"].tolist()
    about = [("approved" in rule or "sex" in rule) for rule in suggested]
    assert any(about) and not all(about) and about == sorted(about, reverse=True)


def test_the_scorecard_says_whether_the_required_quality_is_reached(said):
    app = go(start(d=said), "profile")
    app.session_state["profile.tabs"] = "Scores"
    app.run()
    assert unforeseen(app) == [] and "Required is 99.9 %" in texts(app)
    reached = {each.label: each.value for each in app.metric}["Overall quality"] == "100 %"
    assert ("It is reached" if reached else "It is not reached") in texts(app)


@pytest.mark.parametrize(
    ("shares", "groups", "found"),
    [
        ("F=51, M=49", ["f", "m"], {"f": 51.0, "m": 49.0}),
        ("Female=51, Male=49", ["f", "m"], {}),
        ("f=51", ["f", "m"], {}),
        ("", ["f", "m"], {}),
    ],
)
def test_a_stated_population_is_of_the_groups_that_are_there(shares, groups, found):
    made, store = bring(TABLE), Store()
    sign_off.answer(store, made, {"shares": shares, "quality": ""}, "tester")
    assert sign_off.stated_population(store, made, groups) == found
    assert sign_off.required_quality(store, made) is None
    with pytest.raises(DataOpsError, match="not a percentage"):
        sign_off.answer(store, made, {"quality": "much"}, "tester")
