"""What is exported comes back as it was; files of other origin are read as far as there are rules for them."""

import json

import pytest

from dataops_core.errors import SettingError
from dataops_core.rules import Rule, RuleSet, formats
from dataops_core.rules.of_finding import rule_of

RULES = RuleSet(
    tuple(
        Rule.from_json(each)
        for each in [
            {"kind": "type", "column": "age", "type": "whole number"},
            {"kind": "not_missing", "column": "age"},
            {"kind": "unique", "key_columns": ["id"]},
            {"kind": "unique", "key_columns": ["id", "age"]},
            {"kind": "range", "column": "age", "min": 0, "max": 120},
            {"kind": "allowed", "column": "sex", "values": ["F", "it's"], "least": 0.99},
            {"kind": "pattern", "column": "code", "pattern": "[A-Z]{2}"},
            {"kind": "length", "column": "name", "min": 1, "max": 50},
            {"kind": "order", "first": "low", "second": "high", "severity": "warn"},
            {"kind": "arithmetic", "column": "gross", "formula": "net + tax"},
            {"kind": "dependency", "given_columns": ["zip"], "column": "town"},
            {"kind": "conditional", "when": "sex = 'F'", "then": "age is not missing"},
            {"kind": "row_count", "min": 1},
            {"kind": "expression", "expression": 'low + 1 <= "a b"'},
            {"kind": "reference", "key_columns": ["code"], "table": "codes", "table_columns": ["id"]},
            {"kind": "distribution", "column": "sex", "reference": {"values": ["F", "M"], "counts": [5, 5, 0]}},
            {"kind": "freshness", "column": "day", "days": 30},
        ]
    ),
    "people",
    {"age": "integer", "id": "integer", "sex": "text", "code": "text"},
)


LEFT_OUT = {  # what a tool cannot hold
    "pandera": set(),
    "great-expectations": {"arithmetic", "dependency", "expression", "reference", "distribution", "freshness"},
    "frictionless": {
        *("allowed", "order", "arithmetic", "dependency", "conditional", "row_count", "expression", "distribution"),
        "freshness",
    },
    "odcs": set(),
}


@pytest.mark.parametrize("tool", LEFT_OUT)
def test_each_rule_that_a_tool_cannot_hold_is_named_with_the_reason(tool):
    made = formats.export_rules(RULES, tool)
    assert {rule.name for rule, _ in made.left_out} == LEFT_OUT[tool]
    assert all(why.endswith(".") and len(why) > 20 for _, why in made.left_out)


@pytest.mark.parametrize("tool", ["great-expectations", "odcs"])
def test_what_goes_out_comes_back_as_it_was(tool, tmp_path):
    made = formats.export_rules(RULES, tool)
    (tmp_path / "file").write_text(made.text, encoding="utf-8")
    found, unknown = formats.import_rules(tmp_path / "file", tool)
    gone = {rule.key for rule, _ in made.left_out}
    assert unknown == [] and list(found.rules) == [rule for rule in RULES.rules if rule.key not in gone]


def test_a_table_schema_comes_back_by_its_constraints(tmp_path):
    made = formats.export_rules(RULES, "frictionless")
    (tmp_path / "schema.json").write_text(made.text, encoding="utf-8")
    found, unknown = formats.import_rules(tmp_path / "schema.json", "frictionless")
    assert unknown == []
    assert {rule.sentence for rule in found.rules} >= {
        "age is between 0 and 120.",
        "age is never missing.",
        "Each id comes once.",
        "Each combination of id and age comes once.",
        "code matches [A-Z]{2}.",
        "Each code is found in id of codes.",
    }


def test_a_suite_and_a_contract_of_other_origin_are_read(tmp_path):
    suite = {
        "name": "s",
        "expectations": [
            {"type": "expect_column_values_to_be_between", "kwargs": {"column": "a", "min_value": 1, "mostly": 0.9}},
            {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "b", "regex": "^x[0-9]"}},
            {"type": "expect_column_stdev_to_be_between", "kwargs": {"column": "a"}},
        ],
    }
    (tmp_path / "suite.json").write_text(json.dumps(suite))
    found, unknown = formats.import_rules(tmp_path / "suite.json", "great-expectations")
    assert [rule.sentence for rule in found.rules] == [
        "a is at least 1, in at least 90 % of rows.",
        "b matches (x[0-9]).*.",
    ]
    assert unknown == ["expect_column_stdev_to_be_between"]
    (tmp_path / "c.yaml").write_text(
        "kind: DataContract\nschema:\n- name: t\n  properties:\n  - {name: a, logicalType: integer, required: true,"
        " logicalTypeOptions: {minimum: 3}}\n  quality:\n  - {type: library, rule: rowCount}\n"
    )
    found, unknown = formats.import_rules(tmp_path / "c.yaml", "odcs")
    assert [rule.sentence for rule in found.rules] == ["a is never missing.", "a is at least 3."]
    assert unknown == ["rowCount"] and found.columns == {"a": "integer"}


PANDERA = """
schema_type: dataframe
api: pandas
columns:
  age: {dtype: int64, in_range: {min_value: 0, max_value: 120, include_min: true, include_max: true}}
  sex: {dtype: str, nullable: true, isin: [F, M]}
  code: {dtype: str, nullable: true, unique: true, str_matches: "^[A-Z]{2}", str_length: {min_value: 1, max_value: 5}}
  x: {dtype: float64, nullable: true, coerce: true, greater_than: 0}
unique: [age, code]
"""  # as pandera 0.35.0 writes it


def test_what_pandera_writes_as_yaml_is_read(tmp_path):
    (tmp_path / "schema.yaml").write_text(PANDERA)
    found, unknown = formats.import_rules(tmp_path / "schema.yaml", "pandera")
    assert [rule.sentence for rule in found.rules] == [
        "age holds whole numbers only.",
        "age is never missing.",
        "age is between 0 and 120.",
        'sex is one of "F", "M".',
        "Each code comes once.",
        "code matches ([A-Z]{2}).*.",
        "code has 1 to 5 characters.",
        "x holds numbers only.",
        "Each combination of age and code comes once.",
    ]
    assert unknown == ["x: greater_than"] and found.columns["age"] == "integer"


@pytest.mark.parametrize("tool", formats.IMPORTED)
@pytest.mark.parametrize("text", ["", "[]", "{}", "a: [", "null", '{"expectations": 3, "fields": 4, "schema": 5}'])
def test_what_is_no_file_of_the_tool_is_refused(tool, text, tmp_path):
    (tmp_path / "file").write_text(text)
    with pytest.raises(SettingError, match="not a "):
        formats.import_rules(tmp_path / "file", tool)


def test_the_pandera_file_is_python_and_names_each_rule():
    made = formats.export_rules(RULES, "pandera")
    compile(made.text, "rules.py", "exec")
    assert made.left_out == () and all(repr(rule.key) in made.text for rule in RULES.rules)


def test_a_finding_becomes_the_rule_that_it_breaks():
    finding = {"check": "broken_dependency", "columns": ["zip", "town"], "title": "x"}
    assert rule_of(finding).sentence == "Rows with the same zip have the same town."
    assert rule_of({"check": "end_before_start", "columns": ["start"]}) is None
