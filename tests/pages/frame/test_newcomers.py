"""What newcomers stumbled over: rows after steps, safe fixes, reasons in the log, dates without a time."""

import pandas as pd

from dataops_core.checks.fix_effects import decides_nothing, loses_nothing
from dataops_core.checks.profile import profile_table
from dataops_core.privacy.identifiers.free_text import find_identifiers
from dataops_core.read import read_file
from dataops_core.store import overview
from dataops_core.store.overview import Standing
from pages._ui.grid import _are_days
from pages._ui.impute.methods import _in_words
from tests.pages.driver import bring, dataset, go, labels, open_finding, start, texts, unforeseen
from tests.pages.test_clean import TRIM, with_steps


def found(tmp_path, text):
    """The findings of a file with that text."""
    (tmp_path / "table.csv").write_text(text)
    profile, _ = profile_table(read_file(tmp_path / "table.csv", tmp_path / "read").table)
    return {each["check"]: each for each in profile["findings"]}


def test_the_top_of_a_scale_is_not_emptied_in_passing(tmp_path):
    gains = [0, 15024, 7688, 5178, 3103, 2174, 14084, 4386, 8614, 10520] * 30
    told = found(tmp_path, "gain\n" + "\n".join(map(str, [*gains, *[99999] * 9])) + "\n")["disguised_missing"]
    assert told["fix"]["with"]["tokens"] == ["99999"]
    assert not loses_nothing(told) and not decides_nothing(told)


def test_words_for_nothing_known_are_emptied_in_passing(tmp_path):
    towns = ["Delft", "Gouda", "Leiden"] * 40
    told = found(tmp_path, "town\n" + "\n".join([*towns, *["unknown"] * 9]) + "\n")["disguised_missing"]
    assert loses_nothing(told) and decides_nothing(told)


def test_no_column_goes_and_no_value_is_guessed_with_the_safe_fixes():
    for check, op in (("direct_identifiers", "drop_columns"), ("missing_cells", "fill_missing")):
        assert not decides_nothing({"check": check, "fix": {"op": op, "with": {}}})
    for check, op in (("total_rows", "filter_rows"), ("numbers_as_text", "parse_numbers")):
        assert decides_nothing({"check": check, "fix": {"op": op, "with": {}}})


def test_the_next_thing_to_look_at_has_a_fix_where_one_has():
    shut = {"check": "disguised_missing", "title": "Disguised", "columns": ["a"], "message": "m", "fix": None}
    able = {"check": "missing_cells", "title": "Missing", "columns": ["a"], "message": "m"}
    able |= {"fix": {"op": "fill_missing", "with": {}}}
    now = Standing("s", 9, 1, 0, 0.9, {"warning": 2}, None, False)
    told = overview.next_steps(now, [each | {"severity": "warning"} for each in (shut, able)], {})
    assert next(each for each in told if each.finding).finding["title"] == "Missing"


def test_numbers_to_call_are_found_in_short_remarks_and_article_numbers_are_not():
    for text in ("call 0171 7368886", "Tel. 030 901820", "fax: 030 901820"):
        assert [span.type for span in find_identifiers(text, prose=False)] == ["phone"], text
    for text in ("order 0171 7368886", "recall 0171 7368886", "call 12345678", "0171 7368886"):
        assert find_identifiers(text, prose=False) == [], text


def test_the_data_page_shows_the_rows_as_they_are_now_and_as_they_came():
    trim = TRIM | {"with": {"columns": ["a"]}}
    app = go(with_steps(start("data", d=bring("a,b\n x,1\ny ,2\n")), trim), "data")
    cells = next(each.value for each in app.dataframe if list(each.value) == ["a", "b"])
    assert cells["a"].tolist() == ["x", "y"] and unforeseen(app) == []
    app.radio(key="data.which").set_value("As it came").run()
    cells = next(each.value for each in app.dataframe if list(each.value) == ["a", "b"])
    assert cells["a"].tolist() == [" x", "y "]


def test_the_way_to_the_next_file_stands_where_files_are_brought():
    app = with_steps(start("data", d=bring("a,b\n x,1\ny ,2\n")), TRIM)
    assert "Next file of the same kind: run the 1 step on it" in labels(go(app, "data"))
    assert not any(label.startswith("Next file") for label in labels(start("data", d=bring("c\n1\n", "new.csv"))))


def test_who_comes_back_sees_the_datasets_and_no_first_visit():
    app = start("overview")
    assert "leave with a clean version" in texts(app)
    bring("a,b\n1,2\n", "mine.csv")
    app = start("overview", d="none")
    assert "leave with a clean version" not in texts(app)
    assert "Datasets of this project" in {each.value for each in app.header}


def test_a_row_of_totals_is_dropped_by_a_button_that_says_so():
    rows = "".join(f"R{n},{n % 7 + 1}\n" for n in range(40))
    app = start("profile", d=bring(f"order,amount\n{rows}TOTAL,{sum(n % 7 + 1 for n in range(40))}\n"))
    open_finding(app, "total_rows", "order")
    app = go(app, "profile")
    assert "Fix: drop the rows of totals" in labels(app) and dataset(app).recipe.steps == ()


def test_moments_at_midnight_are_shown_as_days():
    days = pd.Series(pd.to_datetime(["2026-10-05", None, "2026-10-06"]))
    assert _are_days(days) and not _are_days(days + pd.Timedelta(hours=9))
    assert not _are_days(pd.Series(["2026-10-05"])) and not _are_days(days[1:2])


def test_methods_are_called_in_the_reason_as_in_the_table():
    reason = "bayesian ridge reaches 60% of the categories right; trees is better by no more than chance and 1 %"
    assert _in_words(reason).startswith("Predicted, straight lines (Bayesian ridge) reaches 60%")
    assert "; Predicted, boosted trees is better" in _in_words(reason)
