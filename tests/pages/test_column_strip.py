"""The column strip: what its cards say, and what a click on one opens."""

import pandas as pd
import pytest

from dataops_core.checks.profile import profile_table
from dataops_core.table import tidy, write_table
from pages._ui.columns import strip
from tests.pages.driver import bring, click, labels, start, texts, unforeseen


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    table = write_table(
        tmp_path_factory.mktemp("strip") / "t.parquet",
        [
            tidy(
                pd.DataFrame(
                    {
                        "weight": [*map(str, range(100, 180)), *["pending"] * 10, *[None] * 10],
                        "city": ["Rome", "Oslo"] * 50,
                        "amount": [float(n) for n in range(99)] + [9000.0],
                        "empty": [None] * 100,
                    }
                )
            )
        ],
    )
    profile, _ = profile_table(table)
    return {name: strip.card(name, profile["facts"][name], profile["findings"]) for name in profile["facts"]}


def test_a_column_of_numbers_among_words_is_drawn_as_numbers_with_its_misfits(cards):
    weight = cards["weight"]
    assert weight["type"] == "Number (stored as text)"
    assert (weight["fit"], weight["misfit"]) == (0.8, 0.1)
    assert sum(weight["counts"]) == 80
    assert weight["note"] == "10 % missing, 10 misfits"


def test_a_category_shows_its_most_frequent_values_with_their_shares(cards):
    assert sorted(cards["city"]["tops"]) == [["Oslo", 0.5], ["Rome", 0.5]]
    assert cards["city"]["note"] == "2 distinct"


def test_the_worst_finding_gives_its_severity(cards):
    assert cards["amount"]["severity"] == "note"  # one outlier
    assert cards["weight"]["severity"] == "warning"  # misfits, and a tenth is missing
    assert cards["amount"]["findings"] == "2 findings"
    assert "amount, Number" in cards["amount"]["text"]


def test_a_column_without_values_has_no_picture_and_no_share(cards):
    assert (cards["empty"]["counts"], cards["empty"]["tops"], cards["empty"]["fit"]) == ([], [], 0.0)


@pytest.mark.parametrize("page", ["data", "clean"])
def test_the_selected_column_shows_its_findings_and_the_steps_that_fit(page):
    app = start(page, d=bring("name,amount\n" + "".join(f" x{n % 7},{n}\n" for n in range(60))))
    dataset = app.query_params["d"][0] if isinstance(app.query_params["d"], list) else app.query_params["d"]
    app.session_state["columns.open"] = {dataset: "name"}
    app.run()
    assert unforeseen(app) == []
    assert "Spaces around text" in texts(app)
    box = next(each for each in app.selectbox if each.label == "Steps for this column")
    assert any(option.startswith("Text: Trim spaces") for option in box.options)
    assert not any("Treat outliers" in option for option in box.options)
    assert "Fix: trim spaces" in labels(app)
    click(app, "Fix: trim spaces")
    assert unforeseen(app) == []
    assert "Apply" in labels(app)
