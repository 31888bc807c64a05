"""Each kind of rule: exactly the rows that break it, the sentence, the step that mends it, and the way to YAML and back."""

import dataclasses

import pytest

from dataops_core.errors import SettingError
from dataops_core.rules import KINDS, Rule, check_rules, dumps, loads
from dataops_core.rules.kinds.distribution import Distribution
from dataops_core.rules.kinds.reference import Reference
from dataops_core.steps import get

TABLE = {
    "id": [1, 2, 3, 4, 4, 6],
    "age": [17, 200, None, 30, 40, 50],
    "sex": ["F", "M", "m", None, "F", "F"],
    "code": ["AB-1", "AB-2", "ab-3", "AB-44", "AB-5", "AB-6"],
    "low": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    "high": [2.0, 1.0, 3.0, None, 6.0, 7.0],
    "total": [3.0, 3.0, 7.0, 4.0, 11.0, 13.0],
    "number": ["1", "2.5", "x", "4", None, "6"],
    "day": ["2024-01-01", "2024-02-01", "2024-03-01", "2023-01-01", "2024-01-02", "2024-01-03"],
}
BREAKS = [
    ({"kind": "type", "column": "number", "type": "number"}, [2], "number holds numbers only."),
    ({"kind": "type", "column": "number", "type": "whole number"}, [1, 2], "number holds whole numbers only."),
    ({"kind": "not_missing", "column": "sex"}, [3], "sex is never missing."),
    ({"kind": "unique", "key_columns": ["id"]}, [3, 4], "Each id comes once."),
    ({"kind": "unique", "key_columns": ["id", "sex"]}, [], "Each combination of id and sex comes once."),
    ({"kind": "range", "column": "age", "min": 18, "max": 120}, [0, 1], "age is between 18 and 120."),
    ({"kind": "range", "column": "day", "min": "2024-01-01"}, [3], "day is at least 2024-01-01."),
    ({"kind": "allowed", "column": "sex", "values": ["F", "M"]}, [2], 'sex is one of "F", "M".'),
    ({"kind": "pattern", "column": "code", "pattern": "[A-Z]{2}-[0-9]"}, [2, 3], "code matches [A-Z]{2}-[0-9]."),
    ({"kind": "length", "column": "code", "max": 4}, [3], "code has at most 4 characters."),
    ({"kind": "order", "first": "low", "second": "high"}, [1], "low is at most high."),
    ({"kind": "order", "first": "low", "second": "high", "strict": True}, [1, 2], "low is below high."),
    (
        {"kind": "arithmetic", "column": "total", "formula": "low + high"},
        [2],
        "total = low + high, to within 0.005.",
    ),
    ({"kind": "dependency", "given_columns": ["id"], "column": "age"}, [3, 4], "Rows with the same id have the same age."),
    (
        {"kind": "conditional", "when": "sex = 'F'", "then": "age >= 18"},
        [0],
        "If sex = 'F', then age >= 18.",
    ),
    ({"kind": "expression", "expression": "low * 2 <= total"}, [1, 3], "low * 2 <= total."),
    ({"kind": "row_count", "min": 10}, None, "The table has at least 10 rows."),
    ({"kind": "freshness", "column": "day", "days": 30}, None, "The latest day is at most 30 days old."),
]  # fmt: skip


def results(make_table, *plain, **given):
    made = make_table(TABLE | {"day": [f"{day} 00:00:00" for day in TABLE["day"]]})
    return check_rules(made, [Rule.from_json(each) for each in plain], **given)


@pytest.mark.parametrize(("plain", "rows", "sentence"), BREAKS, ids=lambda value: str(value)[:40])
def test_a_kind_finds_exactly_these_rows(plain, rows, sentence, make_table):
    told = results(make_table, plain, today="2024-06-01")[0]
    assert told.rule.sentence == sentence
    assert told.status == ("failed" if rows is None or rows else "passed")
    assert told.failing.tolist() == (rows or [])


def test_every_kind_is_tested_here():
    assert {plain["kind"] for plain, _, _ in BREAKS} | {"reference", "distribution"} == set(KINDS)


@pytest.mark.parametrize("plain", [plain for plain, _, _ in BREAKS], ids=lambda plain: plain["kind"])
def test_a_rule_reads_back_as_it_was(plain):
    rule = Rule.from_json(plain).changed(severity="warn", least=0.98, support=10, confidence=0.99)
    assert loads(dumps([rule])).rules == (rule,)
    assert set(plain) - {"kind"} <= {each.name for each in dataclasses.fields(rule)}


@pytest.mark.parametrize(("plain", "rows", "_sentence"), BREAKS, ids=lambda value: str(value)[:40])
def test_the_step_that_mends_takes_its_settings(plain, rows, _sentence, make_table):
    told = results(make_table, plain, today="2024-06-01")[0]
    if told.status == "failed" and told.fix.op and told.fix.settings:
        if told.fix.op != "merge_values":  # the page fills in the variants
            get(told.fix.op).check(told.fix.settings)
        assert told.fix.says


def test_keys_that_are_not_in_the_other_table(make_table):
    other = make_table({"sex": ["F", "M"], "age": [17, 200]})
    rules = [Reference(key_columns=("sex",), table="codes", table_columns=("sex",))]
    table = make_table(TABLE)
    assert check_rules(table, rules, tables={"codes": other})[0].failing.tolist() == [2]
    assert check_rules(table, rules)[0].status == "not checked"
    both = [Reference(key_columns=("sex", "age"), table="codes", table_columns=("sex", "age"))]
    assert check_rules(table, both, tables={"codes": other})[0].failing.tolist() == [4, 5]


def test_a_distribution_is_held_against_its_reference(make_table):
    rule = Distribution(column="sex", reference={"values": ["F", "M"], "counts": [500, 500, 0]})
    assert check_rules(make_table({"sex": ["F", "M"] * 100}), [rule])[0].status == "passed"
    assert check_rules(make_table({"sex": ["F"] * 190 + ["M"] * 10}), [rule])[0].status == "failed"
    numbers = Distribution(column="x", reference={"edges": [10.0, 20.0], "counts": [100, 100, 100]})
    assert check_rules(make_table({"x": list(range(1, 31)) * 10}), [numbers])[0].status == "passed"
    assert check_rules(make_table({"x": list(range(21, 51)) * 10}), [numbers])[0].status == "failed"


def test_a_share_of_rows_may_break_a_rule_that_says_so(make_table):
    told = results(make_table, {"kind": "allowed", "column": "sex", "values": ["F", "M"], "least": 0.8})[0]
    assert (told.status, told.failing.tolist(), told.rows) == ("passed", [2], 5)
    assert told.rule.sentence == 'sex is one of "F", "M", in at least 80 % of rows.'
    assert (
        results(make_table, {"kind": "allowed", "column": "sex", "values": ["F", "M"], "least": 0.81})[0].status
        == "failed"
    )


def test_a_column_that_is_gone_fails_its_rules(make_table):
    told = results(make_table, {"kind": "not_missing", "column": "agee"})[0]
    assert told.status == "failed" and 'There is no column "agee". ' in told.message and '"age"' in told.message


def test_the_rows_of_a_condition_are_those_that_meet_the_first_one(make_table):
    told = results(make_table, {"kind": "conditional", "when": "sex = 'F'", "then": "age >= 18"})[0]
    assert (told.rows, told.pass_rate) == (3, pytest.approx(2 / 3))


@pytest.mark.parametrize(
    ("plain", "match"),
    [
        ({"kind": "rang", "column": "a"}, "no kind of rule"),
        ({"kind": "range", "column": "a"}, "needs a limit"),
        ({"kind": "range", "column": "a", "min": 3, "max": 2}, "above"),
        ({"kind": "range", "column": "a", "min": "soon"}, "neither a number nor a date"),
        ({"kind": "range", "column": "a", "minn": 3}, "no setting"),
        ({"kind": "not_missing"}, '"column" is missing'),
        ({"kind": "not_missing", "column": 3}, "does not fit"),
        ({"kind": "pattern", "column": "a", "pattern": "("}, "not a regular expression"),
        ({"kind": "expression", "expression": "a ="}, "cannot be read"),
        ({"kind": "arithmetic", "column": "a", "formula": "b > c"}, "compares|cannot be read"),
        ({"kind": "conditional", "when": "a = 1", "then": "b"}, "cannot be read"),
        ({"kind": "type", "column": "a", "type": "color"}, "does not fit"),
        ({"kind": "allowed", "column": "a", "values": [], "severity": "stop"}, "missing|fit"),
        ({"kind": "distribution", "column": "a", "reference": {"counts": [1]}}, "needs counts"),
        ("age > 3", "not a rule"),
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_says_why(plain, match):
    with pytest.raises(SettingError, match=match):
        Rule.from_json(plain)


@pytest.mark.parametrize(
    "text", ["", "a: [", "- 1", "format: other/1\nrules: []", "&a [*a]", "!!python/object:os.system {}"]
)
def test_a_file_that_holds_no_rules_is_refused(text):
    with pytest.raises(SettingError, match="not a file of rules|not YAML"):
        loads(text)
