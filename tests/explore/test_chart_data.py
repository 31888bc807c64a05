"""The numbers of charts against pandas and NumPy."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.explore import CHARTS, chart_data, fitting_charts
from dataops_core.explore.as_table import as_table
from dataops_core.explore.figure import describe, figure

DRAW = np.random.default_rng(5)
N = 3_000
FRAME = pd.DataFrame(
    {
        "age": DRAW.integers(18, 80, N),
        "pay": np.where(DRAW.random(N) < 0.1, np.nan, DRAW.lognormal(8, 0.5, N)),
        "city": DRAW.choice(["Rome", "Oslo", "O'Hara", None], N, p=[0.5, 0.3, 0.1, 0.1]),
        "sex": DRAW.choice(["f", "m"], N),
        "day": pd.to_datetime(DRAW.integers(1.6e9, 1.62e9, N), unit="s").astype("datetime64[us]"),
        "many": [f"v{n % 60}" for n in range(N)],
    }
)
KINDS = {"age": "number", "pay": "number", "city": "category", "sex": "category", "day": "datetime", "many": "category"}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    from dataops_core.table import write_table

    return write_table(tmp_path_factory.mktemp("chart") / "t.parquet", [FRAME], KINDS)


def test_a_histogram_of_decimals_counts_as_numpy_does(table):
    told = chart_data(table, ["pay"])
    counts, edges = np.histogram(FRAME["pay"].dropna(), 40)
    assert told["kind"] == "histogram" and told["missing"] == FRAME["pay"].isna().sum()
    assert told["parts"][0]["counts"] == counts.tolist()
    assert told["edges"] == pytest.approx(edges.tolist())


def test_a_histogram_of_whole_numbers_has_bins_of_equally_many(table):
    told = chart_data(table, ["age"], color="sex", facet="city")
    widths = set(np.diff(told["edges"]))
    assert len(widths) == 1 and widths.pop().is_integer()
    for part in told["parts"]:
        city = FRAME["city"].fillna("(missing)")
        assert sum(part["counts"]) == ((FRAME["sex"] == part["color"]) & (city == part["facet"])).sum()
    assert sum(sum(part["counts"]) for part in told["parts"]) == N


def test_bars_count_the_most_frequent_values_and_the_others_together(table):
    told = chart_data(table, ["city"])
    counts = FRAME["city"].fillna("(missing)").value_counts()
    assert dict(zip(told["values"], told["parts"][0]["counts"], strict=True)) == counts.to_dict()
    many = chart_data(table, ["many"])
    assert many["values"][-1] == "(others)" and sum(many["parts"][0]["counts"]) == N
    assert many["parts"][0]["counts"][-1] == N - 25 * 50


def test_boxes_are_the_quantiles_that_pandas_has(table):
    told = chart_data(table, ["city", "pay"])
    city = FRAME["city"].fillna("(missing)")
    for box in told["parts"][0]["boxes"]:
        expected = FRAME.loc[city == box["value"], "pay"].quantile(told["points"])
        assert box["quantiles"] == pytest.approx(expected.tolist())


def test_few_rows_are_drawn_one_by_one_and_many_are_counted(table, tmp_path):
    told = chart_data(table, ["age", "pay"], color="sex")
    assert told["kind"] == "scatter" and sum(len(part["x"]) for part in told["parts"]) == FRAME["pay"].notna().sum()
    from dataops_core.table import write_table

    large = write_table(tmp_path / "l.parquet", [pd.concat([FRAME] * 3, ignore_index=True)], KINDS)
    density = chart_data(large, ["age", "pay"])
    assert density["kind"] == "density" and sum(map(sum, density["counts"])) == 3 * FRAME["pay"].notna().sum()
    with pytest.raises(SettingError, match="too many"):
        chart_data(large, ["age", "pay"], color="sex")


def test_a_line_has_the_mean_of_each_step_of_time(table):
    told = chart_data(table, ["day", "age"])
    assert told["kind"] == "line" and told["unit"] == "week"
    weeks = FRAME.groupby(FRAME["day"].dt.to_period("W-SUN"))["age"].mean()
    assert told["parts"][0]["y"] == pytest.approx(weeks.tolist())
    assert sum(told["parts"][0]["rows"]) == N


def test_squares_and_flows_count_pairs(table):
    told = chart_data(table, ["city", "sex"])
    expected = pd.crosstab(FRAME["sex"], FRAME["city"].fillna("(missing)"))
    assert told["counts"] == [[expected.loc[y, x] for x in told["x"]] for y in told["y"]]
    flows = chart_data(table, ["city", "sex"], kind="parallel")["flows"]
    assert {tuple(f["values"]): f["rows"] for f in flows} == {
        (x, y): expected.loc[y, x] for x in expected.columns for y in expected.index
    }


def test_the_map_of_missing_cells_has_the_share_of_each_block(table):
    told = chart_data(table, [])
    blocks = np.array(told["blocks"])
    size = told["block"]
    expected = [FRAME["pay"][at : at + size].isna().mean() for at in range(0, N, size)]
    assert blocks[:, 1] == pytest.approx(expected)


def test_what_does_not_fit_is_refused_and_says_what_does(table):
    assert fitting_charts(table, ["age", "pay", "city"]) == []
    with pytest.raises(SettingError, match="does not fit") as raised:
        chart_data(table, ["city"], kind="histogram")
    assert "bar" in raised.value.fix
    with pytest.raises(SettingError, match="cannot be split"):
        chart_data(table, ["city", "sex"], color="many")


@pytest.mark.parametrize(
    "columns",
    [
        ["age"],
        ["day"],
        ["city"],
        ["city", "pay"],
        ["age", "pay"],
        ["day", "pay"],
        ["city", "sex"],
        ["city", "sex", "many"],
        [],
    ],
)
def test_every_chart_that_fits_is_drawn_described_and_tabulated(table, columns):
    for kind in fitting_charts(table, columns):
        for split in ({}, {"color": "sex", "facet": "city"} if CHARTS[kind].splits else {}):
            told = chart_data(table, columns, kind=kind, **split)
            assert figure(told).to_plotly_json()["data"] and f"{told['rows']:,} rows" in describe(told)
            assert len(as_table(told))


def test_an_empty_column_and_a_constant_one_are_drawn_too(tmp_path):
    from dataops_core.table import write_table

    frame = pd.DataFrame({"none": [np.nan] * 5, "same": [2.5] * 5, "text": [None] * 5})
    table = write_table(tmp_path / "o.parquet", [frame], {"none": "number", "same": "number", "text": "category"})
    assert chart_data(table, ["none"])["rows"] == 0
    assert sum(chart_data(table, ["same"])["parts"][0]["counts"]) == 5
    assert chart_data(table, ["text"])["values"] == ["(missing)"]
    for columns in (["none"], ["same"], ["text"], ["none", "same"], ["text", "none"]):
        figure(chart_data(table, columns))
    bare = write_table(tmp_path / "b.parquet", [frame[:0]], {"none": "number", "same": "category", "text": "category"})
    for columns in ([], ["none"], ["same"], ["text", "none"], ["same", "text"]):
        for kind in fitting_charts(bare, columns):
            assert chart_data(bare, columns, kind=kind)["rows"] == 0
            figure(chart_data(bare, columns, kind=kind))
