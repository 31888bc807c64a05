"""trim_spaces, change_case and replace_values."""

import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.steps import _patterns, get

trim_spaces, change_case, replace_values = get("trim_spaces"), get("change_case"), get("replace_values")


def texts(*cells):
    return pd.DataFrame({"a": list(cells)}, dtype=object)


@pytest.mark.parametrize(("inside", "expected"), [("collapse", ["a b", None]), ("keep", ["a \u00a0b", None])])
def test_trim_knows_every_unicode_space(inside, expected):
    assert trim_spaces(texts("\u2003a \u00a0b\t", "\u00a0"), columns=["a"], inside=inside)["a"].tolist() == expected


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("lower", ["o'brien-smith", "'t hart"]),
        ("upper", ["O'BRIEN-SMITH", "'T HART"]),
        ("title", ["O'brien-Smith", "'t Hart"]),
        ("sentence", ["O'brien-smith", "'T hart"]),
    ],
)
def test_case(case, expected):
    assert change_case(texts("o'BRIEN-smith", "'t hart"), columns=["a"], case=case)["a"].tolist() == expected


def test_title_keeps_a_letter_with_a_separate_accent_together():
    assert change_case(texts("nai\u0308ve E\u0301COLE"), columns=["a"], case="title")["a"].tolist() == [
        "Nai\u0308ve E\u0301cole"
    ]


def test_whole_cells_trade_places_and_empty_makes_missing():
    out = replace_values(texts("a", "b", "ab", "-"), column="a", mapping={"a": "b", "b": "a", "-": ""})
    assert out["a"].tolist() == ["b", "a", "ab", None]


def test_parts_are_replaced_in_one_pass_longest_first():
    out = replace_values(
        texts("street st."), column="a", mapping={"st": "X", "street": "road"}, match="part of the text"
    )
    assert out["a"].tolist() == ["road X."]


def test_case_can_be_ignored():
    assert replace_values(texts("NL", "nl"), column="a", mapping={"nl": "x"}, case="ignore")["a"].tolist() == ["x", "x"]
    assert replace_values(texts("NL", "nl"), column="a", mapping={"nl": "x"})["a"].tolist() == ["NL", "x"]


def test_pattern_with_groups_keeps_other_backslashes():
    out = replace_values(texts("2024-12", "x"), column="a", mapping={r"(\d+)-(\d+)": r"\2\n\1"}, match="pattern")
    assert out["a"].tolist() == [r"12\n2024", "x"]


def test_numbers_are_replaced_all_at_once_as_numbers():
    frame = pd.DataFrame({"a": pd.array([1, 2, 3, None], dtype="Int64")})
    out = replace_values(frame, column="a", mapping={"1": "2", "2.0": "1", "3": ""})["a"]
    assert (out.dtype, out.tolist()) == ("Int64", [2, 1, pd.NA, pd.NA])


@pytest.mark.parametrize(
    ("mapping", "match", "message"),
    [
        ({"(": "x"}, "pattern", "is not a pattern"),
        ({"a" * 1001: "x"}, "pattern", "is too long"),
        ({"a": r"\1"}, "pattern", "names group 1"),
        ({"": "x"}, "whole cell", "old value is empty"),
        ({}, "whole cell", "No value to replace"),
    ],
)
def test_replace_refuses(mapping, match, message):
    with pytest.raises(SettingError, match=message):
        replace_values(texts("a"), column="a", mapping=mapping, match=match)


@pytest.mark.parametrize(
    ("mapping", "match", "message"),
    [
        ({"x": "1"}, "whole cell", '"x" is not a number'),
        ({"1": "1.5"}, "whole cell", "is not a whole number"),
        ({"1": "2"}, "pattern", "only whole cells"),
    ],
)
def test_replace_refuses_for_numbers(mapping, match, message):
    with pytest.raises(SettingError, match=message):
        replace_values(pd.DataFrame({"a": [1]}, dtype="Int64"), column="a", mapping=mapping, match=match)


@pytest.mark.parametrize(
    ("pattern", "cell"),
    [
        ("(a+)+$", "a" * 40 + "!"),
        ("x*x*x*x*y", "x" * 4000),
        ("x*xx*xx*y", "x" * 20_000),
        ("(a|a)*b", "a" * 40),
    ],
)
def test_a_pattern_that_would_not_end_is_stopped(monkeypatch, pattern, cell):
    monkeypatch.setattr(_patterns, "SECONDS", 1)
    with pytest.raises(SettingError, match='Column "a": the pattern .* takes more than 1 seconds'):
        replace_values(texts(cell), column="a", mapping={pattern: "x"}, match="pattern")


@pytest.mark.parametrize(
    ("pattern", "cell", "result"),
    [
        (r"(\d{3},)+", "123,456,7", "x7"),
        ("(foo|bar)+", "foobar!", "x!"),
        (r"\(a+\)+", "(aa)))b", "xb"),
        ("[(a+)]+", "(a+)c", "xc"),
        ("(.*,){11}", "a", "a"),
        (r"\w+", "Zoë\ud800 中", "x\ud800 x"),
    ],
)
def test_a_pattern_that_ends_is_run_whatever_it_looks_like(pattern, cell, result):
    assert replace_values(texts(cell), column="a", mapping={pattern: "x"}, match="pattern")["a"].tolist() == [result]
