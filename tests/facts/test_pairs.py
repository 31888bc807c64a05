"""Two columns together, against SciPy, pandas and scikit-learn on the same rows."""

import math

import numpy as np
import pandas as pd
import pytest
import scipy.cluster.hierarchy
import scipy.stats
import sklearn.metrics
import statsmodels.formula.api

from dataops_core.errors import SettingError
from dataops_core.facts import against_target, associate, associations, over_time

ROWS = 700
CLOSE = {"rel": 1e-9, "abs": 1e-12}


@pytest.fixture
def frame():
    draw = np.random.default_rng(5)
    a = draw.normal(size=ROWS)
    kinds = np.array(["x", "y", "z", "日"])[draw.integers(0, 4, ROWS)]
    made = pd.DataFrame(
        {
            "a": a,
            "b": 1e6 + a + draw.normal(size=ROWS),
            "ties": draw.integers(0, 5, ROWS) + (a > 0),
            "c": kinds,
            "d": np.where(draw.random(ROWS) < 0.7, kinds, "x"),
            "flag": kinds == "x",
            "alone": "k",
            "when": np.datetime64("2021-01-01", "us") + draw.integers(0, 400, ROWS).astype("m8[D]"),
        }
    )
    made.loc[draw.random(ROWS) < 0.1, ["a", "c"]] = None
    made.loc[draw.random(ROWS) < 0.1, "b"] = np.nan
    made.loc[3, "b"] = np.inf
    return made.astype({"flag": "boolean", "ties": "Int64"})


@pytest.fixture
def table(make_table, frame):
    return make_table(frame, {"c": "category", "d": "category", "alone": "category"})


def both(frame: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    return frame[[x, y]].replace([np.inf, -np.inf], np.nan).dropna()


@pytest.mark.parametrize(("x", "y"), [("a", "b"), ("a", "ties"), ("b", "ties"), ("a", "when")])
def test_correlations_of_numbers_are_those_of_scipy(table, frame, x, y):
    told, some = associate(table, x, y), both(frame, x, y).astype({y: "int64"} if y == "when" else {y: float})
    assert (told["as"], told["n"]) == (["number", "number"], len(some))
    assert told["pearson"] == pytest.approx(scipy.stats.pearsonr(some[x], some[y])[0], **CLOSE)
    assert told["spearman"] == pytest.approx(scipy.stats.spearmanr(some[x], some[y])[0], **CLOSE)


def test_a_constant_has_no_correlation(make_table):
    told = associate(make_table({"a": [1.0, 2.0, 3.0], "b": [5.0, 5.0, 5.0]}), "a", "b")
    assert (told["pearson"], told["spearman"], told["mutual_information"]) == (None, None, 0.0)


def test_the_correlation_ratio_is_corrected_as_the_adjusted_r_squared_is(make_table, frame):
    frame["b"] = frame["b"] - 1e6 + frame["c"].map({"x": 0.0, "y": 0.4, "z": 0.0, "日": 1.0})
    table, some = make_table(frame, {"c": "category"}), both(frame, "c", "b")
    fitted = statsmodels.formula.api.ols(
        "b ~ c", some
    ).fit()  # epsilon squared is the adjusted R squared of a one-way analysis of variance
    for told in (associate(table, "c", "b"), associate(table, "b", "c")):
        assert told["n"] == len(some)
        assert told["epsilon"] == pytest.approx(math.sqrt(fitted.rsquared_adj), rel=1e-9)


def test_cramers_v_by_hand(make_table):
    # 2x2 counts 30, 10 / 10, 30: phi² = (900 - 100)² / 40⁴ = 0.25; corrected: phi² - 1/79, and 2 - 1/79 values
    x, y = ["a"] * 40 + ["b"] * 40, ["p"] * 30 + ["q"] * 10 + ["p"] * 10 + ["q"] * 30
    told = associate(make_table({"x": x, "y": y}, {"x": "category", "y": "category"}), "x", "y")
    assert told["cramers_v"] == pytest.approx(math.sqrt((0.25 - 1 / 79) / (1 - 1 / 79)), rel=1e-12)


def test_cramers_v_agrees_with_the_chi_square_of_scipy(table, frame):
    some = both(frame, "c", "d")
    chi = scipy.stats.chi2_contingency(pd.crosstab(some["c"], some["d"]), correction=False).statistic
    n, corrected = len(some), 4 - 9 / (len(some) - 1)
    expected = math.sqrt((chi / n - 9 / (n - 1)) / (corrected - 1))
    assert associate(table, "c", "d")["cramers_v"] == pytest.approx(expected, **CLOSE)
    assert associate(table, "c", "alone")["cramers_v"] is None
    assert associate(table, "d", "d")["cramers_v"] == pytest.approx(1.0)


@pytest.mark.parametrize(("x", "y"), [("a", "b"), ("ties", "a"), ("c", "b"), ("a", "d"), ("c", "d"), ("flag", "when")])
def test_mutual_information_is_the_adjusted_one_of_scikit_learn_on_the_same_bins(table, frame, x, y):
    some = both(frame, x, y)
    codes = [
        (
            pd.factorize(some[n])[0]
            if n in ("c", "d", "flag")
            else (some[n].rank(method="min") - 1).mul(20).floordiv(len(some)).astype(int)
        )
        for n in (x, y)
    ]
    assert associate(table, x, y)["mutual_information"] == pytest.approx(
        sklearn.metrics.adjusted_mutual_info_score(*codes), **CLOSE
    )


def test_gaps_are_compared_cell_by_cell(table, frame):
    gone = frame[["a", "b"]].isna()
    told = associate(table, "a", "b")["missing"]
    assert told["both"] == (gone["a"] & gone["b"]).sum()
    assert told["phi"] == pytest.approx(gone["a"].astype(int).corr(gone["b"].astype(int)), **CLOSE)
    assert told["jaccard"] == pytest.approx(told["both"] / (gone["a"] | gone["b"]).sum(), **CLOSE)
    assert associate(table, "a", "c")["missing"]["jaccard"] == 1.0
    assert associate(table, "d", "flag")["missing"]["phi"] is None


@pytest.mark.parametrize("measure", ["pearson", "spearman"])
def test_a_matrix_of_numbers_is_that_of_pandas(table, frame, measure):
    numbers = ["a", "b", "ties", "when"]
    told = associations(table, measure=measure)
    some = frame[numbers].replace([np.inf], np.nan).assign(when=frame["when"].astype("int64"))
    assert told.rows == told.columns == numbers
    np.testing.assert_allclose(
        np.array(told.values, dtype=float), some.astype(float).corr(method=measure).to_numpy(), rtol=1e-9, atol=1e-11
    )
    assert associations(table, ["ties", "when"], measure).values[0][1] == pytest.approx(told.values[2][3])


def test_the_other_matrices_hold_what_a_pair_holds(table):
    v, eta, gaps = (associations(table, measure=measure) for measure in ("cramers_v", "epsilon", "missing"))
    assert v.columns == ["c", "d", "flag", "alone"]
    assert v.values[0][1] == pytest.approx(associate(table, "c", "d")["cramers_v"], rel=1e-12)
    assert (eta.rows, eta.columns) == (["c", "d", "flag", "alone"], ["a", "b", "ties", "when"])
    assert eta.values[1][0] == pytest.approx(associate(table, "a", "d")["epsilon"], rel=1e-12)
    assert gaps.columns == ["a", "b", "c"]
    assert gaps.values[0][2] == 1.0
    with pytest.raises(SettingError, match="not a measure"):
        associations(table, measure="r")


def test_columns_that_go_together_stand_together(make_table):
    draw = np.random.default_rng(0)
    one, two = draw.normal(size=(2, 200))
    table = make_table(
        {"p": one, "q": two, "r": one + 0.1 * draw.normal(size=200), "s": -two + 0.1 * draw.normal(size=200)}
    )
    told = associations(table)
    order = [told.columns[at] for at in told.row_order]
    assert {frozenset(order[:2]), frozenset(order[2:])} == {frozenset("pr"), frozenset("qs")}
    away = 1 - np.abs(np.array(told.values))[np.triu_indices(4, 1)]
    assert (
        told.row_order == scipy.cluster.hierarchy.leaves_list(scipy.cluster.hierarchy.linkage(away, "average")).tolist()
    )


def test_tables_without_columns_or_rows_have_matrices_too(make_table):
    table = make_table(
        {"t": pd.Series([], dtype=object), "x": pd.Series([], dtype=float), "y": pd.Series([], dtype=float)}
    )
    assert associations(table).values == [[1.0, None], [None, 1.0]]
    assert associations(table, ["t"]).values == []
    assert associate(table, "t", "x")["epsilon"] is None
    assert associate(table, "x", "y")["mutual_information"] is None


def test_the_target_is_told_per_value_and_per_tenth(table, frame):
    told = against_target(table, "c", "b")
    some = frame[np.isfinite(frame["b"])]
    assert {g["value"]: g["mean"] for g in told["groups"]} == pytest.approx(
        some.groupby("c")["b"].mean().to_dict(), rel=1e-12
    )
    assert told["missing"]["n"] == frame["c"].isna().sum()
    told = against_target(table, "a", "flag")
    there = frame[frame["a"].notna()].sort_values("a")
    assert [g["n"] for g in told["groups"]] == np.bincount(np.arange(len(there)) * 10 // len(there)).tolist()
    assert told["groups"][0]["shares"]["true"] == pytest.approx(
        there["flag"].head(told["groups"][0]["n"]).mean(), rel=1e-12
    )
    assert (told["groups"][0]["low"], told["groups"][-1]["high"]) == (there["a"].min(), there["a"].max())
    assert told["missing"]["n"] == frame["a"].isna().sum()


def test_a_column_over_time_has_twelve_to_sixty_periods_where_there_are_days_for_them(table, frame):
    told = over_time(table, "a", "when")
    assert (told["period"], 12 <= len(told["periods"]) <= 60) == ("week", True)
    weeks = frame.groupby(frame["when"].dt.to_period("W-SUN").dt.start_time)["a"]
    assert [p["start"] for p in told["periods"]] == [str(week)[:10] for week in weeks.mean().index]
    assert [p["mean"] for p in told["periods"]] == pytest.approx(weeks.mean().tolist(), rel=1e-9)
    assert [p["missing"] for p in told["periods"]] == pytest.approx(
        weeks.agg(lambda part: part.isna().mean()).tolist(), rel=1e-9, abs=1e-12
    )
    shares = over_time(table, "d", "when")["periods"][0]["shares"]
    assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("days", "period"),
    [(20, "day"), (100, "week"), (700, "month"), (3000, "quarter"), (9000, "year"), (400000, "year")],
)
def test_the_period_is_the_finest_that_makes_sixty_at_most(make_table, days, period):
    when = np.datetime64("1801-01-01", "us") + np.linspace(0, days, 300).astype(int).astype("m8[D]")
    told = over_time(make_table({"when": when, "x": np.arange(300)}), "x", "when")
    assert told["period"] == period
    assert sum(p["n"] for p in told["periods"]) + told["left_out"] == 300


def test_only_dates_make_periods(table):
    with pytest.raises(SettingError, match="is not a date"):
        over_time(table, "a", "b")


def test_noise_goes_together_with_nothing(make_table):
    """A thousand categories of noise in 2,000 rows had an eta of 0.7, two unrelated numbers in 300 rows 0.67 nats."""
    draw = np.random.default_rng(5)
    noise = make_table(
        {"c": [f"c{at}" for at in draw.integers(0, 1000, 2000)], "x": draw.normal(size=2000)}, {"c": "category"}
    )
    told = associate(noise, "c", "x")
    assert told["epsilon"] < 0.2 and abs(told["mutual_information"]) < 0.02
    assert (
        abs(
            associate(make_table({"x": draw.normal(size=300), "y": draw.normal(size=300)}), "x", "y")[
                "mutual_information"
            ]
        )
        < 0.03
    )
