"""Rules as a suite of Great Expectations (1.x), and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.rules.document import RuleSet
from dataops_core.rules.formats.exported import Exported
from dataops_core.rules.kinds.allowed_values import Allowed
from dataops_core.rules.kinds.conditional import Conditional
from dataops_core.rules.kinds.length import Length
from dataops_core.rules.kinds.not_missing import NotMissing
from dataops_core.rules.kinds.order import Order
from dataops_core.rules.kinds.pattern import Pattern
from dataops_core.rules.kinds.row_count import RowCount
from dataops_core.rules.kinds.type_of_column import Type
from dataops_core.rules.kinds.unique import Unique
from dataops_core.rules.kinds.value_range import Range
from dataops_core.rules.rule import Rule
from dataops_core.rules.sql import NUMBER
from dataops_core.steps._conditions import PLAIN_NAME, Node, parse_condition

WHOLE = r"[+-]?[0-9]+(\.0*)?"
BOOLEAN = r"(?i:yes|y|true|t|1|1\.0|no|n|false|f|0|0\.0)"
WITHOUT = {  # kinds of rules that a suite cannot hold, and why
    "reference": "A suite looks at one table, and holds no keys of another.",
    "distribution": "Great Expectations measures the spread of values by another index, whose verdict is not ours.",
    "freshness": "A suite in JSON does not know which day is today.",
}
Expectation = tuple[str, dict[str, Any]]


def write(rules: RuleSet) -> Exported:
    """The suite as JSON: gx.ExpectationSuite(**json.load(file)); each expectation has its rule in `meta`."""
    made, left = [], []
    for rule in rules.rules:
        found = _expectation(rule, rules.columns)
        if isinstance(found, str):
            left.append((rule, found))
            continue
        kind, kwargs = found
        if rule.least < 1:
            kwargs["mostly"] = rule.least
        severity = "critical" if rule.severity == "block" else "warning"
        meta = {"key": rule.key, "rule": rule.to_json(), "notes": rule.sentence}
        made.append({"type": kind, "kwargs": kwargs, "meta": meta, "severity": severity})
    suite = {"name": rules.table or "rules", "expectations": made, "meta": {"columns": dict(rules.columns)}}
    return Exported(json.dumps(suite, indent=2, ensure_ascii=False) + "\n", tuple(left))


def _expectation(rule: Rule, types: Mapping[str, str]) -> Expectation | str:
    """The expectation that says the same, or why there is none."""
    given: dict[str, Any]
    limits: dict[str, Any]
    if isinstance(rule, NotMissing):
        return "expect_column_values_to_not_be_null", {"column": rule.column}
    if isinstance(rule, Unique):
        if len(rule.key_columns) == 1:
            return "expect_column_values_to_be_unique", {"column": rule.key_columns[0]}
        given = {"column_list": list(rule.key_columns), "ignore_row_if": "any_value_is_missing"}
        return "expect_compound_columns_to_be_unique", given
    if isinstance(rule, Range):
        if isinstance(rule.min, str) or isinstance(rule.max, str):
            return "A suite in JSON holds no dates to compare with."
        if types.get(rule.column) == "text":
            return "Numbers that are stored as text have no order there."
        limits = {"min_value": rule.min, "max_value": rule.max}
        given = {key: value for key, value in limits.items() if value is not None}
        return "expect_column_values_to_be_between", {"column": rule.column, **given}
    if isinstance(rule, Allowed):
        return "expect_column_values_to_be_in_set", {"column": rule.column, "value_set": list(rule.values)}
    if isinstance(rule, Pattern):
        return "expect_column_values_to_match_regex", {"column": rule.column, "regex": rf"^(?:{rule.pattern})\Z"}
    if isinstance(rule, Length):
        limits = {"min_value": rule.min, "max_value": rule.max}
        given = {key: value for key, value in limits.items() if value is not None}
        return "expect_column_value_lengths_to_be_between", {"column": rule.column, **given}
    if isinstance(rule, Type):
        patterns = {"number": NUMBER, "whole number": WHOLE, "boolean": BOOLEAN}
        if rule.type == "date":
            return "Whether a text is a date cannot be said there."
        return "expect_column_values_to_match_regex", {
            "column": rule.column,
            "regex": rf"^\s*(?:{patterns[rule.type]})\s*\Z",
        }
    if isinstance(rule, Order):
        if rule.compare == "date":
            return "Where one cell is no date, pandas reads all as text, and a suite cannot compare them."
        given = {"column_A": rule.second, "column_B": rule.first, "or_equal": not rule.strict}
        return "expect_column_pair_values_a_to_be_greater_than_b", {**given, "ignore_row_if": "either_value_is_missing"}
    if isinstance(rule, RowCount):
        limits = {"min_value": rule.min, "max_value": rule.max}
        return "expect_table_row_count_to_be_between", {
            key: value for key, value in limits.items() if value is not None
        }
    if isinstance(rule, Conditional):
        return _conditional(rule)
    return WITHOUT.get(rule.name, "Great Expectations has no expectation of this kind for pandas.")


def _conditional(rule: Conditional) -> Expectation | str:
    """An expectation on the rows that meet the first condition, where both are simple enough."""
    when, then = parse_condition(rule.when), parse_condition(rule.then)
    simple = when.op == "=" and when.parts[0].op == "column" and when.parts[1].op == "value"
    if not simple or not PLAIN_NAME.fullmatch(when.parts[0].parts[0]) or "'" in str(when.parts[1].parts[0]):
        return "Its first condition is not a column that is equal to a value."
    column, value = when.parts[0].parts[0], when.parts[1].parts[0]
    said = f"'{value}'" if isinstance(value, str) else repr(value)
    given = {"row_condition": f"{column} == {said}", "condition_parser": "pandas"}
    made = _consequence(then)
    return (made[0], made[1] | given) if made else "Its second condition has no expectation."


def _consequence(then: Node) -> Expectation | None:
    if then.op == "missing" and then.parts[0].op == "column":
        return "expect_column_values_to_be_null", {"column": then.parts[0].parts[0]}
    if then.op == "not" and then.parts[0].op == "missing" and then.parts[0].parts[0].op == "column":
        return "expect_column_values_to_not_be_null", {"column": then.parts[0].parts[0].parts[0]}
    plain = then.op == "=" and then.parts[0].op == "column" and then.parts[1].op == "value"
    if plain and not isinstance(then.parts[1].parts[0], bool):  # where one cell is no boolean, pandas reads all as text
        return "expect_column_values_to_be_in_set", {
            "column": then.parts[0].parts[0],
            "value_set": [then.parts[1].parts[0]],
        }
    return None


def read(text: str, where: str) -> tuple[RuleSet, list[str]]:
    """The rules of a suite: those that it was exported with as they were, others by their kind."""
    try:
        plain = json.loads(text)
        expectations = plain["expectations"]
        assert isinstance(expectations, list)
    except (ValueError, KeyError, TypeError, AssertionError):
        raise SettingError(
            "This is not a suite of expectations.", where, "Name the JSON of an ExpectationSuite."
        ) from None
    made, left = [], []
    for each in expectations:
        kind = each.get("type") or each.get("expectation_type")
        rule = _rule(str(kind), dict(each.get("kwargs") or {}), each.get("meta") or {}, where)
        if rule is None:
            left.append(str(kind))
            continue
        made.append(rule.changed(severity="warn") if each.get("severity") in ("warning", "info") else rule)
    columns = (plain.get("meta") or {}).get("columns") or {}
    return RuleSet(tuple(made), str(plain.get("name") or ""), columns if isinstance(columns, dict) else {}), left


def _rule(kind: str, kwargs: dict[str, Any], meta: Mapping[str, Any], where: str) -> Rule | None:
    """The rule that an expectation stands for; None where there is none."""
    if isinstance(meta.get("rule"), dict):
        return Rule.from_json(meta["rule"], where)
    if "row_condition" in kwargs:
        return None
    column = {"column": kwargs.get("column")}
    limits = {"min": kwargs.get("min_value"), "max": kwargs.get("max_value")}
    limits = {key: value for key, value in limits.items() if value is not None}
    known: dict[str, dict[str, Any]] = {
        "expect_column_values_to_not_be_null": {"kind": "not_missing", **column},
        "expect_column_values_to_be_unique": {"kind": "unique", "key_columns": [kwargs.get("column")]},
        "expect_compound_columns_to_be_unique": {"kind": "unique", "key_columns": kwargs.get("column_list")},
        "expect_column_values_to_be_between": {"kind": "range", **column, **limits},
        "expect_column_values_to_be_in_set": {"kind": "allowed", **column, "values": kwargs.get("value_set")},
        "expect_column_values_to_match_regex": {"kind": "pattern", **column, "pattern": _whole(kwargs.get("regex"))},
        "expect_column_value_lengths_to_be_between": {"kind": "length", **column, **limits},
        "expect_column_pair_values_a_to_be_greater_than_b": {
            "kind": "order",
            "first": kwargs.get("column_B"),
            "second": kwargs.get("column_A"),
            "strict": not kwargs.get("or_equal", False),
        },
        "expect_table_row_count_to_be_between": {"kind": "row_count", **limits},
    }
    plain = known.get(kind)
    return Rule.from_json(plain | {"least": float(kwargs.get("mostly", 1.0))}, where) if plain else None


def _whole(regex: Any) -> str:
    """A pattern that is searched for, as one for the whole text."""
    text = str(regex)
    start = text.startswith("^")
    end = text.endswith(("$", r"\Z"))
    bare = text.removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    return f"{'' if start else '.*'}({bare}){'' if end else '.*'}"
