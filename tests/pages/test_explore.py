"""Explore: the chart that fits the chosen columns, the rows behind a part of it, charts that are kept."""

import pytest

from dataops_core.explore import chart_data
from dataops_core.facts import Engine, rows_where
from pages._ui.explore.chart_view import conditions_of
from tests.pages.driver import click, go, said, texts, unforeseen


def choose(app, *columns):
    """Choose columns, as the box on the page does."""
    app.multiselect(key="explore.columns").set_value(list(columns)).run()
    assert unforeseen(app) == []
    return app


def test_columns_make_charts_and_what_does_not_fit_is_told(unopened):
    app = go(unopened, "explore")
    assert "Missing cells of all columns; 4,960 rows." in texts(app)
    assert "Histogram of age; 4,960 rows" in texts(choose(app, "age"))
    app.selectbox(key="explore.color").select("sex").run()
    assert "Histogram of age, colored by sex; 4,960 rows" in texts(app)
    app.selectbox(key="explore.color").select("(none)").run()
    assert "Boxes of income and city" in texts(choose(app, "income", "city"))
    assert "436 rows without a value left out" in texts(app)
    assert "Counts of city and sex" in texts(choose(app, "city", "sex"))
    choose(app, "age", "income", "city")
    assert said(app)[-1][0] == "No chart fits these columns"


def test_a_chart_is_kept_and_opened_again(unopened):
    app = choose(go(unopened, "explore"), "age")
    app.text_input(key="explore.name").set_value("Ages").run()
    click(app, "Keep")
    choose(app, "city")
    next(each for each in app.menu_button if each.label == "Ages").click("Open").run()
    assert app.multiselect(key="explore.columns").value == ["age"]
    assert "Histogram of age" in texts(app)
    next(each for each in app.menu_button if each.label == "Ages").click("Remove").run()
    assert [each.label for each in app.menu_button] == []


@pytest.mark.parametrize(
    ("columns", "points"),
    [
        (["n"], [{"point_index": 3}]),
        (["c"], [{"point_index": 1}]),
        (["c", "d"], [{"x": "b", "y": "q"}]),
        (["c", "n"], [{"x": "b"}]),
    ],
)
def test_a_selected_part_leads_to_the_rows_that_it_counts(make_table, columns, points):
    table = make_table(
        {"n": [float(n % 40) for n in range(400)], "c": ["a", "b", None, "b"] * 100, "d": ["p", "q"] * 200}
    )
    told = chart_data(table, columns)
    with Engine(table) as engine:
        total, _ = rows_where(engine, conditions_of(told, {"points": points}))
    counts = {
        "histogram": lambda: told["parts"][0]["counts"][3],
        "bar": lambda: told["parts"][0]["counts"][1],
        "heatmap": lambda: told["counts"][told["y"].index("q")][told["x"].index("b")],
        "box": lambda: next(box["rows"] for box in told["parts"][0]["boxes"] if box["value"] == "b"),
    }
    assert total == counts[told["kind"]]() > 0


def test_values_on_the_edge_of_a_bin_are_in_the_bin_that_counts_them(make_table):
    table = make_table({"n": [float(n % 41) for n in range(410)]})  # forty bins: each value is an edge
    told = chart_data(table, ["n"])
    with Engine(table) as engine:
        for at in (0, 17, 39):
            total, _ = rows_where(engine, conditions_of(told, {"points": [{"point_index": at}]}))
            assert total == told["parts"][0]["counts"][at]


def test_nothing_selected_asks_for_no_rows(make_table):
    assert conditions_of(chart_data(make_table({"n": [1.0, 2.0]}), ["n"]), {"points": [], "box": []}) == []
