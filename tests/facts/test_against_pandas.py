"""Every fact against pandas and SciPy on odd columns.

Numbers agree to 1e-9 wherever float64 allows it: a column whose values are `k` standard deviations away from zero has
lost log10(k) digits before anybody counts, so 1e-14 * k * rows is allowed on top; where a square or a fourth power of a
deviation leaves the range of float64 the fact may be None, never wrong.
"""

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dataops_core.facts import table_facts
from dataops_core.table import shown, tidy, type_of, write_table
from tests.strategies import CELLS, columns, examples, tidy_frames

CALM = settings(max_examples=examples(25), deadline=None, derandomize=True)
SPREADS = st.sampled_from(
    [
        st.floats(-9, 9),
        st.integers(-3, 3).map(float),
        st.floats(1e15, 1e15 + 64),
        st.floats(1e-12, 2e-12),
        CELLS["decimal"],
    ]
)


@pytest.fixture(scope="module")
def facts_of(tmp_path_factory):
    folder = tmp_path_factory.mktemp("it's [a] *")  # a folder's name may be odd, too

    def told(frame: pd.DataFrame) -> dict:
        return table_facts(write_table(folder / "t.parquet", [tidy(frame.rename_axis("row"))]))

    return told


@CALM
@given(tidy_frames())
def test_the_facts_of_every_column_are_those_of_pandas(facts_of, frame):
    for name, facts in facts_of(frame).items():
        assert "failed" not in facts
        holds_in_general(facts, frame[name])
        {"text": text_holds, "datetime": dates_hold}.get(facts["type"], lambda *_: None)(facts, frame[name].dropna())
        if facts["type"] in ("integer", "decimal"):
            numbers_hold(facts, frame[name].dropna().astype("float64").to_numpy())


@CALM
@given(st.data(), SPREADS)
def test_numbers_of_one_size_have_the_moments_of_scipy(facts_of, data, cells):
    values = data.draw(st.lists(cells, min_size=1, max_size=60))
    numbers_hold(facts_of(pd.DataFrame({"x": pd.Series(values, dtype="float64")}))["x"], np.array(values))


def test_columns_named_alike_but_for_case_or_with_quotes_are_told_apart(facts_of):
    frame = pd.DataFrame(
        {"a": [1, 1], "A": [1, 2], "A_1": ["x", None], '"': [1.5, 2.5], "'; drop": ["", ""], "a_1": [True, None]}
    )
    facts = facts_of(frame)
    assert {name: (f["distinct"], f["missing"]) for name, f in facts.items()} == {
        "a": (1, 0),
        "A": (2, 0),
        "A_1": (1, 1),
        '"': (2, 0),
        "'; drop": (1, 0),
        "a_1": (1, 1),
    }


def test_minus_zero_is_zero_and_the_greatest_number_is_shown_as_it_is(facts_of):
    facts = facts_of(pd.DataFrame({"x": [-0.0, 0.0, 1e308]}))["x"]
    assert facts["top"] == [{"value": "0", "count": 2}, {"value": "1e+308", "count": 1}]
    assert (facts["zeros"], facts["negatives"]) == (2, 0)


@pytest.mark.parametrize("value", [1e308, -1e308, 0.0, 5e-324])
def test_a_constant_has_one_bin_however_great_it_is(facts_of, value):
    facts = facts_of(pd.DataFrame({"x": [value, value]}))["x"]
    assert "failed" not in facts
    assert (facts["histogram"]["counts"], facts["sd"]) == ([2], 0.0 if abs(value) < 1e308 else None)


@CALM
@given(st.lists(st.floats(-1, 1).map(lambda x: 1e6 + x * 1e-4), min_size=4, max_size=40))
def test_nearly_constant_columns_have_their_skewness_within_the_bound(facts_of, values):
    exact = np.array([float(x - 10**6) for x in values])  # Sterbenz: subtracting loses nothing
    assume(exact.std() > 0)
    allowed = 1e-14 * 1e6 / exact.std() * len(values) + 1e-9
    assume(allowed < 0.1)
    facts = facts_of(pd.DataFrame({"x": values}))["x"]
    assert facts["skewness"] == pytest.approx(scipy.stats.skew(exact, bias=False), rel=allowed, abs=allowed)
    assert facts["sd"] == pytest.approx(exact.std(ddof=1), rel=allowed)


def holds_in_general(facts: dict, column: pd.Series) -> None:
    there = column.dropna()
    counts = there.value_counts()
    if (
        facts["type"] == "text"
    ):  # pandas 2.3 ends texts at a zero character when it counts them: it takes "" and "\0" for one
        kept = Counter(there)
        counts = pd.Series(list(kept.values()), index=pd.Index(list(kept), dtype=object), dtype="int64")
    assert (facts["rows"], facts["missing"], facts["distinct"], facts["distinct_error"]) == (
        len(column),
        column.isna().sum(),
        len(counts),
        None,
    )
    assert facts["singles"] == (counts == 1).sum()
    assert facts["entropy"] == pytest.approx(
        scipy.stats.entropy(counts.to_numpy(dtype=float), base=2) if len(counts) else 0, rel=1e-9, abs=1e-12
    )
    ordered = counts.loc[sorted(counts.index)] if facts["type"] == "text" else counts.sort_index()
    for key, up, among in (("top", False, len(counts)), ("bottom", True, len(counts) > 1)):
        best = ordered.sort_values(ascending=up, kind="stable").head(10) if among else ordered.head(0)
        assert [entry["count"] for entry in facts[key]] == best.tolist()
        assert [entry["value"] for entry in facts[key]] == shown(pd.Series(best.index, dtype=column.dtype)).tolist()
    assert facts["monotonic"] == monotonic(there)


def monotonic(there: pd.Series) -> str | None:
    if type_of(there) in ("text", "boolean") or there.nunique() < 2:
        return None
    return "rising" if there.is_monotonic_increasing else "falling" if there.is_monotonic_decreasing else None


def numbers_hold(facts: dict, values: np.ndarray) -> None:
    x = values[np.isfinite(values)]
    assert facts["infinite"] == len(values) - len(x)
    if not len(x):
        assert "mean" not in facts
        return
    assert (facts["min"], facts["max"], facts["zeros"], facts["negatives"]) == (
        x.min(),
        x.max(),
        (x == 0).sum(),
        (x < 0).sum(),
    )
    histogram_holds(facts["histogram"], x)
    size = np.abs(x).max()
    for q, told in facts["quantiles"].items():
        with np.errstate(over="ignore"):
            expected = np.quantile(x, float(q))
        assert told == pytest.approx(expected, rel=1e-9, abs=1e-14 * size) or not np.isfinite(x.max() - x.min())
    if size > 1e70:
        assert facts["mean"] is None or facts["mean"] == pytest.approx(
            math.fsum(x / len(x)), rel=1e-9, abs=1e-14 * len(x) * size
        )
        return
    assert facts["mean"] == pytest.approx(pd.Series(x).mean(), rel=1e-9, abs=1e-15 * len(x) * size)
    about = x - x[0]  # SciPy is asked about small numbers; shifting loses nothing where all are of one size
    sd = float(about.std(ddof=1)) if len(x) > 1 else 0.0
    if len(x) == 1 or len(np.unique(x)) == 1:
        assert facts["sd"] in (None, 0.0) and facts["skewness"] is None and facts["kurtosis"] is None
    elif sd > 1e-70:
        allowed = 1e-9 + 1e-14 * size / sd * len(x)
        assert facts["sd"] == pytest.approx(sd, rel=allowed)
        if sd > 1e-13 * size:
            kept = scipy.stats.skew(about / sd, bias=False), scipy.stats.kurtosis(about / sd, bias=False)
            assert facts["skewness"] == (pytest.approx(kept[0], rel=allowed, abs=allowed) if len(x) > 2 else None)
            assert facts["kurtosis"] == (pytest.approx(kept[1], rel=allowed, abs=10 * allowed) if len(x) > 3 else None)


def histogram_holds(told: dict | None, x: np.ndarray) -> None:
    if told is None:
        with np.errstate(over="ignore"):
            assert not np.isfinite(x.max() - x.min())
        return
    low, high = told["edges"][0], told["edges"][-1]
    assert (told["below"], told["above"]) == ((x < low).sum(), (x > high).sum())
    assert sum(told["counts"]) == ((x >= low) & (x <= high)).sum()
    assert len(told["counts"]) == len(told["edges"]) - 1


def text_holds(facts: dict, there: pd.Series) -> None:
    lengths = there.map(len).astype(int)
    if len(there):
        assert (facts["shortest"], facts["longest"]) == (lengths.min(), lengths.max())
        assert facts["mean_length"] == pytest.approx(lengths.mean(), rel=1e-9)
        with_any = {
            "letters": lambda c: c.isalpha(),
            "digits": lambda c: c in "0123456789",
            "spaces": lambda c: c in " \t\n\f\r",
            "beyond_ascii": lambda c: ord(c) > 127,
            "capitals": lambda c: c.isupper() and c.isalpha(),
        }
        plain = there[there.map(lambda text: all(c.isascii() or c in "éÜß日付€" for c in text))]
        if len(plain) == len(there):  # Python and RE2 know different versions of Unicode
            for name, test in with_any.items():
                assert facts["classes"][name] == there.map(lambda text, test=test: any(map(test, text))).sum(), name


def dates_hold(facts: dict, there: pd.Series) -> None:
    if not len(there):
        assert "min" not in facts
        return
    ends = shown(pd.Series([there.min(), there.max()], dtype="datetime64[us]"))
    assert [facts["min"], facts["max"]] == ends.tolist()
    assert sum(facts["histogram"]["counts"]) + facts["histogram"]["below"] + facts["histogram"]["above"] == len(there)
    moments = np.unique(there.to_numpy(dtype="datetime64[us]"))
    steps = pd.Series(np.diff(moments).astype("int64"))
    if not len(steps):
        assert facts["step"] is None and facts["gap"] is None
        return
    often = steps.value_counts()
    assert facts["step"] == {"seconds": often[often == often.max()].index.min() / 1e6, "count": often.max()}
    at = int(steps.idxmax())
    assert facts["gap"] == {
        "seconds": steps[at] / 1e6,
        "from": str(moments[at].astype("M8[s]")),
        "to": str(moments[at + 1].astype("M8[s]")),
    }


@CALM
@given(columns("datetime", 12))
def test_dates_have_the_steps_that_pandas_counts(facts_of, column):
    dates_hold(facts_of(pd.DataFrame({"x": column}))["x"], column.dropna())
