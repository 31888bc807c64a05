"""Conditions: read as written, never run as code, and the same rows in pandas and in SQL."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataops_core.errors import SettingError
from dataops_core.facts import Engine
from dataops_core.rules.check import check_rules
from dataops_core.rules.kinds.expression import Expression
from dataops_core.rules.sql import Compiler
from dataops_core.steps._condition_rows import broken_rows
from dataops_core.steps._conditions import Node, columns_of, condition_text, parse_condition
from dataops_core.table import tidy

ODD = {
    "n": pd.array([1, 2, None, -3, 2**53 + 1, 0, 5, 5], dtype="Int64"),
    "x": [0.1, 0.2, 0.30000000000000004, np.inf, -0.0, np.nan, 1e300, 2.0],
    "t": ["a", " A ", None, "12", "1.50", "2024-02-30", "2024-02-29 10:30", "ß\né"],
    "u": ["a", "b", "a", "b", "a", "b", None, ""],
    "b": pd.array([True, False, None, True, True, False, False, None], dtype="boolean"),
    "d": np.array(["2024-01-01", "2024-01-01 12:00", None, "1900-01-01", "2024-12-31", "2024-06-01", "2999-01-01", "2024-01-02"], dtype="datetime64[us]"),
    "a b": ["yes", "NO", "maybe", None, "1", "0", "true", "F"],
}  # fmt: skip


def frame() -> pd.DataFrame:
    made = tidy(pd.DataFrame(ODD))
    made.index = pd.RangeIndex(len(made), name="row")
    return made


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("age between 17 and 90", None),
        ("\"capital-gain\" >= 0 AND sex in ('F','M')", "\"capital-gain\" >= 0 and sex in ('F', 'M')"),
        ("if status = 'closed' then closed_on is not missing", None),
        ("x not in (-1, 'b', true)", "not (x in (-1, 'b', true))"),
        ("a - (b - c) = 2*(d+1)", "a - (b - c) = 2 * (d + 1)"),
        ("name = 'it''s'", None),
        ("unique(order, line)", None),
        ("follows(town, from zip, \"the country\")", None),
        ("date is a date and a is not a whole number", None),
    ],
)  # fmt: skip
def test_a_condition_is_written_as_it_was_read(text, again):
    node = parse_condition(text)
    assert condition_text(node) == (again or text)
    assert parse_condition(condition_text(node)) == node


@pytest.mark.parametrize(
    "text",
    [
        "age",
        "age >",
        "__import__('os').system('true')",
        "age >= 17; drop table x",
        "a matches '(?=b)c'",
        "a matches '('",
        "a in ()",
        "length(a)",
        "(" * 5_000 + "a = 1",
        "-" * 5_000 + "a = 1",
        "not " * 3 + "a",
        "a = 1 b = 2",
        "x" * 30_000,
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(text):
    with pytest.raises(SettingError, match="condition|regular expression|looks around"):
        parse_condition(text)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("n >= 1", [3, 5]),
        ("n = 9007199254740993", [0, 1, 3, 5, 6, 7]),
        ("x + 0.1 <= 0.3", [1, 2, 6, 7]),  # 0.2 + 0.1 is more than 0.3 in binary
        ("t is a number", [0, 1, 5, 6, 7]),
        ("t is a date", [0, 1, 3, 4, 5, 7]),
        ("length(t) = 1", [1, 3, 4, 5, 6, 7]),
        ("d <= '2024-01-01'", [1, 4, 5, 6, 7]),
        ("u is not missing", [6]),
        ("unique(u)", [0, 1, 2, 3, 4, 5]),
        ("unique(n)", [6, 7]),
        ("follows(u, from n)", [7]),
        ("if b = true then n > 1", [0, 3]),
        ("\"a b\" = false", [0, 4, 6]),
        ("t in ('a', 12)", [1, 4, 5, 6, 7]),
        ("n in ('1', 'z')", [1, 3, 4, 5, 6, 7]),
        ("n = 'z'", [0, 1, 3, 4, 5, 6, 7]),
    ],
)  # fmt: skip
def test_the_rows_that_break_a_condition_are_these(text, rows, make_table):
    if text == "follows(u, from n)":
        made = frame()
        made.loc[6, "u"], made.loc[3, "n"] = "c", 5
        rows = [3, 6, 7]  # b, c and nothing at all: no value leads
    else:
        made = frame()
    assert np.flatnonzero(broken_rows(made, parse_condition(text))).tolist() == rows
    assert check_rules(make_table(made), [Expression(expression=text)])[0].failing.tolist() == rows


VALUES = st.one_of(
    st.sampled_from([0, 1, -3, 5, 2, 0.1, 2.5, -0.5, 9007199254740993]),
    st.sampled_from(["a", "A", "12", "1.50", "2024-01-01", "2024-01-01 12:00", "yes", ""]),
    st.booleans(),
)
NUMBERS = st.sampled_from(
    [Node("column", (name,)) for name in ("n", "x")] + [Node("value", (2,)), Node("value", (0.1,))]
)
SUMS = st.builds(lambda op, a, b: Node(op, (a, b)), st.sampled_from("+-*/"), NUMBERS, NUMBERS) | NUMBERS
COLUMNS = st.sampled_from([Node("column", (name,)) for name in ODD])
COMPARISONS = st.one_of(
    st.builds(lambda op, a, b: Node(op, (a, b)), st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), SUMS, SUMS),
    st.builds(
        lambda op, a, v: Node(op, (a, Node("value", (v,)))), st.sampled_from(["=", "!=", "<", ">="]), COLUMNS, VALUES
    ),
    st.builds(lambda a, v: Node("in", (a, tuple(v))), COLUMNS, st.lists(VALUES, min_size=1, max_size=3)),
    st.builds(lambda a: Node("missing", (a,)), COLUMNS),
    st.builds(
        lambda a, t: Node("is a", (a, t)), COLUMNS, st.sampled_from(["number", "whole number", "date", "boolean"])
    ),
    st.builds(lambda a, p: Node("matches", (a, p)), COLUMNS, st.sampled_from(["[a-z]", ".*1.*", r"\d+", "", "(a|b)+"])),
    st.builds(lambda a: Node("<=", (Node("length", (a,)), Node("value", (2,)))), COLUMNS),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.builds(lambda op, a, b: Node(op, (a, b)), st.sampled_from(["and", "or", "if"]), inner, inner),
        st.builds(lambda a: Node("not", (a,)), inner),
    ),
    max_leaves=4,
)
KEYS = st.one_of(
    st.lists(st.sampled_from(list(ODD)), min_size=1, max_size=3, unique=True).map(
        lambda names: Node("unique", tuple(names))
    ),
    st.lists(st.sampled_from(list(ODD)), min_size=2, max_size=3, unique=True).map(
        lambda names: Node("follows", tuple(names))
    ),
)


@settings(max_examples=300, deadline=None)
@given(node=CONDITIONS)
def test_any_condition_reads_back_as_the_same_tree(node):
    assert parse_condition(condition_text(node)) == node


@pytest.fixture(scope="module")
def odd_engine(tmp_path_factory):
    from dataops_core.table import write_table

    with Engine(write_table(tmp_path_factory.mktemp("odd") / "odd.parquet", [frame()])) as engine:
        yield engine


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(node=CONDITIONS)
def test_pandas_and_sql_name_the_same_rows(node, odd_engine):
    compiler = Compiler({column.name: column.type for column in odd_engine.table.columns}, odd_engine.named)
    try:
        rows = np.flatnonzero(broken_rows(frame(), node)).tolist()
    except SettingError:
        with pytest.raises(SettingError):
            compiler.truth(node)
        return
    told = odd_engine.con.execute(
        f"select __row_id__ from {odd_engine.rows} where ({compiler.truth(node)}) is false order by 1"
    ).fetchall()
    assert [row for (row,) in told] == rows


@settings(max_examples=60, deadline=None)
@given(node=KEYS)
def test_pandas_and_sql_name_the_same_rows_of_keys(node, odd_engine):
    from dataops_core.rules.check import Checker

    told = Checker(odd_engine, {}, None).check([Expression(expression=condition_text(node))])[0]
    assert told.failing.tolist() == np.flatnonzero(broken_rows(frame(), node)).tolist()


def test_the_columns_of_a_condition_are_named_once():
    assert columns_of(parse_condition("if a = 1 then b > a or c is missing")) == ["a", "b", "c"]
    assert columns_of(parse_condition("follows(b, from a)")) == ["b", "a"]
