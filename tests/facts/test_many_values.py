"""Facts of tables too large to count every value, and of columns that cannot be counted; the limits are made small
here.
"""

import numpy as np
import pandas as pd
import pytest

from dataops_core.checks.profile import profile_table
from dataops_core.facts import Engine, engine, facts, table_facts

ROWS = 5000


@pytest.fixture
def large(make_table, monkeypatch):
    """A table that counts as large: three columns with many values, one with few."""
    for module in (engine, facts):
        monkeypatch.setattr(module, "EXACT_VALUES", 100)
    monkeypatch.setattr(engine, "EXACT_ROWS", 1000)
    draw = np.random.default_rng(1)
    when = np.datetime64("2020-01-01", "us") + 3600 * 10**6 * np.arange(ROWS // 2).repeat(2)  # each hour twice
    return make_table(
        {
            "number": draw.lognormal(size=ROWS),
            "text": [f"t{i}" for i in range(ROWS)],
            "when": when,
            "few": np.arange(ROWS) % 7,
        }
    )


def test_many_values_are_estimated_and_it_is_said_how_well(large):
    told = table_facts(large)
    for name, exact in (("number", ROWS), ("text", ROWS), ("when", ROWS // 2)):
        assert told[name]["distinct_error"] == engine.HLL_ERROR
        assert told[name]["distinct"] == pytest.approx(exact, rel=4 * engine.HLL_ERROR)
        assert told[name]["sampled"].startswith("Not every one of about ")
        assert (told[name]["singles"], told[name]["entropy"], told[name]["top"]) == (None, None, [])
    assert (told["few"]["distinct"], told["few"]["distinct_error"], told["few"]["top"][0]["count"]) == (7, None, 715)


def test_moments_and_quantiles_stay_exact_where_values_are_not_counted(large):
    told, values = table_facts(large)["number"], large.frame(["number"])["number"]
    assert told["mean"] == pytest.approx(values.mean(), rel=1e-12)
    assert (told["sd"], told["skewness"], told["kurtosis"]) == pytest.approx(
        (values.std(), values.skew(), values.kurt()), rel=1e-9
    )
    assert list(told["quantiles"].values()) == pytest.approx(
        values.quantile([float(q) for q in told["quantiles"]]).tolist(), rel=1e-12
    )
    assert sum(told["histogram"]["counts"]) + told["histogram"]["above"] == ROWS


def test_equal_moments_are_no_step_where_values_are_not_counted(large):
    assert table_facts(large)["when"]["step"] == {"seconds": 3600.0, "count": ROWS // 2 - 1}


def test_the_usual_step_is_found_among_many_longer_ones(make_table):
    # 11,000 steps that come once, all longer than the usual one
    steps = [
        *range(2_000_000, 2_011_000),
        *[1_000_000] * 5,
    ]
    when = np.datetime64("2020-01-01", "us") + np.cumsum(steps)
    assert table_facts(make_table({"x": when}))["x"]["step"] == {"seconds": 1.0, "count": 5}


def test_the_error_that_is_told_for_estimates_is_the_one_that_is_measured(make_table):
    with Engine(make_table({"x": [1]})) as counting:
        ask = "select approx_count_distinct(i + {0} * 1000000) from range({1}) as t(i)"
        off = [
            counting.con.execute(ask.format(at, n)).fetchone()[0] / n - 1 for n in (3_000, 30_000) for at in range(150)
        ]
    measured = float(np.sqrt(np.mean(np.square(off))))
    assert 0.8 * engine.HLL_ERROR < measured < 1.2 * engine.HLL_ERROR


@pytest.mark.parametrize("stage", ["values", "number", "histogram"])
def test_one_odd_column_stops_no_other(make_table, monkeypatch, stage):
    table = make_table({"a": [1, 2], "odd": [1.5, 2.5], "z": [3, 4]})
    plain = Engine.ask

    def ask(self, expression, kind):
        if kind == "decimal" and expression == stage:
            raise RuntimeError("nobody foresaw this")
        return plain(self, expression, kind)

    whole = table_facts(table)
    monkeypatch.setattr(Engine, "ask", ask)
    told = table_facts(table)
    assert told["odd"]["failed"] == "RuntimeError: nobody foresaw this"
    assert (told["a"], told["z"]) == (whole["a"], whole["z"])


def test_a_profile_goes_on_past_an_odd_column(make_table, monkeypatch):
    plain = Engine.take
    monkeypatch.setattr(Engine, "take", lambda self, column: 1 / 0 if column.name == "odd" else plain(self, column))
    told = table_facts(make_table(pd.DataFrame({"odd": ["x"], "z": ["y"]})))
    assert (told["odd"]["failed"], told["z"]["distinct"]) == ("ZeroDivisionError: division by zero", 1)


def test_texts_too_many_to_count_are_looked_into_all_the_same(large, monkeypatch):
    """DuckDB 2.0 reserves "some": a view of that name lost the facts of such a column, and showed missing 0 and
    distinct 0.
    """
    monkeypatch.setattr(facts, "LOOKED_AT", 1000)
    told = table_facts(large)["text"]
    assert "failed" not in told and told["classes"]["letters"] == told["classes"]["digits"] == ROWS


def test_what_could_not_be_counted_is_none_and_a_line_of_the_profile(make_table, monkeypatch):
    plain = Engine.ask
    monkeypatch.setattr(
        Engine,
        "ask",
        lambda self, expression, kind: (
            1 / 0 if (expression, kind) == ("values", "text") else plain(self, expression, kind)
        ),
    )
    profile, _ = profile_table(make_table({"odd": ["x", None, "y"], "z": [1, 2, None]}))
    assert (profile["facts"]["odd"]["missing"], profile["facts"]["odd"]["distinct"]) == (1, None) and profile[
        "missing_cells"
    ] == 2
    assert profile["failed_checks"] == [
        {"check": "facts", "columns": ["odd"], "reason": "ZeroDivisionError: division by zero"}
    ]
    monkeypatch.setattr(Engine, "missing", lambda self, column: 1 / 0)
    profile, _ = profile_table(make_table({"odd": ["x", None, "y"], "z": [1, 2, None]}))
    assert profile["facts"]["odd"]["missing"] is None and profile["missing_cells"] is None
